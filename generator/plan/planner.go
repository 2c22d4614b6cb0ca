package plan

import (
	"cmp"
	"slices"

	"github.com/resgen/resgen/generator/api"
	"github.com/resgen/resgen/generator/spec"
	"github.com/resgen/resgen/resilience/diag"
	"github.com/resgen/resgen/resilience/policy"
)

// A planner makes one plan.
type planner struct {
	doc     *spec.Document
	ops     []*spec.Operation // those of the document that are kept
	schemas []*spec.Schema    // component schemas that are kept
	opts    Options
	found   diag.List
	api     *api.API

	pkg     *scope // names of the package
	methods *scope // names of the client's methods

	hints     map[*spec.Schema]hint            // the Go name that an inline schema wants
	named     map[*spec.Schema]*api.Named      // what is declared
	types     map[*spec.Schema]*api.Type       // what has been worked out
	nulls     map[*spec.Schema]bool            // whether null is a value
	origin    map[*spec.Schema]*spec.Schema    // what a schema made for the plan was made of
	merges    map[*spec.Schema]merged          // what allOf comes to
	pairs     map[[2]*spec.Schema]*spec.Schema // what two schemas come to
	inside    map[*spec.Schema][]*spec.Schema  // the unions that a schema made for the plan is an alternative of
	open      []*spec.Schema                   // merges on the way
	asked     map[*spec.Schema]bool            // what parameters are made of
	building  map[*spec.Schema]bool            // on the way to it
	multipart map[*spec.Schema]bool            // bodies whose binary members are files
	sent      reach                            // what request bodies are made of
	received  reach                            // what answers are made of
	fields    []wrapped                        // types that wait for finish
	answers   []wrapped                        // likewise, of bodies that are returned

	shared     []policy.Layer // what holds for all operations: the document, its x-resgen, each policy file
	extensions []named
	circuits   map[string]policy.Breaker
	buckets    map[string]policy.Rate
}

func newPlanner(doc *spec.Document, o Options) *planner {
	p := &planner{
		doc: doc, opts: o,
		hints: map[*spec.Schema]hint{}, named: map[*spec.Schema]*api.Named{}, types: map[*spec.Schema]*api.Type{},
		building: map[*spec.Schema]bool{}, nulls: map[*spec.Schema]bool{}, asked: map[*spec.Schema]bool{}, origin: map[*spec.Schema]*spec.Schema{},
		merges: map[*spec.Schema]merged{}, pairs: map[[2]*spec.Schema]*spec.Schema{}, inside: map[*spec.Schema][]*spec.Schema{},
		circuits: map[string]policy.Breaker{}, buckets: map[string]policy.Rate{}, multipart: map[*spec.Schema]bool{}, sent: reach{}, received: reach{},
	}
	p.api = &api.API{
		Package: o.Package, Source: o.Source, Title: doc.Title, Version: doc.APIVersion, Description: doc.Description,
		Names: api.Names{Client: "Client", New: "New", Operations: "Operations", Defaults: "defaults", Description: "description"},
	}
	n := p.api.Names
	p.pkg = newScope(&p.found, slices.Concat([]string{n.Client, n.New, n.Operations, n.Defaults, n.Description}, locals, reserved)...)
	p.methods = newScope(&p.found, "Close")
	return p
}

// run takes the steps in their order: names first, from the strongest claim to the weakest, then types, then what uses them.
func (p *planner) run() {
	p.policies()
	p.choose()
	p.servers()
	p.schemes()
	ops := p.operationNames()
	p.operationPolicies(ops)
	p.componentNames()
	p.operationTypeNames(ops)
	p.hintComponents()
	p.markBodies()
	p.componentTypes()
	for _, op := range ops {
		p.operation(op)
	}
	p.finish()
	p.pages(ops)
	p.constants()
	p.sort()
}

// sort brings everything into the order in which it is printed.
func (p *planner) sort() {
	slices.SortFunc(p.api.Types, func(a, b *api.Named) int { return cmp.Compare(a.Name, b.Name) })
	slices.SortStableFunc(p.api.Operations, func(a, b *api.Operation) int {
		return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(a.Method, b.Method))
	})
}

func (p *planner) warn(pos diag.Position, code, subject, what, cure string) {
	p.found.Add(diag.Diagnostic{Pos: pos, Severity: diag.Warning, Code: code, Subject: subject, What: what, Cure: cure})
}

func (p *planner) fail(pos diag.Position, code, subject, what, cure string) {
	p.found.Add(diag.Diagnostic{Pos: pos, Code: code, Subject: subject, What: what, Cure: cure})
}
