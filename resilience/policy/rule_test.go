package policy

import (
	"testing"
)

func TestRule_String(t *testing.T) {
	for _, c := range []struct {
		rule Rule
		want string
	}{
		{Rule{}, "{}"},
		{Rule{Status: []int{409, 503}}, "{status: [409, 503]}"},
		{Rule{Code: ErrorCode{In: []string{"Busy", "a-b", "_c", "d.e/f"}}}, "{code: {in: [Busy, a-b, _c, d.e/f]}}"},
		{Rule{Code: ErrorCode{Path: "errors.0.code", In: []string{"Busy"}}},
			"{code: {path: errors.0.code, in: [Busy]}}"},
		{Rule{Code: ErrorCode{Path: "."}}, `{code: {path: ".", in: []}}`},
		{Rule{Kind: []string{"timeout", "api"}}, "{kind: [timeout, api]}"},
		{Rule{Status: []int{409}, Code: ErrorCode{In: []string{"x"}}, Kind: []string{"api"}},
			"{status: [409], code: {in: [x]}, kind: [api]}"},
		{Rule{Code: ErrorCode{
			In: []string{"", "1", "1e3", "-x", "a b", "True", "NULL", "Inf", "nan", "off", "é", "a\"b"},
		}},
			`{code: {in: ["", "1", "1e3", "-x", "a b", "True", "NULL", "Inf", "nan", "off", "é", "a\"b"]}}`},
	} {
		if got := c.rule.String(); got != c.want {
			t.Errorf("got %s, want %s", got, c.want)
		}
	}
}

func TestRule_Covers(t *testing.T) {
	status := func(list ...int) Rule { return Rule{Status: list} }
	kind := func(list ...string) Rule { return Rule{Kind: list} }
	code := func(path string, in ...string) Rule { return Rule{Code: ErrorCode{Path: path, In: in}} }
	both := Rule{Status: []int{409}, Code: ErrorCode{Path: "code", In: []string{"Busy"}}}
	for _, c := range []struct {
		name         string
		wide, narrow Rule
		want         bool
	}{
		{"equal", both, both, true},
		{"more statuses", status(409, 503), status(503), true},
		{"fewer statuses", status(503), status(409, 503), false},
		{"any status", kind("api"), Rule{Status: []int{409}, Kind: []string{"api"}}, true},
		{"one status for any", Rule{Status: []int{409}, Kind: []string{"api"}}, kind("api"), false},
		{"more kinds", kind("api", "timeout"), kind("timeout"), true},
		{"another kind", kind("api"), kind("timeout"), false},
		{"more codes", code("a", "x", "y"), code("a", "y"), true},
		{"fewer codes", code("a", "x"), code("a", "x", "y"), false},
		{"another path", code("a", "x"), code("b", "x"), false},
		{"any code", status(409), both, true},
		{"a code for any", both, status(409), false},
	} {
		if got := c.wide.covers(c.narrow); got != c.want {
			t.Errorf("%s: got %t", c.name, got)
		}
	}
}

// A rule with a further part is stricter than the same rule without it.
func TestChanges_NarrowerRules(t *testing.T) {
	with := func(rules ...Rule) (p Policy) { p.Retry.When = rules; return p }
	wide := Rule{Status: []int{409}}
	narrow := Rule{Status: []int{409}, Code: ErrorCode{Path: "code", In: []string{"Busy"}}}
	for _, c := range []struct {
		name     string
		old, new Policy
		want     Direction
	}{
		{"narrowed", with(wide), with(narrow), Stricter},
		{"widened", with(narrow), with(wide), Looser},
		{"said twice", with(wide), with(wide, narrow), Neither},
		{"another", with(wide), with(Rule{Status: []int{410}}), Looser},
	} {
		if got := Changes(c.old, c.new); len(got) != 1 || got[0].Direction != c.want {
			t.Errorf("%s: got %v, want %d", c.name, got, c.want)
		}
	}
}

func TestEqual(t *testing.T) {
	a, b := Default(), Default()
	a.Breaker.When.Ignore, b.Breaker.When.Ignore = rules("x"), rules("x")
	if !a.Equal(b) || !a.Breaker.Equal(b.Breaker) {
		t.Error("equal policies differ")
	}
	b.Breaker.When.Ignore = rules("y")
	if a.Equal(b) || a.Breaker.Equal(b.Breaker) {
		t.Error("different policies are equal")
	}
}
