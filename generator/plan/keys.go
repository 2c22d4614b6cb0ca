package plan

import (
	"slices"

	"github.com/resgen/resgen/generator/spec"
	"github.com/resgen/resgen/resilience/diag"
	"github.com/resgen/resgen/resilience/policy"
	"github.com/resgen/resgen/resilience/tree"
)

// A Use is one policy file and all documents of a run that use it.
type Use struct {
	File *policy.File
	Docs []*spec.Document
}

// CheckKeys finds the keys of policy files that match no operation of any document using the file, with a suggestion, and bare operationIds
// that name more than one operation. The list is sorted.
func CheckKeys(uses []Use) diag.List {
	var found diag.List
	for _, u := range uses {
		for _, e := range u.File.Operations {
			u.check(e, &found)
		}
	}
	found.Sort()
	return found
}

// check holds one key against all operations.
func (u Use) check(e policy.Entry, found *diag.List) {
	var hits []*spec.Operation
	for _, doc := range u.Docs {
		for _, o := range doc.Operations {
			if e.Key.Matches(o.ID, o.Method, o.Path) {
				hits = append(hits, o)
			}
		}
	}
	subject := "operation " + e.Key.String()
	slip := ""
	if len(hits) == 0 && u.File.AllowUnmatched {
		slip = tree.Mistyped(e.Key.String(), u.names(e.Key, true))
	}
	switch {
	case slip != "":
		found.Add(diag.Diagnostic{
			Pos: e.Pos, Code: "unmatched-key", Subject: subject, What: "no document that uses this file has it, and " + slip + " has no entry",
			Cure: `did you mean "` + slip + `"?`,
		})
	case len(hits) == 0 && !u.File.AllowUnmatched:
		found.Add(diag.Diagnostic{
			Pos: e.Pos, Code: "unmatched-key", Subject: subject, What: "no document that uses this file has it", Cure: u.suggest(e.Key),
		})
	case len(hits) > 1 && e.Key.ID != "":
		found.Add(diag.Diagnostic{
			Pos: e.Pos, Code: "ambiguous-key", Subject: subject, What: "is the operationId at " + hits[0].IDPos.String() + " and at " + hits[1].IDPos.String(),
			Cure: "write " + hits[0].Method + " " + hits[0].Path + " or " + hits[1].Method + " " + hits[1].Path,
		})
	}
}

// names returns what keys of the form of key would name: operationIds, or methods with paths. With open, only of operations that no entry is for.
func (u Use) names(key policy.Selector, open bool) []string {
	var names []string
	for _, doc := range u.Docs {
		for _, o := range doc.Operations {
			if open && slices.ContainsFunc(u.File.Operations, func(e policy.Entry) bool { return e.Key.Matches(o.ID, o.Method, o.Path) }) {
				continue
			}
			if key.ID != "" {
				names = append(names, o.ID)
			} else {
				names = append(names, o.Method+" "+o.Path)
			}
		}
	}
	return names
}

// suggest is the cure for a key without a match: the nearest of the same form.
func (u Use) suggest(key policy.Selector) string {
	if s := tree.Suggest(key.String(), u.names(key, false)); s != "" {
		return `did you mean "` + s + `"?`
	}
	return "delete it, or write unmatched: allow in a file that serves more documents than are in use"
}
