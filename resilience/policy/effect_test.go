package policy

import (
	"maps"
	"slices"
	"testing"
	"time"
)

// directions returns the directions of the changes by key.
func directions(changes []Change) map[string]Direction {
	out := map[string]Direction{}
	for _, c := range changes {
		out[c.Path] = c.Direction
	}
	return out
}

// A key has no direction if it has no effect in either policy. If it has an effect in one of them,
// the key that decides it has the direction.
func TestChanges_WithoutEffect(t *testing.T) {
	s := time.Second
	for _, tt := range []struct {
		name        string
		off         func(*Policy) // takes the effect away
		change      func(*Policy)
		key         string
		want, other Direction // with the effect; when the effect comes or goes, other keys
	}{
		{"one attempt", func(p *Policy) { p.Retry.Attempts = 1 }, func(p *Policy) { p.Retry.Server.Max = s },
			"retry.server.max", Looser, Neither},
		{"no budget", func(p *Policy) { p.Retry.Budget.Enabled = Off }, func(p *Policy) { p.Retry.Budget.Cost = 1 },
			"retry.budget.cost", Looser, Neither},
		{"no circuit", func(p *Policy) { p.Breaker.Enabled = Off }, func(p *Policy) { p.Breaker.Open = s },
			"breaker.open", Looser, Neither},
		{"an observed circuit", func(p *Policy) { p.Breaker.Mode = ModeObserve },
			func(p *Policy) { p.Breaker.Probes = 2 },
			"breaker.probes", Looser, Neither},
		{"no window", func(p *Policy) { p.Breaker.FailureRate, p.Breaker.SlowCall = -1, SlowCall{} },
			func(p *Policy) { p.Breaker.MinCalls = 21 }, "breaker.min-calls", Looser, Neither},
		{"no rate limit", func(p *Policy) { p.Rate.Enabled = Off }, func(p *Policy) { p.Rate.Burst = 2 },
			"rate.burst", Looser, Neither},
		{"an observed rate", func(p *Policy) { p.Rate.Mode = ModeObserve }, func(p *Policy) { p.Rate.PerSecond = 2 },
			"rate.per-second", Looser, Neither},
		{"no rate", func(p *Policy) { p.Rate.PerSecond = 0 }, func(p *Policy) { p.Rate.Cost = 2 },
			"rate.cost", Stricter, Neither},
		{"a circuit that never opens", func(p *Policy) { p.Breaker.FailureRate, p.Breaker.SlowCall = -1, SlowCall{} },
			func(p *Policy) { p.Breaker.Open = s }, "breaker.open", Looser, Neither},
		{"no rate for a burst", func(p *Policy) { p.Rate.PerSecond = 0 }, func(p *Policy) { p.Rate.Burst = 10 },
			"rate.burst", Looser, Neither},
		{"no rate for a reserve", func(p *Policy) { p.Rate.PerSecond = 0 }, func(p *Policy) { p.Rate.Reserve = 1 },
			"rate.reserve", Stricter, Neither},
		{"no rate to learn", func(p *Policy) { p.Rate.PerSecond = 0 }, func(p *Policy) { p.Rate.Learn = Off },
			"rate.learn", Looser, Neither},
		{"a fixed rate", func(p *Policy) { p.Rate.Learn = Off }, func(p *Policy) { p.Rate.Floor = 0.2 },
			"rate.floor", Looser, Neither},
		{"no bulkhead", func(p *Policy) { p.Bulkhead.Enabled = Off }, func(p *Policy) { p.Bulkhead.Max = 1 },
			"bulkhead.max", Stricter, Neither},
		{"no hedges", func(p *Policy) { p.Hedge.Enabled = Off }, func(p *Policy) { p.Hedge.Max = 2 },
			"hedge.max", Looser, Neither},
		{"hedges with one attempt", func(p *Policy) { p.Retry.Attempts = 1 }, func(p *Policy) { p.Hedge.Max = 2 },
			"hedge.max", Looser, Neither},
		{"hedges after no time", func(p *Policy) { p.Hedge.After = 0 }, func(p *Policy) { p.Hedge.Max = 2 },
			"hedge.max", Looser, Neither},
		{"rules for retries of an unsafe operation", func(p *Policy) { p.Idempotency = Unsafe },
			func(p *Policy) { p.Retry.When = rules("Busy") }, "retry.when", Looser, Neither},
		{"hedges of an unsafe operation", func(p *Policy) { p.Idempotency = Unsafe },
			func(p *Policy) { p.Hedge.Max = 2 },
			"hedge.max", Looser, Neither},
		{"redirects of an unsafe operation", func(p *Policy) { p.Idempotency = Keyed },
			func(p *Policy) { p.Redirects.Max = 5 }, "redirects.max", Looser, Neither},
	} {
		t.Run(tt.name, func(t *testing.T) {
			on, changed := inForce(), inForce()
			tt.change(&changed)
			off, offChanged := on, changed
			tt.off(&off)
			tt.off(&offChanged)
			for _, c := range []struct {
				what     string
				old, new Policy
				want     Direction
			}{
				{"on", on, changed, tt.want}, {"off", off, offChanged, Neither},
				{"on to off", on, offChanged, tt.other},
				{"off to on", off, changed, tt.other},
			} {
				got, ok := directions(Changes(c.old, c.new))[tt.key]
				if !ok || got != c.want {
					t.Errorf("%s: got direction %d, want %d", c.what, got, c.want)
				}
			}
		})
	}
}

// Keys that take effect only together have the direction of the whole when they come together, and
// the other one when they go.
func TestChanges_Together(t *testing.T) {
	s := time.Second
	for _, tt := range []struct {
		name    string
		off, on func(*Policy)
		want    map[string]Direction // from off to on; from on to off each is the opposite
	}{
		{"a first rate", func(p *Policy) { p.Rate = Default().Rate },
			func(p *Policy) {
				p.Rate.PerSecond, p.Rate.Burst, p.Rate.MaxWait, p.Rate.Reserve = 5, 10, 5*time.Minute, 2
			},
			map[string]Direction{
				"rate.per-second": Stricter, "rate.burst": Neither, "rate.max-wait": Neither, "rate.reserve": Neither,
			}},
		{"a first bucket and a lower cost", func(p *Policy) { p.Rate.PerSecond, p.Rate.Cost = 0, 5 },
			func(p *Policy) { p.Rate.PerSecond, p.Rate.Cost, p.Rate.Also = 0, 1, []string{"b"} },
			map[string]Direction{"rate.also": Stricter, "rate.cost": Neither}},
		{"slow calls that count, though later", func(p *Policy) { p.Breaker.SlowCall = SlowCall{After: s, Rate: -1} },
			func(p *Policy) { p.Breaker.SlowCall = SlowCall{After: 9 * s, Rate: 0.5} },
			map[string]Direction{"breaker.slow-call.after": Neither, "breaker.slow-call.rate": Stricter}},
		{"slow calls that count", func(p *Policy) { p.Breaker.SlowCall = SlowCall{} },
			func(p *Policy) { p.Breaker.SlowCall = SlowCall{After: s, Rate: 0.5} },
			map[string]Direction{"breaker.slow-call.after": Stricter, "breaker.slow-call.rate": Stricter}},
		{"a circuit that is quick to close", func(p *Policy) { p.Breaker.Enabled = Off },
			func(p *Policy) { p.Breaker.Open, p.Breaker.FailureRate = s, 0.9 },
			map[string]Direction{
				"breaker.enabled": Stricter, "breaker.open": Neither, "breaker.failure-rate": Neither,
			}},
		{"a circuit that can open", func(p *Policy) { p.Breaker.FailureRate, p.Breaker.SlowCall = -1, SlowCall{} },
			func(p *Policy) {
				p.Breaker.FailureRate, p.Breaker.MinCalls = 0.5, 99
				p.Breaker.SlowCall, p.Breaker.Consecutive = SlowCall{}, 5
			},
			map[string]Direction{
				"breaker.failure-rate": Stricter, "breaker.min-calls": Neither, "breaker.consecutive": Stricter,
			}},
		{"a switch without effect", func(p *Policy) { p.Rate.Enabled = Off },
			func(p *Policy) { p.Rate.Mode = ModeObserve },
			map[string]Direction{"rate.enabled": Neither, "rate.mode": Neither}},
		{"later copies", func(p *Policy) { p.Hedge.Enabled = Off },
			func(p *Policy) { p.Hedge.After, p.Hedge.Max = 2*time.Minute, 3 },
			map[string]Direction{"hedge.enabled": Looser, "hedge.after": Neither, "hedge.max": Neither}},
		{"copies after a time", func(p *Policy) { p.Hedge.After = 0 }, func(p *Policy) { p.Hedge.After = s },
			map[string]Direction{"hedge.after": Looser}},
		{"copies instead of retries", func(p *Policy) { p.Hedge.Enabled = Off },
			func(p *Policy) { p.Retry.Attempts = 1 },
			map[string]Direction{"retry.attempts": Stricter, "hedge.enabled": Neither}},
		{"retries with a short wait", func(p *Policy) { p.Retry.Attempts = 1 },
			func(p *Policy) { p.Retry.Server.Base, p.Retry.Budget.Enabled = time.Minute, Off },
			map[string]Direction{
				"retry.attempts": Looser, "retry.server.base": Neither, "retry.budget.enabled": Neither,
			}},
		{"a budget with a low price", func(p *Policy) { p.Retry.Budget.Enabled = Off },
			func(p *Policy) { p.Retry.Budget.Cost = 1 },
			map[string]Direction{"retry.budget.enabled": Stricter, "retry.budget.cost": Neither}},
		{"a large bulkhead", func(p *Policy) { p.Bulkhead.Enabled = Off },
			func(p *Policy) { p.Bulkhead.Max, p.Bulkhead.MaxWait = 500, time.Minute },
			map[string]Direction{
				"bulkhead.enabled": Stricter, "bulkhead.max": Neither, "bulkhead.max-wait": Neither,
			}},
		{"a safe operation with fewer redirects", func(p *Policy) { p.Idempotency, p.Redirects.Max = Unsafe, 9 },
			func(p *Policy) { p.Redirects.Max = 2 },
			map[string]Direction{"idempotency": Looser, "redirects.max": Neither}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			off, on := inForce(), inForce()
			tt.off(&off)
			tt.on(&on)
			if got := directions(Changes(off, on)); !maps.Equal(got, tt.want) {
				t.Errorf("off to on: got %v, want %v", got, tt.want)
			}
			opposite := map[string]Direction{}
			for key, d := range tt.want {
				opposite[key] = map[Direction]Direction{Looser: Stricter, Stricter: Looser}[d]
			}
			if got := directions(Changes(on, off)); !maps.Equal(got, opposite) {
				t.Errorf("on to off: got %v, want %v", got, opposite)
			}
		})
	}
}

// One of two keys that take effect only together has no direction without the other.
func TestChanges_SlowCalls(t *testing.T) {
	of := func(after time.Duration, rate float64) Policy {
		p := inForce()
		p.Breaker.SlowCall = SlowCall{After: after, Rate: rate}
		return p
	}
	const s = time.Second
	for _, tt := range []struct {
		old, new    Policy
		after, rate Direction
	}{
		{of(2*s, 0.5), of(s, 0.5), Stricter, Neither}, {of(2*s, -1), of(s, -1), Neither, Neither},
		{of(2*s, 0.5), of(2*s, 0.6), Neither, Looser}, {of(0, 0.5), of(0, 0.6), Neither, Neither},
		{of(0, 0.5), of(s, 0.5), Stricter, Neither}, {of(s, 0.5), of(s, -1), Neither, Looser},
	} {
		got := directions(Changes(tt.old, tt.new))
		if got["breaker.slow-call.after"] != tt.after || got["breaker.slow-call.rate"] != tt.rate {
			t.Errorf("%v to %v: got %v", tt.old.Breaker.SlowCall, tt.new.Breaker.SlowCall, got)
		}
	}
}

// Where a switch and the mode change at once, the switch says what happens.
func TestChanges_SwitchAndMode(t *testing.T) {
	old, new := inForce(), inForce()
	new.Rate.Enabled, new.Rate.Mode = Off, ModeObserve
	new.Breaker.Enabled, new.Breaker.Mode = Off, ModeObserve
	got := directions(Changes(old, new))
	if got["rate.enabled"] != Looser || got["breaker.enabled"] != Looser {
		t.Errorf("got %v", got)
	}
	got = directions(Changes(new, old))
	if got["rate.enabled"] != Stricter || got["breaker.enabled"] != Stricter {
		t.Errorf("back: got %v", got)
	}
}

// Learning only lowers a rate, unless the ceiling lets it rise.
func TestChanges_Learning(t *testing.T) {
	on, off := inForce(), inForce()
	off.Rate.Learn = Off
	if got := directions(Changes(on, off))["rate.learn"]; got != Looser {
		t.Errorf("ceiling of 1: got %d", got)
	}
	on.Rate.Ceiling, off.Rate.Ceiling = 2, 2
	if got := directions(Changes(on, off))["rate.learn"]; got != Neither {
		t.Errorf("ceiling of 2: got %d", got)
	}
}

// A change of a named circuit or bucket is as strict as what the names stand for.
func TestChangesIn_Names(t *testing.T) {
	base := inForce()
	slow, quick, same := base.Breaker, base.Breaker, base.Breaker
	quick.Open, slow.Open = time.Second, time.Hour
	shared := Shared{
		Circuits: map[string]Breaker{"slow": slow, "quick": quick, "same": same},
		Buckets: map[string]Rate{
			"low": {PerSecond: 0.5}, "high": {PerSecond: 5}, "equal": {PerSecond: 1}, "twin": {PerSecond: 1},
		},
	}
	circuit := func(name string) Policy { p := base; p.Breaker.Circuit = name; return p }
	bucket := func(name string) Policy { p := base; p.Rate.Bucket = name; return p }
	for _, tt := range []struct {
		old, new string
		of       func(string) Policy
		want     Direction
	}{
		{"", "slow", circuit, Stricter}, {"", "quick", circuit, Looser}, {"", "same", circuit, Neither},
		{"slow", "quick", circuit, Looser}, {"quick", "", circuit, Stricter}, {"", "unknown", circuit, Neither},
		{"", "low", bucket, Stricter}, {"", "high", bucket, Looser}, {"", "equal", bucket, Stricter},
		{"equal", "", bucket, Looser}, {"equal", "twin", bucket, Neither}, {"high", "low", bucket, Stricter},
		{"", "unknown", bucket, Neither}, {"unknown", "low", bucket, Neither},
	} {
		got := ChangesIn(tt.of(tt.old), tt.of(tt.new), shared, shared)
		if len(got) != 1 || got[0].Direction != tt.want {
			t.Errorf("from %q to %q: got %v, want direction %d", tt.old, tt.new, got, tt.want)
		}
	}
}

// A bucket with the same rate under another name is the same, unless other operations take permits
// from one of the two: they stay behind, or were there before.
func TestChangesIn_Moved(t *testing.T) {
	buckets := map[string]Rate{
		"a": {PerSecond: 1}, "b": {PerSecond: 1}, "low": {PerSecond: 0.5}, "high": {PerSecond: 2},
	}
	of := func(bucket string, also ...string) Policy {
		p := inForce()
		p.Rate.Bucket, p.Rate.Also = bucket, also
		return p
	}
	for _, tt := range []struct {
		name     string
		old, new Policy
		was, is  map[string]int
		want     Direction
	}{
		{"renamed", of("a"), of("b"), map[string]int{"a": 2}, map[string]int{"b": 2}, Neither},
		{"leaves others", of("a"), of("b"), map[string]int{"a": 2}, map[string]int{"a": 1, "b": 1}, Looser},
		{"joins others", of("a"), of("b"), map[string]int{"a": 1, "b": 1}, map[string]int{"b": 2}, Stricter},
		{"lower, and leaves others", of("a"), of("low"), nil, map[string]int{"a": 1}, Stricter},
		{"also renamed", of("", "a"), of("", "b"), map[string]int{"a": 1}, map[string]int{"b": 1}, Neither},
		{"also leaves others", of("", "a"), of("", "b"), nil, map[string]int{"a": 1, "b": 1}, Looser},
		{"also joins others", of("", "a"), of("", "b"), map[string]int{"a": 1, "b": 1}, nil, Stricter},
		{"also lower", of("", "a"), of("", "low"), nil, nil, Stricter},
		{"also higher", of("", "a"), of("", "high"), nil, nil, Looser},
		{"also one more", of("", "a"), of("", "a", "high"), nil, nil, Stricter},
		{"also one less", of("", "a", "high"), of("", "a"), nil, nil, Looser},
		{"also two for one", of("", "a"), of("", "high", "b"), nil, nil, Stricter},
		{"also one for two", of("", "a", "b"), of("", "low"), nil, nil, Looser},
		{"also in another order", of("", "a", "low"), of("", "low", "a"), nil, nil, Neither},
		{"also unknown", of("", "a"), of("", "unknown"), nil, nil, Looser},
	} {
		was, is := Shared{Buckets: buckets, Users: tt.was}, Shared{Buckets: buckets, Users: tt.is}
		got := ChangesIn(tt.old, tt.new, was, is)
		if len(got) != 1 || got[0].Direction != tt.want {
			t.Errorf("%s: got %v, want direction %d", tt.name, got, tt.want)
		}
	}
}

// Values that a named circuit or bucket overrides have no direction.
func TestChangesIn_Overridden(t *testing.T) {
	old := inForce()
	old.Breaker.Circuit, old.Rate.Bucket = "c", "b"
	new := old
	new.Breaker.Open, new.Rate.PerSecond, new.Rate.Cost = time.Second, 100, 2
	shared := Shared{Circuits: map[string]Breaker{"c": old.Breaker}, Buckets: map[string]Rate{"b": {PerSecond: 1}}}
	got := ChangesIn(old, new, shared, shared)
	want := []Change{
		{"breaker.open", "30s", "1s", Neither}, {"rate.per-second", "1", "100", Neither},
		{"rate.cost", "", "2", Stricter},
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// A size of the pool that is not set follows from the bulkheads.
func TestChangesIn_PoolSize(t *testing.T) {
	old, new := inForce(), inForce()
	shared := Shared{Bulkheads: []Bulkhead{{Enabled: On, Max: 10}}}
	for conns, want := range map[int]Direction{9: Stricter, 10: Neither, 11: Looser} {
		new.Transport.MaxConns = conns
		if got := directions(ChangesIn(old, new, shared, shared))["transport.max-conns"]; got != want {
			t.Errorf("%d: got %d, want %d", conns, got, want)
		}
	}
}

// A fallback has an effect on safe operations if it has an age and is not switched off. What brings
// or takes the effect has the direction.
func TestChanges_Fallback(t *testing.T) {
	const m, stale = time.Minute, "fallback.stale-if-error"
	of := func(class Class, s Switch, age time.Duration) Policy {
		return Policy{Idempotency: class, Fallback: Fallback{Enabled: s, StaleIfError: age}}
	}
	for _, tt := range []struct {
		name     string
		old, new Policy
		want     map[string]Direction
	}{
		{"new", of(Safe, Inherit, 0), of(Safe, Inherit, m), map[string]Direction{stale: Looser}},
		{"gone", of(Safe, Inherit, m), of(Safe, Inherit, 0), map[string]Direction{stale: Stricter}},
		{"longer", of(Safe, On, m), of(Safe, On, 2*m), map[string]Direction{stale: Looser}},
		{"of a write", of(Unsafe, On, m), of(Unsafe, On, 2*m), map[string]Direction{stale: Neither}},
		{"switched off", of(Safe, Off, m), of(Safe, Off, 2*m), map[string]Direction{stale: Neither}},
		{"switched without an age", of(Safe, On, 0), of(Safe, Off, 0),
			map[string]Direction{"fallback.enabled": Neither}},
		{"longer, and switched off", of(Safe, On, m), of(Safe, Off, 2*m),
			map[string]Direction{"fallback.enabled": Stricter, stale: Neither}},
	} {
		if got := directions(Changes(tt.old, tt.new)); !maps.Equal(got, tt.want) {
			t.Errorf("%s: got %v, want %v", tt.name, got, tt.want)
		}
	}
}
