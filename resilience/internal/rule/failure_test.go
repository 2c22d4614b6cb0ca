package rule

import (
	"testing"

	"github.com/resgen/resgen/resilience/policy"
)

func TestFailure_Matches(t *testing.T) {
	busy := policy.ErrorCode{Path: "errors.0.code", In: []string{"Busy", "40901"}}
	anywhere := policy.ErrorCode{In: []string{"Busy"}}
	response := func(status int, body string) Failure {
		return Failure{Status: status, Kind: "api", Body: []byte(body)}
	}
	const body = `{"errors":[{"code":"Busy"}]}`
	for _, c := range []struct {
		name  string
		rules []policy.Rule
		in    Failure
		want  bool
	}{
		{"no rules", nil, response(409, body), false},
		{"an empty rule", []policy.Rule{{}}, response(409, body), false},
		{"a path without codes", []policy.Rule{{Code: policy.ErrorCode{Path: "errors.0.code"}}}, response(409, body),
			false},
		{"status", []policy.Rule{{Status: []int{409}}}, response(409, ""), true},
		{"a second status", []policy.Rule{{Status: []int{408, 409}}}, response(409, ""), true},
		{"another status", []policy.Rule{{Status: []int{408}}}, response(409, ""), false},
		{"no status", []policy.Rule{{Status: []int{408}}}, Failure{Kind: "timeout"}, false},
		{"kind", []policy.Rule{{Kind: []string{"timeout"}}}, Failure{Kind: "timeout"}, true},
		{"another kind", []policy.Rule{{Kind: []string{"transport"}}}, Failure{Kind: "timeout"}, false},
		{"a second rule", []policy.Rule{{Kind: []string{"transport"}}, {Kind: []string{"timeout"}}},
			Failure{Kind: "timeout"}, true},
		{"status and kind", []policy.Rule{{Status: []int{409}, Kind: []string{"api"}}}, response(409, ""), true},
		{"status without kind", []policy.Rule{{Status: []int{409}, Kind: []string{"timeout"}}}, response(409, ""),
			false},
		{"kind without status", []policy.Rule{{Status: []int{408}, Kind: []string{"api"}}}, response(409, ""), false},
		{"code", []policy.Rule{{Code: busy}}, response(409, body), true},
		{"a code that is a number", []policy.Rule{{Code: busy}}, response(409, `{"errors":[{"code":40901}]}`), true},
		{"another code", []policy.Rule{{Code: busy}}, response(409, `{"errors":[{"code":"Full"}]}`), false},
		{"a code at another place", []policy.Rule{{Code: busy}}, response(409, `{"code":"Busy"}`), false},
		{"a code that is an object", []policy.Rule{{Code: policy.ErrorCode{Path: "errors", In: []string{""}}}},
			response(409, body), false},
		{"a malformed path", []policy.Rule{{Code: policy.ErrorCode{Path: "a..b", In: []string{"Busy"}}}},
			response(409, `{"a":{"":{"b":"Busy"}}}`), false},
		{"no JSON", []policy.Rule{{Code: busy}}, response(409, "<errors>Busy</errors>"), false},
		{"a body that is cut", []policy.Rule{{Code: anywhere}}, response(409, `{"code":"Busy",`), false},
		{"no body", []policy.Rule{{Code: anywhere}}, response(409, ""), false},
		{"a code without a path", []policy.Rule{{Code: anywhere}}, response(409, body), true},
		{"another code without a path", []policy.Rule{{Code: anywhere}}, response(409, `{"code":"Full"}`), false},
		{"status and code", []policy.Rule{{Status: []int{409}, Code: busy}}, response(409, body), true},
		{"code without status", []policy.Rule{{Status: []int{408}, Code: busy}}, response(409, body), false},
		{"status without code", []policy.Rule{{Status: []int{409}, Code: busy}}, response(409, "{}"), false},
		{"code without kind", []policy.Rule{{Kind: []string{"timeout"}, Code: busy}}, response(409, body), false},
	} {
		if got := c.in.Matches(c.rules); got != c.want {
			t.Errorf("%s: got %t", c.name, got)
		}
	}
}

// The body is decoded once.
func TestFailure_DecodesOnce(t *testing.T) {
	f := Failure{Status: 409, Body: []byte(`{"code":"Busy"}`)}
	rules := []policy.Rule{{Code: policy.ErrorCode{In: []string{"Busy"}}}}
	if !f.Matches(rules) {
		t.Error("no match")
	}
	f.Body = []byte(`{"code":"Full"}`)
	if !f.Matches(rules) {
		t.Error("the body was decoded again")
	}
}

func TestItem(t *testing.T) {
	item := Item(503, "api", map[string]any{"error": map[string]any{"code": "Full"}}, "Busy")
	for _, c := range []struct {
		name string
		rule policy.Rule
		want bool
	}{
		{"status", policy.Rule{Status: []int{503}}, true},
		{"kind", policy.Rule{Kind: []string{"api"}}, true},
		{"path from the item", policy.Rule{Code: policy.ErrorCode{Path: "error.code", In: []string{"Full"}}}, true},
		{"its own codes", policy.Rule{Code: policy.ErrorCode{In: []string{"Busy"}}}, true},
		{"none but its own codes", policy.Rule{Code: policy.ErrorCode{In: []string{"Full"}}}, false},
	} {
		if got := item.Matches([]policy.Rule{c.rule}); got != c.want {
			t.Errorf("%s: got %t", c.name, got)
		}
	}
}

// Any body and any rule give a result without a panic, and the same one at every repeat.
func FuzzFailure_Matches(f *testing.F) {
	f.Add(409, "api", `{"errors":[{"code":"Busy"}]}`, "errors.0.code", "Busy")
	f.Add(403, "api", `{"error":{"errors":[{"reason":"rateLimitExceeded"}]}}`, "", "rateLimitExceeded")
	f.Add(0, "timeout", "", ".", "x")
	f.Add(500, "api", `[[[[[[[[{"error":"x"}]]]]]]]]`, "0.0", "")
	f.Fuzz(func(t *testing.T, status int, kind, body, path, code string) {
		rules := []policy.Rule{{Code: policy.ErrorCode{Path: path, In: []string{code}}}}
		failure := Failure{Status: status, Kind: kind, Body: []byte(body)}
		got := failure.Matches(rules)
		if again := failure.Matches(rules); again != got {
			t.Errorf("first %t, then %t", got, again)
		}
		if got && code == "" {
			t.Error("an empty code matches")
		}
		rules[0].Status = []int{status + 1}
		if failure.Matches(rules) {
			t.Error("another status matches")
		}
	})
}
