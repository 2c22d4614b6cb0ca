package auth

// This file is the one mechanism behind every credential whose secret goes stale. slot.go keeps a
// single secret.

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/resgen/resgen/resilience"
)

// A Mechanism says how one way to sign in works. K tells apart the secrets that it needs (struct{}
// if it is always the same one), S is a secret: a token, a cookie, both. Fetch and Place must be
// set.
type Mechanism[K comparable, S any] struct {
	// Account names whose quota the requests use; see [resilience.Credential].
	Account string

	// Application names the application that uses the account; see [resilience.AppCredential].
	// Empty: not known.
	Application string

	// Key tells which secret a request takes; [resilience.OperationFrom] of its context names the
	// operation. Nil: the zero K for all.
	Key func(r *http.Request, s resilience.Scheme) (K, error)

	// Fetch gets a new secret and tells until when it is good; the zero time: until it is rejected.
	// It runs once for all who wait, with a context that belongs to none of them and ends after
	// Timeout. It repeats what is worth repeating by itself.
	Fetch func(ctx context.Context, key K) (secret S, expiry time.Time, err error)

	// Place puts a secret on a request in place of any that is there: placing one twice is the same
	// as once.
	Place func(r *http.Request, s resilience.Scheme, secret S) error

	// Expired tells what an answer says about the secret that signed its request. Nil: a 401 and
	// nothing else is a rejection.
	Expired func(a *resilience.Rejection) resilience.Expiry

	// Final tells that an error of Fetch will come again: the sign-in was refused, not missed. It
	// is then handed out for the length of Rest without asking again. Nil: no error is final.
	Final func(error) bool

	// how long before its expiry a secret is replaced, at most half of its life; 0: 60 s; negative:
	// none
	Margin  time.Duration
	Timeout time.Duration // bounds Fetch; 0: 30 s
	// between two secrets fetched because of rejections, unless the one between them worked; 0: 30
	// s; negative: none
	Pause time.Duration
	// after a final error; 0: as long as Pause. Longer where attempts to sign in may lock an
	// account
	Rest time.Duration
}

// The defaults of a Mechanism.
const (
	defaultMargin = 60 * time.Second
	defaultPause  = 30 * time.Second
)

// A Credential is a [Mechanism] at work. Make one with [New]; it is safe for concurrent use, and
// all clients of an account may share it.
type Credential[K comparable, S any] struct {
	m     Mechanism[K, S]
	slots slots[K, S]
}

// New returns a credential. It fetches nothing yet.
func New[K comparable, S any](m Mechanism[K, S]) *Credential[K, S] {
	if m.Key == nil {
		m.Key = func(*http.Request, resilience.Scheme) (key K, _ error) { return key, nil }
	}
	if m.Expired == nil {
		m.Expired = unauthorized
	}
	if m.Final == nil {
		m.Final = func(error) bool { return false }
	}
	if m.Margin == 0 {
		m.Margin = defaultMargin
	}
	if m.Pause == 0 {
		m.Pause = defaultPause
	}
	if m.Rest == 0 {
		m.Rest = m.Pause
	}
	c := &Credential[K, S]{m: m}
	c.slots.make = c.slot
	return c
}

func unauthorized(a *resilience.Rejection) resilience.Expiry {
	if a.Status == http.StatusUnauthorized {
		return resilience.Expired
	}
	return resilience.NotExpired
}

// Account names whose quota the requests use.
func (c *Credential[K, S]) Account() string { return c.m.Account }

// Application names the application that uses the account, empty if it is not known.
func (c *Credential[K, S]) Application() string { return c.m.Application }

// Close ends a sign-in under way at once and lets no other begin. Requests signed from then on fail
// with [resilience.ErrRenewalClosed]. It always returns nil and may be called more than once.
func (c *Credential[K, S]) Close() error {
	c.slots.close()
	return nil
}

// Secret returns the secret of a key, fetching it if there is none or it is about to expire. It is
// for requests that no generated client makes.
func (c *Credential[K, S]) Secret(ctx context.Context, key K) (S, error) {
	secret, _, err := c.slots.of(key).get(ctx)
	return secret, err
}

// Sign puts the secret on the request, fetching it first if need be.
func (c *Credential[K, S]) Sign(ctx context.Context, r *http.Request, s resilience.Scheme) error {
	key, err := c.m.Key(r, s)
	if err != nil {
		return err
	}
	secret, err := c.Secret(ctx, key)
	if err != nil {
		return err
	}
	return c.m.Place(r, s, secret)
}

// Examine tells what an answer says about the secret that signed its request.
func (c *Credential[K, S]) Examine(a *resilience.Rejection) resilience.Expiry {
	expiry := c.m.Expired(a)
	switch {
	case expiry == resilience.NotExpired && a.Status/100 == 2:
		c.worked(a)
	case expiry == resilience.ExpiredInDoubt && c.unlikely(a):
		return resilience.NotExpired
	}
	return expiry
}

// unlikely reports whether a doubtful rejection is that of a secret which was fetched because of
// one a moment ago and has not worked since. Then it is not the secret: the server answers
// everybody so, and that is a failure like others, which a circuit may open for.
func (c *Credential[K, S]) unlikely(a *resilience.Rejection) bool {
	for _, s := range a.Schemes {
		key, err := c.m.Key(a.Request, s)
		if err != nil {
			continue
		}
		slot := c.slots.of(key)
		if secret, _, doubted := slot.doubted(); doubted && slot.rests() && c.carries(a.Request, s, secret) {
			return true
		}
	}
	return false
}

// worked notes that the newest secret is good, so that a later rejection of it is believed at once.
func (c *Credential[K, S]) worked(a *resilience.Rejection) {
	for _, s := range a.Schemes {
		key, err := c.m.Key(a.Request, s)
		if err != nil {
			continue
		}
		slot := c.slots.of(key)
		if secret, generation, doubted := slot.doubted(); doubted && c.carries(a.Request, s, secret) {
			slot.trust(generation)
		}
	}
}

// Renew replaces the secret that a rejected request carried, unless that was done since it was
// signed. It returns true if the request is worth sending again.
func (c *Credential[K, S]) Renew(ctx context.Context, a *resilience.Rejection) (again bool, err error) {
	for _, s := range a.Schemes {
		key, err := c.m.Key(a.Request, s)
		if err != nil {
			return false, err
		}
		changed, err := c.renew(ctx, a.Request, s, c.slots.of(key))
		if err != nil {
			return false, err
		}
		again = again || changed
	}
	return again, nil
}

// renew replaces one secret. A request that carries another than the present one was signed before
// somebody else renewed it.
func (c *Credential[K, S]) renew(
	ctx context.Context,
	r *http.Request,
	s resilience.Scheme,
	slot *slot[S],
) (changed bool, err error) {
	secret, generation, err := slot.get(ctx)
	if err != nil || !c.carries(r, s, secret) {
		return err == nil, err
	}
	return slot.renew(ctx, generation)
}

// carries reports whether the request was signed with the secret: placing it then changes nothing.
func (c *Credential[K, S]) carries(r *http.Request, s resilience.Scheme, secret S) bool {
	u := *r.URL
	probe := &http.Request{Method: r.Method, URL: &u, Header: r.Header.Clone(), Host: r.Host}
	return c.m.Place(probe, s, secret) == nil && u.String() == r.URL.String() && equal(probe.Header, r.Header)
}

// equal compares what sign-in may set: each header by its values.
func equal(a, b http.Header) bool {
	if len(a) != len(b) {
		return false
	}
	for name, values := range a {
		if fmt.Sprint(values) != fmt.Sprint(b[name]) {
			return false
		}
	}
	return true
}

// Format prints the account and nothing else, whatever the verb.
func (c *Credential[K, S]) Format(f fmt.State, _ rune) {
	_, _ = fmt.Fprintf(f, "credential of %s", c.m.Account)
}

// slot makes the place of one secret.
func (c *Credential[K, S]) slot(key K) *slot[S] {
	s := &slot[S]{pause: c.m.Pause, rest: c.m.Rest, final: c.m.Final}
	s.renewal.Timeout = c.m.Timeout
	s.renewal.Fetch = func(ctx context.Context) (S, time.Time, error) {
		begun := time.Now()
		secret, expiry, err := s.fetch(func() (S, time.Time, error) { return c.m.Fetch(ctx, key) })
		return secret, replaceAt(begun, expiry, c.m.Margin), err
	}
	return s
}

// replaceAt returns when a secret fetched at begun is to be replaced: margin before its expiry, but
// not in the first half of its life, so that a short-lived secret is used at all.
func replaceAt(begun, expiry time.Time, margin time.Duration) time.Time {
	if expiry.IsZero() {
		return expiry
	}
	margin = max(0, min(margin, expiry.Sub(begun)/2))
	return expiry.Add(-margin)
}
