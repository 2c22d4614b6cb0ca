package policy

import (
	"maps"
	"math/rand/v2"
	"reflect"
	"testing"
	"time"

	"github.com/resgen/resgen/resilience/diag"
)

var at = func(line int) Source {
	return Source{Kind: FromFile, Pos: diag.Position{File: "p.yaml", Line: line, Column: 1}}
}

func TestSource_String(t *testing.T) {
	pos := diag.Position{File: "specs/x/policy.yaml", Line: 12, Column: 5}
	tests := []struct {
		source Source
		want   string
	}{
		{Source{}, "default"},
		{Source{Kind: FromFile, Pos: pos}, "specs/x/policy.yaml:12:5"},
		{Source{Kind: FromDocument, Pos: pos, Note: "(usage plan)"}, "specs/x/policy.yaml:12:5 (usage plan)"},
		{Source{Kind: FromMethod, Note: "DELETE (RFC 9110 9.2.2)"}, "method DELETE (RFC 9110 9.2.2)"},
		{Source{Kind: FromDocument}, "document"}, {Source{Kind: FromExtension}, "x-resgen"},
		{Source{Kind: FromFile}, "policy file"},
		{Source{Kind: FromConfig}, "configuration"}, {Source{Kind: FromCall}, "call option"},
		{Source{Kind: 99}, "unknown source"},
	}
	for _, test := range tests {
		if got := test.source.String(); got != test.want {
			t.Errorf("got %q, want %q", got, test.want)
		}
	}
}

func TestMethodLayer(t *testing.T) {
	for method, want := range map[string]string{
		"GET": "method GET (RFC 9110 9.2.1)", "DELETE": "method DELETE (RFC 9110 9.2.2)",
		"POST": "method POST (RFC 9110 9.2)",
	} {
		l := MethodLayer(method)
		if got := l.Sources["idempotency"].String(); got != want || l.Policy.Idempotency != ClassOf(method) ||
			len(l.Sources) != 1 {
			t.Errorf("%s: got %q, %v", method, got, l)
		}
	}
}

func TestOf_NamesWhatIsSet(t *testing.T) {
	l := Of(Policy{Retry: Retry{Attempts: 2, Refused: []int{}}, Hedge: Hedge{Enabled: Off}}, at(1))
	want := map[string]Source{"retry.attempts": at(1), "retry.refused": at(1), "hedge.enabled": at(1)}
	if !maps.Equal(l.Sources, want) {
		t.Errorf("got %v", l.Sources)
	}
}

func TestMerge(t *testing.T) {
	base := Of(Policy{Retry: Retry{Attempts: 4, Jitter: EqualJitter, When: []Rule{{Status: []int{409}}}},
		Breaker: Breaker{Enabled: On}}, at(1))
	tests := []struct {
		name    string
		layers  []Layer
		want    Policy
		sources map[string]Source
	}{
		{"none", nil, Policy{}, map[string]Source{}},
		{"one", []Layer{base}, base.Policy, base.Sources},
		{
			"the stronger wins key by key",
			[]Layer{base, Of(Policy{Retry: Retry{Attempts: 2}, Breaker: Breaker{Enabled: Off}}, at(2)),
				Of(Policy{Retry: Retry{Attempts: 3}}, at(3))},
			Policy{Retry: Retry{Attempts: 3, Jitter: EqualJitter, When: []Rule{{Status: []int{409}}}},
				Breaker: Breaker{Enabled: Off}},
			map[string]Source{"retry.attempts": at(3), "retry.jitter": at(1), "retry.when": at(1),
				"breaker.enabled": at(2)},
		},
		{
			"an empty list is a value",
			[]Layer{base, Of(Policy{Retry: Retry{When: []Rule{}}}, at(2))},
			Policy{Retry: Retry{Attempts: 4, Jitter: EqualJitter, When: []Rule{}}, Breaker: Breaker{Enabled: On}},
			map[string]Source{"retry.attempts": at(1), "retry.jitter": at(1), "retry.when": at(2),
				"breaker.enabled": at(1)},
		},
		{
			"a class brings its why",
			[]Layer{Of(Policy{Idempotency: Idempotent, Why: "weak"}, at(1)),
				Of(Policy{Idempotency: Safe, Why: "strong"}, at(2))},
			Policy{Idempotency: Safe, Why: "strong"},
			map[string]Source{"idempotency": at(2), "why": at(2)},
		},
		{
			"a class without a why takes the weaker one away",
			[]Layer{Of(Policy{Idempotency: Idempotent, Why: "weak"}, at(1)), Of(Policy{Idempotency: Unsafe}, at(2))},
			Policy{Idempotency: Unsafe},
			map[string]Source{"idempotency": at(2)},
		},
		{
			"a why alone explains the weaker class again",
			[]Layer{Of(Policy{Idempotency: Idempotent, Why: "weak"}, at(1)), Of(Policy{Why: "better"}, at(2))},
			Policy{Idempotency: Idempotent, Why: "better"},
			map[string]Source{"idempotency": at(1), "why": at(2)},
		},
		{
			"a layer that says nothing of the class leaves it",
			[]Layer{Of(Policy{Idempotency: Idempotent, Why: "weak"}, at(1)),
				Of(Policy{Retry: Retry{Attempts: 1}}, at(2))},
			Policy{Idempotency: Idempotent, Why: "weak", Retry: Retry{Attempts: 1}},
			map[string]Source{"idempotency": at(1), "why": at(1), "retry.attempts": at(2)},
		},
	}
	for _, test := range tests {
		got := Merge(test.layers...)
		if !reflect.DeepEqual(got.Policy, test.want) || !maps.Equal(got.Sources, test.sources) {
			t.Errorf("%s:\n got %+v %v\nwant %+v %v", test.name, got.Policy, got.Sources, test.want, test.sources)
		}
	}
	if base.Policy.Retry.Attempts != 4 || base.Sources["retry.attempts"] != at(1) {
		t.Error("Merge changed a layer")
	}
}

func TestDiff(t *testing.T) {
	tests := []struct {
		name                      string
		defaults, effective, want Policy
	}{
		{"nothing", Default(), Default(), Policy{}},
		{
			"what differs",
			Policy{Retry: Retry{Attempts: 4, Jitter: EqualJitter}, Rate: Rate{PerSecond: 1}},
			Policy{Retry: Retry{Attempts: 1, Jitter: EqualJitter}, Rate: Rate{PerSecond: 1, Burst: 2}},
			Policy{Retry: Retry{Attempts: 1}, Rate: Rate{Burst: 2}},
		},
		{"an emptied list", Policy{Retry: Retry{Refused: []int{503}}}, Policy{Retry: Retry{Refused: []int{}}},
			Policy{Retry: Retry{Refused: []int{}}}},
		{"a class and its why", Policy{}, Policy{Idempotency: Keyed, Why: "w"}, Policy{Idempotency: Keyed, Why: "w"}},
		{"another class for the same why", Policy{Idempotency: Keyed, Why: "w"}, Policy{Idempotency: Safe, Why: "w"},
			Policy{Idempotency: Safe, Why: "w"}},
		{"another why for the same class", Policy{Idempotency: Keyed, Why: "w"}, Policy{Idempotency: Keyed, Why: "v"},
			Policy{Idempotency: Keyed, Why: "v"}},
		{"no why for the same class", Policy{Idempotency: Keyed, Why: "w"}, Policy{Idempotency: Keyed},
			Policy{Idempotency: Keyed}},
	}
	for _, test := range tests {
		got := Diff(test.defaults, test.effective)
		if !reflect.DeepEqual(got, test.want) {
			t.Errorf("%s: got %+v, want %+v", test.name, got, test.want)
		}
		if back := Apply(test.defaults, got); !reflect.DeepEqual(back, test.effective) {
			t.Errorf("%s: applied it is %+v, want %+v", test.name, back, test.effective)
		}
	}
}

func TestDiff_PanicsOnALostValue(t *testing.T) {
	defer func() {
		if got := recover(); got != "policy: retry.attempts is set in the defaults but not in the effective policy" {
			t.Errorf("got %v", got)
		}
	}()
	Diff(Policy{Retry: Retry{Attempts: 4}}, Policy{})
}

// TestDiff_AndApplyAreInverse puts random layers over the defaults and takes the difference.
func TestDiff_AndApplyAreInverse(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 500 {
		api := Merge(DefaultLayer(), Of(anyPolicy(random), at(1)))
		effective := Merge(api, MethodLayer("POST"), Of(anyPolicy(random), at(2))).Policy
		if got := Apply(api.Policy, Diff(api.Policy, effective)); !reflect.DeepEqual(got, effective) {
			t.Fatalf("got %+v\nwant %+v", got, effective)
		}
	}
}

// anyPolicy sets about a third of the values.
func anyPolicy(random *rand.Rand) Policy {
	var p Policy
	for _, f := range fields() {
		if random.IntN(3) > 0 {
			continue
		}
		n := random.IntN(3)
		switch v := f.at(&p).(type) {
		case *int:
			*v = n
		case *int64:
			*v = int64(n)
		case *float64:
			*v = float64(n) / 2
		case *time.Duration:
			*v = time.Duration(n) * time.Second
		case *Switch:
			*v = Switch(n)
		case *[]int:
			*v = make([]int, n)
		case *[]string:
			*v = make([]string, n)
		case *[]Rule:
			*v = make([]Rule, n)
		default:
			reflect.ValueOf(v).Elem().SetString([]string{"", "a", "b"}[n])
		}
	}
	return p
}

func TestLayer_Only(t *testing.T) {
	at := Source{Kind: FromFile, Note: "here"}
	l := Of(Policy{Why: "w", Retry: Retry{Attempts: 3}, Rate: Rate{PerSecond: 2}}, at)
	got := l.Only(func(path string) bool { return path != "why" })
	want := Of(Policy{Retry: Retry{Attempts: 3}, Rate: Rate{PerSecond: 2}}, at)
	if !got.Policy.Equal(want.Policy) || !maps.Equal(got.Sources, want.Sources) || l.Policy.Why != "w" {
		t.Errorf("got %+v, want %+v", got, want)
	}
}
