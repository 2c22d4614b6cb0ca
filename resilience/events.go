package resilience

import (
	"context"
	"log/slog"
	"time"

	"github.com/resgen/resgen/resilience/internal/breaker"
	"github.com/resgen/resgen/resilience/wire"
)

// An EventKind says what an [Event] tells.
type EventKind string

// The kinds of events.
const (
	EventAttempt    EventKind = "attempt"    // an attempt ended
	EventRepeat     EventKind = "repeat"     // another attempt will follow after Wait
	EventCall       EventKind = "call"       // a call ended; Err tells how
	EventDegraded   EventKind = "degraded"   // a fallback answered
	EventTransition EventKind = "transition" // a circuit changed its state
	EventDrift      EventKind = "drift"      // an answer is not quite what the document declares; Drifts tell where
)

// An Event tells observers what happens; see [WithObserver]. Which fields are set goes by its kind.
type Event struct {
	Kind       EventKind
	API        string
	Operation  *Operation    // nil for transitions
	Account    string        // no secret
	Attempt    Attempt       // of attempts and repeats
	Wait       time.Duration // of repeats
	Elapsed    time.Duration // of calls
	Err        *Error        // of calls that failed
	Transition *Transition   // of transitions
	Drifts     []wire.Drift  // of drifts; no values of the answer
}

// logger returns the runtime's logger.
func (r *Runtime) logger() *slog.Logger {
	if r.log != nil {
		return r.log
	}
	return slog.Default()
}

// emit tells the observers.
func (r *Runtime) emit(e Event) {
	for _, f := range r.observers {
		f(e)
	}
}

// circuitChanged reports that a circuit changed its state. It is called once for each change.
func (r *Runtime) circuitChanged(change breaker.Transition) {
	t := transitionOf(change)
	r.logger().LogAttrs(context.Background(), slog.LevelWarn, "circuit "+string(t.To),
		slog.String("circuit", t.Circuit), slog.String("from", string(t.From)), slog.String("reason", t.Reason), slog.Duration("cool_down", t.CoolDown))
	r.emit(Event{Kind: EventTransition, Transition: &t})
}

// tellRepeat tells that another attempt follows.
func (k *call) tellRepeat(o *outcome) {
	r := k.route
	if log := r.caller.log; log.Enabled(k.ctx, slog.LevelDebug) {
		log.LogAttrs(k.ctx, slog.LevelDebug, "repeat", k.attrs(slog.String("reason", o.attempt.Reason), slog.Duration("wait", o.plan.wait),
			slog.Bool("instructed", o.retryAfter > 0), slog.Int("attempt", o.attempt.Number), slog.Int("max", k.limit),
			slog.Float64("budget", r.budget.Snapshot().Tokens))...)
	}
	r.caller.runtime.emit(Event{Kind: EventRepeat, API: r.caller.api.Name, Operation: r.op, Account: r.caller.account, Attempt: o.attempt, Wait: o.plan.wait})
}

// tellEnd tells how the call ended.
func (k *call) tellEnd(e *Error, elapsed time.Duration) {
	c := k.route.caller
	if exhausted(e) && c.log.Enabled(k.ctx, slog.LevelInfo) {
		c.log.LogAttrs(k.ctx, slog.LevelInfo, "call failed", k.attrs(slog.String("kind", e.Kind.String()), slog.Int("status", e.Status),
			slog.Int("attempts", len(e.Attempts)), slog.String("stopped", string(e.Stopped)), slog.Duration("elapsed", elapsed),
			slog.Duration("retry_after", e.RetryAfter), slog.Bool("may_have_applied", e.MayHaveApplied), slog.String("request_id", e.RequestID))...)
	}
	c.runtime.emit(Event{Kind: EventCall, API: c.api.Name, Operation: k.route.op, Account: c.account, Elapsed: elapsed, Err: e})
}

// exhausted reports whether a call failed though it would have tried again, or was not let through. Other failures are the caller's to log.
func exhausted(e *Error) bool {
	if e == nil {
		return false
	}
	switch e.Kind {
	case KindCircuitOpen, KindRateLimited, KindBulkheadFull:
		return true
	}
	return e.Stopped != StopFinal && e.Stopped != ""
}

// attrs puts what names the call before other attributes.
func (k *call) attrs(more ...slog.Attr) []slog.Attr {
	c := k.route.caller
	return append([]slog.Attr{slog.String("api", c.api.Name), slog.String("operation", k.route.op.ID), slog.String("account", c.account)}, more...)
}

// tellAttempt tells that an attempt ended.
func (k *call) tellAttempt(o *outcome) {
	c := k.route.caller
	if len(c.runtime.observers) > 0 {
		c.runtime.emit(Event{Kind: EventAttempt, API: c.api.Name, Operation: k.route.op, Account: c.account, Attempt: o.attempt})
	}
}

// tellDegraded tells that a fallback answers in place of a failure.
func (k *call) tellDegraded(e *Error) {
	c := k.route.caller
	c.log.LogAttrs(k.ctx, slog.LevelInfo, "degraded answer", k.attrs(slog.String("kind", e.Kind.String()), slog.Int("status", e.Status))...)
	c.runtime.emit(Event{Kind: EventDegraded, API: c.api.Name, Operation: k.route.op, Account: c.account, Err: e})
}
