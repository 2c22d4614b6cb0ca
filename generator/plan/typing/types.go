package typing

import (
	"strconv"

	"github.com/resgen/resgen/generator/api"
	"github.com/resgen/resgen/generator/plan/naming"
	"github.com/resgen/resgen/generator/spec"
	"github.com/resgen/resgen/resilience/diag"
)

// A Config has what types depend on in addition to their schemas.
type Config struct {
	Names   naming.Chooser // names that users choose
	Scope   *naming.Scope  // names of the package
	Usage   Usage
	Decimal bool // numbers are wire.Decimal instead of float64

	Validate bool // types have a method Validate, whose name no member gets

	Found *diag.List // receives findings
}

// number returns the kind of JSON numbers.
func (c Config) number() api.Kind {
	if c.Decimal {
		return api.Decimal
	}
	return api.Float64
}

// A Usage describes where the operations of a document use schemas.
type Usage struct {
	Sent      SchemaSet             // in request bodies
	Received  SchemaSet             // in responses
	Multipart map[*spec.Schema]bool // as multipart bodies, whose binary members are files
}

// Types has the types of a package.
type Types struct {
	b        *builder
	returned []returned
}

// New returns an empty set of types.
func New(c Config) *Types { return &Types{b: newBuilder(c)} }

// DeclareComponents claims the names of component schemas: first those that are spelled like their
// Go name, then the others.
func (t *Types) DeclareComponents(schemas []*spec.Schema) {
	for _, exact := range []bool{true, false} {
		for _, s := range schemas {
			if (naming.Exported(s.Name) == s.Name) == exact {
				t.b.decls.component(s, t.b.config.Names.Name(s.Name, s.Name, s.Node))
			}
		}
	}
}

// BuildComponents builds the types of declared components. A component whose type needs no
// declaration becomes an alias.
func (t *Types) BuildComponents(schemas []*spec.Schema) {
	for _, s := range schemas {
		t.b.places.addComponent(s)
	}
	for _, s := range schemas {
		n := t.b.decls.of[s]
		if n.Shape != 0 {
			continue
		}
		from := s
		if target := s.Target(); t.b.decls.of[target] == n {
			from = target
		}
		built := t.b.build(from)
		if n.Shape == 0 {
			n.Shape, n.Underlying = api.Alias, built
			n.Description, n.Deprecated = s.Description, s.Deprecated
		}
	}
}

// Place sets the place of an inline schema and of the schemas within it, unless they have one.
func (t *Types) Place(s *spec.Schema, at naming.Place) { t.b.places.add(s, at) }

// Parameter records that a parameter has the schema. An enum with a single value is then declared,
// which it is not as a member of an object.
func (t *Types) Parameter(s *spec.Schema) {
	t.b.params[s] = true
	if s.Items != nil {
		t.b.params[s.Items] = true
	}
}

// Of returns the type of the values of a schema other than null. The type of nil is any.
func (t *Types) Of(s *spec.Schema) *api.Type { return t.b.typeOf(s) }

// Nullable reports whether null is a value of s. It is false for nil.
func (t *Types) Nullable(s *spec.Schema) bool { return s != nil && t.b.nulls.allows(s) }

// Declared returns the Go name of the type that is declared for a schema, or "".
func (t *Types) Declared(s *spec.Schema) string {
	if n := t.b.decls.of[s]; n != nil {
		return n.Name
	}
	return ""
}

// Schemas returns the schemas that have a declared type, one for each type, in the order of the
// declarations.
func (t *Types) Schemas() []*spec.Schema {
	of := make(map[*api.Named]*spec.Schema, len(t.b.decls.list))
	for s, n := range t.b.decls.of {
		if of[n] == nil || s.Ref == nil { // a name for a reference is also that of an unnamed target
			of[n] = s
		}
	}
	list := make([]*spec.Schema, 0, len(of))
	for _, n := range t.b.decls.list {
		list = append(list, of[n])
	}
	return list
}

// Parts returns the fields of the struct of a multipart body, none for other types.
func (t *Types) Parts(s *spec.Schema) []*api.Field {
	if s != nil {
		if n := t.b.decls.of[s.Target()]; n != nil {
			return n.Fields
		}
	}
	return nil
}

// Argument makes [Types.Finish] set *at to the type of an argument with the given base type: a
// pointer if the argument may be absent or null and its type has no other value for that.
func (t *Types) Argument(at **api.Type, base *api.Type, required, nullable bool) {
	t.b.optional = append(t.b.optional, optional{at: at, base: base, required: required, nullable: nullable})
}

// Returned makes [Types.Finish] set *at to the type of a response body with the schema.
func (t *Types) Returned(at **api.Type, s *spec.Schema) {
	t.returned = append(t.returned, returned{at: at, base: t.Of(s), nullable: t.Nullable(s)})
}

// Finish completes all types. It must be called once, when no further types are built. It returns
// the declarations.
func (t *Types) Finish() api.Declarations {
	d := api.Declared(t.b.decls.list)
	for _, n := range breakAliases(t.b.decls.list, d) {
		t.b.config.Found.Add(diag.Diagnostic{
			Pos: n.Pos, Severity: diag.Warning, Code: "any", Subject: n.Schema,
			What: "is defined only by itself", Cure: "using any; give it a type",
		})
	}
	for _, o := range t.b.optional {
		o.complete(d)
	}
	for _, r := range t.returned {
		r.complete(d)
	}
	for _, n := range t.b.decls.list {
		dropConstants(n, d)
	}
	breakStructs(t.b.decls.list, d)
	shareMembers(t.b.decls.list, d, t.b.config.Validate)
	if s := t.b.merger.largest; s != nil {
		t.b.config.Found.Add(diag.Diagnostic{
			Pos: s.Pos, Code: "too-large", Subject: t.b.place(s).String(),
			What: "the schemas with an allOf have more than " + strconv.Itoa(maxMembers) + " properties in all",
			Cure: "shorten the chains of schemas that extend each other, or select fewer operations with include",
		})
	}
	if s := t.b.merger.overflow; s != nil {
		t.b.config.Found.Add(diag.Diagnostic{
			Pos: s.Pos, Severity: diag.Warning, Code: "any", Subject: t.b.place(s).String(),
			What: "is part of more than " + strconv.Itoa(maxPairs) + " combinations of schemas",
			Cure: "further ones are ignored; move them to components",
		})
	}
	return d
}

// NameConstants claims the names of all constants. They come after all other names of the package.
func (t *Types) NameConstants() {
	for _, n := range t.b.decls.list {
		for i := range n.Values {
			v := &n.Values[i]
			owner := naming.Owner{What: "value " + v.Text + " of " + n.Schema, Pos: n.Pos}
			others := naming.Constants(v.Go)
			for i, other := range others {
				others[i] = n.Name + other
			}
			v.Go = t.b.decls.scope.Claim(n.Name+naming.Constant(v.Go), owner, "Value", others...)
		}
	}
}

// List returns all declarations in the order in which they were made.
func (t *Types) List() []*api.Named { return t.b.decls.list }
