package policies

import (
	"github.com/resgen/resgen/generator/spec"
	"github.com/resgen/resgen/resilience/diag"
	"github.com/resgen/resgen/resilience/policy"
)

// A Use is a policy file and all documents of a run that use it.
type Use struct {
	File *policy.File
	Docs []*spec.Document
}

// CheckKeys finds keys of policy files that match no operation of any document that uses the file,
// and operationIds that match more than one operation. The list is sorted.
func CheckKeys(uses []Use) diag.List {
	var found diag.List
	for _, u := range uses {
		for _, e := range u.File.Operations {
			if e.Key != (policy.Selector{}) { // the key is malformed, which is reported
				u.check(e, &found)
			}
		}
		u.checkDoubles(&found)
	}
	found.Sort()
	return found
}

// check finds the operations that a key matches and reports the key if there is not exactly one.
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
	typo := ""
	if len(hits) == 0 && u.File.AllowUnmatched {
		typo = diag.Mistyped(e.Key.String(), u.names(e.Key, true))
	}
	switch {
	case typo != "":
		found.Add(diag.Diagnostic{
			Pos: e.Pos, Code: "unmatched-key", Subject: subject,
			What: "no document that uses this file has it, and " + typo + " has no entry",
			Cure: `did you mean "` + typo + `"?`,
		})
	case len(hits) == 0 && !u.File.AllowUnmatched:
		found.Add(diag.Diagnostic{
			Pos: e.Pos, Code: "unmatched-key", Subject: subject,
			What: "no document that uses this file has it", Cure: u.suggest(e.Key),
		})
	case len(hits) > 1 && e.Key.ID != "":
		found.Add(diag.Diagnostic{
			Pos: e.Pos, Code: "ambiguous-key", Subject: subject,
			What: "is the operationId at " + hits[0].IDPos.String() + " and at " + hits[1].IDPos.String(),
			Cure: "use " + hits[0].Method + " " + hits[0].Path + " or " + hits[1].Method + " " + hits[1].Path,
		})
	}
}

// checkDoubles reports operations that two entries of the file name, one by operationId and one by
// method and path. Globs may match operations that have an entry.
func (u Use) checkDoubles(found *diag.List) {
	reported := map[diag.Position]bool{}
	for _, doc := range u.Docs {
		for _, o := range doc.Operations {
			var first *policy.Entry
			for i, e := range u.File.Operations {
				if e.Key.IsGlob() || !e.Key.Matches(o.ID, o.Method, o.Path) {
					continue
				}
				if first == nil {
					first = &u.File.Operations[i]
					continue
				}
				if !reported[e.Pos] {
					found.Add(diag.Diagnostic{
						Pos: e.Pos, Code: "duplicate-entry", Subject: "operation " + e.Key.String(),
						What: "has another entry, " + first.Key.String() + " at " + first.Pos.String(),
						Cure: "put both into one entry",
					})
				}
				reported[e.Pos] = true
			}
		}
	}
}

// names returns the keys of all operations in the form of key: operationIds, or methods with paths.
// If unmatched is set, operations with an entry are left out.
func (u Use) names(key policy.Selector, unmatched bool) []string {
	var names []string
	for _, doc := range u.Docs {
		for _, o := range doc.Operations {
			if unmatched && len(entries(u.File, o)) > 0 {
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

// suggest returns the cure for a key that matches nothing: the most similar key of the same form.
func (u Use) suggest(key policy.Selector) string {
	if s := diag.Suggest(key.String(), u.names(key, false)); s != "" {
		return `did you mean "` + s + `"?`
	}
	return "remove the entry, or set unmatched: allow in a file for documents that are not all used here"
}
