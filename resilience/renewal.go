package resilience

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/resgen/resgen/resilience/internal/fault"
)

// renewalTimeout is the default of [Renewal.Timeout].
const renewalTimeout = 30 * time.Second

// Renewal holds a value that expires, such as an access token, and fetches a new one once for all
// callers.
//
// Each value has a generation. A caller whose value does not work asks for a later generation: the
// first one fetches, and the others wait for the same result, including an error. A caller whose
// context ends stops waiting; the fetch continues for the others. It ends with [Renewal.Close], or
// when the runtimes of all calls that waited for it are closed. A Renewal is safe for concurrent
// use. Fetch must be set.
type Renewal[T any] struct {
	// Fetch returns a new value and when it expires on the wall clock; the zero time: it does not
	// expire by itself. The context is not that of a caller; it ends after Timeout.
	Fetch func(ctx context.Context) (value T, until time.Time, err error)

	// Early is how long before its expiry a value is renewed, at most half of its life. Until it
	// expires, it is used if the renewal fails or takes more than a moment.
	Early time.Duration

	Timeout time.Duration // of a fetch; 0: 30 s

	// Rest returns how long nothing is fetched after a failed fetch; failures counts the fetches
	// that failed in a row, from 1. Callers that have no other value get a [*CredentialError] with
	// the error of the fetch meanwhile. Nil: no rest.
	Rest func(err error, failures int) time.Duration

	mu      sync.Mutex
	held    held[T]
	failed  failed
	running *fetch[T]
	closed  bool
}

// ErrRenewalClosed is returned by a [Renewal] after [Renewal.Close].
var ErrRenewalClosed = errors.New("the credential is closed; open another one")

// held is the value of a renewal. Its times have no monotonic clock reading, because that clock
// stops while the machine sleeps.
type held[T any] struct {
	value      func() T  // a function, so that fmt does not print the value
	generation uint64    // 0: no value
	due        time.Time // when the value is renewed; zero: never
	until      time.Time // when the value expires; zero: never
}

// usable reports whether the value has not expired.
func (h *held[T]) usable(now time.Time) bool {
	return h.generation > 0 && (h.until.IsZero() || now.Before(h.until))
}

// fresh reports whether the value need not be renewed yet.
func (h *held[T]) fresh(now time.Time) bool {
	return h.generation > 0 && (h.due.IsZero() || now.Before(h.due))
}

// failed is what a renewal remembers of fetches that failed in a row.
type failed struct {
	count int
	err   error     // of the last one
	since time.Time // when it ended; after a success, when that ended; zero: none failed so far
	until time.Time // nothing is fetched before
}

// resting reports whether nothing is fetched now.
func (f *failed) resting(now time.Time) bool { return now.Before(f.until) }

// during returns the error of the last fetch for a caller during the rest.
func (f *failed) during(now time.Time) error { return resting(f.err, f.until.Sub(now)) }

// renewAt returns when a value that was requested at begun is renewed.
func renewAt(begun, until time.Time, early time.Duration) time.Time {
	if until.IsZero() {
		return until
	}
	return until.Add(-max(0, min(early, until.Sub(begun)/2)))
}

// Close ends the running fetch and prevents further ones. Get and Renew return [ErrRenewalClosed]
// from then on, including calls that are waiting. Close may be called more than once.
func (r *Renewal[T]) Close() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.closed = true
	r.stop(r.running)
}

// stop ends a running fetch as if the renewal was closed. The lock is held.
func (r *Renewal[T]) stop(f *fetch[T]) {
	if f == nil || r.running != f {
		return
	}
	f.cancel()
	r.running = nil
	var none T
	f.end(none, r.held.generation, ErrRenewalClosed)
}

// Get returns the value and its generation. It fetches a value if there is none or it has expired,
// and waits a moment for a new one if it is about to expire.
func (r *Renewal[T]) Get(ctx context.Context) (T, uint64, error) {
	r.mu.Lock()
	now := wallClock()
	h := r.held
	usable := h.usable(now)
	switch {
	case r.closed:
		defer r.mu.Unlock()
		return r.none(ErrRenewalClosed)
	case h.fresh(now), usable && r.failed.resting(now):
		defer r.mu.Unlock()
		return h.value(), h.generation, nil
	case r.failed.resting(now):
		defer r.mu.Unlock()
		return r.none(r.failed.during(now))
	}
	f, wait := r.join(ctx)
	r.mu.Unlock()
	if !usable {
		return wait(ctx)
	}
	if f.within(ctx, moment(now, h.until)) && f.err == nil {
		return f.value, f.generation, nil
	}
	return h.value(), h.generation, nil
}

// Renew returns a value later than the given generation. It fetches one only if there is none yet.
func (r *Renewal[T]) Renew(ctx context.Context, generation uint64) (T, uint64, error) {
	r.mu.Lock()
	now := wallClock()
	switch {
	case r.closed:
		defer r.mu.Unlock()
		return r.none(ErrRenewalClosed)
	case r.held.generation > generation && r.held.usable(now):
		defer r.mu.Unlock()
		return r.held.value(), r.held.generation, nil
	case r.failed.resting(now):
		defer r.mu.Unlock()
		return r.none(r.failed.during(now))
	}
	_, wait := r.join(ctx)
	r.mu.Unlock()
	return wait(ctx)
}

// none returns an error instead of a value. The lock is held.
func (r *Renewal[T]) none(err error) (value T, generation uint64, _ error) {
	return value, r.held.generation, err
}

// wallClock returns the time without the monotonic clock reading.
func wallClock() time.Time { return time.Now().Round(0) }

// shortWait is the longest wait for the renewal of a value that has not expired, and for a probe.
const shortWait = 250 * time.Millisecond

// moment returns how long a call waits for the renewal of a value that expires at until.
func moment(now, until time.Time) time.Duration { return min(shortWait, until.Sub(now)/4) }

// join returns the running fetch, or starts one, and how to wait for it. While a service is down, a
// single caller waits for each fetch, like a probe of a circuit. The lock is held.
func (r *Renewal[T]) join(ctx context.Context) (f *fetch[T], wait func(context.Context) (T, uint64, error)) {
	f = r.running
	joins := f != nil
	if !joins {
		f = r.start()
	}
	r.attend(f, waiterOf(ctx).closing)
	if joins && f.after != nil {
		return f, f.waitShortly
	}
	return f, f.wait
}

// start starts a fetch. The lock is held.
func (r *Renewal[T]) start() *fetch[T] {
	limit := r.Timeout
	if limit <= 0 {
		limit = renewalTimeout
	}
	f := &fetch[T]{done: make(chan struct{}), begun: time.Now()}
	f.limit = f.begun.Add(limit)
	ctx := context.Background()
	if r.failed.count > 0 {
		ctx = AsProbe(ctx)
		if r.Rest != nil {
			f.after = r.failed.err
		}
	}
	ctx, f.cancel = context.WithTimeout(ctx, limit)
	r.running = f
	go r.run(ctx, f)
	return f
}

// attend makes the fetch end when all runtimes are closed whose calls wait for it. A nil context is
// that of a caller without a runtime, for which the fetch continues. The lock is held.
func (r *Renewal[T]) attend(f *fetch[T], closing context.Context) {
	if closing == nil {
		f.kept = true
	}
	if f.kept || slices.Contains(f.runtimes, closing) {
		return
	}
	f.runtimes = append(f.runtimes, closing)
	f.stops = append(f.stops, context.AfterFunc(closing, func() { r.leave(f) }))
}

// leave ends a fetch if the runtimes of all calls that wait for it are closed.
func (r *Renewal[T]) leave(f *fetch[T]) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, c := range f.runtimes {
		if f.kept || c.Err() == nil {
			return
		}
	}
	r.stop(f)
}

// run fetches a value and ends f.
func (r *Renewal[T]) run(ctx context.Context, f *fetch[T]) {
	defer f.cancel()
	value, until, err := r.call(ctx)
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.running != f {
		return
	}
	r.running = nil
	if err == nil {
		until = until.Round(0)
		r.held = held[T]{
			value: func() T { return value }, generation: r.held.generation + 1,
			due: renewAt(f.begun.Round(0), until, r.Early), until: until,
		}
		r.recover()
	} else {
		err = r.fail(err)
	}
	f.end(value, r.held.generation, err)
}

// fail records a failed fetch and returns its error for the callers. The lock is held.
func (r *Renewal[T]) fail(err error) error {
	now := wallClock()
	r.failed = failed{count: r.failed.count + 1, err: err, since: now}
	if r.Rest == nil {
		return err
	}
	r.failed.until = now.Add(max(0, r.Rest(err, r.failed.count)))
	return r.failed.during(now)
}

// recover records a fetch that succeeded. The lock is held.
func (r *Renewal[T]) recover() {
	if r.failed.count > 0 {
		r.failed = failed{since: wallClock()}
	}
}

// call calls Fetch and returns a panic as an error, because a panic on this goroutine would end the
// program.
func (r *Renewal[T]) call(ctx context.Context) (value T, until time.Time, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fault.PanicError{Value: p}
		}
	}()
	return r.Fetch(ctx)
}

// Circuit returns the state of the renewal as that of a circuit: open during the rest after a
// failed fetch, half-open between the rest and the next success. Since is zero if no fetch has
// failed so far. See [SignInReporter].
func (r *Renewal[T]) Circuit(key string) CircuitSnapshot {
	r.mu.Lock()
	defer r.mu.Unlock()
	now := wallClock()
	s := CircuitSnapshot{Key: key, State: CircuitClosed, Since: r.failed.since, Consecutive: r.failed.count}
	s.SignIn = r.signIn(now)
	switch {
	case r.failed.resting(now):
		s.State, s.RetryAfter = CircuitOpen, r.failed.until.Sub(now)
	case r.failed.count > 0:
		s.State, s.Since = CircuitHalfOpen, r.failed.until
		if r.running != nil {
			s.Probes = 1
		}
	}
	return s
}

// signIn returns the state of the renewal as that of a sign-in. The lock is held.
func (r *Renewal[T]) signIn(now time.Time) SignInState {
	switch stateOf(r.failed.err) {
	case ErrBlocked:
		return SignInBlocked
	case ErrSignInRequired:
		return SignInRequired
	case ErrCredentialRefused:
		return SignInRefused
	}
	switch {
	case r.running != nil:
		return SignInRenewing
	case r.failed.count > 0:
		return SignInResting
	case r.held.usable(now):
		return SignInDone
	}
	return SignInNone
}

// probeKey is the context key of [IsProbe].
type probeKey struct{}

// IsProbe reports whether a fetch of a [Renewal] follows one that failed. It should send a single
// request then, because the service is probably still down.
func IsProbe(ctx context.Context) bool { return ctx.Value(probeKey{}) != nil }

// AsProbe returns a context for which [IsProbe] is true, for a fetch that follows one that failed
// in another process.
func AsProbe(ctx context.Context) context.Context { return context.WithValue(ctx, probeKey{}, true) }
