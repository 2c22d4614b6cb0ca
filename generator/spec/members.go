package spec

// This file reads the members of objects. [loader.object] is the entry.

import (
	"slices"

	"github.com/resgen/resgen/generator/spec/internal/node"
	"github.com/resgen/resgen/resilience/tree"
)

// object reads properties, and the schemas of further members.
func (l *loader) object(s *Schema, n *tree.Node) {
	s.Required = node.Texts(requiredList(n))
	for _, p := range node.Pairs(n.Get("properties")) {
		if p.Value.Kind == tree.Bool && p.Value.Text == "false" {
			continue // the member is never present
		}
		s.Properties = append(s.Properties, &Property{Name: p.Key, Pos: p.KeyPos, Schema: l.schema(p.Value)})
	}
	l.conditional(s, n)
	more := n.Get("additionalProperties")
	if more == nil && !slices.ContainsFunc(composed, func(k string) bool { return n.Get(k) != nil }) {
		more = n.Get("unevaluatedProperties")
	}
	switch {
	case more != nil && more.Kind == tree.Bool && more.Text == "false":
		s.Additional = oneOf(l.patterned(n))
		s.Closed = s.Additional == nil
	case more == nil:
		s.Additional = oneOf(l.patterned(n))
	default:
		s.Additional = oneOf(append(l.patterned(n), l.schema(more)))
	}
}

// composed lists the keys that may describe members which the schema itself does not list.
var composed = []string{"allOf", "oneOf", "anyOf", "$ref", "$dynamicRef"}

// requiredList returns the list of required members. In parameters, required is a boolean.
func requiredList(n *tree.Node) *tree.Node {
	if r := n.Get("required"); r != nil && r.Kind == tree.Sequence {
		return r
	}
	return nil
}

// patterned returns the schemas of patternProperties.
func (l *loader) patterned(n *tree.Node) []*Schema {
	var out []*Schema
	for _, p := range node.Pairs(n.Get("patternProperties")) {
		if p.Value.Kind != tree.Bool || p.Value.Text != "false" {
			out = append(out, l.schema(p.Value))
		}
	}
	return out
}

// oneOf returns a schema that permits what one of the list permits: nil for an empty list, the
// schema itself for a list of one.
func oneOf(list []*Schema) *Schema {
	switch len(list) {
	case 0:
		return nil
	case 1:
		return list[0]
	}
	return &Schema{Pos: list[0].Pos, AnyOf: list}
}

// conditional adds the members of then, else and dependentSchemas as optional members. It does not
// change members that the schema has itself.
func (l *loader) conditional(s *Schema, n *tree.Node) {
	own := len(s.Properties)
	var more []*Property
	for _, part := range l.conditions(n, map[*tree.Node]bool{}) {
		for _, p := range node.Pairs(part.Get("properties")) {
			if p.Value.Kind != tree.Bool &&
				!slices.ContainsFunc(s.Properties[:own], func(q *Property) bool { return q.Name == p.Key }) {
				more = append(more, &Property{Name: p.Key, Pos: p.KeyPos, Schema: l.schema(p.Value)})
			}
		}
	}
	for _, p := range more {
		if !slices.ContainsFunc(s.Properties[own:], func(q *Property) bool { return q.Name == p.Name }) {
			p.Schema = oneOf(alike(more, p.Name))
			s.Properties = append(s.Properties, p)
		}
	}
}

// alike returns the schemas of the members with a name, without duplicates.
func alike(list []*Property, name string) []*Schema {
	var out []*Schema
	for _, p := range list {
		if p.Name == name && !slices.ContainsFunc(out, p.Schema.SameAs) {
			out = append(out, p.Schema)
		}
	}
	return out
}

// conditions returns the schemas that may apply to a value in addition to n, with those they refer
// to and consist of.
func (l *loader) conditions(n *tree.Node, seen map[*tree.Node]bool) []*tree.Node {
	out := slices.Concat(l.parts(n.Get("then"), seen), l.parts(n.Get("else"), seen))
	for _, p := range node.Pairs(n.Get("dependentSchemas")) {
		out = append(out, l.parts(p.Value, seen)...)
	}
	return out
}

// parts returns the schema of a condition, the members of its allOf, and the conditions within it.
func (l *loader) parts(n *tree.Node, seen map[*tree.Node]bool) []*tree.Node {
	if n, _ = l.deref(n); n == nil || seen[n] {
		return nil
	}
	seen[n] = true
	out := []*tree.Node{n}
	for _, member := range node.Items(n.Get("allOf")) {
		out = append(out, l.parts(member, seen)...)
	}
	return append(out, l.conditions(n, seen)...)
}
