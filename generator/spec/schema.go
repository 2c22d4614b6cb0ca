package spec

// This file reads schemas of all versions. [loader.schema] is the entry.

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/resgen/resgen/generator/spec/internal/node"
	"github.com/resgen/resgen/resilience/diag"
	"github.com/resgen/resgen/resilience/tree"
)

// schema returns the schema at n. Each node is read once.
func (l *loader) schema(n *tree.Node) *Schema {
	if n == nil {
		return nil
	}
	if s, ok := l.schemas[n]; ok {
		return s
	}
	s := &Schema{Pos: n.Pos, Node: n, Name: l.components[n]}
	l.schemas[n] = s
	switch {
	case n.Kind == tree.Bool:
		s.Never = n.Text == "false"
	case n.Kind != tree.Mapping:
		l.warn(n.Pos, "schema", "", "want a schema, got "+n.Describe(), "")
	default:
		l.read(s, n)
	}
	return s
}

// read fills s from a mapping.
func (l *loader) read(s *Schema, n *tree.Node) {
	l.annotations(s, n)
	if ref := cmp.Or(refOf(n), dynamicRefOf(n)); ref != nil {
		l.reference(s, n, ref)
		s.Constraints = l.referenceConstraints(n)
		return
	}
	l.structure(s, n)
	s.Constraints = l.constraints(n)
}

// annotations reads the keys that are valid next to a reference too.
func (l *loader) annotations(s *Schema, n *tree.Node) {
	s.Title, s.Description = node.Text(n, "title"), node.Text(n, "description")
	s.Nullable = node.Bool(n, "nullable", node.Bool(n, "x-nullable", false))
	s.Deprecated = node.Bool(n, "deprecated", node.Bool(n, "x-deprecated", false))
	s.ReadOnly, s.WriteOnly = node.Bool(n, "readOnly", false), node.Bool(n, "writeOnly", false)
}

// siblings lists the keys that have an effect next to a reference since OpenAPI 3.1. A type alone
// adds nothing.
var siblings = []string{
	"properties", "patternProperties", "required", "allOf", "oneOf", "anyOf", "additionalProperties", "items",
	"prefixItems", "enum", "const", "if",
	"dependentSchemas",
}

// reference makes s a reference to the schema that ref names. In OpenAPI 3.1 keys next to it apply
// too, as in an allOf of both.
func (l *loader) reference(s *Schema, n, ref *tree.Node) {
	t := l.resolve(ref, usingAny)
	switch {
	case t.node == l.root && t.node != nil:
		l.warn(
			ref.Pos, "unresolved-reference", "reference "+strconv.Quote(ref.Text),
			"leads to the whole document, "+usingAny, "correct the reference",
		)
		return
	case t.node == nil:
		if s.Description == "" {
			s.Description = "The document refers to " + strconv.Quote(ref.Text) + ", which does not exist."
		}
		if l.doc.Version.HasJSONSchema() {
			l.structure(s, n)
		}
		return
	}
	to := l.schema(t.node)
	if to.Pointer == "" {
		to.Pointer = t.pointer
	}
	if cycle(s, to) {
		l.warn(
			ref.Pos, "reference-cycle", "reference "+strconv.Quote(ref.Text), "leads back to itself",
			"define the target",
		)
		return
	}
	if l.doc.Version.HasJSONSchema() && slices.ContainsFunc(siblings, func(k string) bool { return n.Get(k) != nil }) {
		l.structure(s, n)
		s.AllOf = append([]*Schema{{Pos: ref.Pos, Node: n, Ref: to}}, s.AllOf...)
		return
	}
	s.Ref = to
}

// structure reads everything but annotations.
func (l *loader) structure(s *Schema, n *tree.Node) {
	s.Format = node.Text(n, "format")
	l.enum(s, n)
	l.object(s, n)
	l.list(s, n)
	s.AllOf, s.OneOf, s.AnyOf = l.schemaList(n.Get("allOf")), l.schemaList(n.Get("oneOf")), l.schemaList(n.Get("anyOf"))
	l.types(s, n)
	l.content(s, n)
	l.discriminator(s, n)
}

// typeWords maps words that are not JSON types to the type and format that their authors mean.
var typeWords = map[string][2]string{
	"file": {"string", "binary"}, "int": {"integer", ""}, "int32": {"integer", "int32"},
	"int64": {"integer", "int64"}, "long": {"integer", "int64"},
	"float": {"number", "float"}, "double": {"number", "double"}, "decimal": {"number", ""}, "bool": {"boolean", ""},
	"Boolean": {"boolean", ""},
	"String":  {"string", ""}, "date": {"string", "date"}, "date-time": {"string", "date-time"},
	"datetime": {"string", "date-time"},
	"dateTime": {"string", "date-time"}, "timestamp": {"string", ""}, "uuid": {"string", "uuid"},
	"text": {"string", ""}, "uri": {"string", "uri"},
	"enum": {"string", ""}, "email": {"string", "email"}, "password": {"string", "password"}, "map": {"object", ""},
	"list": {"array", ""}, "any": {"", ""},
}

// types reads the type or list of types. Without one it infers the type from other keys.
func (l *loader) types(s *Schema, n *tree.Node) {
	t := n.Get("type")
	for _, word := range node.Texts(t) {
		switch other, known := typeWords[word]; {
		case word == "null":
			s.Nullable = true
		case slices.Contains(node.JSONTypes, word):
			s.Types = append(s.Types, word)
		case known:
			l.oddType(s, t, word, other)
		default:
			cure := "the types are " + node.Join(node.JSONTypes)
			if s := diag.Suggest(word, node.JSONTypes); s != "" {
				cure = "did you mean " + strconv.Quote(s) + "?"
			}
			l.warn(typePos(t, word), "unknown-type", "", "type "+strconv.Quote(word)+" is unknown", cure)
		}
	}
	if t == nil {
		if word := inferred(s, n); word != "" {
			s.Types = []string{word}
		}
	}
	if s.Format == "file" &&
		(len(s.Types) == 0 || slices.Equal(s.Types, []string{"object"}) || slices.Equal(s.Types, []string{"string"})) {
		s.Types, s.Format = []string{"string"}, "binary" // AutoRest uses it for streams
	}
}

// oddType adds the type that a word means. The word file of Swagger is not reported.
func (l *loader) oddType(s *Schema, t *tree.Node, word string, meant [2]string) {
	if word != "file" {
		l.warn(
			typePos(t, word), "unknown-type", "", "type "+strconv.Quote(word)+" is unknown",
			"write "+strconv.Quote(meant[0]),
		)
	}
	if meant[0] != "" {
		s.Types = append(s.Types, meant[0])
	}
	if s.Format == "" {
		s.Format = meant[1]
	}
}

// typePos returns the position of a word of a type; in a list, that of the item.
func typePos(t *tree.Node, word string) diag.Position {
	for _, item := range t.Items {
		if item.Text == word {
			return item.Pos
		}
	}
	return t.Pos
}

// hints lists keys that apply to one type only.
var hints = []struct{ key, word string }{
	{"properties", "object"}, {"additionalProperties", "object"}, {"patternProperties", "object"},
	{"minProperties", "object"}, {"maxProperties", "object"},
	{"propertyNames", "object"}, {"dependentRequired", "object"}, {"dependentSchemas", "object"},
	{"unevaluatedProperties", "object"},
	{"items", "array"}, {"prefixItems", "array"}, {"minItems", "array"}, {"maxItems", "array"},
	{"uniqueItems", "array"}, {"contains", "array"},
	{"unevaluatedItems", "array"},
	{"pattern", "string"}, {"minLength", "string"}, {"maxLength", "string"}, {"contentEncoding", "string"},
	{"contentMediaType", "string"},
	{"multipleOf", "number"}, {"minimum", "number"}, {"maximum", "number"},
}

// formatTypes maps formats to their types.
var formatTypes = map[string]string{
	"int32": "integer", "int64": "integer", "float": "number", "double": "number",
	"date": "string", "date-time": "string", "uuid": "string", "uri": "string", "byte": "string", "binary": "string",
	"email": "string", "password": "string",
}

// inferred returns the type of a schema that does not state one, or "".
func inferred(s *Schema, n *tree.Node) string {
	if word := enumType(s.Enum); word != "" {
		return word
	}
	if len(s.Properties) > 0 {
		return "object"
	}
	if n.Get("oneOf") != nil || n.Get("anyOf") != nil {
		return formatTypes[s.Format] // the alternatives may have other types, to which the hints do not apply
	}
	for _, h := range hints {
		if n.Get(h.key) != nil {
			return h.word
		}
	}
	return formatTypes[s.Format]
}

// enumType returns the type that all values have, or "".
func enumType(values []*tree.Node) string {
	word := ""
	for i, v := range values {
		t := node.TypeOf(v)
		if i > 0 && t != word {
			return ""
		}
		word = t
	}
	return word
}

// enum reads enum and const. A null among the values makes the schema nullable.
func (l *loader) enum(s *Schema, n *tree.Node) {
	values := node.Items(n.Get("enum"))
	if c := n.Get("const"); c != nil && values == nil {
		values = []*tree.Node{c}
	}
	for _, v := range values {
		if v.Kind == tree.Null {
			s.Nullable = true
			continue
		}
		s.Enum = append(s.Enum, v)
	}
}

// list reads items. In Swagger 2.0 and in old schemas it may be a list of schemas.
func (l *loader) list(s *Schema, n *tree.Node) {
	s.Tuple = l.schemaList(n.Get("prefixItems"))
	switch it := n.Get("items"); {
	case it == nil:
	case it.Kind == tree.Sequence:
		s.Tuple = l.schemaList(it)
		s.Items = l.schema(n.Get("additionalItems"))
	case it.Kind == tree.Bool && it.Text == "false":
	default:
		s.Items = l.schema(it)
	}
}

func (l *loader) schemaList(n *tree.Node) []*Schema {
	var out []*Schema
	for _, item := range node.Items(n) {
		out = append(out, l.schema(item))
	}
	return out
}

// content converts contentEncoding and contentMediaType of JSON Schema to formats of OpenAPI 3.0.
func (l *loader) content(s *Schema, n *tree.Node) {
	encoding, media := node.Text(n, "contentEncoding"), node.Text(n, "contentMediaType")
	s.Media, s.Base64 = media, encoding == "base64"
	switch {
	case s.Format != "":
	case encoding == "base64":
		s.Format = "byte"
	case encoding == "" && media == "application/octet-stream":
		s.Format = "binary"
	}
}

// discriminator reads an object (OpenAPI 3) or the name of a property (Swagger 2.0).
func (l *loader) discriminator(s *Schema, n *tree.Node) {
	d := n.Get("discriminator")
	switch {
	case d == nil:
		return
	case d.Kind == tree.String:
		s.Discriminator = &Discriminator{Property: d.Text}
		return
	case node.Text(d, "propertyName") == "":
		return
	}
	s.Discriminator = &Discriminator{Property: node.Text(d, "propertyName")}
	if m := d.Get("defaultMapping"); m != nil {
		s.Discriminator.Default = l.mapped(m)
	}
	for _, m := range node.Pairs(d.Get("mapping")) {
		if to := l.mapped(m.Value); to != nil {
			s.Discriminator.Mapping = append(s.Discriminator.Mapping, Mapped{Value: m.Key, Schema: to})
		}
	}
}

// mapped returns the schema of an entry of a mapping: the name of a component or a reference.
func (l *loader) mapped(n *tree.Node) *Schema {
	if n.Kind != tree.String {
		l.warn(n.Pos, "discriminator", "discriminator", "want the name of a schema, got "+n.Describe(), "")
		return nil
	}
	if named := l.componentNode(n.Text); named != nil {
		return l.schema(named)
	}
	var t target
	if strings.ContainsAny(n.Text, "#/.") {
		l.tentative = true // a name with a dot may be meant as a reference to a file
		t = l.resolve(n, leavingOut)
		l.tentative = false
	}
	if t.node == nil {
		if !strings.HasPrefix(n.Text, "#") { // resolve reports a pointer without a target
			l.warn(
				n.Pos, "discriminator", "discriminator", "there is no schema "+strconv.Quote(n.Text),
				l.suggestSchema(n.Text),
			)
		}
		return nil
	}
	s := l.schema(t.node)
	if s.Pointer == "" {
		s.Pointer = t.pointer
	}
	return s
}

// suggestSchema returns the cure for the name of a schema that does not exist.
func (l *loader) suggestSchema(name string) string {
	var names []string
	for _, known := range l.components {
		names = append(names, known)
	}
	slices.Sort(names)
	if s := diag.Suggest(name, names); s != "" {
		return "did you mean " + strconv.Quote(s) + "?"
	}
	return "define it, or correct the name"
}

// componentNode returns the component schema with a name, or nil.
func (l *loader) componentNode(name string) *tree.Node {
	if l.doc.Version.IsSwagger() {
		return l.root.Get("definitions").Get(name)
	}
	return l.root.Get("components").Get("schemas").Get(name)
}

// named reads the component schemas. It registers all names first, because references may be read
// before the schemas that they name.
func (l *loader) named(schemas *tree.Node) {
	twice := map[string]bool{}
	for _, p := range node.Pairs(schemas) {
		if _, ok := l.components[p.Value]; ok {
			twice[p.Key] = true // a YAML alias: the same node under a second key
			continue
		}
		l.components[p.Value] = p.Key
	}
	for _, p := range node.Pairs(schemas) {
		if node.IsExtension(p.Key) && p.Value.Kind != tree.Mapping {
			continue
		}
		s := l.schema(p.Value)
		if twice[p.Key] {
			s = &Schema{Pos: p.KeyPos, Name: p.Key, Node: p.Value, Ref: s}
		}
		l.doc.Schemas = append(l.doc.Schemas, s)
	}
}
