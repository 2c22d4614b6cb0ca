package otelresilience

import (
	"fmt"
	"strings"
	"testing"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"

	"github.com/resgen/resgen/resilience"
)

func TestMethodOf(t *testing.T) {
	for in, want := range map[string][2]string{
		"GET": {"GET", ""}, "PATCH": {"PATCH", ""}, "QUERY": {"QUERY", ""}, "": {"GET", ""},
		"PURGE": {"_OTHER", "PURGE"}, "get": {"_OTHER", "get"},
	} {
		if name, original := methodOf(in); name != want[0] || original != want[1] {
			t.Errorf("%s: got %s, %s", in, name, original)
		}
	}
}

func TestNewRoute_OtherMethod(t *testing.T) {
	op := &resilience.Operation{ID: "purge", Method: "PURGE", Path: "/cache"}
	r := newRoute(place{op, "https://a.test", "PURGE"}, "shop")
	if r.requestSpan != "HTTP /cache" || r.callSpan != "shop.purge" {
		t.Errorf("got %+v", r)
	}
}

func TestServerOf(t *testing.T) {
	for in, want := range map[string]string{
		"https://a.test": "a.test 443", "http://a.test": "a.test 80", "http://a.test:8080": "a.test 8080",
		"https://[::1]:9": "::1 9", "": "", "https://": "", "https://a.test:99x": "",
	} {
		var got []string
		for _, a := range serverOf(in) {
			got = append(got, a.Value.String())
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s: got %v, want %s", in, got, want)
		}
	}
}

func TestHostOf(t *testing.T) {
	for in, want := range map[string]string{
		"a.test": "[a.test]", "a.test:8080": "[a.test 8080]", "[::1]:9": "[::1 9]", "[::1]": "[::1]",
	} {
		var got []string
		for _, a := range hostOf(in) {
			got = append(got, a.Value.String())
		}
		if fmt.Sprint(got) != want {
			t.Errorf("%s: got %v, want %s", in, got, want)
		}
	}
}

func TestErrorType(t *testing.T) {
	for _, c := range []struct {
		status int
		reason string
		want   string
	}{
		{200, "", ""}, {0, "timeout", "timeout"}, {0, "connection reset", "connection-reset"},
		{503, "status 503", "503"}, {404, "", "404"}, {399, "", ""}, {400, "", "400"}, {304, "status 304", "304"},
		{200, "contract", "contract"},
	} {
		if got := errorType(c.status, c.reason); got != c.want {
			t.Errorf("%d, %q: got %q, want %q", c.status, c.reason, got, c.want)
		}
	}
}

// What is kept is bounded. What is not kept has the same attributes.
func TestTelemetry_Bound(t *testing.T) {
	tel := &telemetry{routes: map[place]*route{}, labels: map[labels][]metric.RecordOption{}}
	op := &resilience.Operation{ID: "a", Method: "GET", Path: "/"}
	first := tel.route(place{op, "https://a.test", "GET"}, "shop")
	for i := range mostKept + 10 {
		r := tel.route(place{op, fmt.Sprintf("https://%d.test", i), "GET"}, "shop")
		if len(r.common) != len(first.common) || tel.record(r, 200, "")[0] == nil {
			t.Fatalf("%d: %v", i, r.common)
		}
	}
	if len(tel.routes) != mostKept || len(tel.labels) != mostKept {
		t.Errorf("%d routes, %d label sets", len(tel.routes), len(tel.labels))
	}
	if tel.route(place{op, "https://a.test", "GET"}, "shop") != first {
		t.Error("the first route was not kept")
	}
	if got := outcome(0, ""); len(got) != 0 {
		t.Errorf("got %v", got)
	}
	want := []attribute.KeyValue{attribute.Int("http.response.status_code", 500), attribute.String("error.type", "500")}
	if got := outcome(500, "500"); len(got) != 2 || got[0] != want[0] || got[1] != want[1] {
		t.Errorf("got %v", got)
	}
}
