package policy

import (
	"fmt"
	"math"
	"testing"

	"github.com/resgen/resgen/resilience/diag"
)

func TestRules_Edges(t *testing.T) {
	inf, nan := math.Inf(1), math.NaN()
	tests := []struct {
		name    string
		rule    rule
		allowed []float64
		refused []float64
	}{
		{"positive", positive, []float64{math.SmallestNonzeroFloat64, math.MaxFloat64},
			[]float64{0, -1, inf, -inf, nan}},
		{"one", one, []float64{1, 2}, []float64{0.999, inf, nan}},
		{"attempts", attempts, []float64{1, 100}, []float64{0, 101, nan}},
		{"share", share, []float64{0.1, 1}, []float64{0, 1.001, -1, nan}},
		{"shareOrNever", shareOrNever, []float64{0.1, 1, -0.1}, []float64{0, 1.001, nan}},
		{"jitterOrNone", jitterOrNone, []float64{0.1, -0.1}, []float64{0, 1, nan}},
		{"countOrNever", countOrNever, []float64{1, -1}, []float64{0}},
		{"countOrNone", countOrNone, []float64{1, 5, -1}, []float64{0, -2}},
		{"status", status, []float64{100, 599}, []float64{99, 600}},
	}
	for _, test := range tests {
		for _, f := range test.allowed {
			if !test.rule.allows(f) {
				t.Errorf("%s refuses %v", test.name, f)
			}
		}
		for _, f := range test.refused {
			if test.rule.allows(f) {
				t.Errorf("%s allows %v", test.name, f)
			}
		}
	}
	for _, s := range []string{"X-Key", "!#$%&'*+-.^_`|~09azAZ"} {
		if !isToken(s) {
			t.Errorf("%q is a token", s)
		}
	}
	for _, s := range []string{"", " ", "a b", "a:", "é", "a\x00", "(a)", `"`} {
		if isToken(s) {
			t.Errorf("%q is no token", s)
		}
	}
}

func TestRules_MemberPaths(t *testing.T) {
	paths := func(text string) (p Policy) {
		p.Pagination.Response, p.Pagination.Items = text, text
		p.Success = Success{
			Field: text, Errors: text, Items: text, Status: text, Error: text, Request: text,
		}
		return p
	}
	keys := []string{
		"pagination.response", "pagination.items", "success.field", "success.errors", "success.items",
		"success.status", "success.error", "success.request",
	}
	set := map[string]diag.Position{}
	for _, key := range keys {
		set[key] = diag.Position{Line: 1}
	}
	for _, text := range []string{".", "a", "a.b", "errors.0.code", "@odata.nextLink", "a b", "/a"} {
		if found := paths(text).Check(set, "", ""); len(found) != 0 {
			t.Errorf("%q: %v", text, found)
		}
	}
	for _, text := range []string{"a..b", ".a", "a.", ".."} {
		found := paths(text).Check(set, "", "")
		if len(found) != len(keys) {
			t.Fatalf("%q: %v", text, found)
		}
		for i, f := range found {
			want := fmt.Sprintf("want names with single dots between them, got %q", text)
			if f.Subject != keys[i] || f.What != want {
				t.Errorf("%s: got %s, want %s", f.Subject, f.What, want)
			}
		}
	}
	p := Policy{Pagination: Pagination{Request: "a..b", Size: "a..b"}} // a parameter may have any name
	set = map[string]diag.Position{"pagination.request": {}, "pagination.size": {}}
	if found := p.Check(set, "", ""); len(found) != 0 {
		t.Errorf("got %v", found)
	}
}

func TestSwitch(t *testing.T) {
	for text, want := range map[string]Switch{"true": On, "false": Off} {
		var s Switch
		if err := s.UnmarshalText([]byte(text)); err != nil || s != want || s.String() != text {
			t.Errorf("%s: got %v %v", text, s, err)
		}
	}
	var s Switch
	err := s.UnmarshalText([]byte("yes"))
	if err == nil || err.Error() != `want true or false, got "yes"` || s != Inherit {
		t.Errorf("got %v, %v", s, err)
	}
	if got := fmt.Sprint(Inherit); got != "" {
		t.Errorf("Inherit is %q", got)
	}
}
