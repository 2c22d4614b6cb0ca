package policy

import (
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
		{"no slow calls", func(p *Policy) { p.Breaker.SlowCall.Rate = -1 },
			func(p *Policy) { p.Breaker.SlowCall.After = s }, "breaker.slow-call.after", Stricter, Stricter},
		{"no window", func(p *Policy) { p.Breaker.FailureRate, p.Breaker.SlowCall = -1, SlowCall{} },
			func(p *Policy) { p.Breaker.MinCalls = 21 }, "breaker.min-calls", Looser, Neither},
		{"no rate limit", func(p *Policy) { p.Rate.Enabled = Off }, func(p *Policy) { p.Rate.Burst = 2 },
			"rate.burst", Looser, Neither},
		{"an observed rate", func(p *Policy) { p.Rate.Mode = ModeObserve }, func(p *Policy) { p.Rate.PerSecond = 2 },
			"rate.per-second", Looser, Neither},
		{"no rate", func(p *Policy) { p.Rate.PerSecond = 0 }, func(p *Policy) { p.Rate.Cost = 2 },
			"rate.cost", Stricter, Stricter},
		{"a fixed rate", func(p *Policy) { p.Rate.Learn = Off }, func(p *Policy) { p.Rate.Floor = 0.2 },
			"rate.floor", Looser, Neither},
		{"no bulkhead", func(p *Policy) { p.Bulkhead.Enabled = Off }, func(p *Policy) { p.Bulkhead.Max = 1 },
			"bulkhead.max", Stricter, Neither},
		{"no hedges", func(p *Policy) { p.Hedge.Enabled = Off }, func(p *Policy) { p.Hedge.Max = 2 },
			"hedge.max", Looser, Neither},
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
