package gate

// This file holds back the retries of an operation while its server asks for time.

import (
	"context"
	"time"

	"github.com/resgen/resgen/resilience/internal/limit"
)

// Pause holds back the retries of all calls of an operation for a time, because the server said so
// when it failed. First attempts are not held back.
func (g *Guards) Pause(operation string, now time.Time, wait time.Duration) {
	g.Gates[0].pause(operation, now, now.Add(min(wait, MostPause)))
}

// Paused returns how much longer the retries of an operation are held back.
func (g *Guards) Paused(operation string, now time.Time) time.Duration {
	return g.Gates[0].paused(operation, now)
}

func (g *Gate) pause(operation string, now, until time.Time) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for name, end := range g.pauses {
		if !now.Before(end) {
			delete(g.pauses, name)
		}
	}
	if !until.After(g.pauses[operation]) {
		return
	}
	if g.pauses == nil {
		g.pauses = map[string]time.Time{}
	}
	g.pauses[operation] = until
}

func (g *Gate) paused(operation string, now time.Time) time.Duration {
	g.mu.Lock()
	defer g.mu.Unlock()
	return max(0, g.pauses[operation].Sub(now))
}

// Rest waits for a time. It returns early if the context ends or the owner of the call is closed,
// with the denial that follows from that.
func Rest(ctx context.Context, wait time.Duration, closed limit.Closed) *Denial {
	timer := time.NewTimer(max(wait, 1)) // a timer of 0 in a synctest bubble can crash Go's runtime
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ended(ctx.Err())
	case <-closed[0]:
	case <-closed[1]:
	}
	return ended(limit.ErrClosed)
}
