package rules_test

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"github.com/resgen/resgen/generator/api"
	"github.com/resgen/resgen/generator/plan/rules"
	"github.com/resgen/resgen/generator/spec"
	"github.com/resgen/resgen/resilience/diag"
)

const (
	head30  = "openapi: 3.0.3\n" + schemas
	head31  = "openapi: 3.1.0\n" + schemas
	schemas = "info: {title: a, version: '1'}\npaths: {}\ncomponents:\n  schemas:\n    Pet: {type: string, maxLength: 9}\n"
	head20  = "swagger: '2.0'\ninfo: {title: a, version: '1'}\npaths: {}\ndefinitions:\n" +
		"    Pet: {type: string, maxLength: 9}\n"
)

// load reads a document.
func load(t *testing.T, text string) *spec.Document {
	t.Helper()
	doc, found := spec.Load(t.Context(), spec.Options{File: "a.yaml", Data: []byte(text)})
	if doc == nil {
		t.Fatal(found)
	}
	return doc
}

// byName gives every component a type of its name, unless the name has small letters only.
func byName(s *spec.Schema) string {
	if strings.ToLower(s.Name) == s.Name {
		return ""
	}
	return s.Name
}

// build returns the rule of the component X, and all rules.
func build(t *testing.T, text string) (x *api.Rule, all []api.NamedRule, found diag.List) {
	t.Helper()
	doc := load(t, text)
	b := rules.New(doc, byName, &found)
	for _, s := range doc.Schemas {
		b.Of(s)
	}
	all = b.Named()
	for _, n := range all {
		if n.Name == "X" {
			x = n.Rule
		}
	}
	return x, all, found
}

func show(v any) string {
	data, _ := json.Marshal(v)
	return string(data)
}

func TestBuilder_Rules(t *testing.T) {
	typed := func(word string) *api.Rule { return &api.Rule{Types: api.RuleTypes{word}} }
	for _, c := range []struct {
		name, head, in string
		want           *api.Rule
	}{
		{"anything", head30, `{}`, nil},
		{"false", head31, `false`, &api.Rule{Never: true}},
		{"no stated type", head30, `{properties: {a: {}}}`, nil},
		{"types", head31, `{type: [string, "null"]}`, &api.Rule{Types: api.RuleTypes{"string", "null"}}},
		{"null without quotes", head31, `{type: [string, null]}`, &api.Rule{Types: api.RuleTypes{"string", "null"}}},
		{"word of another language", head30, `{type: int}`, typed("integer")},
		{"unknown word", head30, `{type: strnig}`, nil},
		{"nullable", head30, `{type: string, nullable: true, enum: [a]}`,
			&api.Rule{Types: api.RuleTypes{"string"}, Nullable: true, Enum: []string{`"a"`}}},
		{
			"nullable of Swagger", head20, `{type: string, x-nullable: true}`,
			&api.Rule{Types: api.RuleTypes{"string"}, Nullable: true},
		},
		{"only nullable", head30, `{nullable: true}`, nil},
		{
			"enum", head31, `{enum: [1, "1", null, {a: [true]}]}`,
			&api.Rule{Enum: []string{"1", `"1"`, "null", `{"a":[true]}`}},
		},
		{"const", head31, `{const: 5}`, &api.Rule{Enum: []string{"5"}}},
		{"enum and const", head31, `{enum: [4, 5], const: 5}`,
			&api.Rule{Enum: []string{"4", "5"}, AllOf: []*api.Rule{{Enum: []string{"5"}}}}},
		{
			"numbers", head31, `{minimum: 0.10, exclusiveMaximum: 1e3, multipleOf: 0.01}`,
			&api.Rule{Min: "0.10", Below: "1e3", MultipleOf: "0.01"},
		},
		{
			"exclusive by a bool", head30, `{minimum: 1, exclusiveMinimum: true, maximum: 2, exclusiveMaximum: true}`,
			&api.Rule{Above: "1", Below: "2"},
		},
		{
			"not exclusive", head20, `{minimum: 1, exclusiveMinimum: false, maximum: 2, exclusiveMaximum: false}`,
			&api.Rule{Min: "1", Max: "2"},
		},
		{
			"large number", head31, `{maximum: 18446744073709551615, exclusiveMinimum: -1}`,
			&api.Rule{Max: "18446744073709551615", Above: "-1"},
		},
		{"lengths", head30, `{minLength: 0, maxLength: 0}`, &api.Rule{MaxLength: api.LimitNone}},
		{"lengths with a fraction", head30, `{minLength: 2.0, maxLength: 1.5}`, &api.Rule{MinLength: 2}},
		{"huge length", head30, `{maxLength: 99999999999999999999}`, &api.Rule{MaxLength: 2147483647}},
		{"format", head30, `{type: string, format: uuid}`, &api.Rule{Types: api.RuleTypes{"string"}, Format: "uuid"}},
		{"format that says nothing", head30, `{type: string, format: password}`, typed("string")},
		{"encoding is no format", head31, `{type: string, contentEncoding: base64}`, typed("string")},
		{"items", head30, `{type: array, items: {type: string}, minItems: 1, maxItems: 2, uniqueItems: true}`,
			&api.Rule{Types: api.RuleTypes{"array"}, Items: typed("string"), MinItems: 1, MaxItems: 2, Unique: true}},
		{"no items", head31, `{items: false}`, &api.Rule{Items: &api.Rule{Never: true}}},
		{"list of items", head20, `{items: [{type: string}, {type: integer}], additionalItems: {type: boolean}}`,
			&api.Rule{Items: &api.Rule{AnyOf: []*api.Rule{typed("string"), typed("integer"), typed("boolean")}}}},
		{"prefix", head31, `{prefixItems: [{type: string}, {}], items: {type: integer}}`,
			&api.Rule{Prefix: []*api.Rule{typed("string"), nil}, Items: typed("integer")}},
		{"contains", head31, `{contains: {}, minContains: 0, maxContains: 3}`,
			&api.Rule{Contains: &api.Rule{}, MinContains: api.LimitNone, MaxContains: 3}},
		{"members", head30,
			`{properties: {b: {type: string}, a: {}}, required: [a, b, a], minProperties: 1, maxProperties: 2}`,
			&api.Rule{
				Required: []string{"a", "b"}, Members: []api.MemberRule{{Name: "b", Rule: typed("string")}},
				MinMembers: 1, MaxMembers: 2,
			}},
		{"closed", head30, `{properties: {a: {}}, additionalProperties: false}`,
			&api.Rule{Members: []api.MemberRule{{Name: "a"}}, Additional: &api.Rule{Never: true}}},
		{"a member that is never present", head31, `{properties: {a: false}}`,
			&api.Rule{Members: []api.MemberRule{{Name: "a", Rule: &api.Rule{Never: true}}}}},
		{"others", head30, `{additionalProperties: {type: string}}`, &api.Rule{Additional: typed("string")}},
		{"patterns and names", head31,
			`{patternProperties: {"^a\\sb": {type: string}, "(?!x)": {}}, propertyNames: {maxLength: 3}}`,
			&api.Rule{
				Patterns: []api.MemberRule{
					{
						Name: `^a[\v\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}\x{feff}\s]b`,
						Rule: typed("string"),
					},
				},
				Names: &api.Rule{MaxLength: 3},
			}},
		{"dependent", head31, `{dependentRequired: {a: [b]}, dependentSchemas: {c: {required: [d]}, e: {}}}`,
			&api.Rule{
				Dependent: []api.DependentRule{
					{Name: "a", Required: []string{"b"}}, {Name: "c", Rule: &api.Rule{Required: []string{"d"}}},
				},
			}},
		{"unevaluated", head31,
			`{allOf: [{properties: {a: {}}}], unevaluatedProperties: false, unevaluatedItems: {type: string}}`,
			&api.Rule{
				AllOf: []*api.Rule{{Members: []api.MemberRule{{Name: "a"}}}}, RestMembers: &api.Rule{Never: true},
				RestItems: typed("string"),
			}},
		{"combined", head31,
			`{oneOf: [{type: string}, {}], anyOf: [{maxLength: 1}, {$ref: "#/components/schemas/Pet"}], allOf: [{}, {minLength: 1}]}`,
			&api.Rule{
				OneOf: []*api.Rule{typed("string"), {}}, AnyOf: []*api.Rule{{MaxLength: 1}, {Ref: "Pet"}},
				AllOf: []*api.Rule{{MinLength: 1}},
			}},
		{"only one", head30, `{allOf: [{$ref: "#/components/schemas/Pet"}, {description: d}]}`, &api.Rule{Ref: "Pet"}},
		{"nullable with only one", head30, `{nullable: true, allOf: [{$ref: "#/components/schemas/Pet"}]}`,
			&api.Rule{Nullable: true, AllOf: []*api.Rule{{Ref: "Pet"}}}},
		{"not", head30, `{not: {}}`, &api.Rule{Not: &api.Rule{}}},
		{"condition", head31, `{if: {}, then: {maxLength: 1}, else: {minLength: 1}}`,
			&api.Rule{If: &api.Rule{}, Then: &api.Rule{MaxLength: 1}, Else: &api.Rule{MinLength: 1}}},
		{"then without if", head31, `{then: {maxLength: 1}}`, nil},
		{"reference", head30, `{$ref: "#/components/schemas/Pet"}`, &api.Rule{Ref: "Pet"}},
		{
			"reference with siblings in 3.0", head30,
			`{$ref: "#/components/schemas/Pet", minLength: 1, nullable: true}`, &api.Rule{Ref: "Pet", Nullable: true},
		},
		{
			"reference with siblings in 3.1", head31, `{$ref: "#/components/schemas/Pet", minLength: 1}`,
			&api.Rule{Ref: "Pet", MinLength: 1},
		},
		{"reference with members in 3.1", head31, `{$ref: "#/components/schemas/Pet", required: [a]}`,
			&api.Rule{Required: []string{"a"}, AllOf: []*api.Rule{{Ref: "Pet"}}}},
		{"read-only", head31, `{required: [id, name], properties: {id: {type: string, readOnly: true}, name: {}}}`,
			&api.Rule{Required: []string{"name"}, Members: []api.MemberRule{{Name: "id", Rule: typed("string")}}}},
		{"read-only in a part", head30,
			`{allOf: [{properties: {id: {type: string, readOnly: true}}}, {required: [id, name]}], required: [id]}`,
			&api.Rule{
				AllOf: []*api.Rule{
					{Members: []api.MemberRule{{Name: "id", Rule: typed("string")}}}, {Required: []string{"name"}},
				},
			}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, _, _ := build(t, c.head+"    X: "+c.in+"\n")
			if !reflect.DeepEqual(got, c.want) {
				t.Errorf("got  %s\nwant %s", show(got), show(c.want))
			}
		})
	}
}

// Schemas that refer to themselves have a rule with a name, also without a type.
func TestBuilder_Recursion(t *testing.T) {
	_, all, found := build(t, head31+`    Tree:
      properties: {left: {$ref: "#/components/schemas/Tree"}, other: {$ref: "#/components/schemas/list"}}
    list: {type: array, items: {$ref: "#/components/schemas/list"}}
    Alias: {$ref: "#/components/schemas/Tree"}
    Part: {properties: {x: {maxLength: 1}}, not: {$ref: "#/components/schemas/Part/properties/x"}}
`)
	const list = "#/components/schemas/list"
	want := []api.NamedRule{
		{Name: list, Rule: &api.Rule{Types: api.RuleTypes{"array"}, Items: &api.Rule{Ref: list}}},
		{Name: "#/components/schemas/Part/properties/x", Rule: &api.Rule{MaxLength: 1}},
		{Name: "Alias", Rule: &api.Rule{Ref: "Tree"}},
		{Name: "Part", Rule: &api.Rule{
			Members: []api.MemberRule{{Name: "x", Rule: &api.Rule{MaxLength: 1}}},
			Not:     &api.Rule{Ref: "#/components/schemas/Part/properties/x"},
		}},
		{Name: "Pet", Rule: &api.Rule{Types: api.RuleTypes{"string"}, MaxLength: 9}},
		{Name: "Tree", Rule: &api.Rule{Members: []api.MemberRule{
			{Name: "left", Rule: &api.Rule{Ref: "Tree"}}, {Name: "other", Rule: &api.Rule{Ref: list}},
		}}},
	}
	want[0], want[1] = want[1], want[0] // sorted
	if !reflect.DeepEqual(all, want) || len(found) > 0 {
		t.Errorf("got  %s, %v\nwant %s", show(all), found, show(want))
	}
}

// A pattern without an equivalent is reported once, however many types have it.
func TestBuilder_UncheckedPattern(t *testing.T) {
	x, _, found := build(
		t, head30+"    X: {pattern: '(?=a)'}\n    y: {properties: {x: {$ref: '#/components/schemas/X'}}}\n",
	)
	const want = `a.yaml:7:18: warning: pattern "(?=a)": is not checked by validation: ` +
		`package regexp of Go does not have (?=; ` +
		`write it without lookarounds and references, or leave the check to the server`
	if x != nil || len(found) != 1 || found[0].Error() != want || found[0].Code != "unchecked-pattern" {
		t.Errorf("got %v, %q", x, found)
	}
}
