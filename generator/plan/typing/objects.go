package typing

// This file builds the types of lists and objects.

import (
	"slices"
	"strconv"
	"strings"

	"github.com/resgen/resgen/generator/api"
	"github.com/resgen/resgen/generator/plan/naming"
	"github.com/resgen/resgen/generator/spec"
)

// array returns a slice. The elements of a tuple are the alternatives of a union, unless all have
// the same type.
func (b *builder) array(s *spec.Schema) *api.Type {
	items := s.Items
	if len(s.Tuple) > 0 {
		list := s.Tuple
		if items != nil && !isEmpty(items) {
			list = append(slices.Clip(list), items) // the elements after the tuple
		}
		items = &spec.Schema{Pos: s.Pos, Node: s.Node, AnyOf: list}
	}
	b.places.add(items, b.place(s).Items())
	return api.Of(api.Slice, b.element(items))
}

// element returns the type of the elements of a list or map: a pointer if null is allowed.
func (b *builder) element(s *spec.Schema) *api.Type {
	t := b.typeOf(s)
	if s != nil && b.nulls.allows(s) && t.Kind != api.Any {
		return api.Of(api.Pointer, t)
	}
	return t
}

// object returns a map if the names of the members are not known, and a struct if they are.
func (b *builder) object(s *spec.Schema) *api.Type {
	if len(s.Properties) > 0 || s.Closed {
		return b.structure(s)
	}
	if s.Additional == nil {
		return api.Of(api.Map, api.Of(api.Any, nil))
	}
	return api.Of(api.Map, b.additional(s))
}

// additional returns the type of the additional properties of s.
func (b *builder) additional(s *spec.Schema) *api.Type {
	if b.isMultipart(s) {
		if t := partType(s.Additional); t != nil {
			return t
		}
	}
	b.places.add(s.Additional, b.place(s).Values())
	return b.element(s.Additional)
}

// The fields of a struct for members that the document does not name. No property gets these names,
// so that they do not change when a property is added.
const (
	additionalName = "AdditionalProperties"
	unknownName    = "Unknown"
)

// validateName is the name of the method that checks a value.
const validateName = "Validate"

// structure declares a struct.
func (b *builder) structure(s *spec.Schema) *api.Type {
	n := b.declare(s, api.Struct)
	taken := []string{"MarshalJSON", "UnmarshalJSON", additionalName, unknownName}
	if slices.ContainsFunc(s.Properties, secret) {
		taken = append(taken, "String", "LogValue")
	}
	if b.config.Validate {
		taken = append(taken, validateName)
	}
	names := naming.NewScope(b.config.Found, taken...)
	for _, prop := range s.Properties {
		b.field(s, n, prop, names)
	}
	if s.Additional != nil {
		n.Additional = b.additional(s)
		n.AdditionalName = additionalName
	}
	n.UnknownName = unknownName
	n.Custom = slices.ContainsFunc(n.Fields, func(f *api.Field) bool { return !f.Taggable() })
	return api.Ref(n.Name)
}

// field adds a property of s to the fields of n.
func (b *builder) field(s *spec.Schema, n *api.Named, prop *spec.Property, names *naming.Scope) {
	from, at := b.lineage.origin(s), b.place(s)
	owner := naming.Owner{What: "property " + prop.Name + " of " + n.Schema, Pos: prop.Pos}
	f := &api.Field{
		Name: prop.Name, Go: names.Claim(
			b.config.Names.Name("", prop.Name, prop.Schema.Node), owner, "Field", naming.Others(prop.Name)...,
		),
		Description: fieldText(prop.Schema), Deprecated: prop.Schema.Deprecated,
		ReadOnly: prop.Schema.ReadOnly, WriteOnly: prop.Schema.WriteOnly,
		Secret: secret(prop), Required: s.IsRequired(prop.Name), Nullable: b.nulls.allows(prop.Schema),
		Assumed: Assumed(prop.Schema), Pos: prop.Pos,
	}
	n.Fields = append(n.Fields, f)
	b.places.add(prop.Schema, at.Property(prop.Name))
	use, isPart := b.config.Usage, b.isMultipart(s)
	var base *api.Type
	if isPart {
		f.Media, f.Base64 = partMedia(prop.Schema)
		base = partType(prop.Schema)
	}
	if base == nil {
		base = b.typeOf(prop.Schema)
	}
	if isPart && base.Kind == api.Any {
		f.Description = strings.TrimSpace(f.Description + "\n\n" + anyPart)
	}
	f.Constant = b.constant(s, prop)
	required := f.Required && !(f.ReadOnly && use.Sent[from]) && !(f.WriteOnly && use.Received[from])
	b.optional = append(b.optional, optional{
		at: &f.Type, field: f, base: base, required: required, nullable: f.Nullable,
		notNull: (isPart || len(prop.Schema.Target().Enum) > 0) && !f.Nullable,
	})
}

// constant returns the only value of a property of s: the one that its schema lists, or else the
// one that selects s in a discriminator of a schema that s extends.
func (b *builder) constant(s *spec.Schema, prop *spec.Property) string {
	if b.nulls.allows(prop.Schema) {
		return ""
	}
	values := b.values(prop.Schema)
	if len(values) == 1 {
		return values[0].Text
	}
	return b.heritage.value(b.lineage.origin(s), prop.Name, values)
}

// Assumed returns the default of a schema as JSON. It is empty if the schema has none.
func Assumed(s *spec.Schema) string {
	for _, from := range []*spec.Schema{s, s.Target()} {
		if n := from.Node.Get("default"); n != nil {
			return string(n.JSON())
		}
	}
	return ""
}

// fieldText returns the description of a property, and its value if it has only one.
func fieldText(s *spec.Schema) string {
	if len(s.Enum) != 1 || !IsEnum(s) {
		return s.Description
	}
	only := "Its only value is " + strconv.Quote(s.Enum[0].Text) + "."
	if s.Description == "" {
		return only
	}
	return s.Description + "\n\n" + only
}
