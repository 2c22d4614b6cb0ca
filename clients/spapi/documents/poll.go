package documents

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"

	"github.com/resgen/resgen/clients/internal/pause"
	"github.com/resgen/resgen/resilience"
)

// A Poll configures how often to check whether something has ended. The zero Poll is ready for use.
type Poll struct {
	First    time.Duration // wait before the second check; 0: 5 s
	Growth   float64       // growth factor of the wait; below 1: 1.5
	Max      time.Duration // maximum wait; 0: 60 s
	Patience int           // maximum number of consecutive failed checks; 0: 5
}

// Until calls ask until it is done, fails permanently, or ctx ends. Waits are randomized by a
// fifth. After a temporary failure (no response, an open circuit, throttling, a server error) it
// calls ask again after at least the error's RetryAfter.
func (p Poll) Until(ctx context.Context, ask func(ctx context.Context) (done bool, err error)) error {
	wait, failed := positive(p.First, 5*time.Second), 0
	for {
		done, err := ask(ctx)
		if failed++; err == nil {
			failed = 0
		}
		if done || ctx.Err() != nil || failed > 0 && (!temporary(err) || failed >= patience(p.Patience)) {
			return err
		}
		if err := pause.For(ctx, max(jittered(wait), retryAfter(err))); err != nil {
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

// jittered returns a random duration from four to six fifths of d.
func jittered(d time.Duration) time.Duration { return d*4/5 + rand.N(d*2/5+1) }

// temporary reports whether an error is temporary.
func temporary(err error) bool {
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
