package rules

import (
	"fmt"
	"unicode/utf8"
)

// text checks a string.
func (c *checker) text(r *Rule, s string) {
	if r.MinLength != 0 || r.MaxLength != 0 {
		c.length(r, utf8.RuneCountInString(s))
	}
	if r.Pattern != "" && !c.set.matches(r.Pattern, s) {
		c.fault("does not match the pattern " + r.Pattern)
	}
	if f, ok := formats[r.Format]; ok && !f(s) {
		c.fault("does not have the format " + r.Format)
	}
}

// length checks the number of code points.
func (c *checker) length(r *Rule, n int) { c.count(n, r.MinLength, r.MaxLength, "character") }

// count checks a number of things against its limits.
func (c *checker) count(n, least, most int, thing string) {
	has := fmt.Sprintf("has %d %s", n, thing)
	if n != 1 {
		has += "s"
	}
	if least > 0 && n < least {
		c.fault(has + "; " + limit("at least", least, thing))
	}
	if most != 0 && n > max(most, 0) {
		c.fault(has + "; " + limit("at most", max(most, 0), thing))
	}
}
