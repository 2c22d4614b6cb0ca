package resilience

import (
	"context"
	"errors"
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
// context ends stops waiting; the fetch continues for the others. A Renewal is safe for concurrent
// use. Fetch must be set.
type Renewal[T any] struct {
	// Fetch returns a new value and when it expires; the zero time: it does not expire by itself.
	// The context is not that of a caller; it ends after Timeout.
	Fetch func(ctx context.Context) (value T, until time.Time, err error)

	Early   time.Duration // how long before its expiry a value is not used any more
	Timeout time.Duration // of a fetch; 0: 30 s

	mu         sync.Mutex
	value      *T // a pointer, so that fmt does not print the value
	until      time.Time
	generation uint64 // of the value; 0: no value
	running    *fetch[T]
	cancel     context.CancelFunc // ends the running fetch
	closed     bool
}

// ErrRenewalClosed is returned by a [Renewal] after [Renewal.Close].
var ErrRenewalClosed = errors.New("the credential is closed; open another one")

// fetch is a running fetch. Its fields are set before done is closed.
type fetch[T any] struct {
	done       chan struct{}
	value      T
	generation uint64
	err        error
}

// Close ends the running fetch and lets no other start. Get and Renew return [ErrRenewalClosed]
// from then on, including calls that are waiting. Close may be called more than once.
func (r *Renewal[T]) Close() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.closed = true
	if r.running == nil {
		return
	}
	r.cancel()
	var none T
	r.finish(r.running, none, time.Time{}, ErrRenewalClosed)
}

// Get returns the value and its generation. It fetches a value if there is none or it has expired.
func (r *Renewal[T]) Get(ctx context.Context) (T, uint64, error) {
	r.mu.Lock()
	if r.fresh() && !r.closed {
		defer r.mu.Unlock()
		return *r.value, r.generation, nil
	}
	f := r.join()
	r.mu.Unlock()
	return f.wait(ctx)
}

// Renew returns a value later than the given generation. It fetches one only if there is none yet.
func (r *Renewal[T]) Renew(ctx context.Context, generation uint64) (T, uint64, error) {
	r.mu.Lock()
	if r.generation > generation && r.fresh() && !r.closed {
		defer r.mu.Unlock()
		return *r.value, r.generation, nil
	}
	f := r.join()
	r.mu.Unlock()
	return f.wait(ctx)
}

// fresh reports whether there is a usable value. The lock is held.
func (r *Renewal[T]) fresh() bool {
	return r.generation > 0 && (r.until.IsZero() || time.Until(r.until) > r.Early)
}

// join returns the running fetch, or starts one. The lock is held.
func (r *Renewal[T]) join() *fetch[T] {
	if r.running != nil {
		return r.running
	}
	f := &fetch[T]{done: make(chan struct{})}
	if r.closed {
		var none T
		r.finish(f, none, time.Time{}, ErrRenewalClosed)
		return f
	}
	limit := r.Timeout
	if limit <= 0 {
		limit = renewalTimeout
	}
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	r.running, r.cancel = f, cancel
	go r.run(ctx, cancel, f)
	return f
}

// run fetches a value and ends f.
func (r *Renewal[T]) run(ctx context.Context, cancel context.CancelFunc, f *fetch[T]) {
	defer cancel()
	value, until, err := r.call(ctx)
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.running == f {
		r.finish(f, value, until, err)
	}
}

// finish ends a fetch and wakes all waiting callers. The lock is held.
func (r *Renewal[T]) finish(f *fetch[T], value T, until time.Time, err error) {
	r.running = nil
	if err == nil {
		r.value, r.until = &value, until
		r.generation++
	}
	f.value, f.generation, f.err = value, r.generation, err
	close(f.done)
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

// wait waits for the fetch or the end of ctx.
func (f *fetch[T]) wait(ctx context.Context) (T, uint64, error) {
	select {
	case <-f.done:
		return f.value, f.generation, f.err
	case <-ctx.Done():
		var none T
		return none, 0, ctx.Err()
	}
}
