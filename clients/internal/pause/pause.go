package pause

import (
	"context"
	"time"
)

// For sleeps for d, not at all if d is 0 or less. It returns the cause of ctx's end at once if ctx
// ends earlier.
//
// A timer of 0 is never read: with the race detector, that crashes the runtime of Go 1.26 now and
// then in a synctest bubble.
func For(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return context.Cause(ctx)
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
