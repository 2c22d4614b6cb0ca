package typing

import (
	"slices"

	"github.com/resgen/resgen/generator/api"
	"github.com/resgen/resgen/generator/plan/naming"
	"github.com/resgen/resgen/generator/spec"
	"github.com/resgen/resgen/resilience/diag"
)

// A builder builds the types of schemas recursively.
type builder struct {
	config   Config
	decls    *declarations
	places   places
	lineage  lineage
	merger   *merger
	nulls    nulls
	heritage heritage
	scalars  scalars

	types    map[*spec.Schema]*api.Type    // results
	listed   map[*spec.Schema][]api.Member // results of members
	building map[*spec.Schema]bool         // schemas that are being built
	merging  []*spec.Schema                // schemas with allOf that are being built, outermost first
	optional []optional                    // fields and arguments to complete
	params   map[*spec.Schema]bool         // schemas of parameters and of their items
}

func newBuilder(c Config) *builder {
	decls := &declarations{scope: c.Scope, of: map[*spec.Schema]*api.Named{}}
	return &builder{
		config: c, decls: decls, places: places{decls, map[*spec.Schema]naming.Place{}},
		lineage: newLineage(), merger: newMerger(), heritage: heritage{}, nulls: nulls{}, scalars: scalars{},
		types: map[*spec.Schema]*api.Type{}, listed: map[*spec.Schema][]api.Member{},
		building: map[*spec.Schema]bool{}, params: map[*spec.Schema]bool{},
	}
}

// typeOf returns the Go type for the values of a schema other than null. The type of nil, a schema
// that the document does not state, is any.
func (b *builder) typeOf(s *spec.Schema) *api.Type {
	if s == nil {
		return api.Of(api.Any, nil)
	}
	if n := b.decls.of[s]; n != nil {
		return api.Ref(n.Name)
	}
	if s.Ref != nil {
		b.placeReferenced(s.Ref)
		return b.typeOf(s.Ref)
	}
	if t := b.types[s]; t != nil {
		return t
	}
	if b.building[s] { // a list or map that contains itself needs a name
		return api.Ref(b.declare(s, api.Defined).Name)
	}
	b.building[s] = true
	t := b.build(s)
	delete(b.building, s)
	if n := b.decls.of[s]; n != nil {
		if n.Shape == api.Defined && n.Underlying == nil {
			n.Underlying = t
		}
		t = api.Ref(n.Name)
	}
	b.types[s] = t
	return t
}

// placeReferenced derives the place of a schema from the reference to it, if it has no other.
func (b *builder) placeReferenced(s *spec.Schema) {
	if b.places.at[s].Name == "" && s.Ref == nil && b.decls.of[s] == nil {
		b.places.add(s, naming.PlaceAt(s.Pointer))
	}
}

// build returns the type of a schema that is not in the memory of typeOf.
func (b *builder) build(s *spec.Schema) *api.Type {
	switch {
	case s.Ref != nil:
		return b.typeOf(s.Ref)
	case len(s.AllOf) > 0:
		return b.allOf(s)
	case len(s.OneOf) > 0 || len(s.AnyOf) > 0:
		return b.union(s)
	case len(s.Types) > 1:
		return b.typeList(s)
	case IsEnum(s):
		return b.enum(s)
	case len(s.Types) == 0:
		return api.Of(api.Any, nil)
	}
	switch s.Types[0] {
	case "object":
		return b.object(s)
	case "array":
		return b.array(s)
	}
	return api.Of(b.scalarKind(s), nil)
}

// scalarKind returns the kind of a schema of one scalar type.
func (b *builder) scalarKind(s *spec.Schema) api.Kind {
	switch s.Types[0] {
	case "string":
		return stringKind(s.Format)
	case "integer":
		return integerKind(s.Format)
	case "number":
		return b.config.number()
	}
	return api.Bool
}

// declare returns the declaration of s, under the name of its component or of its place.
func (b *builder) declare(s *spec.Schema, shape api.Shape) *api.Named {
	from := b.lineage.origin(s)
	n := b.decls.inline(from, b.places.at[from])
	n.Shape, n.Description, n.Deprecated = shape, from.Description, from.Deprecated
	return n
}

// place returns the place of s, or of the schema from which it was made.
func (b *builder) place(s *spec.Schema) naming.Place { return b.places.at[b.lineage.origin(s)] }

// instead returns the type of made, which was made from s and takes its place.
func (b *builder) instead(s, made *spec.Schema) *api.Type {
	b.lineage.replace(s, made)
	return b.build(made)
}

// only returns the type of v, the only alternative or member of s. An inline v is declared under
// the name of s.
func (b *builder) only(s, v *spec.Schema) *api.Type {
	if v.Ref == nil && b.decls.of[v] == nil && v.Name == "" {
		made := *v
		b.lineage.unions[&made] = b.lineage.unions[v]
		return b.instead(s, &made)
	}
	return b.typeOf(v)
}

// allOf returns the type of a schema with allOf. If only one member restricts anything, it is the
// type of that member.
func (b *builder) allOf(s *spec.Schema) *api.Type {
	if v := soleMember(s); v != nil {
		return b.only(s, v)
	}
	for _, outer := range b.merging {
		if sameMembers(outer, s) { // for example two lists whose items are lists of the same kind
			return b.typeOf(outer)
		}
	}
	m, conflict := b.merger.merge(s)
	if conflict != "" {
		return b.contradiction(s, conflict)
	}
	b.merging = append(b.merging, s)
	defer func() { b.merging = b.merging[:len(b.merging)-1] }()
	return b.instead(s, m)
}

// contradiction reports that s has no valid value and returns the type to use for it.
func (b *builder) contradiction(s *spec.Schema, in string) *api.Type {
	b.config.Found.Add(diag.Diagnostic{
		Pos: s.Pos, Severity: diag.Warning, Code: "contradiction", Subject: b.place(s).String(),
		What: "no value is valid, because its parts contradict each other in " + in,
		Cure: "using any; correct one of them",
	})
	return api.Of(api.Any, nil)
}

// enum returns the type of an enum, and declares it if its values become constants. Values of
// several types are a scalar.
func (b *builder) enum(s *spec.Schema) *api.Type {
	if len(s.Types) == 0 {
		return mixedEnum(s)
	}
	bare := *s
	bare.Enum = nil
	underlying := b.build(&bare)
	if kind := widened(underlying.Kind, s); kind != underlying.Kind {
		underlying = api.Of(kind, nil)
	}
	if from := b.lineage.origin(s); len(s.Enum) == 1 && b.decls.of[from] == nil && !b.params[from] {
		return underlying // a member with only one value needs no type
	}
	if !slices.Contains(enumKinds, underlying.Kind) {
		return underlying
	}
	n := b.declare(s, api.Enum)
	n.Underlying = underlying
	n.Values = enumValues(s, underlying.Kind)
	return api.Ref(n.Name)
}
