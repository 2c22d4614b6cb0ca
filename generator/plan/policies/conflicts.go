package policies

// This file merges what a document says about one operation in several places. The entry is
// [resolver.agree].

import (
	"maps"
	"slices"
	"strings"

	"github.com/resgen/resgen/resilience/diag"
	"github.com/resgen/resgen/resilience/policy"
)

// A statement is what one place of a document says. All its values have the same source.
type statement struct {
	layer policy.Layer
	path  bool // it is of the path item, not of the operation
}

func (s statement) source() policy.Source {
	for _, source := range s.layer.Sources {
		return source
	}
	return policy.Source{}
}

// A unit is a part of a policy that must come from one place.
type unit string

const (
	classUnit unit = "idempotency"
	pagesUnit unit = "pagination"
	rateUnit  unit = "rate"
)

func unitOf(key string) unit {
	switch {
	case key == "idempotency" || key == "why" || strings.HasPrefix(key, "key."):
		return classUnit
	case strings.HasPrefix(key, "pagination."):
		return pagesUnit
	case key == "rate.per-second" || key == "rate.burst":
		return rateUnit
	}
	return unit(key)
}

// agree merges the statements about an operation or a document, whose policy is base without them.
// An operation overrides its path item, except that the strictest class wins. Of other statements
// with different values the stricter one wins, or the first if neither is stricter, and the
// conflict is reported.
func (r *resolver) agree(subject string, base policy.Policy, all []statement) policy.Layer {
	if len(all) == 1 {
		return all[0].layer
	}
	out := policy.Layer{Sources: map[string]policy.Source{}}
	for _, u := range unitsOf(all) {
		out = policy.Merge(out, r.agreeOn(subject, base, u, all))
	}
	return out
}

// unitsOf returns the units of all statements, sorted.
func unitsOf(all []statement) []unit {
	found := map[unit]bool{}
	for _, s := range all {
		for key := range s.layer.Sources {
			found[unitOf(key)] = true
		}
	}
	return slices.Sorted(maps.Keys(found))
}

// agreeOn merges what the statements say about one unit.
func (r *resolver) agreeOn(subject string, base policy.Policy, u unit, all []statement) policy.Layer {
	var best statement
	for _, s := range all {
		s.layer = s.layer.Only(func(key string) bool { return unitOf(key) == u })
		switch {
		case len(s.layer.Sources) == 0:
			continue
		case len(best.layer.Sources) == 0, u != classUnit && best.path && !s.path:
			best = s
			continue
		case u != classUnit && s.path && !best.path:
			continue
		}
		key, stricter := compare(base, u, best.layer, s.layer)
		if key == "" {
			best.layer = policy.Merge(s.layer, best.layer) // what it leaves open is taken from the other
			continue
		}
		r.reportConflict(subject, key, best, s, stricter)
		if stricter {
			best = s
		}
	}
	return best.layer
}

// compare returns the first key of a unit to which two layers give different values, and whether
// that of the second is stricter. Reasons of classes are not compared.
func compare(base policy.Policy, u unit, a, b policy.Layer) (key string, stricter bool) {
	for _, c := range policy.Changes(policy.Apply(base, a.Policy), policy.Apply(base, b.Policy)) {
		_, inA := a.Sources[c.Path]
		_, inB := b.Sources[c.Path]
		if inA && inB && c.Path != "why" && unitOf(c.Path) == u {
			return c.Path, c.Direction == policy.Stricter
		}
	}
	return "", false
}

// reportConflict reports that two places of a document give a key different values.
func (r *resolver) reportConflict(subject, key string, a, b statement, second bool) {
	values := map[bool]string{}
	values[false], _ = policy.Get(a.layer.Policy, key)
	values[true], _ = policy.Get(b.layer.Policy, key)
	from, other := b.source(), a.source()
	r.found.Add(diag.Diagnostic{
		Pos: from.Pos, Severity: diag.Warning, Code: "conflicting-annotations", Subject: subject,
		What: from.Note + " says " + key + " " + values[true] + ", " + other.Note + " at " + other.Pos.String() +
			" says " + values[false] + "; " + values[second] + " applies",
		Cure: "correct one of them, or set " + key + " in a policy file",
	})
}

// belowMethod removes a class that an extension states to allow repeats, from an operation whose
// method allows more.
func belowMethod(l policy.Layer, method string) policy.Layer {
	class := l.Policy.Idempotency
	if policy.ClassOf(method) != policy.Safe || class == "" || class == policy.Unsafe {
		return l
	}
	return l.Only(func(key string) bool { return unitOf(key) != classUnit })
}
