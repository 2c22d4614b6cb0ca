package otelresilience

import (
	"context"
	"net/http"
	"sync"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/propagation"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/trace"

	"github.com/resgen/resgen/resilience"
)

// scope is the name of the instrumentation.
const scope = "github.com/resgen/resgen/resilience/otelresilience"

// An Option changes where telemetry goes.
type Option func(*settings)

type settings struct {
	tracers    trace.TracerProvider
	meters     metric.MeterProvider
	propagator propagation.TextMapPropagator
}

// WithTracerProvider sets where spans go. The default is the global provider.
func WithTracerProvider(p trace.TracerProvider) Option { return func(s *settings) { s.tracers = p } }

// WithMeterProvider sets where metrics go. The default is the global provider.
func WithMeterProvider(p metric.MeterProvider) Option { return func(s *settings) { s.meters = p } }

// WithPropagator sets what requests carry of their context. The default is the global propagator,
// and if none was set, traceparent and baggage. Pass propagation.TraceContext{} for servers that
// must not see the baggage.
func WithPropagator(p propagation.TextMapPropagator) Option {
	return func(s *settings) { s.propagator = p }
}

// Observe returns the option that makes a runtime report all its calls. The global providers are
// looked up when Observe is called.
func Observe(opts ...Option) resilience.RuntimeOption {
	s := settings{tracers: otel.GetTracerProvider(), meters: otel.GetMeterProvider()}
	if s.propagator = otel.GetTextMapPropagator(); len(s.propagator.Fields()) == 0 {
		s.propagator = propagation.NewCompositeTextMapPropagator(propagation.TraceContext{}, propagation.Baggage{})
	}
	for _, o := range opts {
		o(&s)
	}
	t := &telemetry{
		tracer:     s.tracers.Tracer(scope, trace.WithSchemaURL(semconv.SchemaURL)),
		propagator: s.propagator, routes: map[place]*route{},
	}
	meter := s.meters.Meter(scope, metric.WithSchemaURL(semconv.SchemaURL))
	t.requests, t.calls = histograms(meter)
	return func(r *resilience.Runtime) {
		begin := t.begin
		var once sync.Once // the runtime is complete when the first call begins
		resilience.WithCallObserver(func(
			ctx context.Context, c resilience.CallInfo,
		) (context.Context, func(resilience.Event)) {
			once.Do(func() { gauges(meter, r) })
			return begin(ctx, c)
		})(r)
		resilience.WithRuntimeMiddleware(func(next http.RoundTripper) http.RoundTripper {
			return &sender{t, next}
		})(r)
	}
}

// histograms returns the instruments for durations of requests and of calls.
func histograms(m metric.Meter) (requests, calls metric.Float64Histogram) {
	buckets := metric.WithExplicitBucketBoundaries(
		0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10,
	)
	requests, err := m.Float64Histogram("http.client.request.duration", metric.WithUnit("s"), buckets,
		metric.WithDescription("Duration of HTTP client requests."))
	report(err)
	calls, err = m.Float64Histogram("resgen.client.call.duration", metric.WithUnit("s"), buckets,
		metric.WithDescription("Duration of calls with all their attempts and waits."))
	report(err)
	return requests, calls
}

// report reports an error of the API to the handler of the program.
func report(err error) {
	if err != nil {
		otel.Handle(err)
	}
}

// telemetry is where the calls of a runtime are reported to.
type telemetry struct {
	tracer          trace.Tracer
	propagator      propagation.TextMapPropagator
	requests, calls metric.Float64Histogram

	mu     sync.RWMutex // guards routes
	routes map[place]*route
}
