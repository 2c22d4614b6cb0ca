package changes

// This file compares generated files. It finds what neither policies nor requests and responses
// show: other names in Go, other comments.

import (
	"bytes"
	"go/token"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/resgen/resgen/generator/phrase"
	"github.com/resgen/resgen/generator/review"
	"github.com/resgen/resgen/resilience/diag"
)

// Files returns what differs between the generated files of a client in two versions, a change for
// each file. If explained is set, other changes of the client are known, and only files are
// mentioned that declare other names.
func Files(output string, old, new map[string][]byte, explained bool) []Change {
	var found []Change
	all := maps.Clone(new)
	maps.Copy(all, old)
	for _, name := range slices.Sorted(maps.Keys(all)) {
		before, after := old[name], new[name]
		if bytes.Equal(before, after) {
			continue
		}
		file := path.Join(output, name)
		pos := diag.Position{File: file}
		c := Change{
			Code: "generated-file", Client: output, Subject: name, OldAt: Place{Pos: pos}, NewAt: Place{Pos: pos},
		}
		switch kind := review.KindOf(file, before, after); {
		case kind == review.Missing:
			c.What, c.OldAt = "was added", Place{}
		case kind == review.Unused:
			c.What, c.NewAt = "was removed", Place{}
		case kind == review.Stale && strings.HasSuffix(name, ".go"):
			d := review.Declarations(before, after)
			if explained {
				d = review.Declared{Added: exported(d.Added), Removed: exported(d.Removed)}
			}
			if explained && len(d.Added) == 0 && len(d.Removed) == 0 {
				continue
			}
			c.What = declared(d)
		case explained:
			continue
		case kind == review.Comments:
			c.What = "only comments differ"
		case kind == review.Stale:
			c.What = "the text differs"
		default:
			c.What = "only formatting differs"
		}
		found = append(found, c)
	}
	return found
}

// exported returns the names of exported declarations other than methods.
func exported(names []string) []string {
	return slices.DeleteFunc(slices.Clone(names), func(name string) bool {
		return !token.IsExported(name) || strings.Contains(name, ".")
	})
}

// declared returns the declarations that differ: "Pet changed; Animal was added".
func declared(d review.Declared) string {
	if d.Broken {
		return "did not parse as Go"
	}
	var parts []string
	for _, p := range []struct {
		names []string
		verb  string
	}{{d.Added, "added"}, {d.Removed, "removed"}, {d.Changed, "changed"}} {
		if len(p.names) > 0 {
			parts = append(parts, p.verb+": "+strings.Join(phrase.Few(p.names), ", "))
		}
	}
	return strings.Join(parts, "; ")
}
