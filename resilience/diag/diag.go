package diag

import (
	"cmp"
	"fmt"
	"slices"
	"sort"
	"strings"
)

// A Position is a place in a file. Line and Column count from 1, Column in bytes; a zero Line means
// the file as a whole. The zero Position means no place.
type Position struct {
	// as the user would type it: relative to the folder of resgen.yaml where possible, with forward
	// slashes
	File   string
	Line   int
	Column int
}

// String returns "file:line:col", "file" without a line, or "" for the zero Position.
func (p Position) String() string {
	if p.Line == 0 {
		return p.File
	}
	return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Column)
}

// Compare orders positions by file, then line, then column.
func (p Position) Compare(q Position) int {
	return cmp.Or(
		strings.Compare(p.File, q.File),
		cmp.Compare(p.Line, q.Line),
		cmp.Compare(p.Column, q.Column),
	)
}

// A Severity is the weight of a finding: whether it stops the run.
type Severity uint8

const (
	Error   Severity = iota // the zero value: nothing is written
	Warning                 // reported, and the run continues
)

// String returns "error" or "warning".
func (s Severity) String() string {
	if s == Warning {
		return "warning"
	}
	return "error"
}

// A Diagnostic is one finding about a user's input.
type Diagnostic struct {
	Pos      Position
	Severity Severity
	Code     string // stable, kebab-case, for filters and for a severity of one's own: "unknown-key"
	Subject  string // what it is about: "operation addPet"; may be empty
	What     string // what is wrong, lower case, no full stop
	Cure     string // what to do about it; may be empty
}

// Error returns the finding as one line, "file:line:col: subject: what; cure".
// A warning has the word "warning" between position and subject. The line is [Printable], and parts
// of more than a thousand characters lack their middle.
func (d Diagnostic) Error() string {
	var b strings.Builder
	if p := d.Pos.String(); p != "" {
		b.WriteString(p + ": ")
	}
	if d.Severity == Warning {
		b.WriteString("warning: ")
	}
	if d.Subject != "" {
		b.WriteString(shortened(d.Subject) + ": ")
	}
	b.WriteString(shortened(d.What))
	if d.Cure != "" {
		b.WriteString("; " + shortened(d.Cure))
	}
	return Printable(b.String())
}

// A List collects the findings of one run. The zero List is empty and ready for use.
type List []Diagnostic

// Add appends a finding.
func (l *List) Add(d Diagnostic) { *l = append(*l, d) }

// Sort orders the list by position, then text, and drops exact repeats.
func (l *List) Sort() {
	sort.Stable(byPosition(*l))
	*l = slices.CompactFunc(*l, func(a, b Diagnostic) bool { return a == b })
}

// byPosition sorts a list. Sorted by package slices, each type of element has its own machine code.
type byPosition List

func (l byPosition) Len() int      { return len(l) }
func (l byPosition) Swap(i, j int) { l[i], l[j] = l[j], l[i] }
func (l byPosition) Less(i, j int) bool {
	return cmp.Or(l[i].Pos.Compare(l[j].Pos), strings.Compare(l[i].Error(), l[j].Error())) < 0
}

// HasErrors reports whether any finding stops the run.
func (l List) HasErrors() bool {
	return slices.ContainsFunc(l, func(d Diagnostic) bool { return d.Severity == Error })
}

// Err returns the list as an error if it holds one of severity [Error], else nil.
func (l List) Err() error {
	if !l.HasErrors() {
		return nil
	}
	return l
}

// Error returns all findings, a line each.
func (l List) Error() string {
	lines := make([]string, len(l))
	for i, d := range l {
		lines[i] = d.Error()
	}
	return strings.Join(lines, "\n")
}
