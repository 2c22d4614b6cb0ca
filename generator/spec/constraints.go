package spec

// This file reads what schemas demand of values beyond their type.

import (
	"math"
	"slices"
	"strconv"

	"github.com/resgen/resgen/generator/spec/internal/node"
	"github.com/resgen/resgen/resilience/diag"
	"github.com/resgen/resgen/resilience/tree"
)

// Constraints are what a schema demands of values, exactly as the document states it. The other
// fields of [Schema] also have what follows from it: inferred types, members of conditions.
type Constraints struct {
	Types    []string // null among them; nil: the document does not state the type
	Nullable bool     // nullable: true
	Enum     []*tree.Node
	Const    *tree.Node

	Min, Max, Above, Below, MultipleOf string // numbers as JSON writes them; Above and Below are exclusive

	MinLength, MaxLength *int
	Pattern              string
	PatternPos           diag.Position
	Format               string

	MinItems, MaxItems       *int
	Unique                   bool
	Prefix                   []*Schema
	Items                    *Schema
	Contains                 *Schema
	MinContains, MaxContains *int

	Properties          []*Property // those that are false among them
	Patterns            []*Property // patternProperties by pattern
	Additional          *Schema
	Names               *Schema // propertyNames
	MinMembers          *int
	MaxMembers          *int
	DependentRequired   []Dependent
	DependentSchemas    []*Property
	RestMembers         *Schema // unevaluatedProperties
	RestItems           *Schema // unevaluatedItems
	Not, If, Then, Else *Schema
}

// A Dependent lists the members that an object must have if it has another.
type Dependent struct {
	Name     string
	Required []string
}

// referenceConstraints reads the constraints next to a reference: since OpenAPI 3.1 all, before
// that only whether null is allowed.
func (l *loader) referenceConstraints(n *tree.Node) *Constraints {
	if !l.doc.Version.HasJSONSchema() {
		return &Constraints{Nullable: node.Bool(n, "nullable", node.Bool(n, "x-nullable", false))}
	}
	return l.constraints(n)
}

// constraints reads the constraints at n.
func (l *loader) constraints(n *tree.Node) *Constraints {
	c := &Constraints{
		Types: statedTypes(n.Get("type")), Nullable: node.Bool(n, "nullable", node.Bool(n, "x-nullable", false)),
		Enum: node.Items(n.Get("enum")), Const: n.Get("const"), Format: node.Text(n, "format"),
		MinLength: count(n, "minLength"), MaxLength: count(n, "maxLength"), Pattern: node.Text(n, "pattern"),
	}
	if p := n.Get("pattern"); p != nil {
		c.PatternPos = p.Pos
	}
	c.bounds(n)
	l.listConstraints(c, n)
	l.objectConstraints(c, n)
	c.Not, c.If = l.constraint(n.Get("not")), l.constraint(n.Get("if"))
	if c.If != nil {
		c.Then, c.Else = l.constraint(n.Get("then")), l.constraint(n.Get("else"))
	}
	return c
}

// statedTypes returns the types as words of JSON Schema.
func statedTypes(t *tree.Node) []string {
	var out []string
	words := node.Texts(t)
	for _, item := range node.Items(t) {
		if item.Kind == tree.Null {
			words = append(words, "null") // without quotes in YAML
		}
	}
	for _, word := range words {
		switch other, odd := typeWords[word]; {
		case odd && other[0] == "":
			return nil
		case odd:
			out = append(out, other[0])
		case word == "null" || slices.Contains(node.JSONTypes, word):
			out = append(out, word)
		default:
			return nil // a word that is not a type; it is reported elsewhere
		}
	}
	return out
}

// bounds reads the limits of numbers. Before OpenAPI 3.1, exclusiveMinimum is a bool.
func (c *Constraints) bounds(n *tree.Node) {
	c.Min, c.Max, c.MultipleOf = number(n, "minimum"), number(n, "maximum"), number(n, "multipleOf")
	c.Above, c.Below = number(n, "exclusiveMinimum"), number(n, "exclusiveMaximum")
	if node.Bool(n, "exclusiveMinimum", false) {
		c.Min, c.Above = "", c.Min
	}
	if node.Bool(n, "exclusiveMaximum", false) {
		c.Max, c.Below = "", c.Max
	}
}

// number returns a number of n as JSON writes it, or "".
func number(n *tree.Node, key string) string {
	v := n.Get(key)
	if v == nil || v.Kind != tree.Number {
		return ""
	}
	return string(v.JSON())
}

// count returns a number of things, or nil. Documents also write it with a fraction of 0.
func count(n *tree.Node, key string) *int {
	v := n.Get(key)
	if v == nil || v.Kind != tree.Number {
		return nil
	}
	f, err := strconv.ParseFloat(string(v.JSON()), 64)
	if err != nil || f < 0 || f != math.Trunc(f) {
		return nil
	}
	limit := int(min(f, math.MaxInt32)) // no value has more, and the limit fits int on every machine
	return &limit
}

func (l *loader) listConstraints(c *Constraints, n *tree.Node) {
	c.MinItems, c.MaxItems, c.Unique = count(n, "minItems"), count(n, "maxItems"), node.Bool(n, "uniqueItems", false)
	c.Prefix, c.Items = l.constraintList(n.Get("prefixItems")), nil
	if it := n.Get("items"); it != nil && it.Kind == tree.Sequence {
		// No version allows a list. Documents mean alternatives by it as often as a tuple.
		list := l.constraintList(it)
		if more := l.constraint(n.Get("additionalItems")); more != nil {
			list = append(list, more)
		}
		c.Items = oneOf(list)
	} else {
		c.Items = l.constraint(it)
	}
	c.Contains = l.constraint(n.Get("contains"))
	c.MinContains, c.MaxContains = count(n, "minContains"), count(n, "maxContains")
	c.RestItems = l.constraint(n.Get("unevaluatedItems"))
}

func (l *loader) objectConstraints(c *Constraints, n *tree.Node) {
	c.Properties, c.Patterns = l.constraintMap(n.Get("properties")), l.constraintMap(n.Get("patternProperties"))
	c.Additional, c.Names = l.constraint(n.Get("additionalProperties")), l.constraint(n.Get("propertyNames"))
	c.MinMembers, c.MaxMembers = count(n, "minProperties"), count(n, "maxProperties")
	for _, p := range node.Pairs(n.Get("dependentRequired")) {
		c.DependentRequired = append(c.DependentRequired, Dependent{p.Key, node.Texts(p.Value)})
	}
	c.DependentSchemas = l.constraintMap(n.Get("dependentSchemas"))
	c.RestMembers = l.constraint(n.Get("unevaluatedProperties"))
}

// constraintMap returns schemas by name in the order of the document.
func (l *loader) constraintMap(n *tree.Node) []*Property {
	var out []*Property
	for _, p := range node.Pairs(n) {
		out = append(out, &Property{Name: p.Key, Pos: p.KeyPos, Schema: l.constraint(p.Value)})
	}
	return out
}

func (l *loader) constraintList(n *tree.Node) []*Schema {
	var out []*Schema
	for _, item := range node.Items(n) {
		out = append(out, l.constraint(item))
	}
	return out
}

// constraint returns the schema at n, or nil for anything that is not a schema, which the grammar
// reports.
func (l *loader) constraint(n *tree.Node) *Schema {
	if n == nil || n.Kind != tree.Mapping && n.Kind != tree.Bool {
		return nil
	}
	return l.schema(n)
}
