package rules

import (
	"maps"
	"slices"
)

// This file finds the members and items that no other rule of a value covers, for
// unevaluatedProperties and unevaluatedItems.

// An evaluated is what the rules of a value cover.
type evaluated struct {
	members map[string]bool
	items   map[int]bool
}

// rest checks what is not covered.
func (c *checker) rest(r *Rule, v any) {
	seen := evaluated{map[string]bool{}, map[int]bool{}}
	own := *r
	own.RestMembers, own.RestItems = nil, nil
	c.cover(&own, v, seen)
	switch x := v.(type) {
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(x)) {
			if r.RestMembers != nil && !seen.members[name] {
				c.additional(r.RestMembers, step{name, -1}, x[name])
			}
		}
	case []any:
		for i, item := range x {
			if !seen.items[i] {
				c.at(step{index: i}, r.RestItems, item)
			}
		}
	}
}

// cover adds what a rule covers that the value meets.
func (c *checker) cover(r *Rule, v any, seen evaluated) {
	if r == nil {
		return
	}
	if here := (visit{"cover " + r.Ref, len(c.path)}); r.Ref != "" && !c.active[here] {
		c.active[here] = true
		c.cover(c.set.rule(r.Ref), v, seen)
		delete(c.active, here)
	}
	switch x := v.(type) {
	case map[string]any:
		c.coverMembers(r, x, seen)
	case []any:
		c.coverItems(r, x, seen)
	}
	for _, part := range slices.Concat(r.AllOf, r.AnyOf, r.OneOf) {
		c.coverIfValid(part, v, seen)
	}
	if r.If != nil {
		if c.valid(r.If, v) {
			c.cover(r.If, v, seen)
			c.cover(r.Then, v, seen)
		} else {
			c.cover(r.Else, v, seen)
		}
	}
}

func (c *checker) coverIfValid(r *Rule, v any, seen evaluated) {
	if c.valid(r, v) {
		c.cover(r, v, seen)
	}
}

// coverMembers adds the members that a rule covers.
func (c *checker) coverMembers(r *Rule, members map[string]any, seen evaluated) {
	for name := range members {
		declared := slices.ContainsFunc(r.Members, func(m MemberRule) bool { return m.Name == name }) ||
			slices.ContainsFunc(r.Patterns, func(m MemberRule) bool { return c.set.matches(m.Name, name) })
		if declared || r.Additional != nil || r.RestMembers != nil {
			seen.members[name] = true
		}
	}
	for _, d := range r.Dependent {
		if _, has := members[d.Name]; has {
			c.coverIfValid(d.Rule, members, seen)
		}
	}
}

// coverItems adds the items that a rule covers.
func (c *checker) coverItems(r *Rule, items []any, seen evaluated) {
	for i, item := range items {
		if i < len(r.Prefix) || r.Items != nil || r.RestItems != nil ||
			r.Contains != nil && c.validAt(step{index: i}, r.Contains, item) {
			seen.items[i] = true
		}
	}
}
