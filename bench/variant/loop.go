package variant

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"
)

// errOpen means that the breaker is open.
var errOpen = errors.New("the circuit is open")

// A loop is a handwritten retry loop, optionally with a breaker and with a bucket that pays for
// retries.
type loop struct {
	sender   *sender
	attempts int
	backoff  time.Duration
	breaker  *breaker // nil: none
	bucket   *bucket  // nil: retries are free
	settings Settings
}

func newLoop(url string, s Settings, attempts int) *loop {
	return &loop{sender: newSender(url, s), attempts: attempts, backoff: s.Backoff, settings: s}
}

func (l *loop) client() (*Client, error) { return &Client{Call: l.call, Close: l.sender.close}, nil }

func newOnce(url string, s Settings) (*Client, error)  { return newLoop(url, s, 1).client() }
func newPlain(url string, s Settings) (*Client, error) { return newLoop(url, s, s.Attempts).client() }

func newAround(url string, s Settings) (*Client, error) {
	l := newLoop(url, s, s.Attempts)
	l.breaker = newBreaker(s)
	return l.client()
}

func newBucketed(url string, s Settings) (*Client, error) {
	l := newLoop(url, s, s.Attempts)
	l.breaker, l.bucket = newBreaker(s), newBucket(s.Tokens)
	return l.client()
}

// call makes a call with retries.
func (l *loop) call(ctx context.Context) error {
	paid := 0.0
	var last error
	for n := 1; ; n++ {
		err := l.attempt(ctx)
		if errors.Is(err, errOpen) && last != nil {
			l.bucket.put(paid) // nothing was sent, so refund
			return last
		}
		if err == nil {
			l.bucket.put(l.earned(n, paid))
			return nil
		}
		if errors.Is(err, errOpen) || n >= l.attempts {
			return err
		}
		last, paid = err, l.price(err)
		if !l.bucket.take(paid) {
			return err
		}
		if sleep(ctx, doubled(l.backoff, n, rand.Float64())) != nil {
			return err
		}
	}
}

// attempt sends a request if the breaker allows it.
func (l *loop) attempt(ctx context.Context) error {
	if l.breaker == nil {
		return l.sender.send(ctx)
	}
	generation, ok := l.breaker.allow(time.Now())
	if !ok {
		return errOpen
	}
	err := l.sender.send(ctx)
	l.breaker.record(generation, time.Now(), err == nil, rand.Float64())
	return err
}

// price returns the cost of a retry after this failure.
func (l *loop) price(err error) float64 {
	if timedOut(err) {
		return l.settings.TimeoutCost
	}
	return l.settings.Cost
}

// earned returns the tokens gained by a success at the nth attempt.
func (l *loop) earned(n int, paid float64) float64 {
	if n == 1 {
		return l.settings.Refill
	}
	return paid
}

// doubled returns the delay after the nth attempt: base × 2^(n-1), multiplied by 0.5 to 1.5. random
// is in [0, 1).
func doubled(base time.Duration, n int, random float64) time.Duration {
	return time.Duration(float64(base<<(n-1)) * (0.5 + random))
}

// sleep sleeps for d, or returns the context's error.
func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
