package otelresilience

// This file has the attributes of spans and metrics that depend on the operation and its server,
// and keeps them so that calls need not make them.

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/trace"

	"github.com/resgen/resgen/resilience"
)

const (
	mostKept     = 10_000 // routes that are kept; others are made each time
	mostOutcomes = 50     // label sets that a route keeps; others are made each time
)

// A place is an operation at a server, and the method by which it is called there.
type place struct {
	op     *resilience.Operation
	origin string // scheme and host
	method string
}

// The kinds of spans.
var (
	internal = []trace.SpanStartOption{trace.WithSpanKind(trace.SpanKindInternal)}
	client   = trace.WithSpanKind(trace.SpanKindClient)
)

// A route is what all requests of an operation to one server have in common.
type route struct {
	place
	callSpan    string               // name
	requestSpan string               // name
	begin       []attribute.KeyValue // of request spans from the beginning: samplers see them
	rest        []attribute.KeyValue // of request spans that are recorded
	ofCall      []attribute.KeyValue // of call spans that are recorded
	common      []attribute.KeyValue // of metrics

	labels atomic.Pointer[[]labels] // a list does not change
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
	r.begin = append(serverOf(p.origin), semconv.HTTPRequestMethodKey.String(method))
	operation := attribute.String("resgen.operation", p.op.ID)
	template := semconv.URLTemplate(p.op.Path)
	r.common = append(slices.Clip(r.begin), template, operation)
	r.rest = []attribute.KeyValue{operation, attribute.String("resgen.api", api), template}
	if original != "" {
		r.rest = append(r.rest, semconv.HTTPRequestMethodOriginal(original))
	}
	r.ofCall = append(slices.Clip(r.begin), r.rest...)
	return r
}

// methodOf returns the method as an attribute: a known one unchanged, others as _OTHER with the
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

// An outcome is what metrics of one route differ in.
type outcome struct {
	status int    // 0: there was no response
	err    string // error.type; empty: it succeeded
}

// labels are the attributes of metrics for one outcome.
type labels struct {
	outcome
	opts []metric.RecordOption
}

// record returns the attributes of a metric.
func (r *route) record(o outcome) []metric.RecordOption {
	list := r.labels.Load()
	var kept []labels
	if list != nil {
		kept = *list
	}
	for i := range kept {
		if kept[i].outcome == o {
			return kept[i].opts
		}
	}
	all := append(slices.Clip(r.common), o.attributes()...)
	opts := []metric.RecordOption{metric.WithAttributeSet(attribute.NewSet(all...))}
	if len(kept) < mostOutcomes {
		more := append(slices.Clip(kept), labels{o, opts})
		r.labels.CompareAndSwap(list, &more) // if another call was faster, a later one keeps them
	}
	return opts
}

// attributes returns the attributes of an outcome.
func (o outcome) attributes() (list []attribute.KeyValue) {
	if o.status != 0 {
		list = append(list, semconv.HTTPResponseStatusCode(o.status))
	}
	if o.err != "" {
		list = append(list, semconv.ErrorTypeKey.String(o.err))
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
