package otelresilience_test

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/baggage"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"

	"github.com/resgen/resgen/resilience"
	"github.com/resgen/resgen/resilience/faults"
	"github.com/resgen/resgen/resilience/otelresilience"
	"github.com/resgen/resgen/resilience/policy"
	"github.com/resgen/resgen/resilience/wire"
)

// A bench is a client with telemetry of an in-memory server.
type bench struct {
	*testing.T
	server  *faults.Server
	runtime *resilience.Runtime
	client  *resilience.Caller
	op      *resilience.Operation
	spans   *tracetest.SpanRecorder
	reader  *metric.ManualReader
	tracer  trace.Tracer
}

// start must be called in a synctest bubble.
func start(t *testing.T, p policy.Policy, script []faults.Step, opts ...otelresilience.Option) *bench {
	t.Helper()
	s, err := faults.Config{Pipe: true, Script: script}.Start()
	if err != nil {
		t.Fatal(err)
	}
	b := &bench{T: t, server: s, spans: tracetest.NewSpanRecorder(), reader: metric.NewManualReader()}
	tracers := sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(b.spans))
	b.tracer = tracers.Tracer("test")
	b.runtime = resilience.NewRuntime(
		resilience.WithRuntimeLogger(slog.New(slog.DiscardHandler)), resilience.WithDial(s.DialContext),
		otelresilience.Observe(append([]otelresilience.Option{otelresilience.WithTracerProvider(tracers),
			otelresilience.WithMeterProvider(metric.NewMeterProvider(metric.WithReader(b.reader)))}, opts...)...),
	)
	b.op = &resilience.Operation{
		ID: "getItem", Method: "GET", Path: "/items/{id}",
		Params:  []wire.Param{{Name: "id", In: wire.Path, Required: true}, {Name: "token", In: wire.Query}},
		Success: []wire.Outcome{{Status: 200, Media: "application/json", Decode: wire.JSONAs[map[string]string]}},
		Policy:  policy.Policy{Idempotency: policy.Safe},
	}
	api := &resilience.API{Name: "shop", Defaults: p, Operations: []*resilience.Operation{b.op}}
	b.client, err = resilience.NewCaller(api, resilience.WithRuntime(b.runtime),
		resilience.WithBaseURL(s.URL+"/v1"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		b.runtime.Close()
		s.Close()
	})
	return b
}

func (b *bench) call(ctx context.Context, opts ...resilience.CallOption) error {
	_, err := resilience.Call[map[string]string](ctx, b.client, b.op, wire.Args("7", "s3cret"), opts...)
	return err
}

// plain returns a policy without jitter.
func plain() policy.Policy {
	p := policy.Default()
	p.Retry.Jitter, p.Breaker.Jitter = policy.NoJitter, -1
	return p
}

// ended returns the ended spans as text, in the order in which they began.
func (b *bench) ended() string {
	list := b.spans.Ended()
	index := map[trace.SpanID]int{}
	for i, s := range b.spans.Started() {
		index[s.SpanContext().SpanID()] = i
	}
	slices.SortFunc(list, func(x, y sdktrace.ReadOnlySpan) int {
		return index[x.SpanContext().SpanID()] - index[y.SpanContext().SpanID()]
	})
	var text strings.Builder
	for _, s := range list {
		parent := "-"
		if i, ok := index[s.Parent().SpanID()]; ok {
			parent = fmt.Sprint(i)
		}
		fmt.Fprintf(&text, "%s %q below %s, %s, %s %q\n", s.SpanKind(), s.Name(), parent,
			s.EndTime().Sub(s.StartTime()), s.Status().Code, s.Status().Description)
		for _, a := range s.Attributes() {
			fmt.Fprintf(&text, "  %s=%s\n", a.Key, a.Value.String())
		}
		for _, e := range s.Events() {
			fmt.Fprintf(&text, "  event %s %v\n", e.Name, attributes(attribute.NewSet(e.Attributes...)))
		}
	}
	return text.String()
}

func attributes(s attribute.Set) string {
	var list []string
	for _, a := range s.ToSlice() {
		list = append(list, fmt.Sprintf("%s=%s", a.Key, a.Value.String()))
	}
	return strings.Join(list, " ")
}

// metrics returns the data points of a metric as text, sorted.
func (b *bench) metrics(name string) string {
	b.Helper()
	var all metricdata.ResourceMetrics
	if err := b.reader.Collect(context.Background(), &all); err != nil {
		b.Fatal(err)
	}
	var list []string
	for _, s := range all.ScopeMetrics {
		for _, m := range s.Metrics {
			if m.Name != name {
				continue
			}
			switch data := m.Data.(type) {
			case metricdata.Histogram[float64]:
				for _, p := range data.DataPoints {
					list = append(list, fmt.Sprintf("%d in %g%s %s", p.Count, p.Sum, m.Unit, attributes(p.Attributes)))
				}
			case metricdata.Gauge[float64]:
				for _, p := range data.DataPoints {
					list = append(list, fmt.Sprintf("%g %s", p.Value, attributes(p.Attributes)))
				}
			}
		}
	}
	slices.Sort(list)
	return strings.Join(list, "\n")
}

func expect(t *testing.T, what, got, want string) {
	t.Helper()
	if got = strings.TrimSpace(got); got != strings.TrimSpace(want) {
		t.Errorf("%s: got\n%s\nwant\n%s", what, got, strings.TrimSpace(want))
	}
}

func TestObserve_RetriedCall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := start(t, plain(), []faults.Step{faults.Status(503), faults.OK("{}")})
		if err := b.call(t.Context()); err != nil {
			t.Fatal(err)
		}
		const server = `
  server.address=faults.test
  server.port=80
  http.request.method=GET`
		const operation = `
  resgen.operation=getItem
  resgen.api=shop`
		const template = `
  url.template=/items/{id}`
		expect(t, "spans", b.ended(), `
internal "shop.getItem" below -, 500ms, Unset ""`+server+operation+template+`
  http.response.status_code=200
  event repeat resgen.attempt=1 resgen.reason=status 503 resgen.wait=0.5
client "GET /items/{id}" below 0, 0s, Error ""`+server+`
  url.full=http://faults.test/v1/items/7?token=REDACTED`+operation+template+`
  http.response.status_code=503
  network.protocol.version=1.1
  error.type=503
client "GET /items/{id}" below 0, 0s, Unset ""`+server+`
  url.full=http://faults.test/v1/items/7?token=REDACTED`+operation+template+`
  http.request.resend_count=1
  http.response.status_code=200
  network.protocol.version=1.1`)
		const series = ` resgen.operation=getItem server.address=faults.test server.port=80 url.template=/items/{id}`
		expect(t, "requests", b.metrics("http.client.request.duration"),
			"1 in 0s error.type=503 http.request.method=GET http.response.status_code=503"+series+"\n"+
				"1 in 0s http.request.method=GET http.response.status_code=200"+series)
		expect(t, "calls", b.metrics("resgen.client.call.duration"),
			"1 in 0.5s http.request.method=GET http.response.status_code=200"+series)
	})
}

// A sampler that keeps what it was asked.
type asked struct{ list []string }

func (*asked) Description() string { return "asked" }

func (s *asked) ShouldSample(p sdktrace.SamplingParameters) sdktrace.SamplingResult {
	s.list = append(s.list, p.Kind.String()+" "+p.Name+": "+attributes(attribute.NewSet(p.Attributes...)))
	return sdktrace.SamplingResult{Decision: sdktrace.Drop}
}

// Samplers see the attributes that the conventions name for them, and spans that are dropped are
// counted and propagated all the same.
func TestObserve_Sampler(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &asked{}
		b := start(t, plain(), []faults.Step{faults.OK("{}")}, otelresilience.WithTracerProvider(
			sdktrace.NewTracerProvider(sdktrace.WithSampler(s))))
		if err := b.call(t.Context()); err != nil {
			t.Fatal(err)
		}
		expect(t, "sampler", strings.Join(s.list, "\n"),
			"internal shop.getItem: \n"+
				"client GET /items/{id}: http.request.method=GET server.address=faults.test server.port=80 "+
				"url.full=http://faults.test/v1/items/7?token=REDACTED")
		if got := b.server.Records()[0].Header.Get("Traceparent"); !strings.HasSuffix(got, "-00") {
			t.Errorf("traceparent %q", got)
		}
		for _, name := range []string{"http.client.request.duration", "resgen.client.call.duration"} {
			if got := b.metrics(name); !strings.HasPrefix(got, "1 in 0s http.request.method=GET ") {
				t.Errorf("%s: %s", name, got)
			}
		}
	})
}

// A call that the circuit denies has a span and a duration, but no request.
func TestObserve_DeniedCall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := start(t, plain(), []faults.Step{faults.OK("{}")})
		if err := b.call(t.Context()); err != nil {
			t.Fatal(err)
		}
		b.spans.Reset()
		b.runtime.ForceOpen(b.runtime.Snapshot().Gates[0].Circuits[0].Key)
		if err := b.call(t.Context()); err == nil {
			t.Fatal("the call succeeded")
		}
		if got := b.ended(); !strings.HasPrefix(got, `internal "shop.getItem" below -, 0s, Error "circuit-open"`) ||
			!strings.Contains(got, "  error.type=circuit-open\n") || strings.Contains(got, "client") ||
			!strings.Contains(got, "resgen.attempts=0\n") ||
			!strings.Contains(got, "resgen.may_have_applied=false\n") || strings.Contains(got, "status_code") {
			t.Errorf("spans:\n%s", got)
		}
		if got := b.metrics("resgen.client.call.duration"); !strings.Contains(got, "1 in 0s error.type=circuit-open ") {
			t.Errorf("calls:\n%s", got)
		}
		if got := b.metrics("http.client.request.duration"); strings.Count(got, "\n") != 0 {
			t.Errorf("requests:\n%s", got)
		}
	})
}

// A failed call has what is needed to find the request at the server.
func TestObserve_FailedCall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := start(t, plain(), []faults.Step{faults.Status(404).With("X-Request-Id", "r-1").In(2 * time.Second)})
		if err := b.call(t.Context()); err == nil {
			t.Fatal("the call succeeded")
		}
		got := b.ended()
		for _, want := range []string{
			`internal "shop.getItem" below -, 2s, Error "api"`, "  http.response.status_code=404\n  error.type=404\n",
			"  resgen.error.kind=api\n", "  resgen.attempts=1\n", "  resgen.stopped=final\n",
			"  resgen.request_id=r-1\n", `client "GET /items/{id}" below 0, 2s, Error ""`,
		} {
			if !strings.Contains(got, want) {
				t.Errorf("spans lack %s:\n%s", want, got)
			}
		}
		if got := b.metrics("resgen.client.call.duration"); !strings.HasPrefix(got, "1 in 2s error.type=404 ") {
			t.Errorf("calls:\n%s", got)
		}
	})
}

// An attempt without a response has the reason as error.type, and a second one a resend count.
func TestObserve_BrokenConnection(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := plain()
		p.Retry.Attempts = 2
		b := start(t, p, []faults.Step{faults.Fail(faults.Reset), faults.Fail(faults.Reset)})
		if err := b.call(t.Context()); err == nil {
			t.Fatal("the call succeeded")
		}
		got := b.ended()
		if strings.Count(got, "client ") != 2 || strings.Count(got, "http.request.resend_count=1\n") != 1 ||
			strings.Contains(got, "status_code") || strings.Count(got, `Error "connection reset"`) != 2 ||
			strings.Count(got, "  error.type=connection-reset\n") != 2 ||
			!strings.Contains(got, "error.type=transport\n") {
			t.Errorf("spans:\n%s", got)
		}
	})
}

// The request before a redirect ends when the redirect is followed.
func TestObserve_Redirect(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := plain()
		p.Redirects.Max = 1
		b := start(t, p, []faults.Step{faults.Redirect(302, "/elsewhere?x=1"), faults.OK("{}").In(time.Second)})
		if err := b.call(t.Context()); err != nil {
			t.Fatal(err)
		}
		got := b.ended()
		for _, want := range []string{
			`client "GET /items/{id}" below 0, 0s, Unset ""`, "status_code=302\n",
			`client "GET /items/{id}" below 0, 1s, Unset ""`, "url.full=http://faults.test/elsewhere?x=REDACTED\n",
			"http.request.resend_count=1\n",
		} {
			if !strings.Contains(got, want) {
				t.Errorf("spans lack %s:\n%s", want, got)
			}
		}
		if list := b.spans.Ended(); len(list) != 3 {
			t.Errorf("%d spans", len(list))
		}
	})
}

// Requests carry their own span and the baggage of the caller, also if the span is not sampled.
func TestObserve_Propagation(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := start(t, plain(), []faults.Step{faults.Status(503), faults.OK("{}")})
		member, err := baggage.NewMember("tenant", "a")
		if err != nil {
			t.Fatal(err)
		}
		bag, err := baggage.New(member)
		if err != nil {
			t.Fatal(err)
		}
		ctx, parent := b.tracer.Start(baggage.ContextWithBaggage(t.Context(), bag), "parent")
		if err := b.call(ctx); err != nil {
			t.Fatal(err)
		}
		parent.End()
		var sent []string
		for _, r := range b.server.Records() {
			sent = append(sent, r.Header.Get("Traceparent")+" "+r.Header.Get("Baggage"))
		}
		var want []string
		for _, s := range b.spans.Started() {
			if s.SpanKind() == trace.SpanKindClient {
				c := s.SpanContext()
				want = append(want, fmt.Sprintf("00-%s-%s-01 tenant=a", parent.SpanContext().TraceID(), c.SpanID()))
			}
		}
		if len(want) != 2 || !slices.Equal(sent, want) {
			t.Errorf("sent %v, want %v", sent, want)
		}
		if got := b.ended(); !strings.Contains(got, `internal "shop.getItem" below 0`) {
			t.Errorf("spans:\n%s", got)
		}
	})
}

func TestWithPropagator(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := start(t, plain(), []faults.Step{faults.OK("{}")},
			otelresilience.WithPropagator(propagation.NewCompositeTextMapPropagator()))
		if err := b.call(t.Context()); err != nil {
			t.Fatal(err)
		}
		if h := b.server.Records()[0].Header; h.Get("Traceparent") != "" {
			t.Errorf("sent %v", h)
		}
	})
}

// Gauges show circuits, quotas, queues and connections, and end with the runtime.
func TestObserve_Gauges(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := plain()
		p.Rate = policy.Rate{PerSecond: 0.1, Burst: 2}
		p.Bulkhead = policy.Bulkhead{Max: 4}
		b := start(t, p, []faults.Step{faults.OK("{}")})
		for range 2 {
			if err := b.call(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		b.runtime.ForceOpen(b.runtime.Snapshot().Gates[0].Circuits[0].Key)
		const at = "resgen.api=shop "
		const circuit = at + "resgen.circuit.scope=host resgen.circuit.state="
		const host = " server.address=faults.test"
		for name, want := range map[string]string{
			"resgen.client.circuits": "0 " + circuit + "closed" + host + "\n0 " + circuit + "forced-closed" + host +
				"\n0 " + circuit + "half-open" + host + "\n0 " + circuit + "open" + host +
				"\n1 " + circuit + "forced-open" + host,
			"resgen.client.quotas": "0 " + at + "resgen.quota.state=available" + host +
				"\n0 " + at + "resgen.quota.state=held" + host + "\n1 " + at + "resgen.quota.state=exhausted" + host,
			"resgen.client.quota.fill": "0 " + at + host[1:],
			"resgen.client.queued": "0 " + at + "resgen.queue=bulkhead" + host + "\n0 " + at + "resgen.queue=quota" +
				host,
			"resgen.client.bulkhead.used":     "0 " + at + host[1:],
			"resgen.client.bulkhead.max":      "4 " + at + host[1:],
			"resgen.client.retry_budget.fill": "1 " + at + host[1:],
			"resgen.client.in_flight":         "0",
			"resgen.client.connections":       "1",
		} {
			expect(t, name, b.metrics(name), want)
		}
		b.runtime.Close()
		if got := b.metrics("resgen.client.in_flight"); got != "" {
			t.Errorf("after Close: %s", got)
		}
	})
}
