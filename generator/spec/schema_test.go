package spec

import (
	"strings"
	"testing"
)

const head30 = "openapi: 3.0.3\ninfo: {title: t, version: '1'}\npaths: {}\ncomponents:\n  schemas:\n    Pet: " +
	"{type: object}\n    Toy: {type: object}\n    X: "
const head31 = "openapi: 3.1.0\ninfo: {title: t, version: '1'}\npaths: {}\ncomponents:\n  schemas:\n    Pet: " +
	"{type: object}\n    Toy: {type: object}\n    X: "
const head20 = "swagger: '2.0'\ninfo: {title: t, version: '1'}\npaths: {}\ndefinitions:\n    Pet: {type: " +
	"object}\n    Toy: {type: object}\n    X: "

func TestSchema(t *testing.T) {
	for _, c := range []struct{ name, head, in, want string }{
		{"scalar", head30, `{type: string, format: date}`, "string/date"},
		{"nullable", head30, `{type: integer, nullable: true}`, "integer?"},
		{"x-nullable", head20, `{type: integer, x-nullable: true}`, "integer?"},
		{"null among types", head31, `{type: [string, "null"]}`, "string?"},
		{"several types", head31, `{type: [string, integer]}`, "string|integer"},
		{"type list in 2.0", head20, `{type: [string, "null"]}`, "string?"},
		{"only null", head31, `{type: "null"}`, "?"},
		{"enum", head30, `{type: string, enum: [a, b]}`, "string(a,b)"},
		{"null in enum", head30, `{type: string, enum: [a, null]}`, "string?(a)"},
		{"const", head31, `{const: a}`, "string(a)"},
		{"enum next to const", head31, `{const: a, enum: [a, b]}`, "string(a,b)"},
		{"enum of integers", head30, `{enum: [1, 2]}`, "integer(1,2)"},
		{"enum of numbers", head30, `{enum: [1.5]}`, "number(1.5)"},
		{"enum of bools", head30, `{enum: [true]}`, "boolean(true)"},
		{"mixed enum", head30, `{enum: [a, 1]}`, "(a,1)"},
		{
			"object", head30, `{type: object, required: [id], properties: {id: {type: string}, n: {type: number}}}`,
			"object{id*:string n:number}",
		},
		{
			"read and write only", head30,
			`{properties: {a: {type: string, readOnly: true}, b: {type: string, writeOnly: true}}}`,
			"object{a:string ro b:string wo}",
		},
		{"deprecated", head30, `{type: string, deprecated: true}`, "string old"},
		{"map", head30, `{type: object, additionalProperties: {type: integer}}`, "object{…:integer}"},
		{"open object", head30, `{type: object, additionalProperties: true}`, "object{…:anything}"},
		{"closed object", head30, `{type: object, additionalProperties: false}`, "object{!}"},
		{"one pattern", head31, `{type: object, patternProperties: {^x: {type: string}}}`, "object{…:string}"},
		{
			"two patterns", head31, `{type: object, patternProperties: {^x: {type: string}, ^y: {type: integer}}}`,
			"object{…:|(string integer)}",
		},
		{"pattern with others", head31,
			`{type: object, properties: {a: {type: string}}, patternProperties: {^x: {type: string}}, additionalProperties: {type: integer}}`,
			"object{a:string …:|(string integer)}"},
		{
			"pattern and nothing else", head31,
			`{type: object, patternProperties: {^x: {type: string}, ^y: false}, additionalProperties: false}`,
			"object{…:string}",
		},
		{
			"pattern of nothing", head31,
			`{type: object, patternProperties: {^y: false}, additionalProperties: false}`, "object{!}",
		},
		{"unevaluated members", head31, `{type: object, unevaluatedProperties: {type: integer}}`, "object{…:integer}"},
		{"no unevaluated members", head31, `{type: object, unevaluatedProperties: false}`, "object{!}"},
		{
			"unevaluated members with allOf", head31,
			`{type: object, unevaluatedProperties: false, allOf: [{$ref: "#/components/schemas/Pet"}]}`,
			"object&(→Pet)",
		},
		{"a member that is never there", head31, `{properties: {a: false, b: true}}`, "object{b:anything}"},
		{"list", head30, `{type: array, items: {type: string}}`, "array[string]"},
		{
			"tuple in 2.0", head20, `{type: array, items: [{type: string}, {type: integer}]}`,
			"arraytuple(string integer)",
		},
		{"prefixItems", head31, `{type: array, prefixItems: [{type: string}], items: false}`, "arraytuple(string)"},
		{"reference", head30, `{$ref: "#/components/schemas/Pet"}`, "→Pet"},
		{"nullable reference", head30, `{$ref: "#/components/schemas/Pet", nullable: true}`, "→Pet?"},
		{
			"reference with siblings in 3.0", head30,
			`{$ref: "#/components/schemas/Pet", properties: {a: {type: string}}}`, "→Pet",
		},
		{
			"reference with siblings in 3.1", head31,
			`{$ref: "#/components/schemas/Pet", properties: {a: {type: string}}}`, "object{a:string}&(→Pet)",
		},
		{"reference with a description in 3.1", head31, `{$ref: "#/components/schemas/Pet", description: d}`, "→Pet"},
		{"allOf", head30, `{allOf: [{$ref: "#/components/schemas/Pet"}, {type: object}]}`, "&(→Pet object)"},
		{"oneOf", head30, `{oneOf: [{type: string}, {$ref: "#/components/schemas/Pet"}]}`, "^(string →Pet)"},
		{"anyOf", head30, `{anyOf: [{type: string}, {type: integer}]}`, "|(string integer)"},
		{"discriminator", head30,
			`{oneOf: [{$ref: "#/components/schemas/Pet"}], discriminator: {propertyName: kind, mapping: {p: Pet, t: "#/components/schemas/Toy"}}}`,
			"^(→Pet)@kind,p=Pet,t=Toy"},
		{"discriminator in 2.0", head20, `{type: object, discriminator: kind}`, "object@kind"},
		{"anything", head30, `{}`, "anything"},
		{"true", head31, `true`, "anything"},
		{"false", head31, `false`, " never"},
		{"object by properties", head30, `{properties: {a: {type: string}}}`, "object{a:string}"},
		{"array by items", head30, `{items: {type: string}}`, "array[string]"},
		{"string by pattern", head30, `{pattern: x}`, "string"},
		{"string by length", head30, `{maxLength: 3}`, "string"},
		{"number by bound", head30, `{minimum: 3}`, "number"},
		{"integer by format", head30, `{format: int32}`, "integer/int32"},
		{"string by format", head30, `{format: date-time}`, "string/date-time"},
		{"object by names", head31, `{propertyNames: {pattern: x}}`, "object"},
		{"object by dependent names", head31, `{dependentRequired: {a: [b]}}`, "object"},
		{"array by contains", head31, `{contains: {type: string}}`, "array"},
		{"array by length", head30, `{maxItems: 3}`, "array"},
		{"array by what is left", head31, `{unevaluatedItems: false}`, "array"},
		{"string by content", head31, `{contentMediaType: text/html}`, "string"},
		{"string by encoding", head31, `{contentEncoding: base64}`, "string/byte"},
		{"condition", head31,
			`{type: object, properties: {k: {type: string}}, if: {properties: {k: {const: a}}}, then: {required: [a], properties: {a: {type: string}}}, else: {properties: {b: {type: integer}, k: {const: b}}}}`,
			"object{k:string a:string b:integer}"},
		{
			"condition without a type", head31, `{if: {required: [a]}, then: {properties: {a: {type: string}}}}`,
			"object{a:string}",
		},
		{"two answers to a condition", head31,
			`{then: {properties: {a: {type: string}, b: {$ref: "#/components/schemas/Pet"}}}, else: {properties: {a: {type: integer}, b: {$ref: "#/components/schemas/Pet"}}}}`,
			"object{a:|(string integer) b:→Pet}"},
		{"conditions within conditions", head31, `{then: {allOf: [{properties: {a: {type: string}}}], else: {properties: {b: {type: string}}}}, else: {$ref: "#/components/schemas/Y"}}
    Y: {properties: {c: {type: string}}}`, "object{a:string b:string c:string}"},
		{
			"a condition that excludes", head31, `{properties: {a: {type: string}}, then: {properties: {b: false}}}`,
			"object{a:string}",
		},
		{
			"dependent schemas", head31, `{dependentSchemas: {a: {properties: {b: {type: integer}}}, c: false}}`,
			"object{b:integer}",
		},
		{
			"a condition that is met by itself", head31,
			`{properties: {a: {type: string}}, then: {$ref: "#/components/schemas/X"}}`, "object{a:string}",
		},
		{"not", head31, `{not: {type: string}}`, "anything"},
		{"format without a type", head30, `{format: colour}`, "/colour"},
		{"base64", head31, `{type: string, contentEncoding: base64}`, "string/byte"},
		{"bytes", head31, `{type: string, contentMediaType: application/octet-stream}`, "string/binary"},
		{"format before content", head31, `{type: string, format: uuid, contentEncoding: base64}`, "string/uuid"},
		{"file of AutoRest", head20, `{type: object, format: file}`, "string/binary"},
		{"text with the format of a file", head30, `{type: string, format: file}`, "string/binary"},
		{"number with the format of a file", head30, `{type: number, format: file}`, "number/file"},
		{"file", head20, `{type: file}`, "string/binary"},
		{
			"dynamic reference", head31,
			`{properties: {a: {$dynamicAnchor: here, type: string}, b: {$dynamicRef: "#here"}}}`,
			"object{a:string b:→string}",
		},
		{
			"reference and dynamic reference", head31,
			`{$ref: "#/components/schemas/Pet", $dynamicRef: "#/components/schemas/Toy"}`, "→Pet",
		},
		{"reference to an id", head31, `{$ref: "https://example.com/toy"}
    Y: {$id: "https://example.com/toy", type: integer}`, "→Y"},
		{"reference to an id by its path", head31, `{$ref: /schemas/toy}
    Y: {$id: /schemas/toy, type: integer}`, "→Y"},
		{"reference against the id around it", head31, `{$id: "https://example.com/a/b", properties: {c: {$ref: ../d}}}
    Y: {$id: "https://example.com/d", type: integer}`, "object{c:→Y}"},
		{"reference into an id", head31, `{properties: {a: {$ref: "https://example.com/toy#/$defs/n"}, b: {$ref: "https://example.com/toy#n"}, c: {$ref: "https://example.com/toy#"}}}
    Y: {$id: "https://example.com/toy", type: object, $defs: {n: {$anchor: n, type: integer}}}`, "object{a:→integer b:→integer c:→Y}"},
		{"pointer from the id around it", head31,
			`{$id: "https://example.com/a", $defs: {n: {type: integer}}, properties: {a: {$ref: "#/$defs/n"}, b: {$ref: "#/components/schemas/Pet"}}}`,
			"object{a:→integer b:→Pet}"},
		{"pointer through references", head30, `{$ref: "#/components/schemas/Y/properties/a"}
    Y: {$ref: "#/components/schemas/Z"}
    Z: {$ref: "#/components/schemas/A"}
    A: {properties: {a: {type: integer}}}`, "→integer"},
		{
			"anchor", head31, `{properties: {a: {$anchor: here, type: string}, b: {$ref: "#here"}}}`,
			"object{a:string b:→string}",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			doc := mustLoad(t, c.head+c.in+"\n")
			same(t, show(doc.Schemas[2]), c.want)
		})
	}
}

// TestSchema_Unresolved: a schema that refers to nothing says so, and what is next to the reference
// applies in OpenAPI 3.1.
func TestSchema_Unresolved(t *testing.T) {
	for _, c := range []struct{ version, in, want, description string }{
		{"3.0.3", `{$ref: "#/components/schemas/No"}`, "anything",
			`The document refers to "#/components/schemas/No", which does not exist.`},
		{"3.0.3", `{$ref: "#/components/schemas/No", description: Given., type: string, enum: [a]}`, "anything", "Given."},
		{"3.1.0", `{$ref: "#/components/schemas/No", description: Given., type: string}`, "string", "Given."},
	} {
		doc, lines := load(t, "openapi: "+c.version+"\ncomponents:\n  schemas:\n    X: "+c.in+"\n")
		same(t, show(doc.Schemas[0]), c.want)
		if s := doc.Schemas[0]; s.Description != c.description || len(lines) != 1 {
			t.Errorf("%s: got %q, %q", c.in, s.Description, lines)
		}
	}
}

// TestSchema_Defects checks the warnings about defective schemas, and the schemas that result.
func TestSchema_Defects(t *testing.T) {
	for _, c := range []struct{ name, head, in, want, warning string }{
		{"unknown type", head30, `{type: strnig}`, "anything",
			`a.yaml:8:15: warning: type "strnig" is unknown; did you mean "string"?`},
		{
			"type of another language", head30, `{type: int}`, "integer",
			`a.yaml:8:15: warning: type "int" is unknown; write "integer"`,
		},
		{
			"date as a type", head30, `{type: date}`, "string/date",
			`a.yaml:8:15: warning: type "date" is unknown; write "string"`,
		},
		{
			"format of its own before a word's", head30, `{type: long, format: int32}`, "integer/int32",
			`a.yaml:8:15: warning: type "long" is unknown; write "integer"`,
		},
		{"nowhere", head30, `{$ref: "#/components/schemas/Pett"}`, "anything",
			`a.yaml:8:15: warning: reference "#/components/schemas/Pett": leads nowhere, using any; did you mean "#/components/schemas/Pet"?`},
		{"no pointer", head30, `{$ref: "#Pet"}`, "anything",
			`a.yaml:8:15: warning: reference "#Pet": leads nowhere, using any; a reference has the form #/components/schemas/Name`},
		{"far from all", head30, `{$ref: "#/components/schemas/Whatever"}`, "anything",
			`a.yaml:8:15: warning: reference "#/components/schemas/Whatever": leads nowhere, using any; define it, or correct the reference`},
		{"the whole document", head30, `{$ref: "#"}`, "anything",
			`a.yaml:8:15: warning: reference "#": leads to the whole document, using any; correct the reference`},
		{"itself", head30, `{$ref: "#/components/schemas/X"}`, "anything",
			`a.yaml:8:15: warning: reference "#/components/schemas/X": leads back to itself; define the target`},
		{"pointer through itself", head30, `{$ref: "#/components/schemas/X/properties/a"}`, "anything",
			`a.yaml:8:15: warning: reference "#/components/schemas/X/properties/a": leads nowhere, using any; define it, or correct the reference`},
		{
			"bare name", head30, `{$ref: Pet}`, "→Pet",
			`a.yaml:8:15: warning: reference "Pet": is the bare name of a schema; write "#/components/schemas/Pet"`,
		},
		{
			"bare name in 2.0", head20, `{$ref: Pet}`, "→Pet",
			`a.yaml:7:15: warning: reference "Pet": is the bare name of a schema; write "#/definitions/Pet"`,
		},
		{
			"no schema", head30, `{type: array, items: 7}`, "array[anything]",
			`a.yaml:8:29: warning: want a schema, got 7`,
		},
		{"discriminator without a name", head30, `{type: object, discriminator: {}}`, "object",
			""},
		{"mapping to nothing", head30,
			`{type: object, discriminator: {propertyName: k, mapping: {a: "#/components/schemas/Pt"}}}`, "object@k",
			`a.yaml:8:69: warning: reference "#/components/schemas/Pt": leads nowhere, leaving it out; did you mean "#/components/schemas/Pet"?`},
		{"mapping to no schema", head30, `{type: object, discriminator: {propertyName: k, mapping: {a: Pett, b: Pet}}}`,
			"object@k,b=Pet",
			`a.yaml:8:69: warning: discriminator: there is no schema "Pett"; did you mean "Pet"?`},
		{"mapping to nothing like it", head30,
			`{type: object, discriminator: {propertyName: k, mapping: {a: Whatever}}}`, "object@k",
			`a.yaml:8:69: warning: discriminator: there is no schema "Whatever"; define it, or correct the name`},
		{"mapping to a name with a dot", head30,
			`{type: object, discriminator: {propertyName: k, mapping: {a: My.Pet}}}`, "object@k",
			`a.yaml:8:69: warning: discriminator: there is no schema "My.Pet"; define it, or correct the name`},
		{"mapping to a file that is missing", head30,
			`{type: object, discriminator: {propertyName: k, mapping: {a: no.yaml}}}`, "object@k",
			`a.yaml:8:69: warning: discriminator: there is no schema "no.yaml"; define it, or correct the name`},
		{"mapping of a list", head30, `{type: object, discriminator: {propertyName: k, mapping: {a: []}}}`, "object@k",
			`a.yaml:8:69: warning: discriminator: want the name of a schema, got a list`},
	} {
		t.Run(c.name, func(t *testing.T) {
			doc, lines := load(t, c.head+c.in+"\n")
			if doc == nil {
				t.Fatal(lines)
			}
			same(t, show(doc.Schemas[2]), c.want)
			same(t, strings.Join(lines, "\n"), c.warning)
		})
	}
}

func TestSchema_CircleOfReferences(t *testing.T) {
	doc, lines := load(
		t,
		"openapi: 3.0.3\npaths: {}\ncomponents:\n  schemas:\n    A: {$ref: '#/components/schemas/B'}\n    B: "+
			"{$ref: '#/components/schemas/C'}\n    C: {$ref: '#/components/schemas/A'}\n",
	)
	same(
		t, strings.Join(lines, "\n"),
		`a.yaml:5:15: warning: reference "#/components/schemas/B": leads back to itself; define the target`,
	)
	for _, s := range doc.Schemas {
		if got := s.Target().Name; got != "A" {
			t.Errorf("%s ends at %q, want A", s.Name, got)
		}
	}
}

func TestSchema_IsOneHoweverOftenItIsReferredTo(t *testing.T) {
	doc := mustLoad(
		t,
		head30+`{type: object, properties: {a: {$ref: "#/components/schemas/Pet"}, b: {$ref: "#/components/schemas/Pet"}, c: {$ref: "#/components/schemas/X/properties/d"}, d: {type: object}}}`+"\n",
	)
	x := doc.Schemas[2]
	if x.Properties[0].Schema.Ref != x.Properties[1].Schema.Ref || x.Properties[0].Schema.Ref != doc.Schemas[0] {
		t.Error("two references to Pet are not one schema")
	}
	if d := x.Properties[3].Schema; x.Properties[2].Schema.Ref != d ||
		d.Pointer != "#/components/schemas/X/properties/d" {
		t.Errorf("the reference into X leads to %q", x.Properties[2].Schema.Ref.Pointer)
	}
	if !x.Properties[0].Schema.SameAs(x.Properties[1].Schema) || x.Properties[0].Schema.SameAs(x) || x.SameAs(nil) ||
		!(*Schema)(nil).SameAs(nil) {
		t.Error("SameAs does not follow references")
	}
}

func TestSchema_PointerWithEscapes(t *testing.T) {
	doc := mustLoad(
		t,
		"openapi: 3.0.3\npaths: {}\ncomponents:\n  schemas:\n    a/b c: {type: string}\n    X: {$ref: "+
			"'#/components/schemas/a~1b%20c'}\n",
	)
	same(t, show(doc.Schemas[1]), "→a/b c")
}

func TestSchema_AliasOfYAML(t *testing.T) {
	doc := mustLoad(t, "openapi: 3.0.3\npaths: {}\ncomponents:\n  schemas:\n    A: &a {type: string}\n    B: *a\n")
	same(t, show(doc.Schemas[0])+" "+show(doc.Schemas[1])+" "+doc.Schemas[1].Name, "string →A B")
}

func TestSchema_Texts(t *testing.T) {
	doc := mustLoad(t, head30+`{title: T, description: D, type: string}`+"\n")
	if s := doc.Schemas[2]; s.Title != "T" || s.Description != "D" || s.Pos.String() != "a.yaml:8:8" ||
		s.Node.Get("title") == nil {
		t.Errorf("got %q %q %s", s.Title, s.Description, s.Pos)
	}
}
