package edr

// This file is the sign-in: two steps with a person between them. No request of it is sent twice.

import (
	"context"
	"errors"
	"net/http"
	"time"

	api "github.com/resgen/resgen/generated/edr"
	"github.com/resgen/resgen/resilience"
	"github.com/resgen/resgen/resilience/wire"
)

// RequestCode signs in with the password and has a code sent to the user's phone. Give it to
// [Client.Complete], which may happen in another process that uses the same store. The session that
// is there stays in use until then.
//
// Each of its requests is sent at most once, whatever happens; after a failure it is for a person
// to decide about another try. If the error's [resilience.Error] says MayHaveApplied, a code may
// come all the same, and Complete takes it. Errors: [ErrBlocked], [ErrPasswordRefused], [ErrBusy],
// [ErrIncomplete], those of the store, and [*resilience.Error].
func (c *Client) RequestCode(ctx context.Context) error {
	done, err := c.begin(ctx)
	if err != nil {
		return err
	}
	defer done()
	jar := newCookies(nil)
	ctx = withCookies(ctx, jar)
	if _, err := c.steps.GetLoginPage(ctx); err != nil && c.stops(ctx, "getLoginPage", err) {
		return c.told(err)
	}
	if err := c.submitPassword(ctx); err != nil {
		return err
	}
	sent := c.requestMfaCode(ctx)
	if f := asFailure(sent); sent != nil && (f == nil || !f.MayHaveApplied || errors.Is(sent, ErrBlocked)) {
		return sent
	}
	saved, _ := jar.save()
	return errors.Join(
		sent,
		c.session.change(ctx, func(s *state) { s.Pending = &login{Cookies: saved, At: time.Now()} }),
	)
}

// Complete gives the code from the user's phone and opens the session. After that, calls work until
// the server ends the session, also in other processes that use the same store.
//
// The code is sent at most once a call. If the server took it and a later request failed, the error
// is that of the request, and Complete can be called again: the code is not sent a second time
// then. Errors: [ErrCodeFormat], [ErrNoCodeRequested], [ErrWrongCode], [ErrBlocked], [ErrBusy],
// [ErrIncomplete], [ErrTokenFormat], those of the store, and [*resilience.Error].
func (c *Client) Complete(ctx context.Context, code string) error {
	if !isCode(code) {
		return ErrCodeFormat
	}
	done, err := c.begin(ctx)
	if err != nil {
		return err
	}
	defer done()
	pending := c.session.pending()
	if pending == nil {
		return ErrNoCodeRequested
	}
	jar := newCookies(pending.Cookies)
	ctx = withCookies(ctx, jar)
	if !pending.Validated {
		if err := c.validate(ctx, jar, code); err != nil {
			return err
		}
	}
	if err := c.openPages(ctx); err != nil {
		return err
	}
	token, err := c.authenticate(ctx)
	if errors.Is(err, ErrIncomplete) {
		err = errors.Join(err, c.session.change(ctx, func(s *state) { s.Pending = nil }))
	}
	if err != nil {
		return err
	}
	return c.session.begin(ctx, jar, token)
}

// isCode reports whether a text is 6 digits.
func isCode(code string) bool {
	if len(code) != 6 {
		return false
	}
	for _, d := range []byte(code) {
		if d < '0' || d > '9' {
			return false
		}
	}
	return true
}

// begin reads the store and makes sure that there is no other sign-in and no block.
func (c *Client) begin(ctx context.Context) (done func(), err error) {
	select {
	case c.signing <- struct{}{}:
	default:
		return nil, ErrBusy
	}
	done = func() { <-c.signing }
	if err = c.session.reload(ctx); err == nil && c.session.blocked() {
		err = ErrBlocked
	}
	if err != nil {
		done()
		return nil, err
	}
	return done, nil
}

// pending returns the sign-in that waits for its code, or nil.
func (s *session) pending() *login {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.state.Pending
}

func (c *Client) submitPassword(ctx context.Context) error {
	var params api.SubmitPasswordParams
	if c.config.BotToken != "" {
		params.XBotToken = &c.config.BotToken
	}
	var info resilience.Info
	answer, err := c.steps.SubmitPassword(
		ctx,
		params,
		api.PasswordRequest{Username: c.config.Username, Password: c.config.Password, Language: "en"},
		resilience.WithInfo(&info),
	)
	return c.accepted("submitPassword", answer, &info, c.clean(err))
}

func (c *Client) requestMfaCode(ctx context.Context) error {
	var info resilience.Info
	answer, err := c.steps.RequestMfaCode(
		ctx,
		api.MfaCodeRequest{Type: api.MfaTypeSmsOtp, Credid: c.config.CredentialID},
		resilience.WithInfo(&info),
	)
	return c.accepted("requestMfaCode", answer, &info, c.clean(err))
}

// validate gives the code, and notes that it was taken.
func (c *Client) validate(ctx context.Context, jar *cookies, code string) error {
	var info resilience.Info
	answer, err := c.steps.ValidateMfaCode(
		ctx,
		api.MfaValidationRequest{Type: api.MfaTypeSmsOtp, Credid: c.config.CredentialID, Code: code},
		resilience.WithInfo(&info),
	)
	if err := c.accepted("validateMfaCode", answer, &info, c.clean(err, code)); err != nil {
		return err
	}
	saved, _ := jar.save()
	return c.session.change(ctx, func(s *state) { s.Pending = &login{Cookies: saved, At: time.Now(), Validated: true} })
}

// accepted tells what became of a step on the login host. Its status and cookies decide; nobody
// reads the body of a 2xx, which may be empty or anything but a page.
func (c *Client) accepted(operation string, answer any, info *resilience.Info, err error) error {
	f := asFailure(err)
	switch {
	case err == nil && challengeInJSON(answer), f != nil && blockedAtLogin(f):
		c.session.block(operation)
		return because(ErrBlocked, err)
	case err == nil:
		return nil
	case f == nil:
		return err
	case info.Status/100 == 2 && isPage(info.Header, f.Body):
		return because(ErrIncomplete, err)
	case info.Status/100 == 2:
		return nil
	case operation == "submitPassword" && f.Status == http.StatusUnauthorized:
		return because(ErrPasswordRefused, err)
	case operation == "validateMfaCode" && f.Status/100 == 4 && f.Status != http.StatusRequestTimeout && f.Status != http.StatusTooManyRequests:
		return because(ErrWrongCode, err)
	}
	return err
}

// isPage reports whether a page came where JSON is due.
func isPage(h http.Header, body []byte) bool {
	return wire.LooksLikeHTML(body) || wire.MediaType(h.Get("Content-Type")) == "text/html" && !jsonLike(body)
}

// openPages makes the requests of a sign-in that it can do without.
func (c *Client) openPages(ctx context.Context) error {
	id, sub, desc := api.RegisterPageAccessParamsPageID6, api.RegisterPageAccessParamsPageSubIDW6040, api.RegisterPageAccessParamsPageSubDescEventManagementSystem
	for _, page := range []struct {
		operation string
		open      func() error
	}{
		{"registerPageAccess", func() error {
			return c.steps.RegisterPageAccess(ctx, api.RegisterPageAccessParams{PageID: &id, PageSubID: &sub, PageSubDesc: &desc})
		}},
		{"openPortal", func() error { _, err := c.steps.OpenPortal(ctx); return err }},
		{"openEventManagement", func() error { _, err := c.steps.OpenEventManagement(ctx); return err }},
	} {
		if err := page.open(); err != nil && c.stops(ctx, page.operation, err) {
			return c.told(err)
		}
	}
	return nil
}

// stops reports whether the failure of a page that a sign-in can do without ends it all the same: a
// block, or a caller who gave up.
func (c *Client) stops(ctx context.Context, operation string, err error) bool {
	f := asFailure(err)
	if f != nil && (blocked(f) || operation == "getLoginPage" && f.Status == http.StatusForbidden) {
		c.session.block(operation)
		return true
	}
	return ctx.Err() != nil || errors.Is(err, resilience.ErrClosed)
}

// told puts [ErrBlocked] before an error if the account is blocked now.
func (c *Client) told(err error) error {
	if c.session.blocked() {
		return because(ErrBlocked, err)
	}
	return err
}

// authenticate asks for a bearer token with the cookies of the context.
func (c *Client) authenticate(ctx context.Context) (string, error) {
	var info resilience.Info
	_, err := c.steps.AuthenticateEventManagement(ctx, resilience.WithInfo(&info))
	f := asFailure(err)
	switch {
	case err == nil, f != nil && f.Status/100 == 2 && !isPage(info.Header, f.Body):
		return tokenFrom(info.Header) // nobody reads the body
	case f == nil:
		return "", err
	case blocked(f):
		c.session.block("authenticateEventManagement")
		return "", because(ErrBlocked, err)
	case f.Status/100 == 2, f.Status/100 == 3, f.Status == http.StatusUnauthorized:
		return "", because(ErrIncomplete, err)
	}
	return "", err
}

// exchange asks for a new token for a session: where a sign-in would be incomplete, a session is
// over.
func (c *Client) exchange(ctx context.Context, jar *cookies) (string, error) {
	token, err := c.authenticate(withCookies(ctx, jar))
	if errors.Is(err, ErrIncomplete) && !errors.Is(err, ErrTokenFormat) {
		return "", because(ErrSignInNeeded, asCause(err))
	}
	return token, err
}

// asCause returns the failure of the call in an error, if there is one.
func asCause(err error) error {
	if f := asFailure(err); f != nil {
		return f
	}
	return nil
}

// ClearBlock lets the client send again after a block. It is for a person to call who has signed in
// with a browser and seen that the account works.
func (c *Client) ClearBlock(ctx context.Context) error {
	if err := c.session.reload(ctx); err != nil {
		return err
	}
	return c.session.change(ctx, func(s *state) { s.Blocked = "" })
}

// SignOut forgets the session and a sign-in under way, here and in the store. The server is not
// told: it is not known to have a way for that.
func (c *Client) SignOut(ctx context.Context) error {
	if err := c.session.reload(ctx); err != nil {
		return err
	}
	c.session.end(c.session.id())
	return c.session.change(ctx, func(s *state) { s.Pending = nil })
}
