package auth

// This file implements the mechanism shared by every credential whose secret expires. slot.go holds
// a single secret.

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"time"

	"github.com/resgen/resgen/resilience"
)

// A Mechanism describes one way to sign in. K identifies the secret a request needs (struct{} if
// there is only one). S is the secret itself: a token, a cookie or both. Fetch and Place must be
// set.
type Mechanism[K comparable, S any] struct {
	// Account is the account whose quota the requests use; see [resilience.Credential].
	Account string

	// Application is the application that uses the account; see [resilience.AppCredential]. Empty
	// means unknown.
	Application string

	// Key returns the key of the secret for a request; [resilience.OperationFrom] returns its
	// operation. If Key is nil, all requests use the zero K.
	Key func(r *http.Request, s resilience.Scheme) (K, error)

	// Fetch returns a new secret and its expiry. A zero expiry means that the secret is valid until
	// it is rejected. Fetch runs once for all waiting requests, with a context that is independent
	// of theirs and ends after Timeout. Fetch does its own retries.
	Fetch func(ctx context.Context, key K) (secret S, expiry time.Time, err error)

	// Place puts a secret on a request and replaces any that is already there. It must be
	// idempotent.
	Place func(r *http.Request, s resilience.Scheme, secret S) error

	// Expired reports what a response says about the secret that signed its request. If Expired is
	// nil, only a 401 is a rejection.
	Expired func(a *resilience.Rejection) resilience.Expiry

	// Final reports whether an error of Fetch is permanent, for example because the credentials
	// were refused. No error is if Final is nil. A permanent error is returned without another
	// Fetch for the duration of Rest. Another one is an outage of the sign-in, unless it has a
	// different state (see [resilience.CredentialError]): it is returned without another Fetch for
	// a pause that grows from a second to a minute, and at least for the time that the error says.
	// A fetch after such a pause should send a single request: see [resilience.IsProbe].
	Final func(error) bool

	// Check is called when a client is made with the credential and returns why it cannot work. Nil
	// means no check.
	Check func() error

	// Share makes the processes of a fleet use the same secrets. The zero value means that each
	// process has its own.
	Share Sharing[K]

	// renewal time before expiry, at most half the lifetime; 0: 60 s; negative: none. Until it
	// expires, a secret is used if its renewal fails
	Margin  time.Duration
	Timeout time.Duration // limit for Fetch; 0: 30 s
	// minimum time between two secrets fetched after rejections, unless the first one was accepted;
	// 0: 30 s; negative: none
	Pause time.Duration
	// time during which an ambiguous rejection of a secret that was fetched after a rejection, and
	// that the server has not accepted yet, counts as a failure of the server and fetches nothing;
	// 0: Pause
	Doubt time.Duration
	// time to wait after a final error; 0: Pause. Use a longer one if sign-in attempts may lock the
	// account
	Rest time.Duration
}

// Defaults of a Mechanism.
const (
	defaultMargin = 60 * time.Second
	defaultPause  = 30 * time.Second
)

// A Credential signs requests as its [Mechanism] describes. Create one with [New]. It is safe for
// concurrent use, and all clients of an account may share it.
type Credential[K comparable, S any] struct {
	m      Mechanism[K, S]
	slots  slots[K, S]
	outage outage // of the store that shares the secrets
}

// New returns a credential. Nothing is fetched until the first request.
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
	if m.Doubt == 0 {
		m.Doubt = m.Pause
	}
	if m.Rest == 0 {
		m.Rest = m.Pause
	}
	if m.Check == nil {
		m.Check = func() error { return nil }
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

// Account returns the account whose quota the requests use.
func (c *Credential[K, S]) Account() string { return c.m.Account }

// Application returns the application that uses the account, or "" if it is unknown.
func (c *Credential[K, S]) Application() string { return c.m.Application }

// SignIn returns the state of the sign-in as that of a circuit. Of several secrets, the one that
// will be fetched last counts.
func (c *Credential[K, S]) SignIn() resilience.CircuitSnapshot {
	return c.slots.worst(c.m.Account + " sign-in")
}

// Check returns why the credential cannot work, if that is known without a request.
func (c *Credential[K, S]) Check() error { return c.m.Check() }

// Close cancels a running sign-in and prevents new ones. Signing fails with
// [resilience.ErrRenewalClosed] afterwards. Close always returns nil and may be called more than
// once.
func (c *Credential[K, S]) Close() error {
	c.slots.close()
	return nil
}

// Secret returns the secret for a key. It fetches one if there is none or if it is about to expire.
// Use it for requests that are not made by a generated client.
func (c *Credential[K, S]) Secret(ctx context.Context, key K) (S, error) {
	secret, _, err := c.slots.of(key).get(ctx)
	return secret, err
}

// Sign puts the secret on the request, fetching it first if necessary.
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

// Examine reports what a response says about the secret that signed its request.
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

// unlikely reports whether an ambiguous rejection concerns a secret that was itself fetched after a
// recent rejection and has not been accepted since. In that case the secret is probably not at
// fault: the server rejects every request, which counts as a failure for the circuit.
func (c *Credential[K, S]) unlikely(a *resilience.Rejection) bool {
	for _, s := range a.Schemes {
		key, err := c.m.Key(a.Request, s)
		if err != nil {
			continue
		}
		slot := c.slots.of(key)
		secret, doubted := slot.doubted()
		if doubted && slot.renewedWithin(c.m.Doubt) && c.carries(a.Request, s, secret) {
			return true
		}
	}
	return false
}

// worked records that the newest secret was accepted, so that a later rejection of it triggers a
// renewal at once.
func (c *Credential[K, S]) worked(a *resilience.Rejection) {
	for _, s := range a.Schemes {
		key, err := c.m.Key(a.Request, s)
		if err != nil {
			continue
		}
		slot := c.slots.of(key)
		if secret, generation, unproven := slot.unproven(); unproven && c.carries(a.Request, s, secret) {
			slot.trust(generation)
		}
	}
}

// Renew replaces the secret of a rejected request unless it has been replaced since the request was
// signed. It reports whether the request is worth sending again.
func (c *Credential[K, S]) Renew(ctx context.Context, a *resilience.Rejection) (again bool, err error) {
	for _, s := range a.Schemes {
		key, err := c.m.Key(a.Request, s)
		if err != nil {
			return false, err
		}
		changed, err := c.renew(ctx, a.Request, s, key)
		if err != nil {
			return false, err
		}
		again = again || changed
	}
	return again, nil
}

// renew replaces one secret. A request that carries a different secret was signed before another
// renewal.
func (c *Credential[K, S]) renew(
	ctx context.Context,
	r *http.Request,
	s resilience.Scheme,
	key K,
) (changed bool, err error) {
	slot := c.slots.of(key)
	secret, generation, err := slot.get(ctx)
	if err != nil || !c.carries(r, s, secret) {
		return err == nil, err
	}
	fresh, renewed, err := slot.renew(ctx, generation)
	if renewed && c.m.Share.name(key) != "" && c.carries(r, s, fresh) {
		return false, nil // it is too early to replace the shared secret
	}
	return renewed, err
}

// carries reports whether the request was signed with the secret, that is whether placing the
// secret changes nothing.
func (c *Credential[K, S]) carries(r *http.Request, s resilience.Scheme, secret S) bool {
	u := *r.URL
	probe := &http.Request{Method: r.Method, URL: &u, Header: r.Header.Clone(), Host: r.Host}
	return c.m.Place(probe, s, secret) == nil && u.String() == r.URL.String() &&
		maps.EqualFunc(probe.Header, r.Header, slices.Equal[[]string])
}

// Format prints the account and nothing else for any verb.
func (c *Credential[K, S]) Format(f fmt.State, _ rune) {
	_, _ = fmt.Fprintf(f, "credential of %s", c.m.Account)
}

// slot returns a new slot for one secret.
func (c *Credential[K, S]) slot(key K) *slot[S] {
	s := &slot[S]{pause: c.m.Pause}
	s.renewal.Timeout, s.renewal.Early, s.renewal.Rest = c.m.Timeout, c.m.Margin, c.rest
	s.renewal.Fetch = func(ctx context.Context) (S, time.Time, error) {
		secret, expiry, err := c.fetch(ctx, key, s)
		s.settle(expiry, err)
		return secret, expiry, err
	}
	return s
}

// fetch returns a new secret: that of another process if the secret is shared.
func (c *Credential[K, S]) fetch(ctx context.Context, key K, slot *slot[S]) (S, time.Time, error) {
	own := func(ctx context.Context) (S, time.Time, error) {
		secret, expiry, err := c.m.Fetch(ctx, key)
		return secret, expiry, c.judge(err)
	}
	name := c.m.Share.name(key)
	if name == "" {
		return own(ctx)
	}
	s := sharing[S]{
		store: c.m.Share.Store, name: name, holder: newVersion(), outage: &c.outage, fetch: own, rest: c.rest,
	}
	s.wish = wish{margin: c.m.Margin, pause: c.m.Pause, identity: c.m.Share.Identity}
	if secret, proven, rejected := slot.rejected(); rejected {
		s.wish.rejected, s.wish.proven = encodeSecret(secret), proven
	} else if end, ok := ctx.Deadline(); ok {
		s.spare = spareTime(time.Now(), slot.life(), time.Until(end))
	}
	return s.get(ctx)
}
