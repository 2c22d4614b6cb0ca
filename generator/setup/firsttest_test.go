package setup

import (
	"testing"

	"github.com/resgen/resgen/generator/plan/plantest"
)

// TestNewFirstTest plans documents and compares the operation that is called, and how.
func TestNewFirstTest(t *testing.T) {
	const (
		done = `responses: {"204": {description: done}}`
		id   = `parameters: [{name: id, in: path, required: true, schema: `
	)
	type call struct {
		Name, Arguments, Script, Results string
		Requests                         int
	}
	for _, tt := range []struct {
		name, paths, components string
		want                    call
	}{
		{"nothing", "/a: {}", "", call{}},
		{"the simplest is read-only",
			"/a: {post: {operationId: add, " + done + "}, get: {operationId: get, " + done + "}}", "",
			call{"Get", "t.Context()", "faults.Status(503), faults.Status(204)", "err", 2}},
		{"no argument is simpler than one", "/{id}: {get: {operationId: one, " + id + "{type: string}}], " + done +
			"}}\n  /b: {get: {operationId: all, " + done + "}}", "", call{
			"All",
			"t.Context()",
			"faults.Status(503), faults.Status(204)",
			"err",
			2,
		}},
		{"unsafe", "/a: {post: {operationId: add, " + done + "}}", "",
			call{"Add", "t.Context()", "faults.Status(204)", "err", 1}},
		{"not deprecated",
			"/a: {get: {operationId: old, deprecated: true, " + done + "}}\n  /b: {delete: {operationId: remove, " +
				done + "}}", "", call{"Remove", "t.Context()", "faults.Status(503), faults.Status(204)", "err", 2}},
		{"text", "/{id}: {get: {operationId: one, " + id + "{type: string}}], " + done + "}}", "",
			call{"One", `t.Context(), "1"`, "faults.Status(503), faults.Status(204)", "err", 2}},
		{"a number", "/{id}: {get: {operationId: one, " + id + "{type: integer}}], " + done + "}}", "",
			call{"One", `t.Context(), 1`, "faults.Status(503), faults.Status(204)", "err", 2}},
		{"an enum", "/{id}: {get: {operationId: one, " + id + "{$ref: '#/components/schemas/E'}}], " + done + "}}",
			"    E: {type: string, enum: [red, blue]}",
			call{"One", `t.Context(), p.ERed`, "faults.Status(503), faults.Status(204)", "err", 2}},
		{"required and optional parameters", "/a: {get: {operationId: all, parameters: [{name: q, in: query, required: true, " +
			"schema: {type: array, items: {type: string}}}, {name: r, in: query, schema: {type: string}}, " +
			"{name: b, in: query, required: true, schema: {type: boolean}}], " + done + "}}", "",
			call{
				"All",
				`t.Context(), p.AllParams{Q: []string{"1"}, B: true}`,
				"faults.Status(503), faults.Status(204)",
				"err",
				2,
			}},
		{
			"a time is not simple",
			"/{id}: {get: {operationId: one, " + id + "{type: string, format: date-time}}], " + done + "}}",
			"",
			call{},
		},
		{"a body", "/a: {put: {operationId: set, requestBody: {required: true, content: {application/json: {schema: " +
			"{$ref: '#/components/schemas/S'}}}}, " + done + "}}", "    S: {type: object, properties: {a: {type: " +
			"string}}}",
			call{"Set", `t.Context(), p.S{}`, "faults.Status(503), faults.Status(204)", "err", 2}},
		{"an optional body", "/a: {put: {operationId: set, requestBody: {content: {application/json: {schema: " +
			"{$ref: '#/components/schemas/S'}}}}, " + done + "}}", "    S: {type: object, properties: {a: {type: " +
			"string}}}",
			call{"Set", `t.Context(), nil`, "faults.Status(503), faults.Status(204)", "err", 2}},
		{"a body that is a list", "/a: {put: {operationId: set, requestBody: {required: true, content: {application/json: " +
			"{schema: {type: array, items: {type: string}}}}}, " + done + "}}", "", call{}},
		{"a list", `/a: {get: {operationId: all, responses: {"200": {description: ok, content: {application/json: {schema: ` +
			`{type: array, items: {type: string}}}}}}}}`, "",
			call{"All", "t.Context()", "faults.Status(503), faults.OK(`[]`)", "_, err", 2}},
		{"an object with another status and media type",
			`/a: {get: {operationId: one, responses: {"202": {description: ok, ` +
				`content: {application/hal+json: {schema: {type: object, properties: {a: {type: string}}}}}}}}}`, "",
			call{"One", "t.Context()",
				"faults.Status(503), faults.JSON(202, `{}`).With(\"Content-Type\", \"application/hal+json\")", "_, err", 2}},
		{"a text in JSON, of any 2xx", `/a: {get: {operationId: one, responses: {"2XX": {description: ok, content: ` +
			`{application/json: {schema: {type: string}}}}}}}`, "",
			call{"One", "t.Context()", "faults.Status(503), faults.OK(`\"text\"`)", "_, err", 2}},
		{"bytes are not simple", `/a: {get: {operationId: one, responses: {"200": {description: ok, content: ` +
			`{application/pdf: {schema: {type: string, format: binary}}}}}}}`, "", call{}},
		{"a server that is not the API's", "/a: {get: {operationId: one, servers: [{url: https://other.example.com}], " + done + "}}", "",
			call{}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			a := plantest.MustPlan(t, plantest.Paths30("  "+tt.paths, tt.components))
			a.Package = "p"
			got := newFirstTest(a, "example.com/internal/p")
			if c := (call{got.Name, got.Arguments, got.Script, got.Results, got.Requests}); c != tt.want {
				t.Errorf("got\n%+v\nwant\n%+v", c, tt.want)
			}
			if got.Call != (tt.want.Name != "") || got.Retried != (tt.want.Requests == 2) || got.Package != "p" ||
				got.New != "New" || got.Qualifier != "p" || got.Import != `"example.com/internal/p"` {
				t.Errorf("got %+v", got)
			}
		})
	}
}

// The package has another name in the test if its own is taken or is not that of its folder.
func TestNewFirstTest_Qualifier(t *testing.T) {
	for _, tt := range []struct{ pkg, path, qualifier, declaration string }{
		{"pets", "m/pets", "pets", `"m/pets"`},
		{"pets", "m/petstore", "pets", `pets "m/petstore"`},
		{"testing", "m/testing", "client", `client "m/testing"`},
	} {
		a := plantest.MustPlan(t, plantest.Paths30("  /a: {}", ""))
		a.Package = tt.pkg
		if got := newFirstTest(a, tt.path); got.Qualifier != tt.qualifier || got.Import != tt.declaration {
			t.Errorf("%s in %s: got %s, %s", tt.pkg, tt.path, got.Qualifier, got.Import)
		}
	}
}
