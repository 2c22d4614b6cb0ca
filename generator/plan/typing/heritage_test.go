package typing_test

import (
	"testing"

	"github.com/resgen/resgen/generator/plan/plantest"
)

// The value that selects a schema in a discriminator of its base is the constant of the property.
func TestHeritage(t *testing.T) {
	for _, c := range []struct{ name, schemas, want string }{
		{"of the name", `
    A: {allOf: [{$ref: '#/components/schemas/Base'}, {properties: {a: {type: string}}}]}
    Base: {discriminator: {propertyName: kind}, required: [kind], properties: {kind: {type: string}}}`,
			"A struct{Kind string kind=A; A *string a,omitzero}"},
		{"of the mapping", `
    A: {allOf: [{$ref: '#/components/schemas/Mid'}]}
    Mid: {allOf: [{$ref: '#/components/schemas/Base'}, {properties: {a: {type: string}}}]}
    Base:
      {discriminator: {propertyName: kind, mapping: {x: Mid, a: A}}, required: [kind], properties: {kind: {type: string}}}`,
			"A = Mid\nBase struct{Kind string kind}\nMid struct{Kind string kind=x; A *string a,omitzero}"},
		{"of AutoRest", `
    A: {x-ms-discriminator-value: '#A', allOf: [{$ref: '#/components/schemas/Base'}, {properties: {a: {type: string}}}]}
    Base: {discriminator: {propertyName: kind, mapping: {a: A}}, required: [kind], properties: {kind: {type: string}}}`,
			"A struct{Kind string kind=#A; A *string a,omitzero}"},
		{"of an optional property", `
    A: {allOf: [{$ref: '#/components/schemas/Base'}, {properties: {a: {type: string}}}]}
    Base: {discriminator: {propertyName: kind}, properties: {kind: {type: string}}}`,
			"A struct{Kind *string kind,omitzero; A *string a,omitzero}"},
		{"in the values", `
    A: {allOf: [{$ref: '#/components/schemas/Base'}, {properties: {x: {type: string}}}]}
    Base: {discriminator: {propertyName: kind}, required: [kind], properties: {kind: {enum: [a, b]}}}`,
			"A struct{Kind BaseKind kind=a; X *string x,omitzero}"},
		{"not in the values", `
    A: {allOf: [{$ref: '#/components/schemas/Base'}, {properties: {x: {type: string}}}]}
    Base: {discriminator: {propertyName: kind}, required: [kind], properties: {kind: {enum: [c, b]}}}`,
			"A struct{Kind BaseKind kind; X *string x,omitzero}"},
		{"of another property", `
    A: {allOf: [{$ref: '#/components/schemas/Base'}, {properties: {x: {type: string}}}]}
    Base: {discriminator: {propertyName: sort}, required: [kind], properties: {kind: {type: string}}}`,
			"A struct{Kind string kind; X *string x,omitzero}"},
		{"of a schema without a base", `
    A: {discriminator: {propertyName: kind}, required: [kind], properties: {kind: {type: string}}}`,
			"A struct{Kind string kind}"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := plantest.Declarations(plantest.MustPlan(t, plantest.Schemas30(c.schemas)))
			if len(got) > len(c.want) {
				got = got[:len(c.want)]
			}
			plantest.Same(t, got, c.want)
		})
	}
}

func TestConstants(t *testing.T) {
	for _, c := range []struct{ schema, want string }{
		{"{const: x}", "V string v=x"},
		{"{enum: [x, x]}", "V AV v=x"},
		{"{enum: [x, y]}", "V AV v"},
		{"{type: string, enum: [1]}", "V string v=1"},
		{"{const: 1}", "V int64 v=1"},
		{"{type: integer, const: 1.0}", "V int64 v=1"},
		{"{type: number, const: 1}", "V float64 v=1"},
		{"{const: 0x10}", "V int64 v=16"},
		{"{type: integer, format: int32, const: -1}", "V int32 v=-1"},
		{"{const: 18446744073709551615}", "V uint64 v=18446744073709551615"},
		{"{const: 1.5}", "V float64 v=1.5"},
		{"{const: true}", "V bool v=true"},
		{"{type: boolean, enum: [false]}", "V bool v=false"},
		{"{type: boolean, enum: [false, true]}", "V bool v"},
		{"{const: ''}", "V string v"},
		{"{type: [string, 'null'], enum: [x, null]}", "V *string v"},
		{"{type: string, format: date, const: '2026-01-02'}", "V Date v=2026-01-02"},
		{"{type: string, format: byte, const: YQ==}", "V []byte v"},
		{"{const: {a: 1}}", "V map[string]any v"},
		{"{enum: [x, 1]}", "V Scalar v"},
		{"{oneOf: [{const: x}]}", "V string v=x"},
		{"{oneOf: [{const: x}, {const: x}]}", "V string v=x"},
		{"{allOf: [{type: string}, {const: x}]}", "V string v=x"},
		{"{allOf: [{enum: [x, y]}, {enum: [y, z]}]}", "V string v=y"},
		{"{type: array, items: {const: x}}", "V []string v"},
	} {
		got := first(t, plantest.Schemas31, "    A: {required: [v], properties: {v: "+c.schema+"}}")
		plantest.Same(t, got, "A struct{"+c.want+"}")
	}
}
