package plan

import (
	"cmp"
	"slices"

	"github.com/resgen/resgen/generator/api"
	"github.com/resgen/resgen/generator/plan/naming"
	"github.com/resgen/resgen/generator/plan/policies"
	"github.com/resgen/resgen/generator/plan/typing"
	"github.com/resgen/resgen/generator/spec"
	"github.com/resgen/resgen/resilience/diag"
	"github.com/resgen/resgen/resilience/policy"
)

// Options configure [Plan].
type Options struct {
	Package  string         // Go package name
	Source   string         // path of the document for the header of generated files
	Policies []*policy.File // weakest first
	Decimal  bool           // numbers are wire.Decimal instead of float64

	// Validate plans the constraints that requests must meet, and a method Validate for each type.
	Validate bool

	// IgnoreExtensions leaves out the policies that x-resgen and extensions of other tools set.
	IgnoreExtensions bool

	// Group adds a group of methods to the client for each tag.
	Group bool

	// Keep reports whether an operation becomes a method. Nil keeps all. If Keep is set, schemas
	// that no kept operation needs are left out.
	Keep func(*spec.Operation) bool

	// Renames give Go names to component schemas and operations.
	Renames []naming.Rename
}

// Plan returns the content of the package for a document, and sorted findings. The API is nil if
// one of the findings is an error.
//
// Plan does not report keys of policy files that match no operation, because a file may be used for
// several documents: see [policies.CheckKeys].
func Plan(doc *spec.Document, o Options) (*api.API, diag.List) {
	var found diag.List
	a := newAPI(doc, o)
	kept := selectParts(doc, o.Keep)
	n := newNames(a.Names, o.Renames, &found)
	if o.Group {
		n.groups = newGroups(doc)
	}
	n.chosen.CheckRenames(namesOf(doc))

	resolved, problems := policies.Resolve(doc, kept.operations, policies.Options{
		Files: o.Policies, IgnoreExtensions: o.IgnoreExtensions,
	})
	found = append(found, problems...)
	a.Policy, a.Sources = resolved.API.Policy, resolved.API.Sources
	a.Circuits, a.Buckets, a.Shared = resolved.Circuits, resolved.Buckets, resolved.Sources
	a.Servers = servers(doc.Servers, kept.operations)

	// Names are claimed from the strongest claim to the weakest.
	ops := nameOperations(kept.operations, resolved.Operations, n)
	types := typing.New(typing.Config{
		Names: n.chosen, Scope: n.pkg, Usage: usage(kept.operations), Decimal: o.Decimal,
		Validate: o.Validate, Found: &found,
	})
	types.DeclareComponents(kept.schemas)
	nameOperationTypes(ops, n)
	n.groups.nameTypes(n)
	required := &security{document: doc.Schemes, found: &found}
	types.BuildComponents(kept.schemas)
	for _, op := range ops {
		complete(op, n, types, a.Servers)
		op.api.Security = required.of(op)
		a.Operations = append(a.Operations, op.api)
	}
	a.Schemes = required.schemes(a.Operations)
	if o.Validate {
		planRules(a, doc, ops, types, &found)
	}
	declared := types.Finish()
	planPages(ops, pageRules{declared: declared, whole: a.Sources, methods: n.methods, found: &found})
	a.Groups = n.groups.nameMethods(ops, kept.operations)
	types.NameConstants()
	a.Types = types.List()
	if o.Validate {
		setValidates(a.Types, declared)
	}
	sortForPrinting(a)

	found.Sort()
	if found.HasErrors() {
		return nil, found
	}
	return a, found
}

// newAPI returns an API with what does not depend on operations.
func newAPI(doc *spec.Document, o Options) *api.API {
	a := &api.API{
		Package: o.Package, Source: o.Source, Title: doc.Title, Version: doc.APIVersion, Description: doc.Description,
		Names: api.Names{
			Client: "Client", New: "New", Operations: "Operations", Defaults: "defaults", Description: "description",
		},
	}
	if o.Validate {
		a.Names.Rules = "rules"
	}
	return a
}

// names has the scopes of a package.
type names struct {
	chosen  naming.Chooser
	pkg     *naming.Scope // names of the package
	methods *naming.Scope // names of the methods and fields of the client
	groups  *groups       // nil if operations are not grouped
	found   *diag.List
}

func newNames(n api.Names, renames []naming.Rename, found *diag.List) names {
	own := []string{n.Client, n.New, n.Operations, n.Defaults, n.Description}
	if n.Rules != "" {
		own = append(own, n.Rules)
	}
	return names{
		chosen:  naming.NewChooser(renames, found),
		pkg:     naming.NewScope(found, slices.Concat(own, naming.Locals(), naming.Reserved())...),
		methods: naming.NewScope(found, "Close"),
		found:   found,
	}
}

func sortForPrinting(a *api.API) {
	slices.SortFunc(a.Types, func(a, b *api.Named) int { return cmp.Compare(a.Name, b.Name) })
	slices.SortFunc(a.Groups, func(a, b *api.Group) int { return cmp.Compare(a.Field, b.Field) })
	slices.SortStableFunc(a.Operations, func(a, b *api.Operation) int {
		return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(a.Method, b.Method))
	})
}
