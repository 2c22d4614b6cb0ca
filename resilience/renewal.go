package resilience

import (
	"context"
	"errors"
	"sync"
	"time"
)

// renewalTimeout bounds a renewal that no caller waits for any more, unless the Renewal says otherwise.
const renewalTimeout = 30 * time.Second

// A Renewal holds a value that goes stale, such as an access token, and fetches a new one once for all who need it.
//
// Each value has a generation. Whoever finds that the value of a generation does not work asks for a later one: the first fetches, the others
// wait for the same result, a failure included. A caller that gives up stops waiting and nothing else: the fetch goes on for the others.
// It is safe for concurrent use. Fetch must be set.
type Renewal[T any] struct {
	// Fetch returns a new value and until when it can be used; the zero time: until somebody renews it. Its context is that of no
	// caller: it ends after Timeout.
	Fetch func(ctx context.Context) (value T, until time.Time, err error)

	Early   time.Duration // how long before its end a value is no longer handed out; 0: none
	Timeout time.Duration // bounds a fetch; 0: 30 s

	mu         sync.Mutex
	value      T
	until      time.Time
	generation uint64 // of the value; 0: there is none
	flight     *flight[T]
	cancel     context.CancelFunc // ends the fetch under way
	closed     bool
}

// ErrRenewalClosed is what a [Renewal] returns after [Renewal.Close].
var ErrRenewalClosed = errors.New("the credential is closed; open another one")

// A flight is a fetch under way. Its fields are set before done is closed.
type flight[T any] struct {
	done       chan struct{}
	value      T
	generation uint64
	err        error
}

// Close ends the fetch under way, at once for those who wait for it, and lets no other begin. Get and Renew return [ErrRenewalClosed] from then on.
// It may be called more than once.
func (r *Renewal[T]) Close() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.closed = true
	if r.flight == nil {
		return
	}
	r.cancel()
	var none T
	r.land(r.flight, none, time.Time{}, ErrRenewalClosed)
}

// Get returns the value and its generation, fetching one if there is none or it is past its time.
func (r *Renewal[T]) Get(ctx context.Context) (T, uint64, error) {
	r.mu.Lock()
	if r.fresh() && !r.closed {
		defer r.mu.Unlock()
		return r.value, r.generation, nil
	}
	f := r.join()
	r.mu.Unlock()
	return f.wait(ctx)
}

// Renew returns a value later than the given generation. If there is one already, nothing is fetched.
func (r *Renewal[T]) Renew(ctx context.Context, generation uint64) (T, uint64, error) {
	r.mu.Lock()
	if r.generation > generation && r.fresh() && !r.closed {
		defer r.mu.Unlock()
		return r.value, r.generation, nil
	}
	f := r.join()
	r.mu.Unlock()
	return f.wait(ctx)
}

// fresh reports whether there is a value that can be used. The lock is held.
func (r *Renewal[T]) fresh() bool {
	return r.generation > 0 && (r.until.IsZero() || time.Until(r.until) > r.Early)
}

// join returns the fetch under way, or starts one. The lock is held.
func (r *Renewal[T]) join() *flight[T] {
	if r.flight != nil {
		return r.flight
	}
	f := &flight[T]{done: make(chan struct{})}
	if r.closed {
		var none T
		r.land(f, none, time.Time{}, ErrRenewalClosed)
		return f
	}
	limit := r.Timeout
	if limit <= 0 {
		limit = renewalTimeout
	}
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	r.flight, r.cancel = f, cancel
	go r.fly(ctx, cancel, f)
	return f
}

// fly fetches and tells all who wait.
func (r *Renewal[T]) fly(ctx context.Context, cancel context.CancelFunc, f *flight[T]) {
	defer cancel()
	value, until, err := r.fetch(ctx)
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.flight == f {
		r.land(f, value, until, err)
	}
}

// land ends a fetch and tells all who wait. The lock is held.
func (r *Renewal[T]) land(f *flight[T], value T, until time.Time, err error) {
	r.flight = nil
	if err == nil {
		r.value, r.until = value, until
		r.generation++
	}
	f.value, f.generation, f.err = value, r.generation, err
	close(f.done)
}

// fetch turns a panic of Fetch into an error: it would otherwise end the program from a goroutine that is nobody's.
func (r *Renewal[T]) fetch(ctx context.Context) (value T, until time.Time, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = panicError{value: p}
		}
	}()
	return r.Fetch(ctx)
}

// wait waits for the fetch, or until the caller gives up.
func (f *flight[T]) wait(ctx context.Context) (T, uint64, error) {
	select {
	case <-f.done:
		return f.value, f.generation, f.err
	case <-ctx.Done():
		var none T
		return none, 0, ctx.Err()
	}
}
