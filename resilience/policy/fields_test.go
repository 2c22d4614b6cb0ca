package policy

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"
)

// paths lists the dotted path and the Go type of each leaf of a struct by its yaml tags.
func paths(t reflect.Type, under string) []string {
	var out []string
	for f := range t.Fields() {
		key := under + f.Tag.Get("yaml")
		if f.Type.Kind() == reflect.Struct {
			out = append(out, paths(f.Type, key+".")...)
			continue
		}
		out = append(out, key+" "+f.Type.String())
	}
	return out
}

func TestFields_AreThoseOfThePolicy(t *testing.T) {
	want := paths(reflect.TypeFor[Policy](), "")
	var p Policy
	seen := map[any]bool{}
	for i, f := range Fields() {
		at := f.at(&p)
		if got := f.Path + " " + reflect.TypeOf(at).Elem().String(); i >= len(want) || got != want[i] {
			t.Fatalf("field %d is %s, the struct has %s", i, got, want[min(i, len(want)-1)])
		}
		if seen[at] {
			t.Errorf("%s points to the value of another key", f.Path)
		}
		seen[at] = true
		if f.Doc == "" || strings.HasSuffix(f.Doc, ".") || strings.ToLower(f.Doc[:1]) != f.Doc[:1] &&
			!strings.HasPrefix(f.Doc, "HTTP") {
			t.Errorf("%s: doc %q", f.Path, f.Doc)
		}
	}
	if len(Fields()) != len(want) {
		t.Errorf("%d fields, the struct has %d", len(Fields()), len(want))
	}
}

// TestFields_PointAtTheirValue sets each leaf by reflection on the tags and reads it through the
// table.
func TestFields_PointAtTheirValue(t *testing.T) {
	for _, f := range Fields() {
		var p Policy
		v := reflect.ValueOf(&p).Elem()
		for key := range strings.SplitSeq(f.Path, ".") {
			for i := range v.NumField() {
				if v.Type().Field(i).Tag.Get("yaml") == key {
					v = v.Field(i)
					break
				}
			}
		}
		if v.Addr().Interface() != f.at(&p) {
			t.Errorf("%s points elsewhere", f.Path)
		}
	}
}

func TestFields_Columns(t *testing.T) {
	tests := []struct{ path, typ, unit, def, rng string }{
		{"idempotency", "text", "", "", ""},
		{"key.header", "text", "", "Idempotency-Key", "a header name"},
		{"retry.attempts", "whole number", "attempts", "4", "1 to 100"},
		{"retry.throttle.base", "duration", "", "1s", "more than 0, at most 720h"},
		{"retry.throttle.max", "duration", "", "1m", "more than 0, at most 720h"},
		{"retry.server.base", "duration", "", "500ms", "more than 0, at most 720h"},
		{"retry.jitter", "text", "", "equal", ""},
		{"retry.when", "list of rules", "", "", "rules with `status`, `code` and `kind`"},
		{"retry.budget.enabled", "true or false", "", "true", ""},
		{"retry.budget.tokens", "number", "tokens", "500", "more than 0, at most 1000000"},
		{"timeout.overall", "duration", "", "2m", "more than 0, at most 720h"},
		{"breaker.failure-rate", "number", "share", "0.5", "more than 0 and at most 1, or negative for never"},
		{"breaker.min-calls", "whole number", "calls", "20", "at least 1, at most 1000000"},
		{"breaker.contract", "true or false", "", "false", ""},
		{"rate.per-second", "number", "1/s", "", "at least 0.0000001, at most 1000000"},
		{"rate.also", "list of text", "", "", ""},
		{"redirects.max", "whole number", "redirects", "-1", "at least 1, or -1 for none, at most 20"},
		{"response.max-bytes", "whole number", "bytes", "33554432", "at least 1, at most 4294967296"},
		{"transport.max-age", "duration", "", "10m", "more than 0, at most 720h"},
	}
	byPath := map[string]Field{}
	for _, f := range Fields() {
		byPath[f.Path] = f
	}
	for _, test := range tests {
		f := byPath[test.path]
		if got := [...]string{f.Type, f.Unit, f.Default, f.Range}; got != [...]string{test.typ, test.unit, test.def,
			test.rng} {
			t.Errorf("%s: got %q, want %q", test.path, got, test)
		}
	}
	if got := fmt.Sprint(byPath["idempotency"].Words, byPath["retry.jitter"].Words, byPath["pagination.style"].Words,
		byPath["pagination.rule"].Words); got != "[safe idempotent keyed conditional unsafe] [equal full none] "+
		"[token offset page link none] [same token-only]" {
		t.Errorf("words: %s", got)
	}
}

func TestGet(t *testing.T) {
	p := Policy{
		Idempotency: Keyed,
		Retry: Retry{
			Attempts: 3, When: []Rule{{Status: []int{409, 410}}, {Kind: []string{"timeout"}}}, Refused: []int{},
			Jitter: FullJitter,
		},
		Timeout: Timeout{Overall: time.Hour, Attempt: 90 * time.Minute, Idle: 1500 * time.Millisecond},
		Breaker: Breaker{Enabled: On, Contract: Off, FailureRate: 0.25, Open: 60 * time.Second},
		Rate:    Rate{Also: []string{"a", "b"}, PerSecond: 0.0167},
	}
	tests := []struct{ path, want string }{
		{"idempotency", "keyed"}, {"retry.attempts", "3"},
		{"retry.when", "[{status: [409, 410]}, {kind: [timeout]}]"}, {"retry.refused", "[]"},
		{"retry.jitter", "full"},
		{"timeout.overall", "1h"}, {"timeout.attempt", "1h30m"}, {"timeout.idle", "1.5s"}, {"breaker.enabled", "true"},
		{"breaker.contract", "false"}, {"breaker.failure-rate", "0.25"},
		{"breaker.open", "1m"}, {"rate.also", "[a, b]"}, {"rate.per-second", "0.0167"}, {"rate.burst", ""},
		{"hedge.enabled", ""}, {"why", ""},
	}
	for _, test := range tests {
		if got, ok := Get(p, test.path); got != test.want || !ok {
			t.Errorf("%s: got %q %v, want %q", test.path, got, ok, test.want)
		}
	}
	for _, path := range []string{"retry", "", "retry.atempts", "retry.attempts."} {
		if got, ok := Get(p, path); ok || got != "" {
			t.Errorf("%q: got %q %v", path, got, ok)
		}
	}
}

// TestDefault_IsAllowed holds the built-in defaults against the rules for what people write.
func TestDefault_IsAllowed(t *testing.T) {
	l := DefaultLayer()
	if found := l.check("default"); len(found) > 0 {
		t.Error(found)
	}
}

func TestClassOf(t *testing.T) {
	for method, want := range map[string]Class{
		"GET": Safe, "HEAD": Safe, "OPTIONS": Safe, "TRACE": Safe, "QUERY": Safe, "PUT": Idempotent,
		"DELETE": Idempotent, "POST": Unsafe, "PATCH": Unsafe, "CONNECT": Unsafe, "get": Unsafe, "": Unsafe,
	} {
		if got := ClassOf(method); got != want {
			t.Errorf("%s: got %s, want %s", method, got, want)
		}
	}
}
