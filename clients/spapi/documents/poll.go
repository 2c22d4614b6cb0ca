package documents

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"

	"github.com/resgen/resgen/resilience"
)

// A Poll says how often to ask whether something has ended. The zero Poll is ready for use.
type Poll struct {
	First    time.Duration // the wait before the second question; 0: 5 s
	Growth   float64       // its growth from question to question; below 1: 1.5
	Max      time.Duration // longest wait; 0: 60 s
	Patience int           // most questions in a row that may fail; 0: 5
}

// Until asks until ask is done, fails for good, or ctx ends. Waits vary at random by a fifth. A
// question that failed for a reason that passes (no answer, an open circuit, throttling, a server's
// failure) is asked again, after the wait that its error asks for.
func (p Poll) Until(ctx context.Context, ask func(ctx context.Context) (done bool, err error)) error {
	wait, failed := positive(p.First, 5*time.Second), 0
	for {
		done, err := ask(ctx)
		if failed++; err == nil {
			failed = 0
		}
		if done || ctx.Err() != nil || failed > 0 && (!passes(err) || failed >= patience(p.Patience)) {
			return err
		}
		if err := sleep(ctx, max(jittered(wait), retryAfter(err))); err != nil {
			return err
		}
		wait = p.next(wait)
	}
}

func positive(d, otherwise time.Duration) time.Duration {
	if d <= 0 {
		return otherwise
	}
	return d
}

func patience(n int) int {
	if n <= 0 {
		return 5
	}
	return n
}

func (p Poll) next(d time.Duration) time.Duration {
	growth := p.Growth
	if growth < 1 {
		growth = 1.5
	}
	return min(time.Duration(float64(d)*growth), positive(p.Max, time.Minute))
}

// jittered spreads a wait from four to six fifths.
func jittered(d time.Duration) time.Duration { return d*4/5 + rand.N(d*2/5+1) }

func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// passes reports whether an error is of a kind that passes.
func passes(err error) bool {
	var e *resilience.Error
	if !errors.As(err, &e) {
		return false
	}
	switch e.Kind {
	case resilience.KindTransport,
		resilience.KindTimeout,
		resilience.KindThrottled,
		resilience.KindCircuitOpen,
		resilience.KindRateLimited,
		resilience.KindBulkheadFull:
		return true
	case resilience.KindAPI:
		return e.Status >= 500
	}
	return false
}

func retryAfter(err error) time.Duration {
	var e *resilience.Error
	if errors.As(err, &e) {
		return e.RetryAfter
	}
	return 0
}
