package auth

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"strings"

	"github.com/resgen/resgen/resilience"
)

// A Static is a credential that never changes. Create one with [Key] or [Basic]. It is safe for
// concurrent use.
type Static struct {
	account string
	place   func(*http.Request, resilience.Scheme) error
}

// Key returns a credential with one secret, placed by the scheme (see [Place]). Its account is a
// short hash of the secret unless [As] sets another.
func Key(secret string, opts ...Option) *Static {
	s := &Static{account: "key-" + Fingerprint(secret)}
	s.place = func(r *http.Request, scheme resilience.Scheme) error { return Place(r, scheme, secret) }
	s.account = accountOf(s.account, opts)
	return s
}

// Basic returns a credential for HTTP Basic authentication (RFC 7617). Its account is the user name
// unless [As] sets another.
func Basic(user, password string, opts ...Option) *Static {
	s := &Static{account: accountOf(user, opts)}
	s.place = func(r *http.Request, scheme resilience.Scheme) error {
		if scheme.Kind != "http" || !strings.EqualFold(scheme.HTTPScheme, "basic") {
			return fmt.Errorf("scheme %s is not HTTP Basic; use auth.Key or another credential for it", scheme.Name)
		}
		if strings.Contains(user, ":") {
			return fmt.Errorf("scheme %s: a user name for HTTP Basic must not contain a colon", scheme.Name)
		}
		r.SetBasicAuth(user, password)
		return nil
	}
	return s
}

// Account returns the account whose quota the requests use.
func (s *Static) Account() string { return s.account }

// Sign puts the secret on the request.
func (s *Static) Sign(_ context.Context, r *http.Request, scheme resilience.Scheme) error {
	return s.place(r, scheme)
}

// Format prints the account and nothing else for any verb.
func (s *Static) Format(f fmt.State, _ rune) { _, _ = fmt.Fprintf(f, "credential of %s", s.account) }

// An Option configures a credential.
type Option func(*options)

type options struct {
	account string
	store   TokenStore
	secrets SecretStore
}

// As sets the account of a credential, the name under which quotas and circuits are kept and which
// appears in logs. It is not secret. Credentials with the same account share its quotas. An empty
// name is ignored.
func As(account string) Option { return func(o *options) { o.account = account } }

// WithTokenStore sets where a credential keeps the refresh tokens that a server issues in place of
// the one it was made with.
func WithTokenStore(s TokenStore) Option { return func(o *options) { o.store = s } }

// WithSecretStore shares the tokens of a credential with other processes through a store: its
// access tokens, and unless [WithTokenStore] is set also its refresh tokens. The processes must use
// the same account (see [As]).
func WithSecretStore(s SecretStore) Option { return func(o *options) { o.secrets = s } }

func settingsOf(opts []Option) (o options) {
	for _, opt := range opts {
		opt(&o)
	}
	return o
}

func accountOf(name string, opts []Option) string {
	if o := settingsOf(opts); o.account != "" {
		return o.account
	}
	return name
}

// Fingerprint returns 12 hexadecimal digits that identify secrets without revealing them: the
// beginning of a SHA-256 over all parts. Use it only for secrets that cannot be guessed; the
// fingerprint of a password would confirm a guess.
func Fingerprint(parts ...string) string {
	h := sha256.New()
	for _, p := range parts {
		_, _ = fmt.Fprintf(h, "%d:%s", len(p), p)
	}
	return hex.EncodeToString(h.Sum(nil)[:6])
}
