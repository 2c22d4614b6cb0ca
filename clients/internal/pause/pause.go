package pause

import (
	"context"
	"time"
)

// For sleeps for d. It returns the cause of ctx's end at once if ctx ends earlier.
func For(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
