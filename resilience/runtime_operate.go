package resilience

// This file has what an operator can do to all calls of an API. Single circuits are in
// runtime_snapshot.go, policies in runtime_config.go.

import (
	"context"
	"log/slog"
	"time"

	"github.com/resgen/resgen/resilience/internal/breaker"
	"github.com/resgen/resgen/resilience/internal/gate"
)

// Isolate makes all calls of an API fail at once, as if its circuits were open, until
// [Runtime.Reset]. That includes calls at hosts and of accounts that are used later, and operations
// without a circuit. It returns false if the runtime has no client of the API.
func (r *Runtime) Isolate(api string) bool {
	return r.operate(api, "API isolated", func(s *gate.Site) { s.Isolate(time.Now()) })
}

// Pause makes all calls of an API wait for d, 15 minutes at most, or until [Runtime.Reset]. A call
// waits as for a permit of its rate limit: one that may not wait that long fails at once with
// [ErrRateLimited]. Requests that were sent continue. A later Pause replaces an earlier one. It
// returns false if the runtime has no client of the API, or d is not more than 0.
func (r *Runtime) Pause(api string, d time.Duration) bool {
	return d > 0 && r.operate(api, "API paused", func(s *gate.Site) { s.Pause(time.Now(), d) },
		slog.Duration("for", min(d, gate.MostPause)))
}

// Reset ends [Runtime.Isolate] and [Runtime.Pause] of an API and resets its circuits, see
// [Runtime.ResetCircuit]. It returns false if the runtime has no client of the API.
func (r *Runtime) Reset(api string) bool {
	return r.operate(api, "API reset", func(s *gate.Site) {
		s.Reset()
		for _, g := range r.gates.All() {
			if g.Key.API == api {
				resetCircuits(g.Circuits())
			}
		}
	})
}

// resetCircuits resets circuits and those of their accounts.
func resetCircuits(circuits []*breaker.Breaker) {
	for _, c := range circuits {
		c.Reset(c.Key())
	}
}

// operate calls do with the site of an API, and reports whether the runtime has a client of it.
func (r *Runtime) operate(api, message string, do func(*gate.Site), attrs ...slog.Attr) bool {
	r.applying.Lock()
	known := false
	for _, c := range r.living() {
		known = known || c.api.Name == api
	}
	r.applying.Unlock()
	if !known {
		return false
	}
	do(r.gates.Site(api))
	r.logger().LogAttrs(context.Background(), slog.LevelWarn, message, append(attrs, slog.String("api", api))...)
	return true
}
