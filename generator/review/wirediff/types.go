package wirediff

// This file compares types by the values that they have as JSON, as text or in a form.

import (
	"slices"
	"strings"

	"github.com/resgen/resgen/generator/api"
)

// A value is a type and the only value that a member may have; empty if there is no such value.
type value struct {
	*api.Type
	only string
}

// types compares the values of two types. The schemas that they refer to are compared once, and
// belong to owner, or to the operation that is the subject of at if owner is nil.
func (c *comparison) types(at Difference, old, new *api.Type, owner *schemaPair) {
	c.values(at, value{old, ""}, value{new, ""}, owner)
}

func (c *comparison) values(at Difference, old, new value, owner *schemaPair) {
	was, is := c.old.Bare(old.Type), c.new.Bare(new.Type)
	if was == nil || is == nil {
		return
	}
	wasNamed, isNamed := c.old.Declarations[was.Name], c.new.Declarations[is.Name]
	switch {
	case wasNamed != nil && isNamed != nil && wasNamed.Shape == isNamed.Shape && old.only == new.only:
		c.refer(at, wasNamed, isNamed, owner)
	case was.Kind == api.Slice && is.Kind == api.Slice:
		c.elements(at, "[]", was.Elem, is.Elem, owner)
	case was.Kind == api.Map && is.Kind == api.Map:
		c.elements(at, "{}", was.Elem, is.Elem, owner)
	default:
		c.kinds(at, old, new)
	}
}

// elements compares the elements of lists and maps.
func (c *comparison) elements(at Difference, suffix string, old, new *api.Type, owner *schemaPair) {
	at.Place += suffix
	c.null(at, old.Kind == api.Pointer, new.Kind == api.Pointer)
	c.types(at, old, new, owner)
}

// null compares whether null is among the values.
func (c *comparison) null(at Difference, old, new bool) {
	switch {
	case old && !new:
		c.add(at.narrowed("null-removed", "is never null any more", "must not be null any more"))
	case !old && new:
		c.add(at.widened("null-added", "may be null now", "may be null now"))
	}
}

// narrowed returns the difference that some values are not allowed any more, in words for responses
// and for requests.
func (d Difference) narrowed(code, response, request string) Difference {
	if d.Direction == Response {
		return d.with(code, Neutral, d.Place, response)
	}
	return d.with(code, Breaking, d.Place, request)
}

// widened returns the difference that more values are allowed.
func (d Difference) widened(code, response, request string) Difference {
	if d.Direction == Response {
		return d.with(code, Breaking, d.Place, response)
	}
	return d.with(code, Addition, d.Place, request)
}

// kinds compares types that are not of the same form.
func (c *comparison) kinds(at Difference, old, new value) {
	wasList, isList := c.old.listed(old), c.new.listed(new)
	was, is := c.old.base(old.Type), c.new.base(new.Type)
	narrower, wider := c.includes(c.old, was, c.new, is), c.includes(c.new, is, c.old, was)
	switch {
	case narrower && wider:
	case narrower:
		text := "has another type: " + c.old.describe(was) + " → " + c.new.describe(is)
		c.add(at.narrowed("type-narrowed", text, text))
	case wider:
		text := "has another type: " + c.old.describe(was) + " → " + c.new.describe(is)
		c.add(at.widened("type-widened", text, text))
	default:
		c.add(at.with("type-changed", Breaking, at.Place,
			"has another type: "+c.old.describe(was)+" → "+c.new.describe(is)))
		return
	}
	c.enumerations(at, wasList, isList)
}

// enumerations compares the only values of two types. A nil list means that there are others.
func (c *comparison) enumerations(at Difference, old, new []string) {
	switch {
	case old == nil && new == nil:
	case old == nil:
		text := "is only one of " + few(new) + " now"
		c.add(at.narrowed("enum-added", text, text))
	case new == nil:
		c.add(at.widened("enum-removed", "is not only one of "+few(old)+" any more", "may have any value now"))
	default:
		if gone := without(old, new); len(gone) > 0 {
			c.add(at.narrowed("enum-value-removed",
				"is never "+few(gone)+" any more", "must not be "+few(gone)+" any more"))
		}
		if more := without(new, old); len(more) > 0 {
			c.add(at.widened("enum-value-added", "may be "+few(more)+" now", "may be "+few(more)+" now"))
		}
	}
}

// without returns the texts of list that are not in other.
func without(list, other []string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(s string) bool { return slices.Contains(other, s) })
}

// listed returns the only values of a type, nil if it has others.
func (s side) listed(v value) []string {
	if n := s.Declarations[s.Bare(v.Type).Name]; n != nil && n.Shape == api.Enum {
		list := make([]string, len(n.Values))
		for i, value := range n.Values {
			list[i] = value.Text
		}
		return list
	}
	if v.only != "" {
		return []string{v.only}
	}
	return nil
}

// base returns the type of the values of an enum, and other types without names and nulls.
func (s side) base(t *api.Type) *api.Type {
	t = s.Bare(t)
	if n := s.Declarations[t.Name]; n != nil && n.Shape == api.Enum {
		return s.Bare(n.Underlying)
	}
	return t
}

// isScalar reports whether a parameter of the type is a single value.
func (s side) isScalar(t *api.Type) bool {
	b := s.base(t)
	return b == nil || slices.Contains(scalars, b.Kind)
}

var (
	integers = []api.Kind{api.Int32, api.Int64, api.Uint64}
	numbers  = []api.Kind{api.Float64, api.Decimal}
	texts    = []api.Kind{api.String, api.Time, api.Date, api.Bytes}
	files    = []api.Kind{api.File, api.Reader, api.Stream}
	scalars  = slices.Concat(integers, numbers, texts, []api.Kind{api.Bool, api.Scalar})
)

// includes reports whether a type has all values of another one.
func (c *comparison) includes(s side, t *api.Type, other side, u *api.Type) bool {
	if n := s.Declarations[t.Name]; n != nil && n.Shape == api.Union {
		return c.unionIncludes(s, n, other, u)
	}
	isObject := func(x side, k *api.Type) bool { return x.describe(k) == "object" }
	switch {
	case t.Kind == u.Kind && t.Kind != api.NamedType, t.Kind == api.Any, t.Kind == api.Raw:
		return true
	case t.Kind == api.Map && isObject(other, u):
		return true
	case t.Kind == api.Scalar:
		return slices.Contains(scalars, u.Kind)
	case slices.Contains(numbers, t.Kind):
		return slices.Contains(numbers, u.Kind) || slices.Contains(integers, u.Kind)
	case t.Kind == api.Int64:
		return u.Kind == api.Int32
	case t.Kind == api.String:
		return slices.Contains(texts, u.Kind)
	case slices.Contains(files, t.Kind):
		return slices.Contains(files, u.Kind) || u.Kind == api.String || u.Kind == api.Bytes
	}
	return false
}

// unionIncludes reports whether one of the variants of a union is the other type.
func (c *comparison) unionIncludes(s side, n *api.Named, other side, u *api.Type) bool {
	return slices.ContainsFunc(n.Variants, func(v *api.Variant) bool {
		return s.label(v.Type) == other.label(u)
	})
}

// label returns the name of a type in the document, or else what it is.
func (s side) label(t *api.Type) string {
	if n := s.Declarations[s.Bare(t).Name]; n != nil {
		return n.Schema
	}
	return s.describe(s.Bare(t))
}

var kindWords = map[api.Kind]string{
	api.Any: "any value", api.Raw: "any value", api.Bool: "boolean", api.Int32: "int32 integer",
	api.Int64: "integer", api.Uint64: "uint64 integer", api.Float64: "number", api.Decimal: "number",
	api.String: "string", api.Bytes: "Base64 string", api.Time: "date-time string", api.Date: "date string",
	api.Scalar: "string, number or boolean", api.File: "file", api.Reader: "bytes", api.Stream: "bytes",
	api.Slice: "list", api.Map: "object",
}

// describe returns what a type is, in the words of JSON.
func (s side) describe(t *api.Type) string {
	n := s.Declarations[t.Name]
	switch {
	case n == nil:
		return kindWords[t.Kind]
	case n.Shape == api.Struct:
		return "object"
	case n.Shape == api.Union:
		labels := make([]string, len(n.Variants))
		for i, v := range n.Variants {
			labels[i] = s.label(v.Type)
		}
		return "one of " + strings.Join(labels, ", ")
	case n.Shape == api.Enum:
		return s.describe(s.base(t))
	}
	return n.Schema
}
