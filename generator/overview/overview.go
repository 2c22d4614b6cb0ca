package overview

import (
	"bytes"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"text/template"
	"time"

	"github.com/resgen/resgen/generator/api"
	"github.com/resgen/resgen/generator/comment"
	"github.com/resgen/resgen/generator/markdown"
	"github.com/resgen/resgen/generator/phrase"
	"github.com/resgen/resgen/resilience/policy"
	"github.com/resgen/resgen/templates"
)

// Name is the name of the file in the folder of a package.
const Name = "RESILIENCE.md"

var page = template.Must(template.New(Name).Funcs(template.FuncMap{"join": strings.Join}).Parse(templates.Resilience))

// A content is what the template shows. All texts are Markdown, and a row is a list of cells.
type content struct {
	Header, Package, Title, Source string

	Operations, Circuits, Buckets, Fallbacks, Schemes [][]string
	SignIn                                            string
}

// Print returns the page of an API. The header goes into an HTML comment on the first line.
func Print(a *api.API, header string) ([]byte, error) {
	c := content{
		Header: markdown.Hidden(comment.One(header)), Package: markdown.Code(a.Package), Title: title(a),
		Source:   markdown.Code(a.Source),
		Circuits: circuits(a), Buckets: buckets(a), Fallbacks: fallbacks(a), Schemes: schemes(a), SignIn: signIn,
	}
	for _, op := range a.Operations {
		c.Operations = append(c.Operations, operation(a, op))
	}
	var out bytes.Buffer
	err := page.Execute(&out, c)
	return out.Bytes(), err
}

// signIn explains what the credentials add to a call.
const signIn = "A credential signs in at most twice in a call, if what it gets lives longer than the call: before the " +
	"first request and\nafter the server rejected it. An operation with more than one attempt is then sent again, which " +
	"its requests include."

// title returns the title of the API, and its version if it has one.
func title(a *api.API) string {
	if comment.One(a.Title) == "" {
		return "an API"
	}
	text := markdown.Escape(a.Title)
	if a.Version != "" {
		text += ", version " + markdown.Escape(a.Version) + ","
	}
	return text
}

// operation returns the row of an operation.
func operation(a *api.API, op *api.Operation) []string {
	name := markdown.Code(op.Route())
	if op.ID != op.Route() {
		name += " " + markdown.Escape(op.ID)
	}
	w := WorstCase(a, op)
	return []string{
		name, string(op.Policy.Idempotency), markdown.Escape(op.Policy.Why),
		strconv.Itoa(w.Attempts), strconv.Itoa(w.Requests), Time(w),
		orNone(markdown.Escape(phrase.Rate(op.Policy.Rate))), circuitOf(a, op.Policy.Breaker),
	}
}

// Time returns how long a call takes at most, in words.
func Time(w policy.WorstCase) string {
	if w.Bound == policy.BoundContext {
		return w.Bound
	}
	return policy.FormatDuration(roundUp(w.Time))
}

// roundUp returns a duration in whole seconds, or in whole milliseconds if it is short.
func roundUp(d time.Duration) time.Duration {
	unit := time.Second
	if d < time.Minute {
		unit = time.Millisecond
	}
	if rest := d % unit; rest > 0 && d <= math.MaxInt64-unit {
		d += unit - rest
	}
	return d
}

// WorstCase returns the most that a call of an operation can cost.
func WorstCase(a *api.API, op *api.Operation) policy.WorstCase {
	c := policy.Conditions{Buckets: a.Buckets}
	for _, r := range op.Security {
		c.Credentials = max(c.Credentials, len(r))
	}
	c.Streamed = op.Streamed()
	return op.Policy.WorstCase(c)
}

// A CircuitKind is a kind of circuit that operations may have.
type CircuitKind string

// The kinds of circuits.
const (
	NoCircuit    CircuitKind = "none"
	NamedCircuit CircuitKind = "named"      // shared by the operations that name it
	APICircuit   CircuitKind = "of the API" // shared by all other operations with the same values
	OwnCircuit   CircuitKind = "its own"
)

// CircuitOf returns the kind of circuit that an operation has.
func CircuitOf(a *api.API, b policy.Breaker) CircuitKind {
	own, shared := b, a.Policy.Breaker
	own.When, shared.When = policy.When{}, policy.When{}
	switch {
	case b.Enabled == policy.Off:
		return NoCircuit
	case b.Circuit != "":
		return NamedCircuit
	case own.Equal(shared):
		return APICircuit
	}
	return OwnCircuit
}

// circuitOf returns which circuit an operation has, and when it opens if no other row says that.
func circuitOf(a *api.API, b policy.Breaker) string {
	switch kind := CircuitOf(a, b); kind {
	case NamedCircuit:
		return markdown.Escape(strconv.Quote(b.Circuit))
	case OwnCircuit:
		return string(kind) + ", " + phrase.Opens(b)
	default:
		return string(kind)
	}
}

// fallbacks returns the rows of the operations that return an earlier response instead of a
// failure.
func fallbacks(a *api.API) [][]string {
	var rows [][]string
	for _, op := range a.Operations {
		if age := op.StaleIfError(); age > 0 {
			rows = append(rows, []string{markdown.Code(op.Route()), policy.FormatDuration(age)})
		}
	}
	return rows
}

// circuits returns the rows of the circuits that operations share.
func circuits(a *api.API) [][]string {
	rows := [][]string{{string(APICircuit), opens(a.Policy.Breaker)}}
	for _, name := range slices.Sorted(maps.Keys(a.Circuits)) {
		rows = append(rows, []string{markdown.Escape(strconv.Quote(name)), opens(a.Circuits[name])})
	}
	return rows
}

func opens(b policy.Breaker) string {
	if b.Enabled == policy.Off {
		return "none"
	}
	return phrase.Opens(b)
}

// buckets returns the rows of the shared buckets.
func buckets(a *api.API) [][]string {
	var rows [][]string
	for _, name := range slices.Sorted(maps.Keys(a.Buckets)) {
		rate := orNone(markdown.Escape(phrase.Rate(a.Buckets[name])))
		rows = append(rows, []string{markdown.Escape(phrase.Bucket(name)), rate})
	}
	return rows
}

// schemes returns the rows of the security schemes.
func schemes(a *api.API) [][]string {
	var rows [][]string
	for _, s := range a.Schemes {
		kind := string(s.Kind)
		switch {
		case s.HTTPScheme != "":
			kind += " " + s.HTTPScheme
		case s.Parameter != "":
			kind += " in " + string(s.In) + " " + s.Parameter
		}
		n := 0
		for _, op := range a.Operations {
			if slices.ContainsFunc(op.Security, func(r api.Requirement) bool { return uses(r, s.Name) }) {
				n++
			}
		}
		rows = append(rows, []string{markdown.Escape(s.Name), markdown.Escape(kind), strconv.Itoa(n)})
	}
	return rows
}

func uses(r api.Requirement, scheme string) bool {
	return slices.ContainsFunc(r, func(u api.SchemeUse) bool { return u.Scheme == scheme })
}

func orNone(text string) string {
	if text == "" {
		return "none"
	}
	return text
}
