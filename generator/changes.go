package generator

// This file says in words what changed: what generate would change, and what differs from a base.

import (
	"bytes"
	"path"
	"strconv"

	"github.com/resgen/resgen/generator/emit"
	"github.com/resgen/resgen/generator/review/changes"
	"github.com/resgen/resgen/generator/review/recorded"
	"github.com/resgen/resgen/resilience/diag"
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
		list = append(list, changes.Client{Output: p.Output, Pos: p.Pos, API: p.API})
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

// strictness returns the changes of what counts as an error.
func (b *Base) strictness(r *Result) []changes.Change {
	var list []changes.Change
	add := func(subject, old, new string) {
		if old != new {
			at := changes.Place{Pos: diag.Position{File: ConfigName}}
			list = append(list, changes.Change{
				Code: "severity", Subject: subject, What: old + " → " + new, OldAt: at, NewAt: at,
			})
		}
	}
	was, is := b.Config, r.config
	add("strict", strconv.FormatBool(was.Strict), strconv.FormatBool(is.Strict))
	for _, code := range codes {
		add("severity of "+code, string(was.Severity.of(code, was.Strict)), string(is.Severity.of(code, was.Strict)))
	}
	return list
}

// Changes returns what changed from the base to the result of a check.
func (b *Base) Changes(r *Result) []changes.Change {
	list := append(b.strictness(r), changes.Between(clients(b.Packages), clients(r.Packages))...)
	explained := map[string]bool{}
	for _, c := range list {
		explained[c.Client] = true
	}
	files := map[string]map[string][]byte{}
	for _, p := range b.Packages {
		files[p.Output] = map[string][]byte{}
		for name, data := range p.Files {
			if emit.IsGenerated(data) {
				files[p.Output][name] = bytes.ReplaceAll(data, []byte("\r\n"), []byte("\n"))
			}
		}
	}
	for _, p := range r.Packages {
		if old := files[p.Output]; len(old) > 0 {
			list = append(list, changes.Files(p.Output, old, p.Files, explained[p.Output])...)
		}
	}
	return list
}
