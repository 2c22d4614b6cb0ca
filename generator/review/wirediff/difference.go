package wirediff

import (
	"cmp"
	"slices"
	"strings"

	"github.com/resgen/resgen/resilience/diag"
)

// An Effect is what a difference means for callers of the old version.
type Effect uint8

// The effects, worst first.
const (
	Breaking Effect = iota // a request may be refused, or a response be misunderstood
	Addition               // more can be sent, or is returned
	Neutral                // callers need not do anything
)

var effectWords = [...]string{"breaking", "addition", "change"}

// String returns breaking, addition or change.
func (e Effect) String() string { return effectWords[e] }

// A Direction says who writes a value.
type Direction uint8

// The directions.
const (
	Request  Direction = iota // callers send it
	Response                  // callers receive it
	Both
)

var directionWords = [...]string{"request", "response", "both"}

// String returns request, response or both.
func (d Direction) String() string { return directionWords[d] }

// A Difference is one change.
type Difference struct {
	Code      string // stable, for filters: parameter-removed
	Effect    Effect
	Direction Direction
	Subject   string // operation, schema, server or security scheme: "GET /pets", "schema Pet"
	Place     string // within the subject: "query parameter limit"; may be empty
	What      string // "was removed"

	// Operations are the operations that use a schema, sorted. It is empty for other subjects.
	Operations []string

	// Old and New are the places in both documents. What one of them lacks has the place of what
	// should contain it, for example of the operation of a parameter.
	Old, New diag.Position
}

// String returns the difference without its places and its effect: "schema Pet: member name must
// be sent now (sent by addPet)".
func (d Difference) String() string {
	text := d.Subject + ": "
	if d.Place != "" {
		text += d.Place + " "
	}
	text += d.What
	if len(d.Operations) > 0 {
		text += " (" + [...]string{"sent by ", "received by ", "used by "}[d.Direction] + few(d.Operations) + ")"
	}
	return text
}

// mostNames is the number of names that a text lists.
const mostNames = 3

// few lists the first names.
func few(names []string) string {
	if more := len(names) - mostNames; more > 0 {
		return strings.Join(names[:mostNames], ", ") + " and " + counted(more)
	}
	return strings.Join(names, ", ")
}

// compare orders differences by effect, then by place.
func (d Difference) compare(e Difference) int {
	return cmp.Or(
		cmp.Compare(d.Effect, e.Effect), d.New.Compare(e.New), d.Old.Compare(e.Old),
		strings.Compare(d.Subject, e.Subject), strings.Compare(d.Place, e.Place),
		strings.Compare(d.Code, e.Code), strings.Compare(d.What, e.What), cmp.Compare(d.Direction, e.Direction),
	)
}

// merged returns sorted differences. What happens to requests and responses alike becomes one
// difference, for the operations of both.
func merged(list []Difference) []Difference {
	slices.SortStableFunc(list, Difference.compare)
	var out []Difference
	for _, d := range list {
		if last := len(out) - 1; last >= 0 && out[last].sameButDirection(d) {
			if out[last].Direction != d.Direction {
				out[last].Direction = Both
			}
			out[last].Operations = union(out[last].Operations, d.Operations)
			continue
		}
		out = append(out, d)
	}
	return out
}

func (d Difference) sameButDirection(e Difference) bool {
	d.Direction = e.Direction
	return d.compare(e) == 0
}

// union returns the sorted names of both lists.
func union(a, b []string) []string {
	all := slices.Sorted(slices.Values(slices.Concat(a, b)))
	return slices.Compact(all)
}
