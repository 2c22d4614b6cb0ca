package generator

// This file says in words what changed: what generate would change, and what differs from a base.

import (
	"path"
	"strings"

	"github.com/resgen/resgen/generator/review/changes"
	"github.com/resgen/resgen/generator/review/recorded"
)

// Complete reports whether every client has its files, so that the result can be compared.
func (r *Result) Complete() bool {
	for _, p := range r.Packages {
		if p.Files == nil {
			return false
		}
	}
	return len(r.Packages) > 0
}

// clients returns the packages as what is compared.
func clients(packages []Package) []changes.Client {
	var list []changes.Client
	for _, p := range packages {
		list = append(list, changes.Client{Output: p.Output, API: p.API})
	}
	return list
}

// Pending returns the changes of policies that generate would bring: from the policies in the
// checked-in files to those of the plan.
func Pending(r *Result) []changes.Change {
	var list []changes.Change
	for _, p := range r.Packages {
		for _, c := range r.Changes {
			if path.Dir(c.Path) != p.Output || path.Base(c.Path) != clientFile || c.Before == nil {
				continue
			}
			if written, ok := recorded.Read(c.Path, c.Before); ok {
				list = append(list, changes.Policies(p.Output, written, p.API)...)
			}
		}
	}
	return list
}

// Changes returns what changed from the base to the result of a check.
func (b *Base) Changes(r *Result) []changes.Change {
	list := changes.Between(clients(b.Packages), clients(r.Packages))
	explained := map[string]bool{}
	for _, c := range list {
		explained[c.Client] = true
	}
	files := map[string]map[string][]byte{}
	for _, p := range b.Packages {
		files[p.Output] = map[string][]byte{}
		for name, data := range p.Files {
			files[p.Output][name] = []byte(strings.ReplaceAll(string(data), "\r\n", "\n"))
		}
	}
	for _, p := range r.Packages {
		list = append(list, changes.Files(p.Output, files[p.Output], p.Files, explained[p.Output])...)
	}
	return list
}
