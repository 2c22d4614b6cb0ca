package rules

// This file checks values. [Set.Check] is the entry; what applies to one type is in text.go,
// list.go and object.go, and what combines rules in combine.go.

import (
	"encoding/json"
	"strings"
)

// Check returns the faults of a value.
func (s *Set) Check(r *Rule, v any) []Fault {
	c := checker{set: s, active: map[visit]bool{}}
	c.check(r, v)
	return c.faults
}

// A checker walks through a value and collects faults.
type checker struct {
	set    *Set
	path   []step
	faults []Fault
	active map[visit]bool // references that are being followed
}

// A visit is a reference at a depth of the value. The rules of a schema that applies to itself
// would be followed without end.
type visit struct {
	name  string
	depth int
}

func (c *checker) fault(what string) { c.faults = append(c.faults, Fault{pathOf(c.path), what}) }

// at checks a value within the current one.
func (c *checker) at(s step, r *Rule, v any) {
	if r == nil {
		return
	}
	c.path = append(c.path, s)
	c.check(r, v)
	c.path = c.path[:len(c.path)-1]
}

// valid reports whether the current value meets a rule.
func (c *checker) valid(r *Rule, v any) bool { return len(c.try(r, v)) == 0 }

// try returns the faults that the current value has under a rule, without adding them.
func (c *checker) try(r *Rule, v any) []Fault {
	before := c.faults
	c.faults = nil
	c.check(r, v)
	found := c.faults
	c.faults = before
	return found
}

// check adds the faults of a value under a rule.
func (c *checker) check(r *Rule, v any) {
	if _, opaque := v.(Opaque); r == nil || opaque || r.Nullable && v == nil {
		return
	}
	if r.Never {
		c.fault("must not be present")
		return
	}
	c.reference(r, v)
	if types := typesOf(v); r.Types != 0 && r.Types&types == 0 {
		c.fault("is " + types.words() + "; want " + r.Types.words())
		return // other faults would be consequences
	}
	c.enum(r, v)
	switch x := v.(type) {
	case json.Number:
		c.number(r, x.String())
	case string:
		c.text(r, x)
	case []any:
		c.list(r, x)
	case map[string]any:
		c.object(r, x)
	}
	c.combined(r, v)
}

// reference checks the rule that r refers to.
func (c *checker) reference(r *Rule, v any) {
	here := visit{r.Ref, len(c.path)}
	if r.Ref == "" || c.active[here] {
		return
	}
	c.active[here] = true
	c.check(c.set.rule(r.Ref), v)
	delete(c.active, here)
}

// mostShown is how many values of an enum a fault lists.
const mostShown = 10

// enum checks that the value is one of a list.
func (c *checker) enum(r *Rule, v any) {
	if len(r.Enum) == 0 {
		return
	}
	canonical := appendCanonical(nil, v)
	for _, text := range r.Enum {
		if equalsText(canonical, text) {
			return
		}
	}
	shown := strings.Join(r.Enum[:min(len(r.Enum), mostShown)], ", ")
	switch {
	case len(r.Enum) > mostShown:
		c.fault("is not one of the values of the document; want " + shown + " or another of them")
	case len(r.Enum) > 1:
		c.fault("is not one of the values of the document; want one of " + shown)
	default:
		c.fault("is not the only value of the document; want " + shown)
	}
}

// number checks a number.
func (c *checker) number(r *Rule, text string) {
	n := decimalOf(text)
	against := func(bound string) int { return n.compare(decimalOf(bound)) }
	if r.Min != "" && against(r.Min) < 0 {
		c.fault("is less than " + r.Min)
	}
	if r.Max != "" && against(r.Max) > 0 {
		c.fault("is greater than " + r.Max)
	}
	if r.Above != "" && against(r.Above) <= 0 {
		c.fault("is not greater than " + r.Above)
	}
	if r.Below != "" && against(r.Below) >= 0 {
		c.fault("is not less than " + r.Below)
	}
	if r.MultipleOf != "" && !n.isMultipleOf(decimalOf(r.MultipleOf)) {
		c.fault("is not a multiple of " + r.MultipleOf)
	}
	if limits, ok := integerFormats[r.Format]; ok && n.isInteger() &&
		(against(limits[0]) < 0 || against(limits[1]) > 0) {
		c.fault("does not fit " + r.Format)
	}
}
