package plan_test

import (
	"github.com/resgen/resgen/generator/plan"
	"github.com/resgen/resgen/generator/plan/naming"
	"github.com/resgen/resgen/generator/plan/plantest"

	"strings"
	"testing"

	"github.com/resgen/resgen/resilience/diag"
)

// TestNames_Clashes checks the rules at the top of naming/scope.go: names and warnings.
func TestNames_Clashes(t *testing.T) {
	for _, c := range []struct{ name, doc, want, warnings string }{
		{"exactly spelled schema before others", plantest.Schemas30(`
    _foo: {type: string}
    foo: {type: string}
    Foo: {type: string}`), "Foo = string\nFoo_2 = string\nUnderscoreFoo = string", `
a.yaml:7:11: warning: schema _foo: Go name Foo is already used by schema Foo at a.yaml:9:10; using UnderscoreFoo; choose a name with x-go-name, or rename one of them
a.yaml:8:10: warning: schema foo: Go name Foo is already used by schema Foo at a.yaml:9:10; using Foo_2; choose a name with x-go-name, or rename one of them`},
		{"inline type yields to a schema", plantest.Schemas30(`
    Transaction: {properties: {status: {type: string, enum: [a, b]}}}
    TransactionStatus: {type: string}`), "Transaction struct{Status *TransactionStatus_2 status,omitzero}\nTransactionStatus = string\nTransactionStatus_2 string{TransactionStatus_2A=a TransactionStatus_2B=b}", `
a.yaml:7:40: warning: status of schema Transaction: Go name TransactionStatus is already used by schema TransactionStatus at a.yaml:8:24; using TransactionStatus_2; choose a name with x-go-name, or rename one of them`},
		{"constant yields to a type", plantest.Schemas30(`
    Order: {type: string, enum: [status]}
    OrderStatus: {type: string}`), "Order string{OrderStatus_2=status}\nOrderStatus = string", `
a.yaml:7:12: warning: value status of schema Order: Go name OrderStatus is already used by schema OrderStatus at a.yaml:8:18; using OrderStatus_2; choose a name with x-go-name, or rename one of them`},
		{"constants of one enum", plantest.Schemas30(`
    A: {type: string, enum: [x, X]}`), "A string{AX=x AX_2=X}", `
a.yaml:7:8: warning: value X of schema A: Go name AX is already used by value x of schema A at a.yaml:7:8; using AX_2; choose a name with x-go-name, or rename one of them`},
		{"members of one struct", plantest.Schemas30(`
    A: {properties: {a_b: {type: string}, aB: {type: string}}}`), "A struct{AB *string a_b,omitzero; AB_2 *string aB,omitzero}", `
a.yaml:7:43: warning: property aB of schema A: Go name AB is already used by property a_b of schema A at a.yaml:7:22; using AB_2; choose a name with x-go-name, or rename one of them`},
		{"methods of JSON", plantest.Schemas30(`
    A: {properties: {marshalJSON: {type: string}}}`), "A struct{MarshalJSONField *string marshalJSON,omitzero}", `
a.yaml:7:22: warning: property marshalJSON of schema A: Go name MarshalJSON is already used by the package itself; using MarshalJSONField; choose a name with x-go-name, or rename one of them`},
		{"a property unknown", plantest.Schemas30(`
    A: {type: object, properties: {unknown: {type: string}}}`),
			"A struct{UnknownField *string unknown,omitzero}", `
a.yaml:7:36: warning: property unknown of schema A: Go name Unknown is already used by the package itself; using UnknownField; choose a name with x-go-name, or rename one of them`},
		{"a property additionalProperties", plantest.Schemas30(`
    A: {type: object, properties: {additionalProperties: {type: string}}, additionalProperties: true}`),
			"A struct{AdditionalPropertiesField *string additionalProperties,omitzero; AdditionalProperties map[string]any}", `
a.yaml:7:36: warning: property additionalProperties of schema A: Go name AdditionalProperties is already used by the package itself; using AdditionalPropertiesField; choose a name with x-go-name, or rename one of them`},
		{"a name of x-go-name is taken", plantest.Schemas30(`
    ImageSummary: {x-go-name: Summary, type: string}
    ContainerSummary: {x-go-name: Summary, type: string}
    container_summary: {x-go-name: Summary, type: string}`),
			"ContainerSummary = string\nContainerUnderscoreSummary = string\nSummary = string", `
a.yaml:8:23: warning: schema ContainerSummary: Go name Summary is already used by schema ImageSummary at a.yaml:7:19; using ContainerSummary; choose a name with x-go-name, or rename one of them
a.yaml:9:24: warning: schema container_summary: Go name Summary is already used by schema ImageSummary at a.yaml:7:19; using ContainerUnderscoreSummary; choose a name with x-go-name, or rename one of them`},
		{"a property with a taken x-go-name", plantest.Schemas30(`
    A: {properties: {a: {type: string, x-go-name: Same}, b: {type: string, x-go-name: Same}}}`),
			"A struct{Same *string a,omitzero; B *string b,omitzero}", `
a.yaml:7:58: warning: property b of schema A: Go name Same is already used by property a of schema A at a.yaml:7:22; using B; choose a name with x-go-name, or rename one of them`},
		{"what every package has", plantest.Schemas30(`
    Client: {type: string}
    New: {type: string}
    Operations: {type: string}
    ClientSchema: {type: string}`), "ClientSchema = string\nClientSchema_2 = string\nNewSchema = string\nOperationsSchema = string", `
a.yaml:10:19: warning: schema ClientSchema: Go name ClientSchema is already used by schema Client at a.yaml:7:13; using ClientSchema_2; choose a name with x-go-name, or rename one of them
a.yaml:7:13: warning: schema Client: Go name Client is already used by the package itself; using ClientSchema; choose a name with x-go-name, or rename one of them
a.yaml:8:10: warning: schema New: Go name New is already used by the package itself; using NewSchema; choose a name with x-go-name, or rename one of them
a.yaml:9:17: warning: schema Operations: Go name Operations is already used by the package itself; using OperationsSchema; choose a name with x-go-name, or rename one of them`},
		{"words of Go", plantest.Schemas30(`
    error: {type: string}
    init: {type: string}
    close: {type: string}
    '': {type: string}
    '🙂': {type: string}`), "Close = string\nEmpty = string\nError = string\nInit = string\nSymbol = string", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			a, lines := plantest.Planned(t, c.doc, plan.Options{})
			plantest.Same(t, plantest.Declarations(a), c.want)
			plantest.Same(t, strings.Join(sortedText(lines), "\n"),
				strings.Join(sortedText(strings.Split(strings.TrimSpace(c.warnings), "\n")), "\n"))
		})
	}
}

// TestNames_Operations: what operations are called, and their descriptors, arguments and types.
func TestNames_Operations(t *testing.T) {
	for _, c := range []struct{ name, paths, want, vars, warnings string }{
		{"words of Go and of the package", `
  /a: {get: {operationId: new, responses: {}}}
  /b: {get: {operationId: close, responses: {}}}
  /c: {get: {operationId: error, responses: {}}}
  /d: {get: {operationId: init, responses: {}}}
  /e: {get: {operationId: Client, responses: {}}}
  /f: {get: {operationId: defaults, responses: {}}}
  /g: {get: {operationId: wire, responses: {}}}`, "New()\nCloseOperation()\nError()\nInit()\nClient()\nDefaults()\nWire()",
			"newOperation closeOperation errorOperation initOperation client defaultsOperation wireOperation", `
a.yaml:6:27: warning: operation close: Go name Close is already used by the package itself; using CloseOperation; choose a name with x-go-name, or rename one of them`},
		{"one operationId twice", `
  /a: {put: {operationId: link, responses: {}}, post: {operationId: link, responses: {}}}`, "LinkPost()\nLink()", "linkPost link", `
a.yaml:5:69: warning: operation link: another operation has the same operationId; using the name LinkPost; rename one of them`},
		{"operationIds of one name", `
  /a: {get: {operationId: get_a, responses: {}}, put: {operationId: getA, responses: {}}}`, "GetA()\nGetA_2()", "getA getA2", `
a.yaml:5:69: warning: operation getA: Go name GetA is already used by operation get_a at a.yaml:5:27; using GetA_2; choose a name with x-go-name, or rename one of them`},
		{"no operationId", `
  /: {get: {responses: {}}}
  /pets/{petId}: {get: {parameters: [{name: petId, in: path, required: true, schema: {type: string}}], responses: {}}}`,
			"GetRoot()\nGetPetsPetID(petID string)", "getRoot getPetsPetID", ""},
		{"arguments", `
  /{type}/{ctx}/{getA}/{c}/{a}/{A}/{string}:
    get:
      operationId: getA
      parameters:
        - {name: type, in: path, required: true, schema: {type: string}}
        - {name: ctx, in: path, required: true, schema: {type: string}}
        - {name: getA, in: path, required: true, schema: {type: string}}
        - {name: c, in: path, required: true, schema: {type: string}}
        - {name: a, in: path, required: true, schema: {type: string}}
        - {name: A, in: path, required: true, schema: {type: string}}
        - {name: string, in: path, required: true, schema: {type: string}}
      responses: {}`, "GetA(typeParam string, ctxParam string, getAParam string, cParam string, a string, a_2 string, stringParam string)", "getA", ""},
		{"fields of one struct", `
  /a:
    get:
      operationId: op
      parameters:
        - {name: id, in: query, schema: {type: string}}
        - {name: ID, in: header, schema: {type: string}}
      responses: {}`, "Op(params OpParams)\nOpParams{ID *string; ID_2 *string}", "op", `
a.yaml:10:11: warning: header parameter ID of operation op: Go name ID is already used by query parameter id of operation op at a.yaml:9:11; using ID_2; choose a name with x-go-name, or rename one of them`},
		{"name of the body", `
  /{pet}:
    put:
      operationId: op
      x-codegen-request-body-name: pet
      parameters: [{name: pet, in: path, required: true, schema: {type: string}}]
      requestBody: {required: true, content: {text/plain: {}}}
      responses: {}`, "Op(pet string, pet_2 string)", "op", ""},
		{"body called body", `
  /{body}:
    put:
      operationId: op
      parameters: [{name: body, in: path, required: true, schema: {type: string}}]
      requestBody: {required: true, content: {text/plain: {}}}
      responses: {}`, "Op(bodyParam string, body string)", "op", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			a, lines := plantest.Planned(t, plantest.Paths30(c.paths, ""), plan.Options{})
			plantest.Same(t, plantest.Methods(a), c.want)
			var vars []string
			for _, o := range a.Operations {
				vars = append(vars, o.Var)
			}
			plantest.Same(t, strings.Join(vars, " "), c.vars)
			plantest.Same(t, strings.Join(lines, "\n"), c.warnings)
		})
	}
}

// TestNames_TypesOfOperations: they yield to schemas.
func TestNames_TypesOfOperations(t *testing.T) {
	a, lines := plantest.Planned(t, plantest.Paths30(`
  /a:
    get:
      operationId: op
      parameters: [{name: q, in: query, schema: {type: string, enum: [x, y]}}]
      responses: {'200': {description: d, content: {application/json: {schema: {type: string}}}}, '201': {description: d}}`, `
    OpParams: {type: string}
    OpResult: {type: string}
    OpResponse: {type: string}`), plan.Options{})
	o := a.Operations[0]
	if o.ParamsType != "OpParams_2" || o.Result.Struct != "OpResult_2" || o.Result.Build != "newOpResult_2" {
		t.Errorf("got %s, %s, %s", o.ParamsType, o.Result.Struct, o.Result.Build)
	}
	if len(lines) != 2 || plantest.GoType(o.Params[0].Type) != "*OpParamsQ" {
		t.Errorf("got %q, %s", lines, plantest.GoType(o.Params[0].Type))
	}
}

func TestNames_Rename(t *testing.T) {
	doc := plantest.Paths30("\n  /a: {get: {operationId: op, responses: {}}}",
		"    Item: {properties: {x: {type: string, enum: [a, b]}}}")
	a, lines := plantest.Planned(t, doc, plan.Options{Renames: []naming.Rename{{From: "Item", To: "Article"},
		{From: "op", To: "Fetch"}}})
	if len(lines) > 0 {
		t.Fatal(lines)
	}
	plantest.Same(t, plantest.Declarations(a),
		"Article struct{X *ArticleX x,omitzero}\nArticleX string{ArticleXA=a ArticleXB=b}\nPet struct{Name *string "+
			"name,omitzero}")
	plantest.Same(t, plantest.Methods(a), "Fetch()")
	pos := diag.Position{File: "resgen.yaml", Line: 3, Column: 4}
	for _, c := range []struct {
		rename naming.Rename
		want   string
	}{
		{naming.Rename{From: "Itme", To: "Article", Pos: pos},
			`resgen.yaml:3:4: rename Itme: the document has no schema or operationId of this name; did you mean "Item"?`},
		{naming.Rename{From: "Zzzzzzzz", To: "Article", Pos: pos},
			`resgen.yaml:3:4: rename Zzzzzzzz: the document has no schema or operationId of this name; remove the entry`},
		{naming.Rename{From: "Item", To: "article", Pos: pos},
			`resgen.yaml:3:4: rename Item: "article" is not an exported Go name; start with a capital letter, continue with letters and digits`},
		{naming.Rename{From: "Item", To: "A-B", Pos: pos},
			`resgen.yaml:3:4: rename Item: "A-B" is not an exported Go name; start with a capital letter, continue with letters and digits`},
	} {
		a, lines := plantest.Planned(t, doc, plan.Options{Renames: []naming.Rename{c.rename}})
		if a != nil {
			t.Error("there is a plan in addition to the error")
		}
		plantest.Same(t, strings.Join(lines, "\n"), c.want)
	}
}

// TestNames_XGoName: the document can choose names too; rename in resgen.yaml is stronger.
func TestNames_XGoName(t *testing.T) {
	doc := plantest.Paths30(`
  /a:
    get:
      operationId: op
      x-go-name: Fetch
      parameters: [{name: q, in: query, x-go-name: Question, schema: {type: string}}]
      responses: {}
  /b: {get: {x-go-name: Second, responses: {}}}`, `
    Item: {x-go-name: Article, properties: {eventId: {type: string}, EventId: {type: string, x-go-name: EventIDUpper}, more: {x-go-name: 'a b', type: string}, pet: {$ref: '#/components/schemas/Pet', x-go-name: Animal}}}
    Part: {x-go-name: Piece, type: string}`)
	a, lines := plantest.Planned(t, doc, plan.Options{Renames: []naming.Rename{{From: "Part", To: "Fragment"}}})
	plantest.Same(t, plantest.Declarations(a),
		"Article struct{EventID *string eventId,omitzero; EventIDUpper *string EventId,omitzero; More *string "+
			"more,omitzero; Animal *Pet pet,omitzero}\nFragment = string\nPet struct{Name *string name,omitzero}")
	plantest.Same(t, plantest.Methods(a), "Fetch(params FetchParams)\nFetchParams{Question *string}\nSecond()")
	plantest.Same(t, strings.Join(lines, "\n"),
		`a.yaml:16:138: warning: x-go-name: "a b" is not an exported Go name; start with a capital letter, continue with letters and digits`)
}

// sortedText returns the lines in the order of their text, so that tests need not know how
// positions are sorted.
func sortedText(lines []string) []string {
	out := append([]string{}, lines...)
	for i := range out {
		for j := i; j > 0 && out[j] < out[j-1]; j-- {
			out[j], out[j-1] = out[j-1], out[j]
		}
	}
	return out
}
