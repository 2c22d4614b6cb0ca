package typing

// This file finds the discriminators of the schemas that a schema extends by allOf.

import (
	"slices"

	"github.com/resgen/resgen/generator/api"
	"github.com/resgen/resgen/generator/spec"
)

// heritage remembers for each schema the discriminators of the schema and of those that it extends.
type heritage map[*spec.Schema][]*spec.Discriminator

// of returns the discriminators of a schema and of those that it extends, nearest first.
func (h heritage) of(s *spec.Schema) []*spec.Discriminator {
	s = s.Target()
	if known, ok := h[s]; ok {
		return known
	}
	h[s] = nil // for a schema that extends itself
	var out []*spec.Discriminator
	if s.Discriminator != nil {
		out = append(out, s.Discriminator)
	}
	for _, m := range s.AllOf {
		for _, d := range h.of(m) {
			if !slices.Contains(out, d) {
				out = append(out, d)
			}
		}
	}
	h[s] = out
	return out
}

// value returns the value of a property that selects s in a discriminator of a schema that it
// extends. values are the only ones that the property may have, if its schema lists them. The
// result is empty if there is none.
func (h heritage) value(s *spec.Schema, property string, values []api.Constant) string {
	if s.Name == "" {
		return ""
	}
	for _, d := range h.of(s) {
		if d.Property != property || d == s.Discriminator {
			continue
		}
		text := textOf(s.Node.Get("x-ms-discriminator-value"))
		for _, m := range d.Mapping {
			if text == "" && m.Schema.Target() == s {
				text = m.Value
			}
		}
		if text == "" {
			text = alike(values, s.Name)
		}
		if values == nil || slices.ContainsFunc(values, func(c api.Constant) bool { return c.Text == text }) {
			return text
		}
	}
	return ""
}

// constantKinds are the kinds of fields that can have a constant.
var constantKinds = []api.Kind{
	api.String, api.Int32, api.Int64, api.Uint64, api.Float64, api.Decimal, api.Bool, api.Date, api.Time,
}

// dropConstants removes the constants of fields that may be absent, or whose type has no constants.
func dropConstants(n *api.Named, d api.Declarations) {
	for _, f := range n.Fields {
		t := d.Under(f.Type)
		if d.IsEnum(t) {
			t = d.Under(d[t.Name].Underlying)
		}
		if f.OmitZero || !slices.Contains(constantKinds, t.Kind) {
			f.Constant = ""
		}
	}
}
