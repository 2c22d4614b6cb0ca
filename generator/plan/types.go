// This file turns schemas into types. [planner.typeOf] is the entry; what a kind of schema becomes is a function each:
// here scalars, lists and objects, in allof.go, union.go and enum.go the rest.
package plan

import (
	"cmp"
	"slices"
	"strconv"

	"github.com/resgen/resgen/generator/api"
	"github.com/resgen/resgen/generator/spec"
)

func kind(k api.Kind) *api.Type { return &api.Type{Kind: k} }

func of(k api.Kind, elem *api.Type) *api.Type { return &api.Type{Kind: k, Elem: elem} }

func namedType(name string) *api.Type { return &api.Type{Kind: api.NamedType, Name: name} }

// componentTypes fills the declarations of the component schemas. One that needs no declaration of its own kind is an alias.
func (p *planner) componentTypes() {
	for _, s := range p.schemas {
		n := p.named[s]
		if n.Shape != 0 {
			continue
		}
		from := s
		if t := s.Target(); p.named[t] == n {
			from = t
		}
		t := p.build(from)
		if n.Shape == 0 {
			n.Shape, n.Underlying = api.Alias, t
			n.Description, n.Deprecated = s.Description, s.Deprecated
		}
	}
}

// typeOf returns the Go type of a schema's values other than null. Nil is a schema that the document does not have.
func (p *planner) typeOf(s *spec.Schema) *api.Type {
	if s == nil {
		return kind(api.Any)
	}
	if n := p.named[s]; n != nil {
		return namedType(n.Name)
	}
	if s.Ref != nil {
		if p.hints[s.Ref].name == "" && s.Ref.Ref == nil && p.named[s.Ref] == nil {
			p.hint(s.Ref, hintFromPointer(s.Ref.Pointer))
		}
		return p.typeOf(s.Ref)
	}
	if t := p.types[s]; t != nil {
		return t
	}
	if p.building[s] { // a list or map that holds itself: it needs a name
		n := p.declare(s, api.Defined)
		return namedType(n.Name)
	}
	p.building[s] = true
	t := p.build(s)
	delete(p.building, s)
	if n := p.named[s]; n != nil {
		if n.Shape == api.Defined && n.Underlying == nil {
			n.Underlying = t
		}
		t = namedType(n.Name)
	}
	p.types[s] = t
	return t
}

// declare makes a declaration of s: that of its component, or a new one with the name it wants.
func (p *planner) declare(s *spec.Schema, shape api.Shape) *api.Named {
	from := p.from(s)
	n := p.named[from]
	if n == nil {
		h := p.hintOf(from)
		n = &api.Named{Name: p.pkg.claim(cmp.Or(h.name, "Value"), owner{h.what(), from.Pos}, "Type"), Schema: h.what(), Pos: from.Pos}
		p.named[from] = n
		p.api.Types = append(p.api.Types, n)
	}
	n.Shape, n.Description, n.Deprecated = shape, from.Description, from.Deprecated
	return n
}

// build returns the type of what s says itself.
func (p *planner) build(s *spec.Schema) *api.Type {
	switch {
	case s.Ref != nil:
		return p.typeOf(s.Ref)
	case len(s.AllOf) > 0:
		return p.allOf(s)
	case len(s.OneOf) > 0 || len(s.AnyOf) > 0:
		return p.union(s)
	case len(s.Types) > 1:
		return p.typeList(s)
	case isEnum(s):
		return p.enum(s)
	case len(s.Types) == 0:
		return kind(api.Any)
	}
	switch s.Types[0] {
	case "object":
		return p.object(s)
	case "array":
		return p.array(s)
	case "string":
		return kind(stringKind(s.Format))
	case "integer":
		return kind(integerKind(s.Format))
	case "number":
		return kind(p.numberKind())
	}
	return kind(api.Bool)
}

// stringKinds are the formats that make something else of a string.
var stringKinds = map[string]api.Kind{"date-time": api.Time, "date": api.Date, "byte": api.Bytes}

func stringKind(format string) api.Kind {
	if k := stringKinds[format]; k != 0 {
		return k
	}
	return api.String
}

func integerKind(format string) api.Kind {
	switch format {
	case "int32":
		return api.Int32
	case "uint64":
		return api.Uint64
	}
	return api.Int64
}

func (p *planner) numberKind() api.Kind {
	if p.opts.Decimal {
		return api.Decimal
	}
	return api.Float64
}

// array returns a slice. The elements of a tuple are the alternatives of a union, unless all are alike.
func (p *planner) array(s *spec.Schema) *api.Type {
	items := s.Items
	if len(s.Tuple) > 0 {
		list := s.Tuple
		if items != nil && !saysNothing(items) {
			list = append(slices.Clip(list), items) // what follows the tuple
		}
		items = &spec.Schema{Pos: s.Pos, Node: s.Node, AnyOf: list}
	}
	p.hint(items, p.hintOf(s).items())
	return of(api.Slice, p.element(items))
}

// element returns the type of what a list or map holds: a pointer where null is allowed.
func (p *planner) element(s *spec.Schema) *api.Type {
	t := p.typeOf(s)
	if s != nil && p.nullable(s) && t.Kind != api.Any {
		return of(api.Pointer, t)
	}
	return t
}

// object returns a map if nothing is known of the members' names, else a struct.
func (p *planner) object(s *spec.Schema) *api.Type {
	if len(s.Properties) == 0 && !s.Closed {
		if s.Additional == nil {
			return of(api.Map, kind(api.Any))
		}
		p.hint(s.Additional, p.hintOf(s).values())
		return of(api.Map, p.element(s.Additional))
	}
	return p.structure(s)
}

// structure declares a struct.
func (p *planner) structure(s *spec.Schema) *api.Type {
	n := p.declare(s, api.Struct)
	from, h := p.from(s), p.hintOf(s)
	names, files := newScope(&p.found, "MarshalJSON", "UnmarshalJSON"), false
	for _, prop := range s.Properties {
		what := "property " + prop.Name + " of " + n.Schema
		f := &api.Field{
			Name: prop.Name, Go: names.claim(p.chosen("", prop.Name, prop.Schema.Node), owner{what, prop.Pos}, "Field"),
			Description: fieldText(prop.Schema), Deprecated: prop.Schema.Deprecated,
			ReadOnly: prop.Schema.ReadOnly, WriteOnly: prop.Schema.WriteOnly, Secret: prop.Schema.Target().Format == "password",
		}
		n.Fields = append(n.Fields, f)
		p.hint(prop.Schema, h.property(prop.Name))
		base := p.typeOf(prop.Schema)
		if p.multipart[from] {
			base = fileType(prop.Schema, base)
			files = files || base.Kind == api.File || base.Kind == api.Slice && base.Elem.Kind == api.File
		}
		required := s.IsRequired(prop.Name) && !(f.ReadOnly && p.sent[from]) && !(f.WriteOnly && p.received[from])
		p.fields = append(p.fields, wrapped{at: &f.Type, omit: &f.OmitZero, base: base, required: required, nullable: p.nullable(prop.Schema)})
	}
	if s.Additional != nil {
		p.hint(s.Additional, h.values())
		n.Additional = p.element(s.Additional)
		n.AdditionalName = names.claim("AdditionalProperties", owner{"the additional properties of " + n.Schema, s.Pos}, "")
	}
	if !files {
		n.UnknownName = names.claim("Unknown", owner{"the unknown members of " + n.Schema, s.Pos}, "")
	}
	n.Custom = slices.ContainsFunc(n.Fields, func(f *api.Field) bool { return !f.Taggable() })
	return namedType(n.Name)
}

// fieldText is what the document says of a member, with the value that is the only one.
func fieldText(s *spec.Schema) string {
	if len(s.Enum) != 1 || !isEnum(s) {
		return s.Description
	}
	only := "Its only value is " + strconv.Quote(s.Enum[0].Text) + "."
	if s.Description == "" {
		return only
	}
	return s.Description + "\n\n" + only
}

// fileType makes binary members of a multipart body files.
func fileType(s *spec.Schema, base *api.Type) *api.Type {
	t := s.Target()
	switch {
	case isBinary(t):
		return kind(api.File)
	case base.Kind == api.Slice && t.Items != nil && isBinary(t.Items.Target()):
		return of(api.Slice, kind(api.File))
	}
	return base
}

// isBinary reports whether s is bytes that are not text.
func isBinary(s *spec.Schema) bool {
	return s != nil && s.Format == "binary" && (len(s.Types) == 0 || slices.Equal(s.Types, []string{"string"}))
}

// nullable reports whether null is a value of s.
func (p *planner) nullable(s *spec.Schema) bool {
	known, ok := p.nulls[s]
	if !ok {
		p.nulls[s] = false // what a union of itself comes to
		known = p.hasNull(s)
		p.nulls[s] = known
	}
	return known
}

func (p *planner) hasNull(s *spec.Schema) bool {
	if s.Nullable || s.Ref != nil && p.nullable(s.Ref) || slices.ContainsFunc(s.OneOf, p.nullable) || slices.ContainsFunc(s.AnyOf, p.nullable) {
		return true
	}
	return len(s.AllOf) > 0 && len(s.Types) == 0 && !slices.ContainsFunc(s.AllOf, func(m *spec.Schema) bool { return !p.nullable(m) })
}

// isNull reports whether null is the only value of s.
func isNull(s *spec.Schema) bool {
	return s != nil && s.Nullable && s.Ref == nil && isVacuous(s)
}
