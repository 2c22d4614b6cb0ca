package models

import (
	"math"
	"regexp"
	"strconv"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/resgen/resgen/generator/api"
	"github.com/resgen/resgen/generator/comment"
	"github.com/resgen/resgen/generator/gotype"
)

// Extensions of the synthetic document that the templates read.
const (
	commentKey   = "x-resgen-comment"
	aliasKey     = "x-resgen-alias"
	constantsKey = "x-resgen-constants"
)

// printable returns the types that oapi-codegen can print. Package emit prints the others, and the
// methods of all.
func printable(types []*api.Named) []*api.Named {
	var out []*api.Named
	for _, n := range types {
		if n.Shape != api.Union && (n.Shape != api.Struct || n.Plain()) {
			out = append(out, n)
		}
	}
	return out
}

// document returns a document whose component schemas are the types.
func document(types []*api.Named) *openapi3.T {
	schemas := make(openapi3.Schemas, len(types))
	for i, n := range types {
		s := schema(n)
		s.Extensions["x-go-name"] = n.Name
		s.Extensions["x-order"] = float64(i)
		s.Extensions[commentKey] = typeComment(n)
		schemas[n.Name] = openapi3.NewSchemaRef("", s)
	}
	return &openapi3.T{
		OpenAPI:    "3.0.3",
		Info:       &openapi3.Info{Title: "types", Version: "1"},
		Paths:      openapi3.NewPaths(),
		Components: &openapi3.Components{Schemas: schemas},
	}
}

// schema returns the schema that makes oapi-codegen print n.
func schema(n *api.Named) *openapi3.Schema {
	if n.Shape == api.Struct {
		return structSchema(n)
	}
	s := &openapi3.Schema{Extensions: map[string]any{"x-go-type": gotype.Expression(n.Underlying, "")}}
	switch n.Shape {
	case api.Alias:
		s.Extensions[aliasKey] = true
	case api.Enum:
		s.Extensions[constantsKey] = constants(n)
	}
	return s
}

// structSchema returns a schema with one property per field. A struct without fields has a Go type
// instead, because oapi-codegen would print a map.
func structSchema(n *api.Named) *openapi3.Schema {
	if len(n.Fields) == 0 && n.UnknownName == "" {
		return &openapi3.Schema{Extensions: map[string]any{"x-go-type": "struct{}"}}
	}
	s := &openapi3.Schema{Type: &openapi3.Types{"object"}, Properties: openapi3.Schemas{}, Extensions: map[string]any{}}
	for i, f := range n.Fields {
		s.Properties[f.Name] = openapi3.NewSchemaRef("", property(i, f))
	}
	if n.UnknownName != "" {
		s.Properties[noName] = openapi3.NewSchemaRef("", unknown(len(n.Fields), n.UnknownName))
	}
	return s
}

// noName is the name of the property for unknown members. No other property of a printable struct
// has it, because it does not fit into a json tag.
const noName = ","

// unknown returns the property for the field that keeps the members that no other field has.
func unknown(order int, name string) *openapi3.Schema {
	s := property(order, &api.Field{Go: name, Name: name, Type: &api.Type{Kind: api.Raw}, Description: comment.Unknown})
	s.Extensions["x-go-type"], s.Extensions["x-go-json-ignore"] = "wire.Unknown", true
	return s
}

// property describes a field by extensions, so that oapi-codegen makes no decision about its name,
// type, pointer or tag.
func property(order int, f *api.Field) *openapi3.Schema {
	s := &openapi3.Schema{Extensions: map[string]any{
		"x-go-name":                          f.Go,
		"x-oapi-codegen-only-honour-go-name": true,
		"x-go-type":                          gotype.Expression(f.Type, ""),
		"x-go-type-skip-optional-pointer":    true,
		"x-omitempty":                        false,
		"x-omitzero":                         f.OmitZero,
		"x-order":                            float64(order),
	}}
	tags := f.Tags()
	if f.NotNull && !f.OmitZero {
		tags["wire"] = "notnull"
	}
	if len(tags) > 0 {
		s.Extensions["x-oapi-codegen-extra-tags"] = rawTags(tags)
	}
	if lines := comment.Field(f.Go, f.Name, f.Description, f.Deprecated); len(lines) > 0 {
		s.Description = sentinel + strings.Join(lines, "\n")
	}
	return s
}

// rawTags returns struct tags as oapi-codegen prints them, in quotes within a raw string: without
// quotes of either kind.
func rawTags(tags map[string]string) map[string]any {
	out := make(map[string]any, len(tags))
	for key, text := range tags {
		quoted := strconv.Quote(text)
		out[key] = quotes.Replace(quoted[1 : len(quoted)-1])
	}
	return out
}

// quotes replaces quotes in a Go string by their numbers.
var quotes = strings.NewReplacer(`\\`, `\\`, `\"`, `\x22`, "`", `\x60`)

// typeComment returns the doc comment of a type with its slashes.
func typeComment(n *api.Named) string {
	return comment.Slashes(comment.Type(n.Name, n.Schema, n.Description, n.Deprecated))
}

// constants renders the values of an enum, each as a line of a const declaration.
func constants(n *api.Named) []string {
	lines := make([]string, len(n.Values))
	for i, v := range n.Values {
		line := v.Go + " " + n.Name + " = " + constant(n.Underlying.Kind, v.Text)
		if c := comment.Slashes(comment.Lines(v.Description)); c != "" {
			line = c + "\n" + line
		}
		lines[i] = line
	}
	return lines
}

// constant renders the value of a constant. It panics if a value of a numeric enum is not a number.
// The text of a number is used only if it is a Go literal, so that no text of a document becomes
// code.
func constant(kind api.Kind, text string) string {
	if kind == api.String {
		return strconv.Quote(text)
	}
	if _, err := strconv.ParseBool(text); kind == api.Bool && err == nil {
		return strconv.FormatBool(text == "true")
	}
	f, err := strconv.ParseFloat(text, 64)
	switch {
	case err != nil || math.IsInf(f, 0) || math.IsNaN(f):
		panic("models: constant is not a number: " + strconv.Quote(text))
	case literal.MatchString(text):
		return text
	}
	return strconv.FormatFloat(f, 'g', -1, 64)
}

// literal matches decimal Go literals, with or without a sign, without a leading zero.
var literal = regexp.MustCompile(`^[+-]?(0|[1-9]\d*)?(\.\d*)?([eE][+-]?\d+)?$`)
