package otelresilience

import (
	"fmt"
	"slices"
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
	tel := &telemetry{routes: map[place]*route{}}
	op := &resilience.Operation{ID: "a", Method: "GET", Path: "/"}
	first := tel.route(place{op, "https://a.test", "GET"}, "shop")
	for i := range mostKept + 10 {
		r := tel.route(place{op, fmt.Sprintf("https://%d.test", i), "GET"}, "shop")
		if len(r.common) != len(first.common) {
			t.Fatalf("%d: %v", i, r.common)
		}
	}
	if len(tel.routes) != mostKept {
		t.Errorf("%d routes", len(tel.routes))
	}
	if tel.route(place{op, "https://a.test", "GET"}, "shop") != first {
		t.Error("the first route was not kept")
	}
}

func TestRoute_Record(t *testing.T) {
	r := newRoute(place{&resilience.Operation{ID: "a", Method: "GET", Path: "/"}, "https://a.test", "GET"}, "shop")
	set := func(o outcome) attribute.Set {
		return metric.NewRecordConfig(r.record(o)).Attributes()
	}
	common := []attribute.KeyValue{
		attribute.String("server.address", "a.test"), attribute.Int("server.port", 443),
		attribute.String("http.request.method", "GET"), attribute.String("url.template", "/"),
		attribute.String("resgen.operation", "a"),
	}
	for range 2 { // made and kept
		for status := 200; status < 200+mostOutcomes+5; status++ {
			got := set(outcome{status, "x"})
			want := attribute.NewSet(append(slices.Clip(common), attribute.Int("http.response.status_code", status),
				attribute.String("error.type", "x"))...)
			if !got.Equals(&want) {
				t.Fatalf("%d: got %v", status, got.ToSlice())
			}
		}
	}
	if n := len(*r.labels.Load()); n != mostOutcomes {
		t.Errorf("%d outcomes are kept", n)
	}
	first, again := r.record(outcome{200, "x"}), r.record(outcome{200, "x"})
	if &first[0] != &again[0] {
		t.Error("the attributes of an outcome that is kept were made again")
	}
	if got, want := set(outcome{200, ""}), set(outcome{0, "x"}); got.Equals(&want) {
		t.Error("outcomes have the same attributes")
	}
}

func TestOutcome_Attributes(t *testing.T) {
	if got := (outcome{}).attributes(); len(got) != 0 {
		t.Errorf("got %v", got)
	}
	want := []attribute.KeyValue{attribute.Int("http.response.status_code", 500), attribute.String("error.type", "500")}
	if got := (outcome{500, "500"}).attributes(); !slices.Equal(got, want) {
		t.Errorf("got %v", got)
	}
}
