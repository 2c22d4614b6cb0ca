package auth

// This file keeps refresh tokens, which some servers replace with each use.

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"sync"
	"time"

	"github.com/resgen/resgen/resilience/internal/redact"
)

// A TokenStore keeps the refresh token of one account, so that a later process can continue with
// it. It must be safe for concurrent use. Several processes may share what is behind it.
type TokenStore interface {
	// Load returns the token that was stored last, or "" if none was.
	Load(ctx context.Context) (string, error)

	// Swap stores a token if the stored one is still old or if none is stored, and reports whether
	// it did. If it did not, another process has replaced the token, and its token is loaded for
	// the next renewal.
	Swap(ctx context.Context, old, new string) (swapped bool, err error)
}

// A Refresher exchanges a refresh token for access tokens and keeps track of the refresh tokens
// that the server issues in its place. It is safe for concurrent use. Create one with
// [NewRefresher].
type Refresher struct {
	endpoint Endpoint
	store    TokenStore // nil: none

	mu      sync.Mutex // held during a request, because each one may replace the token
	given   Secret     // with which the refresher was made
	current Secret
	stored  Secret // what the store has, as far as known
}

// NewRefresher returns a refresher that begins with the given token, or with that of the store of
// [WithTokenStore] if it has one.
func NewRefresher(e Endpoint, refreshToken string, opts ...Option) *Refresher {
	given := NewSecret(refreshToken)
	return &Refresher{endpoint: e, store: settingsOf(opts).store, given: given, current: given, stored: given}
}

// storeTimeout is the limit for one use of a store.
const storeTimeout = 5 * time.Second

// Token requests an access token. If the server refuses the refresh token, another one is tried:
// that of another process in the store, otherwise the one that the refresher was made with, which
// is new if the application was authorized again.
func (r *Refresher) Token(ctx context.Context, scopes ...string) (token string, expiry time.Time, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if err := r.load(ctx); err != nil {
		return "", time.Time{}, err
	}
	used := r.current.Reveal()
	got, err := r.request(ctx, scopes)
	var refused *TokenError
	if errors.As(err, &refused) && refused.Code == "invalid_grant" && r.another(ctx, used) {
		if got, err = r.request(ctx, scopes); err != nil {
			r.current = r.stored
		}
	}
	return got.AccessToken.Reveal(), got.Expiry, err
}

// another replaces the current token if it is the one that was used, and reports whether there is
// another.
func (r *Refresher) another(ctx context.Context, used string) bool {
	if r.load(ctx) == nil && r.current.Reveal() == used {
		r.current = r.given
	}
	return r.current.Reveal() != used
}

// request sends the current refresh token and replaces it if the server issued another.
func (r *Refresher) request(ctx context.Context, scopes []string) (Issued, error) {
	grant := withScopes(url.Values{"grant_type": {"refresh_token"}, "refresh_token": {r.current.Reveal()}}, scopes)
	got, err := r.endpoint.Request(ctx, grant)
	if err != nil {
		return got, err
	}
	if !got.RefreshToken.IsZero() {
		r.current = got.RefreshToken
	}
	if r.current.Reveal() != r.stored.Reveal() {
		r.save(ctx)
	}
	return got, nil
}

// load continues with the token of the store if another process has replaced it. A token that could
// not be saved earlier is saved first.
func (r *Refresher) load(ctx context.Context) error {
	if r.store == nil {
		return nil
	}
	if r.stored.Reveal() != r.current.Reveal() {
		r.save(ctx)
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, storeTimeout)
	defer cancel()
	token, err := r.store.Load(ctx)
	if err != nil {
		return fmt.Errorf("the refresh token cannot be loaded: %w", redact.Error(err, []string{r.current.Reveal()}))
	}
	if token != "" {
		r.current = NewSecret(token)
		r.stored = r.current
	}
	return nil
}

// save stores the current token. The access token that came with it is usable even if that fails,
// so a failure is only logged, and the next renewal tries again.
func (r *Refresher) save(ctx context.Context) {
	if r.store == nil {
		r.stored = r.current
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), storeTimeout)
	defer cancel()
	swapped, err := r.store.Swap(ctx, r.stored.Reveal(), r.current.Reveal())
	switch {
	case err != nil:
		text := redact.Text(err.Error(), []string{r.stored.Reveal(), r.current.Reveal()})
		slog.Default().Warn("the new refresh token cannot be stored; trying again at the next renewal",
			"endpoint", r.endpoint.host(), "err", text)
	case swapped:
		r.stored = r.current
	default:
		r.takeOver(ctx)
	}
}

// takeOver continues with the token of another process, which used the same token at the same time.
func (r *Refresher) takeOver(ctx context.Context) {
	token, err := r.store.Load(ctx)
	if err == nil && token != "" {
		r.current = NewSecret(token)
		r.stored = r.current
	}
}

// Format prints the endpoint's host and nothing else for any verb.
func (r *Refresher) Format(f fmt.State, _ rune) {
	_, _ = fmt.Fprintf(f, "refresh token for %s", r.endpoint.host())
}
