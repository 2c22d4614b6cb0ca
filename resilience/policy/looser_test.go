package policy

import (
	"reflect"
	"testing"
	"time"
)

// rules returns a rule for each code at a path.
func rules(codes ...string) []Rule {
	var list []Rule
	for _, c := range codes {
		list = append(list, Rule{Code: ErrorCode{Path: "code", In: []string{c}}})
	}
	return list
}

// inForce returns a policy in which every key has an effect.
func inForce() Policy {
	p := Default()
	p.Idempotency, p.Hedge.Enabled, p.Hedge.After, p.Redirects.Max = Safe, On, time.Minute, 1
	p.Rate.PerSecond, p.Breaker.SlowCall = 1, SlowCall{After: time.Minute, Rate: 1}
	p.Fallback.StaleIfError = time.Minute
	return p
}

// TestChanges_EveryKey names for each key a strict and a loose value; the same key the other way
// round is stricter. Keys without a direction have two values that differ.
func TestChanges_EveryKey(t *testing.T) {
	type pair struct{ strict, loose any }
	s := time.Second
	directed := map[string]pair{
		"idempotency": {Unsafe, Conditional}, "retry.attempts": {1, 2},
		"retry.throttle.base": {2 * s, s}, "retry.throttle.factor": {2.0, 1.5}, "retry.throttle.max": {2 * s, s},
		"retry.server.base": {2 * s, s}, "retry.server.factor": {2.0, 1.5}, "retry.server.max": {2 * s, s},
		"retry.connection.base": {2 * s, s}, "retry.connection.factor": {2.0, 1.5}, "retry.connection.max": {2 * s, s},
		"retry.jitter": {FullJitter, NoJitter}, "retry.max-retry-after": {s, 2 * s},
		"retry.when":           {rules("Busy"), rules("Busy", "Full")},
		"breaker.when.failure": {rules("Busy"), []Rule{}}, "breaker.when.ignore": {[]Rule(nil), rules("Busy")},
		"throttled":            {rules("Busy"), append(rules("Busy"), Rule{Code: ErrorCode{In: []string{"Busy"}}})},
		"retry.refused":        {[]int(nil), []int{503}},
		"retry.budget.enabled": {On, Off}, "retry.budget.tokens": {1.0, 2.0}, "retry.budget.cost": {2.0, 1.0},
		"retry.budget.timeout-cost": {2.0, 1.0}, "retry.budget.refill": {1.0, 2.0},
		"timeout.overall": {s, 2 * s}, "timeout.attempt": {s, 2 * s}, "timeout.idle": {s, 2 * s},
		"breaker.enabled": {On, Off}, "breaker.failure-rate": {0.5, -1.0}, "breaker.min-calls": {1, 2},
		"breaker.consecutive": {5, -1},
		"breaker.open":        {2 * s, s}, "breaker.max-open": {2 * s, s}, "breaker.growth": {2.0, 1.0},
		"breaker.probes": {1, 2}, "breaker.successes": {2, 1}, "breaker.contract": {On, Off},
		"rate.enabled": {On, Off}, "rate.per-second": {5.0, 0.0}, "rate.burst": {1, 2},
		"rate.reserve": {1, -1}, "rate.cost": {2, 1}, "rate.mode": {ModeEnforce, ModeObserve},
		"breaker.mode": {ModeEnforce, ModeObserve}, "breaker.slow-call.after": {s, time.Duration(0)},
		"breaker.slow-call.rate": {0.5, -1.0},
		"rate.also":              {[]string{"a", "b"}, []string{"b"}},
		"rate.learn":             {On, Off}, "rate.floor": {0.1, 0.2},
		"rate.ceiling": {1.0, 2.0}, "rate.scope": {ScopeApplication, ScopeAccount},
		"breaker.scope": {ScopeHost, ScopeAccount}, "bulkhead.scope": {"", ScopeAccount},
		"bulkhead.enabled": {On, Off}, "bulkhead.max": {1, 2}, "hedge.enabled": {Off, On}, "hedge.after": {2 * s, s},
		"hedge.max":        {1, 2},
		"fallback.enabled": {Off, On}, "fallback.stale-if-error": {s, 2 * s},
		"redirects.max": {-1, 1}, "response.max-bytes": {int64(1), int64(2)},
		"auth.elements": {[]string{}, []string{"x"}}, "transport.max-conns": {1, 2},
		"rate.max-wait": {s, 2 * s}, "bulkhead.max-wait": {s, 2 * s}, "transport.dial-timeout": {s, 2 * s},
		"transport.tls-timeout": {s, 2 * s},
	}
	neutral := map[string]pair{
		"request-id": {[]string{"A"}, []string{"B"}},
		"why":        {"a", "b"}, "key.header": {"A", "B"}, "retry.attempt-header": {"A", "B"},
		"breaker.circuit": {"a", "b"},
		"breaker.window":  {s, 2 * s}, "breaker.jitter": {0.1, 0.2},
		"rate.bucket":      {"a", "b"},
		"pagination.style": {"token", "page"}, "pagination.request": {"a", "b"}, "pagination.response": {"a", "b"},
		"pagination.items": {"a", "b"}, "pagination.size": {"a", "b"}, "pagination.rule": {"same", "token-only"},
		"pagination.with": {[]string{"a=b"}, []string{"a=c"}}, "pagination.ttl": {s, 2 * s},
		"auth.kind": {"a", "b"}, "auth.scope": {"a", "b"},
		"auth.scheme": {"a", "b"}, "auth.header": {"A", "B"}, "success.field": {"a", "b"},
		"success.fail": {[]string{"a"}, []string{"b"}}, "success.errors": {"a", "b"}, "success.items": {"a", "b"},
		"success.status": {"a", "b"}, "success.error": {"a", "b"}, "success.request": {"a", "b"},
		"transport.max-idle": {1, 2}, "transport.idle-timeout": {s, 2 * s}, "transport.max-age": {s, 2 * s},
		"transport.ping":         {s, 2 * s},
		"transport.ping-timeout": {s, 2 * s},
	}
	with := func(f Field, v any) Policy {
		p := inForce()
		f.value(&p).Set(reflect.ValueOf(v).Convert(f.value(&p).Type()))
		return p
	}
	check := func(f Field, old, new any, want Direction) {
		got := Changes(with(f, old), with(f, new))
		if len(got) != 1 || got[0].Path != f.Path || got[0].Direction != want {
			t.Errorf("%s from %v to %v: got %v, want direction %d", f.Path, old, new, got, want)
		}
		if loose := IsLooser(with(f, old), with(f, new)); loose != (want == Looser) {
			t.Errorf("%s from %v to %v: IsLooser is %v", f.Path, old, new, loose)
		}
	}
	for _, f := range Fields() {
		if p, ok := directed[f.Path]; ok {
			check(f, p.strict, p.loose, Looser)
			check(f, p.loose, p.strict, Stricter)
			continue
		}
		p, ok := neutral[f.Path]
		if !ok {
			t.Errorf("%s: no row", f.Path)
			continue
		}
		check(f, p.strict, p.loose, Neither)
	}
}

func TestChanges_Classes(t *testing.T) {
	order := []Class{Unsafe, Conditional, Keyed, Idempotent, Safe}
	for i, from := range order {
		for j, to := range order {
			if got := IsLooser(Policy{Idempotency: from}, Policy{Idempotency: to}); got != (j > i) {
				t.Errorf("%s to %s: %v", from, to, got)
			}
		}
	}
}

func TestChanges_Lists(t *testing.T) {
	tests := []struct {
		old, new []int
		want     Direction
	}{
		{[]int{1}, []int{2}, Looser}, {[]int{1, 2}, []int{2, 1}, Neither}, {[]int{1, 2}, []int{1}, Stricter},
		{nil, []int{}, Neither}, {[]int{}, []int{1}, Looser},
	}
	for _, test := range tests {
		got := Changes(Policy{Retry: Retry{Refused: test.old}}, Policy{Retry: Retry{Refused: test.new}})
		if len(got) != 1 || got[0].Direction != test.want {
			t.Errorf("%v to %v: got %v", test.old, test.new, got)
		}
	}
}

func TestChanges_NoneIsLoosest(t *testing.T) {
	for _, p := range []struct{ old, new Policy }{
		{Policy{Rate: Rate{PerSecond: 1e9}}, Policy{}},
		{Policy{Breaker: Breaker{FailureRate: 1}}, Policy{Breaker: Breaker{FailureRate: -1}}},
		{Policy{Breaker: Breaker{Consecutive: 1000}}, Policy{}},
	} {
		if !IsLooser(p.old, p.new) || IsLooser(p.new, p.old) {
			t.Errorf("%+v", p)
		}
	}
	if got := Changes(Policy{}, Policy{Breaker: Breaker{Consecutive: -1}}); len(got) != 1 ||
		got[0].Direction != Neither {
		t.Errorf("never against not set: %v", got)
	}
}

func TestChange_String(t *testing.T) {
	old := Policy{Retry: Retry{Attempts: 4, Refused: []int{503}}, Rate: Rate{PerSecond: 5, Bucket: "a"},
		Breaker: Breaker{Open: 30 * time.Second}}
	new := Policy{Retry: Retry{Attempts: 6}, Rate: Rate{PerSecond: 2, Bucket: "b"}, Breaker: Breaker{Open: time.Minute}}
	want := []string{
		"retry.attempts 4 → 6 (looser)", "retry.refused [503] → none (stricter)", "breaker.open 30s → 1m (stricter)",
		"rate.per-second 5 → 2 (stricter)", "rate.bucket a → b",
	}
	var got []string
	for _, c := range Changes(old, new) {
		got = append(got, c.String())
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	if cs := Changes(old, old); len(cs) != 0 || IsLooser(old, old) {
		t.Errorf("the same policy changed: %v", cs)
	}
}

// A reserve that is not set is none, and a mode that is not set is enforce.
func TestChanges_RateLeftOut(t *testing.T) {
	for _, r := range []Rate{{Reserve: -1}, {Mode: ModeEnforce}, {Burst: 1}, {Cost: 1}, {MaxWait: time.Minute}} {
		r.PerSecond = 1
		if got := Changes(Policy{Rate: Rate{PerSecond: 1}}, Policy{Rate: r}); len(got) != 1 ||
			got[0].Direction != Neither {
			t.Errorf("%+v: got %v", r, got)
		}
	}
}

// A fallback is on if a policy does not say otherwise.
func TestChanges_FallbackLeftOut(t *testing.T) {
	of := func(s Switch) Policy {
		return Policy{Idempotency: Safe, Fallback: Fallback{Enabled: s, StaleIfError: time.Minute}}
	}
	for _, c := range []struct {
		old, new Switch
		want     Direction
	}{{Inherit, On, Neither}, {Inherit, Off, Stricter}, {Off, Inherit, Looser}} {
		if got := Changes(of(c.old), of(c.new)); len(got) != 1 || got[0].Direction != c.want {
			t.Errorf("from %q to %q: %v, want direction %d", c.old, c.new, got, c.want)
		}
	}
}

// A scope that is not set is that of the account.
func TestChanges_ScopeLeftOut(t *testing.T) {
	of := func(scope string) Policy { return Policy{Rate: Rate{PerSecond: 1, Scope: scope}} }
	for _, c := range []struct {
		old, new string
		want     Direction
	}{{"", ScopeAccount, Neither}, {"", ScopeApplication, Stricter}, {ScopeApplication, "", Looser}} {
		if got := Changes(of(c.old), of(c.new)); len(got) != 1 || got[0].Direction != c.want {
			t.Errorf("from %q to %q: %v, want direction %d", c.old, c.new, got, c.want)
		}
	}
}
