package setup

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/resgen/resgen/generator/api"
	"github.com/resgen/resgen/resilience/policy"
)

// A policyFile is the data of the template policy.yaml.
type policyFile struct {
	Path      string
	Schemas   string
	Reference string
	Source    string // the documents
	Proposals []listed

	uses map[string]int // number of operations by operationId
}

// A listed proposal is one with the operation that it is for.
type listed struct {
	Proposal
	Key   string       // of the entry
	Place string       // method, path and position
	Guard policy.Class // that holds until the proposal is reviewed; empty if the document raises nothing
}

// policyFiles returns the policy files of a project, each once.
func policyFiles(p Project) []*policyFile {
	var files []*policyFile
	for _, c := range p.Clients {
		i := slices.IndexFunc(files, func(f *policyFile) bool { return f.Path == c.Policy })
		if i < 0 {
			i = len(files)
			files = append(files, &policyFile{
				Path: c.Policy, Schemas: p.schemas(), Reference: p.reference(), uses: map[string]int{},
			})
		}
		files[i].Source = join(files[i].Source, c.Spec)
		for _, pkg := range c.Packages {
			files[i].count(pkg.API)
		}
	}
	for _, c := range p.Clients {
		i := slices.IndexFunc(files, func(f *policyFile) bool { return f.Path == c.Policy })
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
		known := seen[op.Route()]
		seen[op.Route()] = true
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
		if policy.ClassOf(op.Method) == policy.Safe {
			continue
		}
		key := op.ID
		if f.uses[op.ID] > 1 || strings.Contains(key, "*") || !isEntry(key) {
			key = op.Route()
		}
		if slices.ContainsFunc(f.Proposals, func(l listed) bool { return l.Key == key }) {
			continue // another document has the same method and path
		}
		place := op.Route() + ", " + op.Pos.File
		if op.Pos.Line > 0 {
			place += fmt.Sprintf(":%d", op.Pos.Line)
		}
		if title := comment(op.Summary); title != "" {
			place += ", " + title
		}
		f.Proposals = append(f.Proposals, listed{Propose(a, op), key, comment(place), guard(op)})
	}
}

// isEntry reports whether an operationId can be the key of an entry.
func isEntry(id string) bool {
	s, what, _ := policy.NewSelector(id)
	return what == "" && s.ID == id
}

// guard returns the class of the method if the document raises the class of the operation.
func guard(op *api.Operation) policy.Class {
	if own := policy.ClassOf(op.Method); op.Policy.Idempotency.Rank() > own.Rank() {
		return own
	}
	return ""
}

// guarded reports whether the document raises the class of any operation.
func (f *policyFile) guarded() bool {
	return slices.ContainsFunc(f.Proposals, func(l listed) bool { return l.Guard != "" })
}

// guardPath returns the path of the file with the guards: policy.unreviewed.yaml for policy.yaml.
func (f *policyFile) guardPath() string {
	extension := path.Ext(f.Path)
	return strings.TrimSuffix(f.Path, extension) + ".unreviewed" + extension
}
