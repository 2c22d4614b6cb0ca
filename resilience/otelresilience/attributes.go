package otelresilience

// This file has the attributes of spans and metrics that depend on the operation and its server,
// and keeps them so that calls need not make them.

import (
	"net/url"
	"strconv"
	"strings"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/trace"

	"github.com/resgen/resgen/resilience"
)

// mostKept is the number of routes and of label sets that are kept. Others are made each time.
const mostKept = 10_000

// A place is an operation at a server, and the method by which it is called there.
type place struct {
	op     *resilience.Operation
	origin string // scheme and host
	method string
}

// A route is what all requests of an operation to one server have in common.
type route struct {
	place
	callSpan    string // name
	requestSpan string // name
	callOpts    []trace.SpanStartOption
	requestOpts []trace.SpanStartOption
	common      []attribute.KeyValue // of metrics
}

// route returns the route of a place. The API is that of the operation.
func (t *telemetry) route(p place, api string) *route {
	t.mu.RLock()
	r := t.routes[p]
	t.mu.RUnlock()
	if r != nil {
		return r
	}
	r = newRoute(p, api)
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.routes) < mostKept {
		t.routes[p] = r
	}
	return r
}

func newRoute(p place, api string) *route {
	method, original := methodOf(p.method)
	r := &route{place: p, callSpan: api + "." + p.op.ID, requestSpan: method + " " + p.op.Path}
	if original != "" {
		r.requestSpan = "HTTP " + p.op.Path
	}
	r.common = append(serverOf(p.origin), semconv.HTTPRequestMethodKey.String(method), semconv.URLTemplate(p.op.Path),
		attribute.String("resgen.operation", p.op.ID))
	spans := append(r.common[:len(r.common):len(r.common)], attribute.String("resgen.api", api))
	if original != "" {
		spans = append(spans, semconv.HTTPRequestMethodOriginal(original))
	}
	attributes := trace.WithAttributes(spans...)
	r.callOpts = []trace.SpanStartOption{attributes}
	r.requestOpts = []trace.SpanStartOption{attributes, trace.WithSpanKind(trace.SpanKindClient)}
	return r
}

// methodOf returns the method as an attribute: known ones as they are, others as _OTHER with the
// original.
func methodOf(method string) (name, original string) {
	switch method {
	case "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "QUERY":
		return method, ""
	case "":
		return "GET", ""
	}
	return "_OTHER", method
}

// serverOf returns the attributes of a server from its scheme and host.
func serverOf(origin string) []attribute.KeyValue {
	u, err := url.Parse(origin)
	if err != nil || u.Hostname() == "" {
		return nil
	}
	port := 443
	if u.Scheme == "http" {
		port = 80
	}
	if n, err := strconv.Atoi(u.Port()); err == nil {
		port = n
	}
	return []attribute.KeyValue{semconv.ServerAddress(u.Hostname()), semconv.ServerPort(port)}
}

// hostOf returns the attributes of a server from its host, with the port only if host has one.
func hostOf(host string) []attribute.KeyValue {
	u := url.URL{Host: host}
	list := []attribute.KeyValue{semconv.ServerAddress(u.Hostname())}
	if n, err := strconv.Atoi(u.Port()); err == nil {
		list = append(list, semconv.ServerPort(n))
	}
	return list
}

// labels are what metrics of one route differ in.
type labels struct {
	route  place
	status int    // 0: there was no response
	err    string // error.type; empty: it succeeded
}

// record returns the attributes of a metric.
func (t *telemetry) record(r *route, status int, err string) []metric.RecordOption {
	key := labels{r.place, status, err}
	t.mu.RLock()
	opts := t.labels[key]
	t.mu.RUnlock()
	if opts != nil {
		return opts
	}
	list := append(r.common[:len(r.common):len(r.common)], outcome(status, err)...)
	opts = []metric.RecordOption{metric.WithAttributeSet(attribute.NewSet(list...))}
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.labels) < mostKept {
		t.labels[key] = opts
	}
	return opts
}

// outcome returns the attributes of an outcome.
func outcome(status int, err string) (list []attribute.KeyValue) {
	if status != 0 {
		list = append(list, semconv.HTTPResponseStatusCode(status))
	}
	if err != "" {
		list = append(list, semconv.ErrorTypeKey.String(err))
	}
	return list
}

// errorType returns the error.type of an attempt: the status of a response that is an error, or
// otherwise the reason in the runtime's words. It returns "" if the attempt succeeded.
func errorType(status int, reason string) string {
	if status >= 400 || strings.HasPrefix(reason, "status ") {
		return strconv.Itoa(status)
	}
	return strings.ReplaceAll(reason, " ", "-")
}
