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
		c := newKeyCheck(u)
		for i := range u.File.Operations {
			c.check(i)
		}
		c.doubles()
		found = append(found, c.found...)
	}
	found.Sort()
	return found
}

// A keyCheck compares the entries of one policy file with the operations of all documents that use
// it.
type keyCheck struct {
	Use
	index *index
	hits  [][]*spec.Operation // of each entry
	names map[naming][]string // candidates for suggestions
	left  int                 // how many more candidates are compared with mistyped keys
	found diag.List
}

// A naming is a form of key: by operationId, or by method and path; of all operations, or only of
// those without an entry.
type naming struct{ byID, unmatched bool }

// mostCompared is how many candidates are compared with the mistyped keys of a file in all. Keys
// beyond are reported without a suggestion.
const mostCompared = 100_000

func newKeyCheck(u Use) *keyCheck {
	c := &keyCheck{
		Use: u, index: newIndex(u.File), hits: make([][]*spec.Operation, len(u.File.Operations)),
		names: map[naming][]string{}, left: mostCompared,
	}
	for _, doc := range u.Docs {
		for _, o := range doc.Operations {
			for _, i := range c.index.matching(o) {
				c.hits[i] = append(c.hits[i], o)
			}
		}
	}
	return c
}

// check reports an entry whose key does not match exactly one operation.
func (c *keyCheck) check(i int) {
	e, hits := c.File.Operations[i], c.hits[i]
	if e.Key == (policy.Selector{}) {
		return // the key is malformed, which is reported
	}
	subject := "operation " + e.Key.String()
	typo := ""
	if len(hits) == 0 && c.File.AllowUnmatched {
		typo = diag.Mistyped(e.Key.String(), c.candidates(e.Key, true))
	}
	switch {
	case typo != "":
		c.found.Add(diag.Diagnostic{
			Pos: e.Pos, Code: "unmatched-key", Subject: subject,
			What: "no document that uses this file has it, and " + typo + " has no entry",
			Cure: `did you mean "` + typo + `"?`,
		})
	case len(hits) == 0 && !c.File.AllowUnmatched:
		c.found.Add(diag.Diagnostic{
			Pos: e.Pos, Code: "unmatched-key", Subject: subject,
			What: "no document that uses this file has it", Cure: c.suggest(e.Key),
		})
	case len(hits) > 1 && e.Key.ID != "" && !e.Key.IsGlob():
		c.found.Add(diag.Diagnostic{
			Pos: e.Pos, Code: "ambiguous-key", Subject: subject,
			What: "is the operationId at " + hits[0].IDPos.String() + " and at " + hits[1].IDPos.String(),
			Cure: "use " + hits[0].Method + " " + hits[0].Path + " or " + hits[1].Method + " " + hits[1].Path,
		})
	}
}

// doubles reports operations that two entries of the file name, one by operationId and one by
// method and path. Globs may match operations that have an entry.
func (c *keyCheck) doubles() {
	reported := map[diag.Position]bool{}
	for _, doc := range c.Docs {
		for _, o := range doc.Operations {
			list := c.index.named(o)
			for _, i := range list[min(1, len(list)):] {
				first, e := c.File.Operations[list[0]], c.File.Operations[i]
				if !reported[e.Pos] {
					c.found.Add(diag.Diagnostic{
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

// candidates returns the keys of all operations in the form of key: operationIds, or methods with
// paths. If unmatched is set, operations with an entry are left out. It returns nothing once too
// many have been compared.
func (c *keyCheck) candidates(key policy.Selector, unmatched bool) []string {
	form := naming{key.ID != "", unmatched}
	names, known := c.names[form]
	if !known {
		names = c.keysOf(form)
		c.names[form] = names
	}
	if c.left -= len(names); c.left < 0 {
		return nil
	}
	return names
}

func (c *keyCheck) keysOf(form naming) []string {
	var names []string
	for _, doc := range c.Docs {
		for _, o := range doc.Operations {
			switch {
			case form.unmatched && len(c.index.matching(o)) > 0:
			case form.byID:
				names = append(names, o.ID)
			default:
				names = append(names, o.Method+" "+o.Path)
			}
		}
	}
	return names
}

// suggest returns the cure for a key that matches nothing: the most similar key of the same form.
func (c *keyCheck) suggest(key policy.Selector) string {
	if s := diag.Suggest(key.String(), c.candidates(key, false)); s != "" {
		return `did you mean "` + s + `"?`
	}
	return "remove the entry, or set unmatched: allow in a file for documents that are not all used here"
}
