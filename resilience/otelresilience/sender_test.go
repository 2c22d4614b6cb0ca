package otelresilience

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"testing"

	"go.opentelemetry.io/otel/metric/noop"
	"go.opentelemetry.io/otel/propagation"
	tracenoop "go.opentelemetry.io/otel/trace/noop"

	"github.com/resgen/resgen/resilience"
)

func TestSameOrigin(t *testing.T) {
	for in, want := range map[string]bool{
		"https://a.test/x": true, "https://b.test/x": false, "http://a.test/x": false, "https://a.test:8/x": false,
		"httpx://a.test/": false, "httpsa://.test/": false,
	} {
		u, err := url.Parse(in)
		if err != nil {
			t.Fatal(err)
		}
		if got := sameOrigin(&http.Request{URL: u}, "https://a.test"); got != want {
			t.Errorf("%s: got %t", in, got)
		}
	}
}

// A request that a redirect or a middleware sends with another method or to another server has the
// attributes of these.
func TestCall_StartElsewhere(t *testing.T) {
	tel := &telemetry{routes: map[place]*route{}, tracer: tracenoop.NewTracerProvider().Tracer("")}
	op := &resilience.Operation{ID: "a", Method: "POST", Path: "/"}
	tel.requests, tel.calls = histograms(noop.NewMeterProvider().Meter(""))
	info := resilience.CallInfo{API: "shop", Operation: op, Server: "https://a.test", Attempt: 1}
	ctx, _ := tel.begin(t.Context(), info)
	c := ctx.(*call)
	for i, x := range []struct{ method, url, origin string }{
		{"POST", "https://a.test/1", "https://a.test"}, {"GET", "https://a.test/2", "https://a.test"},
		{"POST", "https://b.test/3", "https://b.test"},
	} {
		r, err := http.NewRequestWithContext(ctx, x.method, x.url, nil)
		if err != nil {
			t.Fatal(err)
		}
		info.Attempt = i + 1
		q := c.start(r, info)
		if q.route.method != x.method || q.route.origin != x.origin || q.attempt != i+1 || c.sent != i+1 {
			t.Errorf("%s %s: got %+v, %d sent", x.method, x.url, q.route.place, c.sent)
		}
		if (q.route == c.route) != (i == 0) {
			t.Errorf("%s %s: the route of the call: %t", x.method, x.url, q.route == c.route)
		}
	}
}

// A carrier sets the same headers as the one of the API.
func TestCarrier(t *testing.T) {
	got, want := http.Header{}, http.Header{}
	for _, key := range []string{"traceparent", "tracestate", "baggage", "x-b3-traceid", "b3"} {
		carrier{propagation.HeaderCarrier(got)}.Set(key, key+"1")
		propagation.HeaderCarrier(want).Set(key, key+"1")
	}
	if !maps.EqualFunc(got, want, slices.Equal) || len(got) != 5 {
		t.Errorf("got %v, want %v", got, want)
	}
}

// Requests without a call are sent as they are.
func TestSender_OutsideCalls(t *testing.T) {
	r, err := http.NewRequestWithContext(t.Context(), "GET", "https://a.test", nil)
	if err != nil {
		t.Fatal(err)
	}
	s := &sender{&telemetry{}, resilience.RoundTripperFunc(func(sent *http.Request) (*http.Response, error) {
		if sent != r || len(sent.Header) != 0 {
			t.Errorf("sent %v", sent)
		}
		return nil, http.ErrNotSupported
	})}
	if _, err := s.RoundTrip(r); err != http.ErrNotSupported {
		t.Errorf("got %v", err)
	}
}
