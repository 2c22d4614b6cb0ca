package rules

import (
	"maps"
	"slices"
)

// object checks an object and its members, in the order of their names.
func (c *checker) object(r *Rule, members map[string]any) {
	c.count(len(members), r.MinMembers, r.MaxMembers, "member")
	c.required(r.Required, members)
	for _, name := range slices.Sorted(maps.Keys(members)) {
		c.member(r, name, members[name])
	}
	for _, d := range r.Dependent {
		if _, has := members[d.Name]; has {
			c.required(d.Required, members)
			c.check(d.Rule, members)
		}
	}
}

// required checks that members are present.
func (c *checker) required(names []string, members map[string]any) {
	for _, name := range names {
		if _, has := members[name]; !has {
			c.path = append(c.path, step{name, -1})
			c.fault("is required")
			c.path = c.path[:len(c.path)-1]
		}
	}
}

// member checks one member: its name, and its value under the rules for the name.
func (c *checker) member(r *Rule, name string, v any) {
	here := step{name, -1}
	c.at(here, r.Names, name)
	known := false
	for i := range r.Members {
		if r.Members[i].Name == name {
			known = true
			c.at(here, r.Members[i].Rule, v)
		}
	}
	for _, p := range r.Patterns {
		if c.set.matches(p.Name, name) {
			known = true
			c.at(here, p.Rule, v)
		}
	}
	if !known {
		c.additional(r.Additional, here, v)
	}
}

// additional checks a member that is not declared.
func (c *checker) additional(r *Rule, at step, v any) {
	if r == nil || !r.Never {
		c.at(at, r, v)
		return
	}
	c.path = append(c.path, at)
	c.fault("is not a member of the schema, which allows no others")
	c.path = c.path[:len(c.path)-1]
}
