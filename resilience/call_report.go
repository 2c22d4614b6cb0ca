package resilience

// This file reports the progress of calls to loggers and observers.

import (
	"log/slog"
	"time"
)

// reportRetry reports that another attempt follows.
func (k *call) reportRetry(o *outcome) {
	r := k.route
	if log := r.caller.log; log.Enabled(k.ctx, slog.LevelDebug) {
		log.LogAttrs(k.ctx, slog.LevelDebug, "repeat", k.attrs(
			slog.String("reason", o.attempt.Reason), slog.Duration("wait", o.plan.wait),
			slog.Bool("instructed", o.retryAfter > 0), slog.Int("attempt", o.attempt.Number),
			slog.Int("max", k.limit), slog.Float64("budget", r.Budget.Snapshot().Tokens),
		)...)
	}
	e := k.event(EventRepeat)
	e.Attempt, e.Wait = o.attempt, o.plan.wait
	r.caller.runtime.emit(e)
}

// reportAttempt reports that an attempt ended.
func (k *call) reportAttempt(o *outcome) {
	runtime := k.route.caller.runtime
	if len(runtime.observers) > 0 {
		e := k.event(EventAttempt)
		e.Attempt = o.attempt
		runtime.emit(e)
	}
}

// reportEnd reports that the call ended, with a nil error if it succeeded.
func (k *call) reportEnd(e *Error, elapsed time.Duration) {
	c := k.route.caller
	if exhausted(e) && c.log.Enabled(k.ctx, slog.LevelInfo) {
		c.log.LogAttrs(k.ctx, slog.LevelInfo, "call failed", k.attrs(
			slog.String("kind", e.Kind.String()), slog.Int("status", e.Status),
			slog.Int("attempts", len(e.Attempts)), slog.String("stopped", string(e.Stopped)),
			slog.Duration("elapsed", elapsed), slog.Duration("retry_after", e.RetryAfter),
			slog.Bool("may_have_applied", e.MayHaveApplied), slog.String("request_id", e.RequestID),
		)...)
	}
	ended := k.event(EventCall)
	ended.Elapsed, ended.Err = elapsed, e
	c.runtime.emit(ended)
}

// exhausted reports whether a call failed although another attempt would have been allowed by its
// outcome, or was not admitted. Logging other failures is left to the caller.
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

// reportDegraded reports that a fallback replaces a failure.
func (k *call) reportDegraded(e *Error) {
	c := k.route.caller
	c.log.LogAttrs(k.ctx, slog.LevelInfo, "degraded answer", k.attrs(
		slog.String("kind", e.Kind.String()), slog.Int("status", e.Status),
	)...)
	degraded := k.event(EventDegraded)
	degraded.Err = e
	c.runtime.emit(degraded)
}

// event returns an event of the call.
func (k *call) event(kind EventKind) Event {
	c := k.route.caller
	return Event{Kind: kind, API: c.api.Name, Operation: k.route.op, Account: c.account}
}

// attrs returns the log attributes that identify the call, followed by more.
func (k *call) attrs(more ...slog.Attr) []slog.Attr {
	c := k.route.caller
	return append([]slog.Attr{
		slog.String("api", c.api.Name), slog.String("operation", k.route.op.ID), slog.String("account", c.account),
	}, more...)
}
