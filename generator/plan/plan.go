// This file is the way in: [Plan] runs the steps, one file each.
package plan

import (
	"github.com/resgen/resgen/generator/api"
	"github.com/resgen/resgen/generator/spec"
	"github.com/resgen/resgen/resilience/diag"
	"github.com/resgen/resgen/resilience/policy"
)

// Options say how a document becomes a package.
type Options struct {
	Package  string         // Go package name
	Source   string         // path of the document for the header of generated files
	Policies []*policy.File // weakest first
	Decimal  bool           // number is [wire.Decimal] instead of float64

	// Keep says which operations become methods; nil: all. With it, schemas that none of them needs are left out.
	Keep func(*spec.Operation) bool

	// Renames give Go names to component schemas and operations.
	Renames []Rename
}

// A Rename gives what the document calls From the Go name To.
type Rename struct {
	From string        // key of a component schema, or an operationId
	To   string        // exported Go identifier
	Pos  diag.Position // for findings
}

// Plan decides everything about the package of a document. The API is nil if the list holds an error. The list is sorted.
//
// Keys of policy files that match no operation are not found here, because a file may serve several documents: see [CheckKeys].
func Plan(doc *spec.Document, o Options) (*api.API, diag.List) {
	p := newPlanner(doc, o)
	p.run()
	p.found.Sort()
	if p.found.HasErrors() {
		return nil, p.found
	}
	return p.api, p.found
}
