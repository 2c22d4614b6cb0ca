package policy

// This file decides whether a key of a policy has an effect, given the other keys and what the
// operations of an API share. It starts in [Shared.effective].

import "strings"

// Shared is what the operations of an API share. It decides what a policy means that names a
// circuit or a bucket.
type Shared struct {
	Circuits  map[string]Breaker
	Buckets   map[string]Rate
	Bulkheads []Bulkhead // see [Resolved.Bulkheads]; they size the connection pool
}

// effective returns a policy with the values of the circuit and the bucket that it names, and with
// the values that follow from others if they are not set.
func (s Shared) effective(p Policy) Policy {
	wait := p.Rate.Wait(s.Buckets)
	if b, ok := s.Circuits[p.Breaker.Circuit]; ok {
		b.Circuit, b.When = p.Breaker.Circuit, p.Breaker.When
		p.Breaker = b
	}
	if b, ok := s.Buckets[p.Rate.Bucket]; ok {
		own := p.Rate
		p.Rate = own.of(own.Bucket, map[string]Rate{own.Bucket: b})
		p.Rate.Also, p.Rate.Cost = own.Also, own.Cost
	}
	p.Rate.MaxWait, p.Rate.Burst, p.Rate.Cost = wait, max(p.Rate.Burst, 1), max(p.Rate.Cost, 1)
	if s.Bulkheads != nil {
		p.Transport = p.Transport.Sized(s.Bulkheads...)
	}
	return p
}

// A condition says when keys have no effect. Where another key decides it, a change of that key
// says what happens, so that the keys have no direction if they have no effect before or after.
type condition struct {
	prefix  string // of the keys
	decides string // the key that decides it; empty: the keys themselves
	off     func(*Policy) bool
}

const rate = "rate.per-second"

var conditions = []condition{
	{"retry.", "retry.attempts", func(p *Policy) bool { return p.Retry.Attempts == 1 }},
	{"retry.budget.", "retry.budget.enabled", func(p *Policy) bool { return p.Retry.Budget.Enabled == Off }},
	{"breaker.", "breaker.enabled", func(p *Policy) bool { return p.Breaker.Enabled == Off }},
	{"breaker.", "breaker.mode", func(p *Policy) bool { return p.Breaker.Mode == ModeObserve }},
	{"breaker.slow-call.", "", func(p *Policy) bool {
		return p.Breaker.SlowCall.After <= 0 || p.Breaker.SlowCall.Rate <= 0
	}},
	{"breaker.min-calls", "breaker.failure-rate", func(p *Policy) bool {
		return p.Breaker.FailureRate <= 0 && (p.Breaker.SlowCall.After <= 0 || p.Breaker.SlowCall.Rate <= 0)
	}},
	{"rate.", "rate.enabled", func(p *Policy) bool { return p.Rate.Enabled == Off }},
	{"rate.", "rate.mode", func(p *Policy) bool { return p.Rate.Mode == ModeObserve }},
	{"rate.cost", "", unbounded},
	{"rate.burst", rate, unlimited}, {"rate.reserve", rate, unlimited}, {"rate.scope", rate, unlimited},
	{"rate.learn", rate, unlimited}, {"rate.floor", rate, unlimited}, {"rate.ceiling", rate, unlimited},
	{"rate.floor", "rate.learn", func(p *Policy) bool { return p.Rate.Learn == Off }},
	{"rate.ceiling", "rate.learn", func(p *Policy) bool { return p.Rate.Learn == Off }},
	{"bulkhead.", "bulkhead.enabled", func(p *Policy) bool { return p.Bulkhead.Enabled == Off }},
	{"hedge.", "hedge.enabled", func(p *Policy) bool { return p.Hedge.Enabled == Off }},
	{"hedge.", classKey, notSafe}, {"redirects.", classKey, notSafe},
}

// unlimited reports whether the bucket of an operation has no rate.
func unlimited(p *Policy) bool { return p.Rate.PerSecond <= 0 }

// unbounded reports whether no bucket at all bounds the calls.
func unbounded(p *Policy) bool { return unlimited(p) && len(p.Rate.Also) == 0 }

// notSafe reports whether the policy is that of an operation that is not safe.
func notSafe(p *Policy) bool { return p.Idempotency != "" && p.Idempotency != Safe }

// applies reports whether a condition is about a key.
func (c condition) applies(path string) bool {
	return strings.HasPrefix(path, c.prefix) && path != c.decides
}

// hasCircuit reports whether the circuit that a policy names is known, or it names none.
func (s Shared) hasCircuit(p Policy) bool {
	_, ok := s.Circuits[p.Breaker.Circuit]
	return ok || p.Breaker.Circuit == ""
}

// hasBucket reports whether the bucket that a policy names is known, or it names none.
func (s Shared) hasBucket(p Policy) bool {
	_, ok := s.Buckets[p.Rate.Bucket]
	return ok || p.Rate.Bucket == ""
}

// A comparison has two effective policies.
type comparison struct {
	old, new          Policy
	circuits, buckets bool // what the policies name is known
}

// direction returns the direction of the change of one key. A value that is overridden by that of a
// circuit or bucket has none.
func (c *comparison) direction(f *Field) Direction {
	switch {
	case f.Path == "breaker.circuit" && c.circuits:
		return c.group("breaker.", f.Path)
	case f.Path == "rate.bucket" && c.buckets:
		return c.bucket(f.Path)
	case f.Path == "rate.learn" && max(c.old.Rate.Ceiling, c.new.Rate.Ceiling) > 1: // learning may raise it as well
		return Neither
	}
	return c.key(f)
}

// key returns the direction of a key whose value says all.
func (c *comparison) key(f *Field) Direction {
	for _, when := range conditions {
		if !when.applies(f.Path) {
			continue
		}
		was, is := when.off(&c.old), when.off(&c.new)
		decided := when.decides != "" && !strings.HasSuffix(f.Path, ".enabled")
		if was && is || decided && (was || is) {
			return Neither
		}
	}
	return f.looser.direction(f.value(&c.old), f.value(&c.new))
}

// group returns the direction of all keys with a prefix but one: looser if one of them is.
func (c *comparison) group(prefix, except string) Direction {
	all := Neither
	for i := range table {
		f := &table[i]
		if f.Path == except || !strings.HasPrefix(f.Path, prefix) {
			continue
		}
		switch c.key(f) {
		case Looser:
			return Looser
		case Stricter:
			all = Stricter
		}
	}
	return all
}

// bucket returns the direction of a change of the bucket. Of two buckets with the same rate, the
// one that other operations share is the stricter one.
func (c *comparison) bucket(path string) Direction {
	d := c.group("rate.", path)
	if d != Neither || unlimited(&c.new) {
		return d
	}
	switch {
	case c.old.Rate.Bucket == "":
		return Stricter
	case c.new.Rate.Bucket == "":
		return Looser
	}
	return Neither
}
