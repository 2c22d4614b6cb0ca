package auth

// This file fetches a secret that the processes of a fleet share: sharing.get. What to do about the
// record of a secret is decided in share_record.go.

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"math/rand/v2"
	"sync/atomic"
	"time"

	"github.com/resgen/resgen/resilience"
)

// Sharing makes the processes of a fleet share the secrets of a [Mechanism]: one of them fetches a
// secret, and the others use it. While a new one is fetched, they wait, or use the old one until it
// expires. A secret that the server rejects in one process is replaced for all. After a failed
// fetch, the whole fleet sends nothing until one process may try again. If the store is not
// available, each process signs in for itself: after a second if calls wait for the secret, and a
// few seconds later if they can use the old one meanwhile.
//
// Secrets are stored as JSON.
type Sharing[K comparable] struct {
	// Store keeps the secrets. Nil means that nothing is shared.
	Store SecretStore

	// Name returns the name of a secret in the store: the same in all processes, and different for
	// different secrets. It is not secret. Secrets with an empty name are not shared.
	Name func(key K) string

	// Identity identifies what Fetch signs in with, for example a [Fingerprint] of the client's
	// secret. If the sign-in is refused, processes with the same identity do not try until
	// [Mechanism.Rest] is over; one with a corrected secret tries at once. It is stored sealed.
	Identity string
}

// name returns the name of a secret, or "" if it is not shared.
func (s Sharing[K]) name(key K) string {
	if s.Store == nil || s.Name == nil {
		return ""
	}
	return s.Name(key)
}

// An outage remembers whether a store has failed, so that each outage is logged once.
type outage struct{ lasts atomic.Bool }

// note notes the result of a use of the store.
func (o *outage) note(name string, err error) {
	switch {
	case err != nil && !o.lasts.Swap(true):
		slog.Default().Warn("secrets cannot be shared; this process signs in for itself", "secret", name, "err", err)
	case err == nil && o.lasts.Swap(false):
		slog.Default().Info("secrets are shared again", "secret", name)
	}
}

// A sharing is one fetch of a shared secret.
type sharing[S any] struct {
	store  SecretStore
	name   string
	holder string // of locks
	wish   wish
	outage *outage
	spare  time.Time // until then, nothing waits for the fetch: the present secret can be used
	by     time.Time // until then, the store must say whether another process signs in; zero: it has
	fetch  func(context.Context) (S, time.Time, error)
	rest   func(err error, failures int) time.Duration
}

// errElsewhere is the error of a process that has waited in vain for the sign-in of another.
var errElsewhere = &resilience.CredentialError{
	State: resilience.ErrSignInUnavailable, Err: errors.New("the sign-in of another process did not end in time"),
}

// get returns a secret.
func (s *sharing[S]) get(ctx context.Context) (secret S, expiry time.Time, err error) {
	s.by = time.Now().Add(storeWait)
	for n := 0; ; n++ {
		c, version, ok := s.load(ctx)
		if !ok {
			return s.fetch(ctx)
		}
		step, usable := s.wish.next(c)
		if step != renew {
			return s.take(ctx, c, usable)
		}
		release, err := s.hold(ctx)
		s.by = time.Time{}
		switch {
		case err != nil:
			return s.fetch(ctx)
		case release != nil:
			return s.renew(ctx, c, version, release)
		case usable:
			return s.take(ctx, c, true)
		case !pause(ctx, pollAfter(n, rand.Float64())):
			return secret, expiry, errElsewhere
		}
	}
}

// take returns the secret of a record, or the error of its failure.
func (s *sharing[S]) take(ctx context.Context, c common, usable bool) (secret S, expiry time.Time, err error) {
	if !usable {
		return secret, expiry, c.Failed.err()
	}
	if json.Unmarshal(c.Secret, &secret) != nil {
		s.outage.note(s.name, errForeignRecord)
		return s.fetch(ctx)
	}
	if c.Expires {
		expiry = time.Now().Add(c.Life)
	}
	return secret, expiry, nil
}

// renew fetches a secret for all processes, with the lock held, unless another one has done so. The
// record is what was loaded before the lock was taken.
func (s *sharing[S]) renew(ctx context.Context, c common, version string, release func()) (S, time.Time, error) {
	defer release()
	if newer, v, ok := s.load(ctx); ok {
		c, version = newer, v
		if step, usable := s.wish.next(c); step != renew {
			return s.take(ctx, c, usable)
		}
	}
	if refused := s.wish.refuse(c); refused.Rejected && !c.Rejected {
		version, c = s.save(ctx, version, refused), refused
	}
	begun := time.Now()
	secret, expiry, err := s.fetch(s.probing(ctx, c))
	switch {
	case err == nil:
		return s.publish(ctx, version, secret, expiry)
	case errors.Is(ctx.Err(), context.Canceled):
		return secret, expiry, err // the credential was closed
	}
	return secret, expiry, s.report(ctx, version, c.after(time.Since(begun)), err)
}

// probing returns the context of a fetch after a failed one.
func (s *sharing[S]) probing(ctx context.Context, c common) context.Context {
	if c.failures(s.wish.identity) > 0 {
		return resilience.AsProbe(ctx)
	}
	return ctx
}

// publish stores a secret that this process has fetched. If another process has stored one
// meanwhile, because it did not hear of this one for a while, that is used.
func (s *sharing[S]) publish(ctx context.Context, version string, secret S, expiry time.Time) (S, time.Time, error) {
	data := encodeSecret(secret)
	if data == nil || s.save(ctx, version, s.wish.fetched(data, !expiry.IsZero(), time.Until(expiry))) != "" {
		return secret, expiry, nil
	}
	if c, _, ok := s.load(ctx); ok {
		if step, usable := s.wish.next(c); step == adopt && usable {
			return s.take(ctx, c, true)
		}
	}
	return secret, expiry, nil
}

// report stores a failure, after which no process fetches for a while, and returns its error.
func (s *sharing[S]) report(ctx context.Context, version string, c common, err error) error {
	for name, state := range states {
		if stateOf(err) != state {
			continue
		}
		count := c.failures(s.wish.identity) + 1
		rest := s.rest(err, count)
		c.Failed = &commonFailure{Count: count, State: name, Reason: err.Error(), Rest: rest, By: s.wish.identity}
		if s.save(ctx, version, c) != "" {
			return &sharedFailure{error: err, rest: rest}
		}
	}
	return err
}

// A sharedFailure is the error of a fetch with the rest that all processes take after it.
type sharedFailure struct {
	error
	rest time.Duration
}

// Unwrap returns the error of the fetch.
func (f *sharedFailure) Unwrap() error { return f.error }

// err returns the failure as the error of another process.
func (f *commonFailure) err() error {
	return &sharedFailure{rest: f.Rest, error: &resilience.CredentialError{
		State: states[f.State], RetryAfter: f.Rest, Err: errors.New("in another process: " + f.Reason),
	}}
}

// encodeSecret returns a secret as JSON, or nil if it cannot be stored.
func encodeSecret(secret any) json.RawMessage {
	data, err := json.Marshal(secret)
	if err != nil {
		return nil
	}
	return data
}
