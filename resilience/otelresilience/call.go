package otelresilience

// This file follows one call: its span, its requests and their ends.

import (
	"context"
	"sync"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/trace"

	"github.com/resgen/resgen/resilience"
)

// callKey is the context key of a call.
type callKey struct{}

// A call is one call in progress. It is the context of the call.
type call struct {
	context.Context
	telemetry *telemetry
	route     *route
	span      trace.Span

	mu      sync.Mutex // guards what follows, because hedges run concurrently
	status  int        // of the last response
	sent    int        // requests
	pending []*request
	first   request // space for the first request
	space   [2]*request
}

// Value implements [context.Context].
func (c *call) Value(key any) any {
	if key == (callKey{}) {
		return c
	}
	return c.Context.Value(key)
}

// begin starts the span of a call.
func (t *telemetry) begin(ctx context.Context, info resilience.CallInfo) (context.Context, func(resilience.Event)) {
	r := t.route(place{info.Operation, info.Server, info.Operation.Method}, info.API)
	c := &call{telemetry: t, route: r}
	c.pending = c.space[:0]
	c.Context, c.span = t.tracer.Start(ctx, r.callSpan, internal...)
	if c.span.IsRecording() {
		c.span.SetAttributes(r.ofCall...)
	}
	return c, c.observe
}

// observe follows the events of the call.
func (c *call) observe(e resilience.Event) {
	switch e.Kind {
	case resilience.EventAttempt:
		c.endAttempt(e.Attempt)
	case resilience.EventRepeat:
		if c.span.IsRecording() {
			c.span.AddEvent("repeat", trace.WithAttributes(
				attribute.Int("resgen.attempt", e.Attempt.Number), attribute.String("resgen.reason", e.Attempt.Reason),
				attribute.Float64("resgen.wait", e.Wait.Seconds()),
			))
		}
	case resilience.EventCall:
		c.end(e)
	}
}

// endAttempt ends the last request of an attempt.
func (c *call) endAttempt(a resilience.Attempt) {
	if q := c.take(a.Number); q != nil {
		q.end(a.Reason)
	}
}

// take removes the pending request of an attempt and returns it, or nil.
func (c *call) take(attempt int) *request {
	c.mu.Lock()
	defer c.mu.Unlock()
	for i, q := range c.pending {
		if q.attempt == attempt {
			c.pending = append(c.pending[:i], c.pending[i+1:]...)
			c.status = q.status
			return q
		}
	}
	return nil
}

// end ends the span of the call and records its duration.
func (c *call) end(e resilience.Event) {
	c.mu.Lock()
	status := c.status
	c.mu.Unlock()
	kind := ""
	if e.Err != nil {
		status = e.Err.Status
		kind = errorOf(e.Err)
	}
	o := outcome{status, kind}
	c.telemetry.calls.Record(c.Context, e.Elapsed.Seconds(), c.route.record(o)...)
	if c.span.IsRecording() {
		c.describe(e, o)
	}
	c.span.End()
}

// errorOf returns the error.type of a call: the status of an error response, otherwise the kind.
func errorOf(e *resilience.Error) string { return errorType(e.Status, e.Kind.String()) }

// describe sets the attributes of the span that are known when the call ends. The text of an error
// is not among them, because it has words of the server.
func (c *call) describe(e resilience.Event, o outcome) {
	c.span.SetAttributes(o.attributes()...)
	if e.Degraded {
		c.span.SetAttributes(attribute.Bool("resgen.degraded", true))
	}
	if e.Err == nil {
		return
	}
	c.span.SetAttributes(
		attribute.String("resgen.error.kind", e.Err.Kind.String()),
		attribute.Int("resgen.attempts", len(e.Err.Attempts)),
		attribute.String("resgen.stopped", string(e.Err.Stopped)),
		attribute.Bool("resgen.may_have_applied", e.Err.MayHaveApplied),
	)
	if e.Err.RequestID != "" {
		c.span.SetAttributes(attribute.String("resgen.request_id", e.Err.RequestID))
	}
	c.span.SetStatus(codes.Error, e.Err.Kind.String())
}

// A request is one request of a call.
type request struct {
	call    *call
	attempt int
	begin   time.Time
	ctx     context.Context // with the span
	span    trace.Span
	route   *route
	status  int

	attributes [4]attribute.KeyValue    // space for those from the beginning
	opts       [2]trace.SpanStartOption // space
}

// end ends the span of the request and records its duration. The reason is why the attempt failed,
// or "".
func (q *request) end(reason string) {
	kind := errorType(q.status, reason)
	q.call.telemetry.requests.Record(q.ctx, time.Since(q.begin).Seconds(), q.route.record(outcome{q.status, kind})...)
	if kind != "" && q.span.IsRecording() {
		q.span.SetAttributes(semconv.ErrorTypeKey.String(kind))
		description := reason
		if q.status >= 400 {
			description = "" // the status says it
		}
		q.span.SetStatus(codes.Error, description)
	}
	q.span.End()
}
