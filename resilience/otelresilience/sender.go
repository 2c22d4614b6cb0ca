package otelresilience

// This file is the middleware that follows requests.

import (
	"net/http"
	"strconv"
	"time"

	"go.opentelemetry.io/otel/propagation"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/trace"

	"github.com/resgen/resgen/resilience"
)

// A sender is the middleware of a runtime.
type sender struct {
	telemetry *telemetry
	next      http.RoundTripper
}

// RoundTrip starts the span of a request and sends it. The span ends with the attempt, when the
// response has been read, or when a redirect is followed.
func (s *sender) RoundTrip(r *http.Request) (*http.Response, error) {
	c, _ := r.Context().Value(callKey{}).(*call)
	info, ok := resilience.OperationFrom(r.Context())
	if c == nil || !ok {
		return s.next.RoundTrip(r)
	}
	q := c.start(r, info)
	s.telemetry.propagator.Inject(q.ctx, carrier{propagation.HeaderCarrier(r.Header)})
	if q.span.IsRecording() || q.span.SpanContext().IsSampled() {
		r = r.WithContext(q.ctx) // nothing belongs to a span that is dropped
	}
	resp, err := s.next.RoundTrip(r)
	if resp != nil {
		c.answered(q, resp)
	}
	return resp, err
}

// A carrier has the headers of a request. It knows the canonical form of the usual names.
type carrier struct{ propagation.HeaderCarrier }

// Set implements [propagation.TextMapCarrier].
func (c carrier) Set(key, value string) {
	switch key {
	case "traceparent":
		c.HeaderCarrier["Traceparent"] = []string{value}
	case "tracestate":
		c.HeaderCarrier["Tracestate"] = []string{value}
	case "baggage":
		c.HeaderCarrier["Baggage"] = []string{value}
	default:
		c.HeaderCarrier.Set(key, value)
	}
}

// start starts the span of a request. An earlier request of the attempt was redirected and ends.
func (c *call) start(r *http.Request, info resilience.CallInfo) *request {
	if before := c.take(info.Attempt); before != nil {
		before.end("")
	}
	t := c.telemetry
	route := c.route
	if r.Method != route.method || !sameOrigin(r, route.origin) { // after a redirect, or by a middleware
		route = t.route(place{info.Operation, r.URL.Scheme + "://" + r.URL.Host, r.Method}, info.API)
	}
	c.mu.Lock()
	q := &c.first
	if c.sent > 0 {
		q = new(request)
	}
	*q = request{call: c, attempt: info.Attempt, route: route, begin: time.Now()}
	resend := c.sent
	c.sent++
	c.pending = append(c.pending, q)
	c.mu.Unlock()
	q.opts = [2]trace.SpanStartOption{client,
		trace.WithAttributes(append(append(q.attributes[:0], route.begin...), semconv.URLFull(fullURL(r.URL)))...)}
	q.ctx, q.span = t.tracer.Start(r.Context(), route.requestSpan, q.opts[:]...)
	if q.span.IsRecording() {
		q.span.SetAttributes(route.rest...)
		if resend > 0 {
			q.span.SetAttributes(semconv.HTTPRequestResendCount(resend))
		}
	}
	return q
}

// sameOrigin reports whether a request is sent to a scheme and host.
func sameOrigin(r *http.Request, origin string) bool {
	scheme := len(r.URL.Scheme)
	return len(origin) == scheme+3+len(r.URL.Host) && origin[:scheme] == r.URL.Scheme && origin[scheme+3:] == r.URL.Host
}

// answered notes the response to a request.
func (c *call) answered(q *request, resp *http.Response) {
	c.mu.Lock()
	q.status = resp.StatusCode
	c.mu.Unlock()
	if !q.span.IsRecording() {
		return
	}
	version := strconv.Itoa(resp.ProtoMajor)
	if resp.ProtoMajor == 1 {
		version += "." + strconv.Itoa(resp.ProtoMinor)
	}
	q.span.SetAttributes(semconv.HTTPResponseStatusCode(resp.StatusCode), semconv.NetworkProtocolVersion(version))
}
