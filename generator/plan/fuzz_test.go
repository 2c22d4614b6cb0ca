package plan_test

import (
	"github.com/resgen/resgen/generator/plan"
	"github.com/resgen/resgen/generator/plan/plantest"

	"context"
	"testing"

	"github.com/resgen/resgen/generator/spec"
)

// FuzzPlan feeds documents of any kind: nothing panics or hangs, and what is planned can be
// printed.
func FuzzPlan(f *testing.F) {
	for _, seed := range []string{
		plantest.Schemas30("    A: {allOf: [{$ref: '#/components/schemas/B'}, {properties: {x: {oneOf: [{type: " +
			"string}, {$ref: '#/components/schemas/A'}]}}}]}\n    B: {required: [a], properties: {a: {$ref: " +
			"'#/components/schemas/A'}}}"),
		plantest.Schemas31("    A: {type: [string, array, 'null'], items: {$ref: '#/components/schemas/A'}}\n    " +
			"foo: {enum: [a, 1, null]}\n    Foo: true"),
		plantest.Schemas30("    Client: {type: object, properties: {'': {}, '-': {}, \"a\\\"b\": {}, MarshalJSON: " +
			"{}, additionalProperties: {}}, additionalProperties: true}"),
		plantest.Paths30("\n  /{a}/{type}: {post: {operationId: close, parameters: [{name: ctx, in: query, schema: "+
			"{enum: [x]}}], requestBody: {content: {multipart/x: {}, '*/*': {}}}, responses: {default: "+
			"{description: d, content: {a/b: {}}}, 2XX: {description: d}, '204': {description: d}}}}", ""),
		"swagger: '2.0'\npaths: {/a: {put: {parameters: [{name: f, in: formData, type: file}, {name: b, in: body, " +
			"schema: {type: array, items: [{}, {type: string}]}}], responses: {200: {schema: {type: file}}}}}}\n",
		"openapi: 3.0.3\npaths: {/a: {get: {description: \"| Rate (requests per second) | Burst |\\n|-|-|\\n| 1 | 2 " +
			"|\", x-rate-limit: 1/min, x-resgen: {retry: {attempts: 2}}, responses: {}}}}\n",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		doc, found := spec.Load(context.Background(), spec.Options{Dir: t.TempDir(), File: "a.yaml", Data: data})
		if doc == nil {
			if !found.HasErrors() {
				t.Fatal("no document and no error")
			}
			return
		}
		a, found := plan.Plan(doc, plan.Options{Package: "p"})
		if a == nil {
			if !found.HasErrors() {
				t.Fatal("no plan and no error")
			}
			return
		}
		for _, b := range plantest.Broken(a) {
			t.Error(b)
		}
	})
}
