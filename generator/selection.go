package generator

// This file implements include, exclude and rename of resgen.yaml.

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/resgen/resgen/generator/plan/naming"
	"github.com/resgen/resgen/generator/spec"
	"github.com/resgen/resgen/resilience/diag"
	"github.com/resgen/resgen/resilience/policy"
)

// methods are the words that select all operations with a method.
var methods = []string{"GET", "PUT", "POST", "DELETE", "OPTIONS", "HEAD", "PATCH", "TRACE", "QUERY"}

// A condition reports whether an operation is selected.
type condition func(*spec.Operation) bool

// conditionOf parses one entry of include or exclude: "deprecated", "tag:NAME", a method, a path
// glob, or a key of an operation as in a policy file. For any other text it returns what is wrong
// and the cure.
func conditionOf(text string) (c condition, what, cure string) {
	tag, isTag := strings.CutPrefix(text, "tag:")
	switch {
	case text == "deprecated":
		return func(op *spec.Operation) bool { return op.Deprecated }, "", ""
	case isTag:
		return func(op *spec.Operation) bool { return slices.Contains(op.Tags, strings.TrimSpace(tag)) }, "", ""
	case slices.Contains(methods, text):
		return func(op *spec.Operation) bool { return op.Method == text }, "", ""
	case strings.HasPrefix(text, "/"):
		return func(op *spec.Operation) bool { return policy.MatchGlob(text, op.Path) }, "", ""
	}
	s, what, cure := policy.NewSelector(text)
	return func(op *spec.Operation) bool { return s.Matches(op.ID, op.Method, op.Path) }, what, cure
}

// A selection is include and exclude of one client.
type selection struct {
	include, exclude []entry
}

// An entry is one condition with its position.
type entry struct {
	text Text
	key  string // include or exclude
	test condition
}

// newSelection parses include and exclude of a client.
func newSelection(c *Client) (selection, diag.List) {
	var s selection
	var found diag.List
	for _, list := range []struct {
		key     string
		texts   Texts
		entries *[]entry
	}{{"include", c.Include, &s.include}, {"exclude", c.Exclude, &s.exclude}} {
		for _, t := range list.texts {
			test, what, cure := conditionOf(t.Value)
			if what != "" {
				found.Add(diag.Diagnostic{
					Pos: t.Pos, Code: "bad-selection", Subject: list.key, What: strconv.Quote(t.Value) + " " + what,
					Cure: cure,
				})
				continue
			}
			*list.entries = append(*list.entries, entry{t, list.key, test})
		}
	}
	return s, found
}

// keep returns a function that reports whether an operation is selected; nil if all are.
func (s selection) keep() func(*spec.Operation) bool {
	if len(s.include)+len(s.exclude) == 0 {
		return nil
	}
	return func(op *spec.Operation) bool {
		return (len(s.include) == 0 || matchesAny(s.include, op)) && !matchesAny(s.exclude, op)
	}
}

func matchesAny(list []entry, op *spec.Operation) bool {
	return slices.ContainsFunc(list, func(e entry) bool { return e.test(op) })
}

// unmatched reports entries that match no operation of any of the documents.
func (s selection) unmatched(docs []loaded) diag.List {
	var found diag.List
	for _, e := range slices.Concat(s.include, s.exclude) {
		if slices.ContainsFunc(docs, func(d loaded) bool { return slices.ContainsFunc(d.spec.Operations, e.test) }) {
			continue
		}
		found.Add(diag.Diagnostic{
			Pos: e.text.Pos, Code: "unmatched-selection", Subject: e.key,
			What: e.text.Value + " matches no operation", Cure: "correct or delete it",
		})
	}
	return found
}

// selections parses include and exclude of every client. Entries that match nothing are reported,
// unless partial is set or a document of the client could not be read.
func selections(docs []loaded, partial bool) (map[*Client]selection, diag.List) {
	var found diag.List
	byClient := map[*Client][]loaded{}
	var order []*Client
	for _, d := range docs {
		if byClient[d.client] == nil {
			order = append(order, d.client)
		}
		byClient[d.client] = append(byClient[d.client], d)
	}
	out := map[*Client]selection{}
	for _, c := range order {
		s, list := newSelection(c)
		found = append(found, list...)
		if !partial && !slices.ContainsFunc(byClient[c], loaded.unreadable) {
			found = append(found, s.unmatched(byClient[c])...)
		}
		out[c] = s
	}
	return out, found
}

// renames returns the entries of rename that apply to d: those with a name of d, and those with a
// name that no document of the client has.
func renames(d loaded, docs []loaded) []naming.Rename {
	own := namesOf(d.spec)
	elsewhere := map[string]bool{}
	for _, other := range docs {
		if other.client == d.client {
			maps.Copy(elsewhere, namesOf(other.spec))
		}
	}
	var out []naming.Rename
	for _, from := range slices.Sorted(maps.Keys(d.client.Rename)) {
		if own[from] || !elsewhere[from] {
			to := d.client.Rename[from]
			out = append(out, naming.Rename{From: from, To: to.Value, Pos: to.Pos})
		}
	}
	return out
}

// namesOf returns the names of a document that rename may change: those of component schemas and
// operations. A document that could not be read has none.
func namesOf(doc *spec.Document) map[string]bool {
	names := map[string]bool{}
	if doc == nil {
		return names
	}
	for _, s := range doc.Schemas {
		names[s.Name] = true
	}
	for _, op := range doc.Operations {
		names[op.ID] = true
	}
	return names
}
