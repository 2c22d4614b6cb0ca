package setup

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/resgen/resgen/generator/api"
	"github.com/resgen/resgen/resilience/policy"
)

// A policyFile is the data of the template policy.yaml.
type policyFile struct {
	path      string
	Schemas   string
	Reference string
	Source    string // the documents
	Guards    []guard
	Proposals []listed

	uses map[string]int // number of operations by operationId
}

// A guard sets the class of all operations with a method to that of the method.
type guard struct {
	Method string
	Class  policy.Class
}

// A listed proposal is one with the operation that it is for.
type listed struct {
	Proposal
	Key   string // of the entry
	Place string // method, path and position
}

// policyFiles returns the policy files of a project, each once.
func policyFiles(p Project) []*policyFile {
	var files []*policyFile
	for _, c := range p.Clients {
		i := slices.IndexFunc(files, func(f *policyFile) bool { return f.path == c.Policy })
		if i < 0 {
			i = len(files)
			files = append(files, &policyFile{
				path: c.Policy, Schemas: p.schemas(), Reference: p.reference(), uses: map[string]int{},
			})
		}
		files[i].Source = join(files[i].Source, c.Spec)
		for _, pkg := range c.Packages {
			files[i].count(pkg.API)
		}
	}
	for _, c := range p.Clients {
		i := slices.IndexFunc(files, func(f *policyFile) bool { return f.path == c.Policy })
		for _, pkg := range c.Packages {
			files[i].list(pkg.API)
		}
	}
	return files
}

func join(list, next string) string {
	if list == "" {
		return comment(next)
	}
	return list + ", " + comment(next)
}

// requestsOf returns the first method for each operation of the document: further media types of a
// body have methods with the same request.
func requestsOf(a *api.API) []*api.Operation {
	seen := map[string]bool{}
	return slices.DeleteFunc(slices.Clone(a.Operations), func(op *api.Operation) bool {
		known := seen[request(op)]
		seen[request(op)] = true
		return known
	})
}

func (f *policyFile) count(a *api.API) {
	for _, op := range requestsOf(a) {
		f.uses[op.ID]++
	}
}

// list adds the proposals for the operations of a document that are not read-only.
func (f *policyFile) list(a *api.API) {
	for _, op := range requestsOf(a) {
		own := policy.ClassOf(op.Method)
		if own == policy.Safe {
			continue
		}
		f.guard(op, own)
		key := op.ID
		if f.uses[op.ID] > 1 || strings.Contains(key, "*") || !isEntry(key) {
			key = request(op)
		}
		if slices.ContainsFunc(f.Proposals, func(l listed) bool { return l.Key == key }) {
			continue // another document has the same method and path
		}
		place := request(op) + ", " + op.Pos.File
		if op.Pos.Line > 0 {
			place += fmt.Sprintf(":%d", op.Pos.Line)
		}
		if title := comment(op.Summary); title != "" {
			place += ", " + title
		}
		f.Proposals = append(f.Proposals, listed{Propose(a, op), key, comment(place)})
	}
}

// isEntry reports whether an operationId can be the key of an entry.
func isEntry(id string) bool {
	s, what, _ := policy.NewSelector(id)
	return what == "" && s.ID == id
}

// guard adds a guard for the method of an operation if the document raises its class.
func (f *policyFile) guard(op *api.Operation, own policy.Class) {
	if op.Policy.Idempotency.Rank() <= own.Rank() ||
		slices.ContainsFunc(f.Guards, func(g guard) bool { return g.Method == op.Method }) {
		return
	}
	f.Guards = append(f.Guards, guard{op.Method, own})
	slices.SortFunc(f.Guards, func(a, b guard) int { return cmp.Compare(a.Method, b.Method) })
}
