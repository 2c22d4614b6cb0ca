package policy

// This file decides whether a key of a policy has an effect, given the other keys and what the
// operations of an API share. It starts in [Shared.effective].

import (
	"slices"
	"strings"
)

// Shared is what the operations of an API share. It decides what a policy means that names a
// circuit or a bucket.
type Shared struct {
	Circuits  map[string]Breaker
	Buckets   map[string]Rate
	Bulkheads []Bulkhead     // see [Resolved.Bulkheads]; they size the connection pool
	Users     map[string]int // how many operations take permits from a bucket; nil: not known
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
	if p.Fallback.Enabled == Inherit {
		p.Fallback.Enabled = On
	}
	p.Rate.MaxWait, p.Rate.Burst, p.Rate.Cost = wait, max(p.Rate.Burst, 1), max(p.Rate.Cost, 1)
	if s.Bulkheads != nil {
		p.Transport = p.Transport.Sized(s.Bulkheads...)
	}
	return p
}

// A condition says when keys have no effect. Where that differs between two policies, the switches
// say what happens and the other keys have no direction: 10 permits of burst do not make a policy
// looser that had no rate before.
type condition struct {
	prefix   string // of the keys
	switches string // the keys that decide it, with a space around each
	still    bool   // off takes the effect away only in part
	off      func(*Policy) bool
	loses    Direction // of a policy whose keys lose their effect
}

const (
	circuitSwitches = " breaker.enabled breaker.mode breaker.failure-rate breaker.consecutive " + slowSwitches
	slowSwitches    = " breaker.slow-call.after breaker.slow-call.rate "
	hedgeSwitches   = " hedge.enabled hedge.after "
)

var conditions = []condition{
	{prefix: "retry.", switches: " retry.attempts ", off: once, loses: Stricter},
	{prefix: "retry.when", off: func(p *Policy) bool { return p.Idempotency == Unsafe }},
	{prefix: "retry.budget.", switches: " retry.budget.enabled ",
		off: func(p *Policy) bool { return p.Retry.Budget.Enabled == Off }, loses: Looser},
	{prefix: "breaker.", switches: circuitSwitches, off: unguarded, loses: Looser},
	{prefix: "breaker.slow-call.", switches: slowSwitches, off: unhurried, loses: Looser},
	{prefix: "breaker.min-calls", off: func(p *Policy) bool { return p.Breaker.FailureRate <= 0 && unhurried(p) }},
	{prefix: "rate.", switches: " rate.enabled rate.mode ",
		off: func(p *Policy) bool { return p.Rate.Enabled == Off || p.Rate.Mode == ModeObserve }, loses: Looser},
	{prefix: "rate.cost", off: unbounded},
	{prefix: "rate.max-wait", off: unbounded, still: true}, // the server may still ask for waits
	{prefix: "rate.burst", off: unlimited}, {prefix: "rate.reserve", off: unlimited},
	{prefix: "rate.scope", off: unlimited}, {prefix: "rate.learn", off: unlimited},
	{prefix: "rate.floor", off: unlimited}, {prefix: "rate.ceiling", off: unlimited},
	{prefix: "rate.floor", off: func(p *Policy) bool { return p.Rate.Learn == Off }},
	{prefix: "rate.ceiling", off: func(p *Policy) bool { return p.Rate.Learn == Off }},
	{prefix: "bulkhead.", switches: " bulkhead.enabled ",
		off: func(p *Policy) bool { return p.Bulkhead.Enabled == Off }, loses: Looser},
	{prefix: "hedge.", switches: hedgeSwitches, off: unhedged, loses: Stricter},
	{prefix: "fallback.", switches: " fallback.enabled fallback.stale-if-error ",
		off: fresh, loses: Stricter},
	{prefix: "redirects.", off: notSafe},
}

// once reports whether a call has one attempt.
func once(p *Policy) bool { return p.Retry.Attempts == 1 }

// unguarded reports whether the circuit never denies a call.
func unguarded(p *Policy) bool {
	b := &p.Breaker
	return b.Enabled == Off || b.Mode == ModeObserve || b.FailureRate < 0 && b.Consecutive <= 0 && unhurried(p)
}

// unhurried reports whether slow calls do not open the circuit.
func unhurried(p *Policy) bool { return p.Breaker.SlowCall.After <= 0 || p.Breaker.SlowCall.Rate <= 0 }

// unlimited reports whether the bucket of an operation has no rate.
func unlimited(p *Policy) bool { return p.Rate.PerSecond <= 0 }

// unbounded reports whether no bucket at all bounds the calls.
func unbounded(p *Policy) bool { return unlimited(p) && len(p.Rate.Also) == 0 }

// fresh reports whether no earlier response replaces a failure.
func fresh(p *Policy) bool {
	return p.Fallback.Enabled == Off || p.Fallback.StaleIfError <= 0 || notSafe(p)
}

// unhedged reports whether no request has a copy.
func unhedged(p *Policy) bool {
	return p.Hedge.Enabled != On || p.Hedge.After <= 0 || notSafe(p) || once(p)
}

// notSafe reports whether the policy is that of an operation that is not safe.
func notSafe(p *Policy) bool { return p.Idempotency != "" && p.Idempotency != Safe }

// allows reports whether a key keeps its own direction between two policies under a condition. A
// switch keeps it if its change is one of those that turn the effect on or off.
func (c condition) allows(path string, own Direction, old, new *Policy) bool {
	if !strings.HasPrefix(path, c.prefix) {
		return true
	}
	was, is := c.off(old), c.off(new)
	switch {
	case was && is:
		return c.still
	case was == is:
		return true
	case !strings.Contains(c.switches, " "+path+" "):
		return false
	case is:
		return own == c.loses
	}
	return own != Neither && own != c.loses
}

// hasCircuit reports whether the circuit that a policy names is known, or it names none.
func (s Shared) hasCircuit(p Policy) bool {
	_, ok := s.Circuits[p.Breaker.Circuit]
	return ok || p.Breaker.Circuit == ""
}

// hasBuckets reports whether the buckets that a policy names are known.
func (s Shared) hasBuckets(p Policy) bool {
	unknown := func(name string) bool {
		_, ok := s.Buckets[name]
		return !ok
	}
	return (p.Rate.Bucket == "" || !unknown(p.Rate.Bucket)) && !slices.ContainsFunc(p.Rate.Also, unknown)
}

// A comparison has two effective policies.
type comparison struct {
	old, new          Policy
	was, is           Shared
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
	case f.Path == "rate.also" && c.buckets:
		return c.further(f)
	case f.Path == "rate.learn" && max(c.old.Rate.Ceiling, c.new.Rate.Ceiling) > 1: // learning may raise it as well
		return Neither
	}
	return c.key(f)
}

// key returns the direction of a key whose value says all.
func (c *comparison) key(f *Field) Direction {
	own := f.looser.direction(f.value(&c.old), f.value(&c.new))
	for _, when := range conditions {
		if !when.allows(f.Path, own, &c.old, &c.new) {
			return Neither
		}
	}
	return own
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
	return c.moved(c.old.Rate.Bucket, c.new.Rate.Bucket)
}

// moved returns the direction of a move to another bucket with the same rate. It is looser if other
// operations stay, because two buckets let more pass than one, and stricter if it joins others.
func (c *comparison) moved(from, to string) Direction {
	switch {
	case c.is.Users[from] > 0:
		return Looser
	case c.was.Users[to] > 0:
		return Stricter
	}
	return Neither
}

// further returns the direction of a change of rate.also. A bucket that another one with the same
// rate or a lower one replaces is not lost.
func (c *comparison) further(f *Field) Direction {
	direction := c.key(f)
	if direction != Looser {
		return direction
	}
	was, is := c.old.Rate.Also, c.new.Rate.Also
	lost := slices.DeleteFunc(slices.Clone(was), func(name string) bool { return slices.Contains(is, name) })
	gained := slices.DeleteFunc(slices.Clone(is), func(name string) bool { return slices.Contains(was, name) })
	direction = Neither
	for _, name := range lost {
		i := slices.IndexFunc(gained, func(other string) bool { return c.replaced(name, other) != Looser })
		if i < 0 {
			return Looser
		}
		direction = max(direction, c.replaced(name, gained[i]))
		gained = slices.Delete(gained, i, i+1)
	}
	if len(gained) > 0 {
		return Stricter
	}
	return direction
}

// replaced returns the direction of a change from one bucket to another.
func (c *comparison) replaced(from, to string) Direction {
	rates := comparison{
		old: Policy{Rate: c.old.Rate.of(from, c.was.Buckets)}, new: Policy{Rate: c.new.Rate.of(to, c.is.Buckets)},
	}
	if d := rates.group("rate.", "rate.also"); d != Neither {
		return d
	}
	return c.moved(from, to)
}
