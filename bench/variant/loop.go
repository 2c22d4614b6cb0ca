package variant

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"
)

// errOpen says that the breaker let nothing through.
var errOpen = errors.New("the circuit is open")

// A loop is a retry loop as one writes it by hand, with or without a breaker inside and a bucket
// that pays for the repeats.
type loop struct {
	sender   *sender
	attempts int
	backoff  time.Duration
	breaker  *breaker // nil: none
	bucket   *bucket  // nil: repeats cost nothing
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

// call makes a call with up to so many attempts.
func (l *loop) call(ctx context.Context) error {
	paid := 0.0
	var last error
	for n := 1; ; n++ {
		err := l.attempt(ctx)
		if errors.Is(err, errOpen) && last != nil {
			l.bucket.put(paid) // nothing was sent for it
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

// attempt sends a request if the breaker lets it.
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

// price returns what a repeat after this failure costs.
func (l *loop) price(err error) float64 {
	if timedOut(err) {
		return l.settings.TimeoutCost
	}
	return l.settings.Cost
}

// earned returns what a success at the nth attempt brings.
func (l *loop) earned(n int, paid float64) float64 {
	if n == 1 {
		return l.settings.Refill
	}
	return paid
}

// doubled returns the wait after the nth attempt: base × 2^(n-1), half to one and a half of it.
// random is in [0, 1).
func doubled(base time.Duration, n int, random float64) time.Duration {
	return time.Duration(float64(base<<(n-1)) * (0.5 + random))
}

// sleep waits, or returns the context's error.
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
