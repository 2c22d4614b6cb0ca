package changes

// This file compares the policies of two versions of an API. It starts in [Policies].

import (
	"maps"
	"slices"
	"strconv"

	"github.com/resgen/resgen/generator/api"
	"github.com/resgen/resgen/resilience/policy"
)

// Policies returns the policy keys that differ between two versions of an API: of its defaults, of
// its named circuits and buckets, and of the operations that both versions have.
func Policies(client string, old, new *api.API) []Change {
	p := policies{client: client, old: old, new: new, was: sharedOf(old), is: sharedOf(new)}
	p.compare(versions{
		subject: "the defaults", old: old.Policy, new: new.Policy, wasFrom: old.Sources, isFrom: new.Sources,
	})
	p.circuits()
	p.buckets()
	for _, pair := range pairs(old, new) {
		p.compare(versions{
			subject: pair.new.ID, old: pair.old.Policy, new: pair.new.Policy,
			wasFrom: pair.old.Sources, isFrom: pair.new.Sources, operation: pair.new,
		})
	}
	return p.found
}

// sharedOf returns what the operations of an API share.
func sharedOf(a *api.API) policy.Shared {
	users := map[string]int{}
	for _, op := range a.Operations {
		for _, q := range op.Policy.Rate.Quotas(nil) {
			users[q.Name]++
		}
	}
	return policy.Shared{Circuits: a.Circuits, Buckets: a.Buckets, Bulkheads: a.Bulkheads(), Users: users}
}

// policies collects the changes of one API.
type policies struct {
	client   string
	old, new *api.API
	was, is  policy.Shared
	found    []Change
}

// versions are the two policies of one subject.
type versions struct {
	subject         string
	old, new        policy.Policy
	wasFrom, isFrom map[string]policy.Source
	operation       *api.Operation // nil: not that of an operation
}

// compare adds the changes of one subject. The why of a class whose class changes too is an effect.
func (p *policies) compare(v versions) {
	list := policy.ChangesIn(v.old, v.new, p.was, p.is)
	classChanges := slices.ContainsFunc(list, func(c policy.Change) bool { return c.Path == "idempotency" })
	effect := requestsEffect(v)
	for _, c := range list {
		if c.Path == "why" && classChanges {
			continue
		}
		change := Change{
			Code: "policy", Client: p.client, Subject: v.subject, What: what(c), Key: c.Path, Old: c.Old, New: c.New,
			OldAt: placeOf(v.wasFrom, c.Path, c.Old), NewAt: placeOf(v.isFrom, c.Path, c.New), Direction: c.Direction,
		}
		if v.operation != nil {
			change.Shown = v.operation.Pos
		}
		if c.Path == "idempotency" || c.Path == "retry.attempts" {
			change.Effect, effect = effect, ""
		}
		p.found = append(p.found, change)
	}
}

// what returns a change of one key in words.
func what(c policy.Change) string {
	values := orNone(c.Old) + " → " + orNone(c.New)
	switch c.Path {
	case "idempotency":
		return values
	case "why":
		return "why " + quoted(c.Old) + " → " + quoted(c.New)
	}
	return c.Path + " " + values
}

func orNone(value string) string {
	if value == "" {
		return "none"
	}
	return value
}

func quoted(text string) string {
	if text == "" {
		return "none"
	}
	return strconv.Quote(text)
}

// placeOf returns where the value of a key comes from.
func placeOf(sources map[string]policy.Source, key, value string) Place {
	s, ok := sources[key]
	switch {
	case !ok && value == "":
		return Place{Note: "not set"}
	case s.Pos.File == "" && s.Note == "":
		return Place{Note: "built-in " + s.Kind.String()}
	case s.Pos.File == "":
		return Place{Note: s.Kind.String() + " " + s.Note}
	}
	return Place{Pos: s.Pos, Note: s.Note}
}

// requestsEffect says how often a call sends its request before and after a change; nothing if that
// is the same. Requests that the server did not run are not counted, because every operation sends
// those again.
func requestsEffect(v versions) string {
	if v.operation == nil {
		return ""
	}
	was, is := requests(v.old, v.operation), requests(v.new, v.operation)
	if was == is {
		return ""
	}
	return "at most " + strconv.Itoa(was) + " → " + strconv.Itoa(is) + " requests a call, refused ones not counted"
}

func requests(p policy.Policy, op *api.Operation) int {
	if p.Idempotency == policy.Unsafe {
		return 1
	}
	return p.WorstCase(policy.Conditions{Streamed: op.Streamed()}).Requests
}

// circuits compares the named circuits.
func (p *policies) circuits() {
	for _, name := range names(p.old.Circuits, p.new.Circuits) {
		was, before := p.old.Circuits[name]
		is, after := p.new.Circuits[name]
		p.named("circuit", name, before, after,
			policy.Policy{Breaker: was}, policy.Policy{Breaker: is})
	}
}

// buckets compares the named buckets.
func (p *policies) buckets() {
	for _, name := range names(p.old.Buckets, p.new.Buckets) {
		was, before := p.old.Buckets[name]
		is, after := p.new.Buckets[name]
		p.named("bucket", name, before, after, policy.Policy{Rate: was}, policy.Policy{Rate: is})
	}
}

// names returns the sorted names that either map has.
func names[V any](a, b map[string]V) []string {
	all := maps.Clone(a)
	if all == nil {
		all = map[string]V{}
	}
	maps.Copy(all, b)
	return slices.Sorted(maps.Keys(all))
}

// named compares a circuit or bucket that at least one version has.
func (p *policies) named(kind, name string, before, after bool, was, is policy.Policy) {
	subject := kind + " " + name
	old, new := p.old.SharedSources(subject), p.new.SharedSources(subject)
	if before && after {
		p.compare(versions{subject: subject, old: was, new: is, wasFrom: old, isFrom: new})
		return
	}
	c := Change{Code: kind + "-added", Client: p.client, Subject: subject, What: "was added",
		NewAt: placeOf(new, "", subject)}
	if before {
		c = Change{Code: kind + "-removed", Client: p.client, Subject: subject, What: "was removed",
			OldAt: placeOf(old, "", subject)}
	}
	p.found = append(p.found, c)
}
