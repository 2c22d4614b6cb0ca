// This file selects and renames: include, exclude and rename of resgen.yaml.
package generator

import (
	"maps"
	"slices"
	"strings"

	"github.com/resgen/resgen/generator/plan"
	"github.com/resgen/resgen/generator/spec"
	"github.com/resgen/resgen/resilience/diag"
	"github.com/resgen/resgen/resilience/policy"
)

// methods are the words that select all operations of a method.
var methods = []string{"GET", "PUT", "POST", "DELETE", "OPTIONS", "HEAD", "PATCH", "TRACE", "QUERY"}

// A condition tells whether an operation is meant.
type condition func(*spec.Operation) bool

// conditionOf reads one entry of include or exclude: "deprecated", "tag:NAME", a method, a path glob, or what a policy file takes
// as the key of an operation. It returns what is wrong with an entry that is none of these.
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

// A selection is include and exclude of one client, and which of their entries have met an operation.
type selection struct {
	include, exclude []entry
}

// An entry is one condition with its place.
type entry struct {
	text Text
	key  string
	test condition
}

// newSelection reads the entries of a client.
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
				found.Add(diag.Diagnostic{Pos: t.Pos, Code: "bad-selection", Subject: list.key, What: what, Cure: cure})
				continue
			}
			*list.entries = append(*list.entries, entry{t, list.key, test})
		}
	}
	return s, found
}

// keep returns whether an operation is selected; nil if all are.
func (s selection) keep() func(*spec.Operation) bool {
	if len(s.include)+len(s.exclude) == 0 {
		return nil
	}
	return func(op *spec.Operation) bool {
		return (len(s.include) == 0 || meets(s.include, op)) && !meets(s.exclude, op)
	}
}

func meets(list []entry, op *spec.Operation) bool {
	return slices.ContainsFunc(list, func(e entry) bool { return e.test(op) })
}

// idle finds the entries that mean no operation of any of the documents.
func (s selection) idle(docs []*document) diag.List {
	var found diag.List
	for _, e := range slices.Concat(s.include, s.exclude) {
		used := slices.ContainsFunc(docs, func(d *document) bool { return slices.ContainsFunc(d.spec.Operations, e.test) })
		if !used {
			found.Add(diag.Diagnostic{Pos: e.text.Pos, Code: "unmatched-selection", Subject: e.key, What: e.text.Value + " matches no operation", Cure: "correct or delete it"})
		}
	}
	return found
}

// selections reads include and exclude of every client and finds the entries that mean nothing, unless only some documents of the clients
// are here, or one could not be read. It runs once the documents are read.
func selections(docs []*document, some bool) diag.List {
	var found diag.List
	byClient := map[*Client][]*document{}
	var order []*Client
	for _, d := range docs {
		if byClient[d.client] == nil {
			order = append(order, d.client)
		}
		byClient[d.client] = append(byClient[d.client], d)
	}
	for _, c := range order {
		s, list := newSelection(c)
		found = append(found, list...)
		if !some && !slices.ContainsFunc(byClient[c], func(d *document) bool { return d.spec == nil }) {
			found = append(found, s.idle(byClient[c])...)
		}
		for _, d := range byClient[c] {
			d.selection = s
		}
	}
	return found
}

// chooseNames gives each document the Go names that the user chose for it. A name that only other documents of the same client have is theirs.
func chooseNames(docs []*document) {
	holders := map[*Client]map[string]int{}
	for _, d := range docs {
		if holders[d.client] == nil {
			holders[d.client] = map[string]int{}
		}
		for name := range namesOf(d.spec) {
			holders[d.client][name]++
		}
	}
	for _, d := range docs {
		own := namesOf(d.spec)
		for _, from := range slices.Sorted(maps.Keys(d.client.Rename)) {
			if own[from] || holders[d.client][from] == 0 {
				to := d.client.Rename[from]
				d.renames = append(d.renames, plan.Rename{From: from, To: to.Value, Pos: to.Pos})
			}
		}
	}
}

// namesOf has the names of a document that can be exchanged: those of component schemas and operations.
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
