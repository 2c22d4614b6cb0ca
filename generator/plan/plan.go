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
