package resilience

// This file reports the progress of calls to loggers and observers.

import (
	"log/slog"
	"slices"
	"time"

	"github.com/resgen/resgen/resilience/internal/breaker"
	"github.com/resgen/resgen/resilience/internal/gate"
	"github.com/resgen/resgen/resilience/internal/redact"
	"github.com/resgen/resgen/resilience/wire"
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
	e.Attempt, e.Wait = *o.attempt, o.plan.wait
	k.emit(e)
}

// reportOverrun reports that a rate limit would have denied an attempt if its mode were not
// observe.
func (k *call) reportOverrun(o *gate.Overrun) {
	if o == nil {
		return
	}
	r := k.route
	r.caller.log.LogAttrs(k.ctx, slog.LevelInfo, "rate limit exceeded, observed only", k.attrs(
		slog.String("bucket", o.Bucket), slog.Duration("need", o.Need), slog.Duration("max_wait", o.Most),
	)...)
	e := k.event(EventObserved)
	e.Wait = o.Need
	k.emit(e)
}

// reportOpen reports that a circuit would have denied an attempt if its mode were not observe.
func (k *call) reportOpen(o *breaker.Overrun) {
	if o == nil {
		return
	}
	r := k.route
	r.caller.log.LogAttrs(k.ctx, slog.LevelInfo, "circuit open, observed only", k.attrs(
		slog.String("circuit", o.Circuit), slog.Duration("retry_after", o.Wait),
	)...)
	e := k.event(EventObserved)
	e.Wait = o.Wait
	k.emit(e)
}

// reportAttempt reports that an attempt ended.
func (k *call) reportAttempt(o *outcome) {
	if log := k.route.caller.log; log.Enabled(k.ctx, slog.LevelDebug) {
		a := o.attempt
		attrs := k.attrs(slog.Int("attempt", a.Number), slog.Duration("latency", a.Latency),
			slog.Int("status", a.Status), slog.Bool("reused", a.Reused), slog.Bool("hedge", a.Hedge))
		if a.Reason != "" {
			attrs = append(attrs, slog.String("reason", a.Reason))
		}
		log.LogAttrs(k.ctx, slog.LevelDebug, "attempt", attrs...)
	}
	if len(k.route.caller.runtime.observers.all()) > 0 || len(k.observers) > 0 {
		e := k.event(EventAttempt)
		e.Attempt = *o.attempt
		k.emit(e)
	}
}

// reportEnd reports that the call ended: with a result, with one of a fallback, or with an error.
func (k *call) reportEnd(o *outcome, elapsed time.Duration) {
	ended := k.event(EventCall)
	ended.Elapsed, ended.At, ended.Err = elapsed, k.start.Add(elapsed), o.failure
	if f := o.fallback; f != nil {
		failed := f.replaced
		k.route.CountDegraded()
		var age []slog.Attr
		if f.age > 0 {
			age = append(age, slog.Duration("age", f.age))
		}
		k.logFailure("degraded answer", failed, age...)
		ended.Degraded, ended.Cause, ended.Age = true, failed.failure, f.age
		degraded := ended
		degraded.Kind, degraded.Err, degraded.Elapsed, degraded.At = EventDegraded, failed.failure, 0, time.Time{}
		k.emit(degraded)
	} else if o.failure != nil {
		k.logFailure("call failed", o)
	}
	k.emit(ended)
}

// event returns an event of the call.
func (k *call) event(kind EventKind) Event {
	c := k.route.caller
	return Event{Kind: kind, API: c.api.Name, Operation: k.route.op, Account: c.account}
}

// attrs returns the log attributes that identify the call, followed by more.
func (k *call) attrs(more ...slog.Attr) []slog.Attr {
	c := k.route.caller
	return slices.Concat([]slog.Attr{
		slog.String("api", c.api.Name), slog.String("operation", k.route.op.ID), slog.String("account", c.account),
	}, logAttrs(k.ctx), more)
}

// reportDrift reports differences to observers and logs them. Those of places that were not logged
// for an hour are in one line at WARN, the others at DEBUG. Members that the document does not
// declare are allowed and always logged at DEBUG.
func (k *call) reportDrift(status int, drifts []wire.Drift) {
	if len(drifts) == 0 {
		return
	}
	c, op, now := k.route.caller, k.route.op, time.Now()
	var due, rest []wire.Drift
	for _, d := range drifts {
		if d.Kind != wire.DriftUnknown && c.drifts.Due(driftPlace{op, d.Path, d.Kind}, now, driftPause, mostDrifts) {
			due = append(due, d)
		} else {
			rest = append(rest, d)
		}
	}
	if len(due) > 0 {
		k.logDrift(slog.LevelWarn, status, due[0], due[1:])
	}
	for _, d := range rest {
		k.logDrift(slog.LevelDebug, status, d, nil)
	}
	drift := k.event(EventDrift)
	drift.Drifts = drifts
	k.emit(drift)
}

const (
	driftPause = time.Hour // between two lines at WARN about one place
	mostDrifts = 1000      // places that a client remembers; the others are logged at DEBUG
)

// logDrift logs one difference, and briefly the others of the same response.
func (k *call) logDrift(level slog.Level, status int, d wire.Drift, others []wire.Drift) {
	log := k.route.caller.log
	if !log.Enabled(k.ctx, level) {
		return
	}
	attrs := k.attrs(slog.Int("status", status), slog.String("path", redact.Line(d.Path)),
		slog.String("kind", string(d.Kind)), slog.String("reason", d.Text()), slog.Int("count", d.Count))
	if len(others) > 0 {
		also := make([]string, len(others))
		for i, other := range others {
			also[i] = redact.Line(other.Path) + ": " + other.Text()
		}
		attrs = append(attrs, slog.Any("also", also))
	}
	log.LogAttrs(k.ctx, level, "response differs from the document", attrs...)
}

// firstMismatch returns an error for the first value that does not have the declared type, or nil.
// It ignores members that the document does not declare.
func firstMismatch(drifts []wire.Drift) error {
	for _, d := range drifts {
		if d.Kind != wire.DriftUnknown {
			return &wire.DecodeError{Member: d.Path, Reason: d.Text()}
		}
	}
	return nil
}
