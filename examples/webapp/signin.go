package main

import (
	"errors"
	"net/http"
	"strings"

	"github.com/resgen/resgen/clients/edr"
	"github.com/resgen/resgen/resilience"
)

// A signInPage is what the form of the sign-in shows.
type signInPage struct {
	Sent    bool // a code is on its way
	Problem string
}

func (a *app) showSignIn(w http.ResponseWriter, r *http.Request, status int, p signInPage) {
	a.show(w, r, status, "sign-in", "Sign in to the EDR", p)
}

func (a *app) signInForm(w http.ResponseWriter, r *http.Request) {
	a.showSignIn(w, r, http.StatusOK, signInPage{})
}

// requestCode has the EDR send a code to the user's phone, once.
func (a *app) requestCode(w http.ResponseWriter, r *http.Request) {
	err := a.edr.RequestCode(r.Context())
	var failure *resilience.Error
	switch {
	case err == nil:
		a.showSignIn(w, r, http.StatusOK, signInPage{Sent: true})
		return
	case errors.Is(err, edr.ErrBusy):
		a.showSignIn(w, r, http.StatusConflict, signInPage{Problem: busy})
		return
	}
	a.log.Warn("no code was sent", "error", err)
	if errors.As(err, &failure) && failure.MayHaveApplied {
		a.showSignIn(w, r, http.StatusBadGateway, signInPage{
			Sent: true, Problem: "The EDR did not answer. If no code arrives within a minute, have another one sent.",
		})
		return
	}
	a.fail(w, r, "The EDR", err)
}

const busy = "Another sign-in is in progress. Wait until it ends."

// refusals are what a person can correct after [edr.Client.Complete] failed.
var refusals = []struct {
	err  error
	page signInPage
}{
	{edr.ErrCodeFormat, signInPage{Sent: true, Problem: "A code has 6 digits."}},
	{edr.ErrWrongCode, signInPage{
		Sent: true, Problem: "The code was not accepted. Enter the latest one, or have another one sent.",
	}},
	{edr.ErrNoCodeRequested, signInPage{Problem: "Have a code sent first."}},
	{edr.ErrBusy, signInPage{Sent: true, Problem: busy}},
	{edr.ErrIncomplete, signInPage{
		Problem: "The sign-in was not completed. Sign in with a browser to see what the EDR requires.",
	}},
}

// signIn completes the sign-in with the code of the form.
func (a *app) signIn(w http.ResponseWriter, r *http.Request) {
	err := a.edr.Complete(r.Context(), strings.TrimSpace(r.PostForm.Get("code")))
	if err == nil {
		http.Redirect(w, r, "/events", http.StatusSeeOther)
		return
	}
	a.log.Warn("the sign-in failed", "error", err)
	for _, refused := range refusals {
		if errors.Is(err, refused.err) {
			a.showSignIn(w, r, http.StatusUnprocessableEntity, refused.page)
			return
		}
	}
	a.fail(w, r, "The EDR", err)
}
