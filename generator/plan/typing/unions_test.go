package typing_test

import (
	"strings"
	"testing"

	"github.com/resgen/resgen/generator/plan/plantest"
)

func TestUnions(t *testing.T) {
	const pets = `
    Cat: {type: object, required: [meow], properties: {meow: {type: boolean}}}
    Dog: {type: object, required: [bark], properties: {bark: {type: boolean}}}`
	const declared = `
Cat struct{Meow bool meow}
Dog struct{Bark bool bark}`
	for _, c := range []struct{ name, schema, want string }{
		{"of objects", "{oneOf: [{$ref: '#/components/schemas/Cat'}, {$ref: '#/components/schemas/Dog'}]}",
			"A union{Cat:Cat!meow Dog:Dog!bark}" + declared},
		{"by discriminator", "{oneOf: [{$ref: '#/components/schemas/Cat'}, {$ref: '#/components/schemas/Dog'}], " +
			"discriminator: {propertyName: kind, mapping: {c: Cat, k: '#/components/schemas/Cat'}}}",
			"A union{Cat:Cat(c,k,Cat)!meow Dog:Dog(Dog)!bark by kind}" + declared},
		{"of one and null", "{properties: {x: {oneOf: [{$ref: '#/components/schemas/Cat'}, {enum: [null]}]}}}",
			"A struct{X Nullable[Cat] x,omitzero}" + declared},
		{"of strings", "{anyOf: [{type: string}, {type: string, enum: [a, b]}]}", "A = string" + declared},
		{"of values", "{oneOf: [{type: string, enum: [a]}, {enum: [b, c]}]}", "A string{AA=a AB=b AC=c}" + declared},
		{"of values of two types", "{oneOf: [{enum: [a]}, {enum: [1]}]}", "A = Scalar" + declared},
		{"of values and named values",
			"{oneOf: [{enum: [a]}, {$ref: '#/components/schemas/X'}]}\n    X: {type: string, enum: [b]}",
			"A = string" + declared + "\nX string{XB=b}"},
		{"of values and all else", "{oneOf: [{enum: [a]}, {type: string}]}", "A = string" + declared},
		{"of values of a format",
			"{oneOf: [{type: string, format: date, enum: ['2026-01-01']}, {type: string, format: date, enum: " +
				"['2026-01-02']}]}", "A = string" + declared},
		{"of numbers", "{anyOf: [{type: integer}, {type: number}]}", "A = float64" + declared},
		{"of bools", "{anyOf: [{type: boolean}, {type: boolean}]}", "A = bool" + declared},
		{"of scalars", "{oneOf: [{type: string}, {type: integer}]}", "A = Scalar" + declared},
		{"of unions of scalars", "{oneOf: [{oneOf: [{type: string}, {type: integer}]}, {type: boolean}]}",
			"A = Scalar" + declared},
		{"of a scalar and a list", "{oneOf: [{type: string}, {type: array, items: {type: string}}]}",
			"A union{String:string StringList:[]string}" + declared},
		{"of a scalar and null",
			"{properties: {x: {oneOf: [{type: string}, {type: string, nullable: true, enum: [null]}]}}}",
			"A struct{X Nullable[string] x,omitzero}" + declared},
		{"inline ones by title",
			"{oneOf: [{title: Big thing, properties: {a: {type: string}}}, {properties: {b: {type: string}}}]}",
			"A union{ABigThing:ABigThing AVariant_2:AVariant_2}\nABigThing struct{A *string a,omitzero}\nAVariant_2 " +
				"struct{B *string b,omitzero}" + declared},
		{"of one title", "{oneOf: [{title: T, properties: {a: {type: string}}}, {title: T, properties: {b: {type: " +
			"string}}}]}",
			"A union{AVariant_1:AVariant_1 AVariant_2:AVariant_2}\nAVariant_1 struct{A *string a,omitzero}\nAVariant_2 " +
				"struct{B *string b,omitzero}" + declared},
		{"of a title as long as names get",
			"{oneOf: [{title: Aaaaaaaaaabbbbbbbbbbccccccccccdddddddddd, properties: {a: {type: string}}}, " +
				"{properties: {b: {type: string}}}]}",
			"A union{AAaaaaaaaaabbbbbbbbbbccccccccccdddddddddd:AAaaaaaaaaabbbbbbbbbbccccccccccdddddddddd " +
				"AVariant_2:AVariant_2}\nAAaaaaaaaaabbbbbbbbbbccccccccccdddddddddd struct{A *string a,omitzero}\n" +
				"AVariant_2 struct{B *string b,omitzero}" + declared},
		{"of a title that is too long",
			"{oneOf: [{title: AaaaaaaaaabbbbbbbbbbccccccccccddddddddddE, properties: {a: {type: string}}}, " +
				"{properties: {b: {type: string}}}]}",
			"A union{AVariant_1:AVariant_1 AVariant_2:AVariant_2}\nAVariant_1 struct{A *string a,omitzero}\nAVariant_2 " +
				"struct{B *string b,omitzero}" + declared},
		{"of a title without words",
			"{oneOf: [{title: '!', properties: {a: {type: string}}}, {properties: {b: {type: string}}}]}",
			"A union{AVariant_1:AVariant_1 AVariant_2:AVariant_2}\nAVariant_1 struct{A *string a,omitzero}\nAVariant_2 " +
				"struct{B *string b,omitzero}" + declared},
		{"of types that are alike",
			"{oneOf: [{type: array, items: {type: string}}, {type: array, minItems: 2, items: {type: string}}, " +
				"{type: array, items: {type: integer}}]}",
			"A union{StringList:[]string Int64List:[]int64}" + declared},
		{"by the values of AutoRest",
			"{oneOf: [{$ref: '#/components/schemas/X'}, {$ref: '#/components/schemas/Y'}], discriminator: " +
				"{propertyName: k, mapping: {why: '#/components/schemas/Y'}}}\n" +
				"    X: {x-ms-discriminator-value: '#Some.X', properties: {x: {type: string}}}\n    Y: " +
				"{x-ms-discriminator-value: '#Some.Y', properties: {y: {type: string}}}",
			"A union{X:X(#Some.X) Y:Y(why,Y) by k}" + declared +
				"\nX struct{X *string x,omitzero}\nY struct{Y *string y,omitzero}"},
		{"of one twice", "{oneOf: [{$ref: '#/components/schemas/Cat'}, {$ref: '#/components/schemas/Cat'}]}",
			"A = Cat" + declared},
		{"of those that extend it",
			"{type: object, required: [k], properties: {k: {type: string}}, discriminator: {propertyName: k}, " +
				"oneOf: [{$ref: '#/components/schemas/X'}, {$ref: '#/components/schemas/Y'}]}\n" +
				"    X: {allOf: [{$ref: '#/components/schemas/A'}, {properties: {x: {type: string}}}]}\n    Y: {allOf: " +
				"[{$ref: '#/components/schemas/Z'}, {properties: {y: {type: string}}}]}\n    Z: {allOf: [{$ref: " +
				"'#/components/schemas/A'}]}",
			"A union{X:X(X)!k Y:Y(Y)!k by k}" + declared +
				"\nX struct{K string k=X; X *string x,omitzero}\nY struct{K string k=Y; Y *string y,omitzero}\nZ = A"},
		{"one of which it is already",
			"{allOf: [{$ref: '#/components/schemas/Cat'}, {oneOf: [{$ref: '#/components/schemas/Cat'}, {$ref: " +
				"'#/components/schemas/Dog'}]}]}",
			"A struct{Meow bool meow}" + declared},
		{"of unions together",
			"{allOf: [{oneOf: [{$ref: '#/components/schemas/Cat'}, {$ref: '#/components/schemas/X'}]}, {oneOf: " +
				"[{$ref: '#/components/schemas/Dog'}, {$ref: '#/components/schemas/Y'}]}]}\n" +
				"    X: {properties: {x: {type: string}}}\n    Y: {properties: {y: {type: string}}}",
			"A union{AVariant_1:AVariant_1!meow,bark AVariant_2:AVariant_2!meow AVariant_3:AVariant_3!bark " +
				"AVariant_4:AVariant_4}\n" +
				"AVariant_1 struct{Meow bool meow; Bark bool bark}\nAVariant_2 struct{Meow bool meow; Y *string " +
				"y,omitzero}\nAVariant_3 struct{X *string x,omitzero; Bark bool bark}\n" +
				"AVariant_4 struct{X *string x,omitzero; Y *string y,omitzero}" + declared +
				"\nX struct{X *string x,omitzero}\nY struct{Y *string y,omitzero}"},
		{"of repeats", "{oneOf: [{properties: {a: {type: string}}}, {properties: {a: {type: string}}}]}",
			"A struct{A *string a,omitzero}" + declared},
		{"with members next to it",
			"{properties: {id: {type: string}}, oneOf: [{$ref: '#/components/schemas/Cat'}, {$ref: " +
				"'#/components/schemas/Dog'}]}",
			"A union{ACat:ACat!meow ADog:ADog!bark}\nACat struct{ID *string id,omitzero; Meow bool meow}\nADog " +
				"struct{ID *string id,omitzero; Bark bool bark}" + declared},
		{"that only narrow", "{properties: {a: {type: string}, b: {type: string}}, anyOf: [{required: [a]}, {type: " +
			"object, required: [b]}]}",
			"A struct{A *string a,omitzero; B *string b,omitzero}" + declared},
		{"with the type", "{type: string, oneOf: [{enum: [a]}, {enum: [b]}]}", "A string{AA=a AB=b}" + declared},
		{"with anything", "{oneOf: [{type: string}, {}]}", "A = any" + declared},
		{"in allOf", "{allOf: [{properties: {id: {type: string}}}, {oneOf: [{$ref: '#/components/schemas/Cat'}, " +
			"{$ref: '#/components/schemas/Dog'}]}]}",
			"A union{ACat:ACat!meow ADog:ADog!bark}\nACat struct{ID *string id,omitzero; Meow bool meow}\nADog " +
				"struct{ID *string id,omitzero; Bark bool bark}" + declared},
		{"crossed", "{allOf: [{oneOf: [{type: string}, {$ref: '#/components/schemas/Cat'}]}, {oneOf: [{type: " +
			"string, enum: [a, b]}, {type: integer}]}]}", "A string{AA=a AB=b}" + declared},
		{"both kinds", "{oneOf: [{$ref: '#/components/schemas/Cat'}, {$ref: '#/components/schemas/Dog'}], anyOf: " +
			"[{required: [x]}, {required: [y]}]}",
			"A union{ACat:ACat!meow ADog:ADog!bark}\nACat struct{Meow bool meow}\nADog struct{Bark bool bark}" +
				declared},
		{"of itself", "{oneOf: [{$ref: '#/components/schemas/A'}, {type: string}, {type: array, items: {$ref: " +
			"'#/components/schemas/A'}}]}", "A union{String:string AList:[]A}" + declared},
	} {
		t.Run(c.name, func(t *testing.T) {
			plantest.Same(t, plantest.Declarations(plantest.MustPlan(t, plantest.Schemas30("    A: "+c.schema+pets))),
				c.want)
		})
	}
}

// Keywords for objects next to alternatives say nothing about alternatives of other types.
func TestUnions_NextToObjectKeywords(t *testing.T) {
	const refs = "anyOf: [{$ref: '#/components/schemas/X'}, {$ref: '#/components/schemas/Y'}]"
	const objects = "\n    X: {type: object, properties: {x: {type: string}}}\n    Y: {type: object, properties: {y: " +
		"{type: string}}}"
	for _, c := range []struct{ schema, want string }{
		{"{additionalProperties: false, " + refs + "}", "A union{X:X Y:Y}"},
		{"{additionalProperties: true, " + refs + "}", "A union{X:X Y:Y}"},
		{"{additionalProperties: {}, " + refs + "}", "A union{X:X Y:Y}"},
		{"{minProperties: 1, " + refs + "}", "A union{X:X Y:Y}"},
		{"{additionalProperties: false, anyOf: [{type: string}, {$ref: '#/components/schemas/X'}]}",
			"A union{String:string X:X}"},
		{"{additionalProperties: true, oneOf: [{type: string}, {type: integer}]}", "A = Scalar"},
		{"{additionalProperties: {type: string}, " + refs + "}", "A union{AX:AX AY:AY}"},
		{"{type: object, additionalProperties: false, " + refs + "}", "A union{AX:AX AY:AY}"},
		{"{properties: {z: {type: string}}, additionalProperties: false, " + refs + "}", "A union{AX:AX AY:AY}"},
	} {
		plantest.Same(t, first(t, plantest.Schemas31, "    A: "+c.schema+objects), c.want)
	}
}

func TestUnions_DefaultMapping(t *testing.T) {
	const union = "    A: {oneOf: [{$ref: '#/components/schemas/X'}, {$ref: '#/components/schemas/Y'}], discriminator: " +
		"{propertyName: k, defaultMapping: %}}\n" +
		"    X: {properties: {k: {type: string}}}\n    Y: {properties: {k: {type: string}}}"
	for _, c := range []struct{ name, want string }{
		{"Y", "A union{X:X(X) Y:Y(Y) by k else Y}"},
		{"'#/components/schemas/X'", "A union{X:X(X) Y:Y(Y) by k else X}"},
	} {
		schemas := strings.ReplaceAll(union, "%", c.name)
		plantest.Same(t, first(t, func(s string) string {
			return strings.Replace(plantest.Schemas31(s), "3.1.0", "3.2.0", 1)
		}, schemas), c.want)
	}
}

func TestTypeLists(t *testing.T) {
	for _, c := range []struct{ schema, want string }{
		{"{type: [string, integer]}", "A = Scalar"},
		{"{type: [string, 'null']}", "A = string"},
		{"{type: [integer, number]}", "A = float64"},
		{"{type: [string, object], properties: {a: {type: string}}}",
			"A union{String:string AObject:AObject}\nAObject struct{A *string a,omitzero}"},
		{"{type: [string, object], required: [a], properties: {a: {type: string}}}",
			"A union{String:string AObject:AObject!a}\nAObject struct{A string a}"},
		{"{type: [object, string], additionalProperties: {type: integer}}",
			"A union{Int64Map:map[string]int64 String:string}"},
		{"{type: [object, string], additionalProperties: false}",
			"A union{AObject:AObject String:string}\nAObject struct{}"},
		{"{type: [string, array], format: date, prefixItems: [{type: string}]}",
			"A union{Date:Date StringList:[]string}"},
		{"{type: [array, 'null'], items: {type: string}}", "A = []string"},
		{"{type: [array, string], items: {type: integer}}", "A union{Int64List:[]int64 String:string}"},
		{"{type: array, prefixItems: [{type: string}], items: {type: integer}}", "A = []Scalar"},
		{"{type: array, prefixItems: [{type: string}], items: false}", "A = []string"},
		{"{type: array, prefixItems: [{type: string}, {type: object, properties: {a: {type: string}}}], items: " +
			"{type: integer}}",
			"A = []AItem\nAItem union{String:string AItem_2:AItem_2 Int64:int64}\nAItem_2 struct{A *string a,omitzero}"},
		{"{type: object, patternProperties: {^a: {type: string}, ^b: {type: integer}}}", "A = map[string]Scalar"},
		{"{type: 'null'}", "A = any"},
		{"{properties: {x: {type: [string, 'null']}}}", "A struct{X Nullable[string] x,omitzero}"},
	} {
		plantest.Same(t, plantest.Declarations(plantest.MustPlan(t, plantest.Schemas31("    A: "+c.schema))), c.want)
	}
}
