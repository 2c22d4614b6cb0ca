package edr

// This file implements the sign-in: two steps with a person in between. None of its requests is
// sent twice.

import (
	"context"
	"errors"
	"net/http"
	"time"

	api "github.com/resgen/resgen/generated/edr"
	"github.com/resgen/resgen/resilience"
	"github.com/resgen/resgen/resilience/media"
)

// RequestCode signs in with the password and sends a code to the user's phone. Pass the code to
// [Client.Complete], possibly in another process that uses the same store. An existing session
// remains in use until then.
//
// Each request is sent at most once. After a failure, a person should decide whether to try again.
// If the error's [resilience.Error] has MayHaveApplied, a code may still arrive, and Complete
// accepts it.
//
// Errors: [ErrBlocked], [ErrPasswordRefused], [ErrBusy], [ErrIncomplete], those of the store, and
// [*resilience.Error].
func (c *Client) RequestCode(ctx context.Context) error {
	done, err := c.begin(ctx)
	if err != nil {
		return err
	}
	defer done()
	jar := newCookies(nil)
	ctx = withCookies(ctx, jar)
	if _, err := c.steps.GetLoginPage(ctx); err != nil && c.stops(ctx, "getLoginPage", err) {
		return c.withBlock(err)
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

// Complete submits the code from the user's phone and opens the session. Calls then work until the
// server ends the session, also in other processes that use the same store.
//
// The code is sent at most once per call. If the server accepted it and a later request failed,
// Complete returns that request's error and can be called again without sending the code a second
// time.
//
// Errors: [ErrCodeFormat], [ErrNoCodeRequested], [ErrWrongCode], [ErrBlocked], [ErrBusy],
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

// isCode reports whether a text consists of 6 digits.
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

// begin reads the store and ensures that no other sign-in runs and no block exists.
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
	if !c.config.BotToken.IsZero() {
		token := c.config.BotToken.Reveal()
		params.XBotToken = &token
	}
	var info resilience.Info
	answer, err := c.steps.SubmitPassword(
		ctx,
		params,
		api.PasswordRequest{Username: c.config.Username, Password: c.config.Password.Reveal(), Language: "en"},
		resilience.WithInfo(&info),
	)
	return c.accepted("submitPassword", answer, &info, c.clean(err))
}

func (c *Client) requestMfaCode(ctx context.Context) error {
	var info resilience.Info
	answer, err := c.steps.RequestMfaCode(
		ctx,
		api.MfaCodeRequest{Type: api.MfaTypeSmsOtp, Credid: c.config.CredentialID.Reveal()},
		resilience.WithInfo(&info),
	)
	return c.accepted("requestMfaCode", answer, &info, c.clean(err))
}

// validate submits the code and records that it was accepted.
func (c *Client) validate(ctx context.Context, jar *cookies, code string) error {
	var info resilience.Info
	answer, err := c.steps.ValidateMfaCode(
		ctx,
		api.MfaValidationRequest{Type: api.MfaTypeSmsOtp, Credid: c.config.CredentialID.Reveal(), Code: code},
		resilience.WithInfo(&info),
	)
	if err := c.accepted("validateMfaCode", answer, &info, c.clean(err, code)); err != nil {
		return err
	}
	saved, _ := jar.save()
	return c.session.change(ctx, func(s *state) { s.Pending = &login{Cookies: saved, At: time.Now(), Validated: true} })
}

// accepted returns the result of a step on the login host, which depends on status and cookies. The
// body of a 2xx is ignored unless it is a page.
func (c *Client) accepted(operation string, answer any, info *resilience.Info, err error) error {
	f := asFailure(err)
	switch {
	case err == nil && challengeInJSON(answer), f != nil && blockedAtLogin(f):
		c.session.block(operation)
		return withCause(ErrBlocked, err)
	case err == nil:
		return nil
	case f == nil:
		return err
	case info.Status/100 == 2 && isPage(info.Header, f.Body):
		return withCause(ErrIncomplete, err)
	case info.Status/100 == 2:
		return nil
	case operation == "submitPassword" && f.Status == http.StatusUnauthorized:
		return withCause(ErrPasswordRefused, err)
	case operation == "validateMfaCode" && f.Status/100 == 4 && f.Status != http.StatusRequestTimeout &&
		f.Status != http.StatusTooManyRequests:
		return withCause(ErrWrongCode, err)
	}
	return err
}

// isPage reports whether a page was received in place of JSON.
func isPage(h http.Header, body []byte) bool {
	return media.HTMLBody("application/json", h.Get("Content-Type"), body) && !jsonLike(body)
}

// openPages sends the optional requests of a sign-in.
func (c *Client) openPages(ctx context.Context) error {
	id, sub := api.RegisterPageAccessParamsPageID6, api.RegisterPageAccessParamsPageSubIDW6040
	desc := api.RegisterPageAccessParamsPageSubDescEventManagementSystem
	for _, page := range []struct {
		operation string
		open      func() error
	}{
		{"registerPageAccess", func() error {
			return c.steps.RegisterPageAccess(
				ctx, api.RegisterPageAccessParams{PageID: &id, PageSubID: &sub, PageSubDesc: &desc},
			)
		}},
		{"openPortal", func() error { _, err := c.steps.OpenPortal(ctx); return err }},
		{"openEventManagement", func() error { _, err := c.steps.OpenEventManagement(ctx); return err }},
	} {
		if err := page.open(); err != nil && c.stops(ctx, page.operation, err) {
			return c.withBlock(err)
		}
	}
	return nil
}

// stops reports whether the failure of an optional request ends the sign-in: a block, or a canceled
// context.
func (c *Client) stops(ctx context.Context, operation string, err error) bool {
	f := asFailure(err)
	if f != nil && (blocked(f) || operation == "getLoginPage" && f.Status == http.StatusForbidden) {
		c.session.block(operation)
		return true
	}
	return ctx.Err() != nil || errors.Is(err, resilience.ErrClosed)
}

// withBlock adds [ErrBlocked] to an error if the account is blocked now.
func (c *Client) withBlock(err error) error {
	if c.session.blocked() {
		return withCause(ErrBlocked, err)
	}
	return err
}

// authenticate requests a bearer token with the cookies of the context.
func (c *Client) authenticate(ctx context.Context) (string, error) {
	var info resilience.Info
	opts := []resilience.CallOption{resilience.WithInfo(&info)}
	if resilience.IsProbe(ctx) {
		opts = append(opts, resilience.WithAttempts(1))
	}
	_, err := c.steps.AuthenticateEventManagement(ctx, opts...)
	f := asFailure(err)
	switch {
	case err == nil, f != nil && f.Status/100 == 2 && !isPage(info.Header, f.Body):
		return tokenFrom(info.Header) // the body is ignored
	case f == nil:
		return "", err
	case blocked(f):
		c.session.block("authenticateEventManagement")
		return "", withCause(ErrBlocked, err)
	case f.Status/100 == 2, f.Status/100 == 3, f.Status == http.StatusUnauthorized:
		return "", withCause(ErrIncomplete, err)
	}
	return "", err
}

// exchange requests a new token for a session. What would be an incomplete sign-in means here that
// the session has ended.
func (c *Client) exchange(ctx context.Context, jar *cookies) (string, error) {
	token, err := c.authenticate(withCookies(ctx, jar))
	if errors.Is(err, ErrIncomplete) && !errors.Is(err, ErrTokenFormat) {
		return "", withCause(ErrSignInNeeded, asCause(err))
	}
	return token, err
}

// asCause returns the failure of the call in an error, or nil.
func asCause(err error) error {
	if f := asFailure(err); f != nil {
		return f
	}
	return nil
}

// ClearBlock allows requests after a block. Call it after a person has signed in with a browser and
// verified that the account works.
func (c *Client) ClearBlock(ctx context.Context) error {
	if err := c.session.reload(ctx); err != nil {
		return err
	}
	return c.session.change(ctx, func(s *state) { s.Blocked = "" })
}

// SignOut removes the session and a pending sign-in from memory and from the store. It sends
// nothing because the server is not known to support signing out.
func (c *Client) SignOut(ctx context.Context) error {
	if err := c.session.reload(ctx); err != nil {
		return err
	}
	c.session.end(c.session.id())
	return c.session.change(ctx, func(s *state) { s.Pending = nil })
}
