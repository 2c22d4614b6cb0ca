package rules

import (
	"fmt"
	"strings"
)

// combined checks the rules that consist of other rules for the same value.
func (c *checker) combined(r *Rule, v any) {
	for _, part := range r.AllOf {
		c.check(part, v)
	}
	if len(r.AnyOf) > 0 {
		c.alternatives(r.AnyOf, v, false)
	}
	if len(r.OneOf) > 0 {
		c.alternatives(r.OneOf, v, true)
	}
	if r.Not != nil && c.valid(r.Not, v) {
		c.fault("is one of the values that the schema excludes")
	}
	if r.If != nil {
		if c.valid(r.If, v) {
			c.check(r.Then, v)
		} else {
			c.check(r.Else, v)
		}
	}
	if r.RestMembers != nil || r.RestItems != nil {
		c.rest(r, v)
	}
}

// alternatives checks that the value fits one rule of a list, or exactly one.
func (c *checker) alternatives(list []*Rule, v any, exactly bool) {
	fits := 0
	var closest []Fault
	for _, part := range list {
		faults := c.try(part, v)
		if len(faults) == 0 {
			fits++
			if !exactly {
				return
			}
			continue
		}
		if closest == nil || c.farther(closest, faults) {
			closest = faults
		}
	}
	switch {
	case fits > 1:
		c.fault(fmt.Sprintf("fits %d alternatives; want exactly 1", fits))
	case fits == 0 && len(list) == 1:
		c.faults = append(c.faults, closest...)
	case fits == 0:
		c.fault(fmt.Sprintf("fits none of %d alternatives", len(list)))
		c.faults = append(c.faults, closest...)
	}
}

// farther reports whether the faults a of one alternative are more severe than those of another: it
// has faults of the value itself, or more of them.
func (c *checker) farther(a, b []Fault) bool {
	self := func(list []Fault) (n int) {
		path := pathOf(c.path)
		for _, f := range list {
			if f.Path == path && strings.HasPrefix(f.What, "is ") {
				n++
			}
		}
		return n
	}
	if x, y := self(a), self(b); x != y {
		return x > y
	}
	return len(a) > len(b)
}
