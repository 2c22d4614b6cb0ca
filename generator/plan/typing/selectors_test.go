package typing_test

import (
	"strings"
	"testing"

	"github.com/resgen/resgen/generator/plan/plantest"
)

// first returns the first declaration of a plan, which is that of schema A.
func first(t *testing.T, version func(string) string, schemas string) string {
	t.Helper()
	text, _, _ := strings.Cut(plantest.Declarations(plantest.MustPlan(t, version(schemas))), "\n")
	return text
}

// Every form of a union with a discriminator knows the values that select its variants.
func TestSelectors(t *testing.T) {
	const pets = `
    Cat: {type: object, required: [kind], properties: {kind: {type: string}, lives: {type: integer}}}
    Dog: {type: object, required: [kind], properties: {kind: {type: string}, bark: {type: string}}}`
	const refs = "[{$ref: '#/components/schemas/Cat'}, {$ref: '#/components/schemas/Dog'}]"
	const mapping = ", mapping: {c: '#/components/schemas/Cat', d: '#/components/schemas/Dog'}"
	for _, c := range []struct{ name, schema, want string }{
		{"without mapping", "{oneOf: " + refs + ", discriminator: {propertyName: kind}}",
			"A union{Cat:Cat(Cat)!kind Dog:Dog(Dog)!kind by kind}"},
		{"anyOf", "{anyOf: " + refs + ", discriminator: {propertyName: kind" + mapping + "}}",
			"A union{Cat:Cat(c,Cat)!kind Dog:Dog(d,Dog)!kind by kind}"},
		{"members next to it", "{properties: {id: {type: string}}, oneOf: " + refs +
			", discriminator: {propertyName: kind" + mapping + "}}",
			"A union{ACat:ACat(c,Cat)!kind ADog:ADog(d,Dog)!kind by kind}"},
		{"members next to it without mapping", "{properties: {id: {type: string}}, anyOf: " + refs +
			", discriminator: {propertyName: kind}}",
			"A union{ACat:ACat(Cat)!kind ADog:ADog(Dog)!kind by kind}"},
		{"no other members next to it", "{type: object, additionalProperties: false, oneOf: " + refs +
			", discriminator: {propertyName: kind" + mapping + "}}",
			"A union{ACat:ACat(c,Cat)!kind ADog:ADog(d,Dog)!kind by kind}"},
		{"in allOf", "{allOf: [{properties: {id: {type: string}}}, {oneOf: " + refs +
			", discriminator: {propertyName: kind" + mapping + "}}]}",
			"A union{ACat:ACat(c,Cat)!kind ADog:ADog(d,Dog)!kind by kind}"},
		{"in allOf alone", "{allOf: [{oneOf: " + refs + ", discriminator: {propertyName: kind" + mapping + "}}]}",
			"A union{Cat:Cat(c,Cat)!kind Dog:Dog(d,Dog)!kind by kind}"},
		{"around allOf", "{discriminator: {propertyName: kind" + mapping + "}, allOf: [" +
			"{properties: {id: {type: string}}}, {oneOf: " + refs + "}]}",
			"A union{ACat:ACat(c,Cat)!kind ADog:ADog(d,Dog)!kind by kind}"},
		{"wrapped in allOf", "{oneOf: [{allOf: [{$ref: '#/components/schemas/Cat'}], description: A cat.}, " +
			"{allOf: [{$ref: '#/components/schemas/Dog'}, {description: A dog.}]}], discriminator: {propertyName: kind" +
			mapping + "}}",
			"A union{Cat:Cat(c,Cat)!kind Dog:Dog(d,Dog)!kind by kind}"},
		{"extended in allOf", "{oneOf: [{allOf: [{$ref: '#/components/schemas/Cat'}, {properties: {x: {type: string}}}]}, " +
			"{allOf: [{$ref: '#/components/schemas/Dog'}, {properties: {y: {type: string}}}]}], " +
			"discriminator: {propertyName: kind" + mapping + "}}",
			"A union{AVariant_1:AVariant_1(c,Cat)!kind AVariant_2:AVariant_2(d,Dog)!kind by kind}"},
		{"a common part of both",
			"{oneOf: [{allOf: [{$ref: '#/components/schemas/Cat'}, {properties: {x: {type: string}}}]}, " +
				"{allOf: [{$ref: '#/components/schemas/Cat'}, {$ref: '#/components/schemas/Dog'}]}], " +
				"discriminator: {propertyName: kind" + mapping + "}}",
			"A union{AVariant_1:AVariant_1!kind AVariant_2:AVariant_2(d,Dog)!kind by kind}"},
		{"a name that is mapped to another", "{oneOf: " + refs + ", discriminator: {propertyName: kind, mapping: " +
			"{Dog: '#/components/schemas/Cat', d: '#/components/schemas/Dog'}}}",
			"A union{Cat:Cat(Dog,Cat)!kind Dog:Dog(d)!kind by kind}"},
		{"a name for a reference", "{oneOf: [{$ref: '#/components/schemas/Puss'}, {$ref: '#/components/schemas/Dog'}], " +
			"discriminator: {propertyName: kind}}\n    Puss: {$ref: '#/components/schemas/Cat'}",
			"A union{Puss:Puss(Puss,Cat)!kind Dog:Dog(Dog)!kind by kind}"},
		{"a text next to objects", "{oneOf: [{$ref: '#/components/schemas/Cat'}, {$ref: '#/components/schemas/T'}], " +
			"discriminator: {propertyName: kind}}\n    T: {type: string}",
			"A union{Cat:Cat(Cat)!kind T:T by kind}"},
		{"an object without a name", "{oneOf: [{$ref: '#/components/schemas/Cat'}, {properties: {x: {type: string}}}], " +
			"discriminator: {propertyName: kind}}",
			"A union{Cat:Cat(Cat)!kind AVariant_2:AVariant_2 by kind}"},
	} {
		t.Run(c.name, func(t *testing.T) {
			plantest.Same(t, first(t, plantest.Schemas30, "    A: "+c.schema+pets), c.want)
		})
	}
}

// A schema that lists the values of the discriminator decides which one is sent.
func TestSelectors_OwnValues(t *testing.T) {
	const refs = "[{$ref: '#/components/schemas/Cat'}, {$ref: '#/components/schemas/Dog'}]"
	const union = "    A: {oneOf: " + refs + ", discriminator: {propertyName: kind}}\n"
	const mapped = "    A: {oneOf: " + refs + ", discriminator: {propertyName: kind, mapping: " +
		"{x: Cat, c: Cat, d: Dog}}}\n"
	for _, c := range []struct{ name, schemas, want string }{
		{"one value each", union + `
    Cat: {properties: {kind: {enum: [c]}}}
    Dog: {properties: {kind: {enum: [d, dd]}}}`, "A union{Cat:Cat(c,Cat) Dog:Dog(d,dd,Dog) by kind}"},
		{"the name first", union + `
    Cat: {properties: {kind: {enum: [c]}}}
    Dog: {properties: {kind: {enum: [d, Dog]}}}`, "A union{Cat:Cat(c,Cat) Dog:Dog(Dog,d) by kind}"},
		{"the mapped one first", mapped + `
    Cat: {properties: {kind: {enum: [c]}}}
    Dog: {properties: {kind: {enum: [e]}}}`, "A union{Cat:Cat(c,x,Cat) Dog:Dog(d,e,Dog) by kind}"},
		{"an enum in the base", union + `
    Base: {properties: {kind: {type: string, enum: [cat, D-OG]}}}
    Cat: {allOf: [{$ref: '#/components/schemas/Base'}, {properties: {c: {type: string}}}]}
    Dog: {allOf: [{$ref: '#/components/schemas/Base'}, {properties: {d: {type: string}}}]}`,
			"A union{Cat:Cat(cat,Cat) Dog:Dog(D-OG,Dog) by kind}"},
		{"names in an enum in the base", union + `
    Base: {properties: {kind: {type: string, enum: [c.a.t, Cat, Dog]}}}
    Cat: {allOf: [{$ref: '#/components/schemas/Base'}, {properties: {c: {type: string}}}]}
    Dog: {allOf: [{$ref: '#/components/schemas/Base'}, {properties: {d: {type: string}}}]}`,
			"A union{Cat:Cat(Cat) Dog:Dog(Dog) by kind}"},
		{"other names in an enum in the base", union + `
    Base: {properties: {kind: {type: string, enum: [a, b]}}}
    Cat: {allOf: [{$ref: '#/components/schemas/Base'}, {properties: {c: {type: string}}}]}
    Dog: {allOf: [{$ref: '#/components/schemas/Base'}, {properties: {d: {type: string}}}]}`,
			"A union{Cat:Cat(Cat) Dog:Dog(Dog) by kind}"},
	} {
		t.Run(c.name, func(t *testing.T) {
			plantest.Same(t, first(t, plantest.Schemas30, c.schemas), c.want)
		})
	}
}

// Unions that contain each other are examined once.
func TestSelectors_Cycle(t *testing.T) {
	const schemas = `
    A: {oneOf: [{$ref: '#/components/schemas/B'}, {$ref: '#/components/schemas/C'}], discriminator: {propertyName: k}}
    B: {anyOf: [{$ref: '#/components/schemas/A'}, {$ref: '#/components/schemas/C'}], discriminator: {propertyName: k}}
    C: {properties: {k: {enum: [c]}}}`
	plantest.Same(t, first(t, plantest.Schemas30, schemas), "A union{B:B(B) C:C(c,C) by k}")
}
