package plan_test

import (
	"github.com/resgen/resgen/generator/plan"
	"github.com/resgen/resgen/generator/plan/plantest"

	"strings"
	"testing"

	"github.com/resgen/resgen/generator/api"
	"github.com/resgen/resgen/generator/spec"
)

func TestOperations(t *testing.T) {
	for _, c := range []struct{ name, paths, components, want string }{
		{"parameters", `
  /a/{b}/{a}:
    get:
      operationId: op
      parameters:
        - {name: a, in: path, required: true, schema: {type: integer}}
        - {name: b, in: path, required: true, schema: {type: string, format: date}}
        - {name: must, in: query, required: true, schema: {type: string}}
        - {name: may, in: query, schema: {type: string}}
        - {name: list, in: query, schema: {type: array, items: {type: string}}}
        - {name: kind, in: query, schema: {type: string, enum: [x, y]}}
        - {name: kinds, in: query, schema: {type: array, items: {type: string, enum: [x]}}}
        - {name: filter, in: query, style: deepObject, schema: {type: object, properties: {x: {type: string}}}}
        - {name: X-Head, in: header, schema: {type: boolean}}
        - {name: pet, in: query, content: {application/json: {schema: {$ref: '#/components/schemas/Pet'}}}}
        - {name: what, in: query, schema: {}}
      responses: {}`, "", `
Op(b Date, a int64, params OpParams)
OpParams{Must string; May *string; List []string; Kind *OpParamsKind; Kinds []OpParamsKindsItem; Filter *OpParamsFilter; XHead *bool; Pet *Pet; What any}`},
		{"shared parameters", `
  /a: {get: {operationId: a, parameters: [{$ref: '#/components/parameters/sort'}], responses: {}}}
  /b: {get: {operationId: b, parameters: [{$ref: '#/components/parameters/sort'}], responses: {}}}`, `
  parameters:
    sort: {name: sort, in: query, schema: {type: string, enum: [x, y]}}`, `
A(params AParams)
AParams{Sort *SortParam}
B(params BParams)
BParams{Sort *SortParam}`},
		{"bodies", `
  /a: {post: {operationId: a, requestBody: {required: true, content: {application/json: {schema: {$ref: '#/components/schemas/Pet'}}}}, responses: {}}}
  /b: {post: {operationId: b, requestBody: {content: {application/json: {schema: {$ref: '#/components/schemas/Pet'}}}}, responses: {}}}
  /c: {post: {operationId: c, requestBody: {required: true, content: {application/json: {schema: {type: array, items: {type: string}}}}}, responses: {}}}
  /d: {post: {operationId: d, requestBody: {content: {application/json: {schema: {type: object, properties: {x: {type: string}}}}}}, responses: {}}}
  /e: {post: {operationId: e, requestBody: {content: {application/json: {}}}, responses: {}}}
  /f: {post: {operationId: f, requestBody: {$ref: '#/components/requestBodies/Shared'}, responses: {}}}
  /g: {post: {operationId: g, requestBody: {content: {text/plain: {}}}, responses: {}}}
  /h: {post: {operationId: h, requestBody: {content: {application/octet-stream: {}}}, responses: {}}}
  /i: {post: {operationId: i, requestBody: {content: {image/*: {schema: {type: string, format: binary}}}}, responses: {}}}
  /j: {post: {operationId: j, requestBody: {required: true, content: {application/json: {schema: {type: string, nullable: true}}}}, responses: {}}}
  /k: {post: {operationId: k, requestBody: {required: true, content: {application/x-www-form-urlencoded: {}}}, responses: {}}}
  /l: {post: {operationId: l, requestBody: {content: {}}, responses: {}}}`, `
  requestBodies:
    Shared: {content: {application/json: {schema: {type: object, properties: {x: {type: string}}}}}}`, `
A(body Pet)
B(body *Pet)
C(body []string)
D(body *DBody)
E(body any)
F(body *SharedBody)
G(body *string)
H(body Reader)
I(body Reader)
J(body *string)
K(body map[string]any)
L()`},
		{"files of multipart bodies", `
  /a:
    post:
      operationId: a
      requestBody:
        required: true
        content:
          multipart/form-data:
            schema:
              required: [file]
              properties: {file: {type: string, format: binary}, files: {type: array, items: {type: string, format: binary}}, more: {type: string, format: binary}, name: {type: string}}
      responses: {}
  /b:
    post:
      operationId: b
      requestBody:
        required: true
        content: {application/json: {schema: {properties: {file: {type: string, format: binary}}}}}
      responses: {}`, "", `
A(body ABody)
B(body BBody)`},
		{"further media types", `
  /a:
    post:
      operationId: add
      requestBody:
        required: true
        content:
          application/xml: {schema: {$ref: '#/components/schemas/Pet'}}
          application/json: {schema: {$ref: '#/components/schemas/Pet'}}
          application/x-www-form-urlencoded: {schema: {$ref: '#/components/schemas/Pet'}}
      responses: {}`, "", `
Add(body Pet)
AddForm(body Pet)`},
		{"text formats and nothing else", `
  /a:
    post:
      operationId: add
      requestBody: {required: true, content: {application/xml: {}, text/csv: {}, text/plain: {}}}
      responses: {}`, "", `
Add(body string)`},
		{"media types that send the same bytes", `
  /a:
    post:
      operationId: add
      requestBody:
        required: true
        content:
          application/*+json: {schema: {$ref: '#/components/schemas/Pet'}}
          text/json: {schema: {$ref: '#/components/schemas/Pet'}}
          application/json; charset=utf-8: {schema: {$ref: '#/components/schemas/Pet'}}
          application/json: {schema: {$ref: '#/components/schemas/Pet'}}
          application/json-patch+json: {schema: {type: array, items: {type: string}}}
          text/xml: {schema: {$ref: '#/components/schemas/Pet'}}
          application/xml: {schema: {$ref: '#/components/schemas/Pet'}}
          multipart/form-data: {schema: {$ref: '#/components/schemas/Pet'}}
          multipart/mixed: {schema: {$ref: '#/components/schemas/Pet'}}
          text/csv: {}
          text/plain: {}
          application/vnd.acme.thing: {}
      responses: {}`, "", `
Add(body Pet)
AddJSONPatch(body []string)
AddMultipart(body Pet)
AddVndAcmeThing(body Reader)`},
	} {
		t.Run(c.name, func(t *testing.T) {
			plantest.Same(t, plantest.Methods(plantest.MustPlan(t, plantest.Paths30(c.paths, c.components))), c.want)
		})
	}
}

func TestOperations_MultipartTypes(t *testing.T) {
	a := plantest.MustPlan(t, plantest.Paths30(`
  /a:
    post:
      operationId: a
      requestBody:
        content:
          multipart/form-data:
            schema: {$ref: '#/components/schemas/Form'}
            encoding: {file: {contentType: image/png}, list: {style: pipeDelimited, explode: true}}
      responses: {}`, `
    Form:
      allOf: [{$ref: '#/components/schemas/Pet'}, {properties: {file: {type: string, format: binary}, list: {type: array, items: {type: string, format: binary}}}}]
    Other: {properties: {file: {type: string, format: binary}}}`))
	plantest.Same(t, plantest.Declarations(a), `
Form struct{Name *string name,omitzero; File *File file,omitzero; List []File list,omitzero}
Other struct{File *string file,omitzero}
Pet struct{Name *string name,omitzero}`)
	b := a.Operations[0].Body
	if b.Format != "multipart" || b.Media != "multipart/form-data" || b.Required || len(b.Parts) != 2 ||
		b.Parts[0] != (api.Part{Name: "file", Media: "image/png", Explode: true}) ||
		b.Parts[1] != (api.Part{Name: "list", Explode: true}) {
		t.Errorf("got %+v", b)
	}
}

func TestBodies_FormatAndMedia(t *testing.T) {
	for _, c := range []struct{ media, schema, format, sent string }{
		{"application/json", "{type: object}", "json", "application/json"},
		{"APPLICATION/JSON; charset=utf-8", "{type: object}", "json", "APPLICATION/JSON; charset=utf-8"},
		{"application/hal+json", "{type: object}", "json", "application/hal+json"},
		{"'*/*'", "{type: object}", "json", "application/json"},
		{"application/json", "{type: string, format: binary}", "binary", "application/json"},
		{"application/x-www-form-urlencoded", "{type: object}", "form", "application/x-www-form-urlencoded"},
		{"multipart/related", "{type: object}", "multipart", "multipart/related"},
		{"multipart/form-data", "{type: string, format: binary}", "binary", "multipart/form-data"},
		{"multipart/related", "{type: array, items: {type: object}}", "binary", "multipart/related"},
		{"application/x-www-form-urlencoded", "{type: array, items: {type: string}}", "binary",
			"application/x-www-form-urlencoded"},
		{"application/x-www-form-urlencoded", "{properties: {a: {type: string}}}", "form",
			"application/x-www-form-urlencoded"},
		{"multipart/form-data", "{type: [object, 'null']}", "multipart", "multipart/form-data"},
		{"text/plain", "{type: string}", "text", "text/plain"},
		{"text/*", "{type: string}", "text", "text/plain"},
		{"application/xml", "{type: object}", "text", "application/xml"},
		{"application/soap+xml", "{type: object}", "text", "application/soap+xml"},
		{"application/yaml", "{type: object}", "text", "application/yaml"},
		{"image/*", "{type: string}", "binary", "image/*"},
		{"multipart/*", "{type: object}", "multipart", "multipart/form-data"},
		{"application/pdf", "{type: string}", "binary", "application/pdf"},
	} {
		content := "{" + c.media + ": {schema: " + c.schema + "}}"
		a := plantest.MustPlan(t,
			plantest.Paths30("\n  /a: {post: {requestBody: {content: "+content+"}, responses: {}}}", ""))
		if b := a.Operations[0].Body; b.Format != api.Format(c.format) || b.Media != c.sent {
			t.Errorf("%s %s: got %s %s, want %s %s", c.media, c.schema, b.Format, b.Media, c.format, c.sent)
		}
	}
}

func TestAnswers(t *testing.T) {
	const pet = "content: {application/json: {schema: {$ref: '#/components/schemas/Pet'}}}"
	const text = "content: {text/plain: {schema: {type: string}}}"
	for _, c := range []struct{ name, responses, result, success, failure string }{
		{"one schema", "'200': {description: d, " + pet + "}, '404': {description: d}", "*Pet",
			"200 application/json *Pet json", "404"},
		{"list", "'200': {description: d, content: {application/json: {schema: {type: array, items: {$ref: " +
			"'#/components/schemas/Pet'}}}}}", "[]Pet", "200 application/json []Pet json", ""},
		{"map", "'200': {description: d, content: {application/json: {schema: {type: object}}}}", "map[string]any",
			"200 application/json map[string]any json", ""},
		{"scalar", "'200': {description: d, content: {application/json: {schema: {type: integer}}}}", "int64",
			"200 application/json int64 json", ""},
		{"scalar that may be null",
			"'200': {description: d, content: {application/json: {schema: {type: integer, nullable: true}}}}", "*int64",
			"200 application/json *int64 json", ""},
		{"list that may be null",
			"'200': {description: d, content: {application/json: {schema: {type: array, nullable: true, items: " +
				"{type: string}}}}}", "[]string", "200 application/json []string json", ""},
		{"enum", "'200': {description: d, content: {application/json: {schema: {type: string, enum: [a, b]}}}}",
			"OpResponse", "200 application/json OpResponse json", ""},
		{"enum that may be null",
			"'200': {description: d, content: {application/json: {schema: {type: string, nullable: true, enum: [a, " +
				"b]}}}}", "*OpResponse", "200 application/json *OpResponse json", ""},
		{"union", "'200': {description: d, content: {application/json: {schema: {oneOf: [{$ref: " +
			"'#/components/schemas/Pet'}, {type: string}]}}}}", "*OpResponse", "200 application/json *OpResponse json",
			""},
		{"JSON without a schema", "'200': {description: d, content: {application/json: {}}}", "any",
			"200 application/json any json", ""},
		{"no body", "'204': {description: d}", "", "204", ""},
		{"body of 204", "'204': {description: d, " + pet + "}", "", "204", ""},
		{"no answers", "", "", "2", ""},
		{"only failures", "'404': {description: d}", "", "2", "404"},
		{"only default", "default: {description: d, " + pet + "}", "*Pet", "2 application/json *Pet json",
			"0 application/json *Pet json"},
		{"default is a failure", "'200': {description: d}, default: {description: d, " + pet + "}", "", "200",
			"0 application/json *Pet json"},
		{"only a redirect", "'302': {description: d}, '304': {description: d}, '404': {description: d}", "", "302",
			"304; 404"},
		{"one schema, two statuses", "'200': {description: d, " + pet + "}, '201': {description: d, " + pet + "}",
			"*Pet", "200 application/json *Pet json; 201 application/json *Pet json", ""},
		{"two without a body", "'200': {description: d}, '202': {description: d}", "", "200; 202", ""},
		{"body or none", "'200': {description: d, " + pet + "}, '204': {description: d}", "OpResult",
			"200 application/json *Pet json OK; 204", ""},
		{"two schemas and a class",
			"2XX: {description: d, " + text +
				"}, '202': {description: d, content: {application/json: {schema: {properties: {x: {type: string}}}}}}, " +
				"'201': {description: d, " + pet + "}", "OpResult",
			"201 application/json *Pet json Created; 202 application/json *OpAccepted json Accepted; 2 text/plain " +
				"string text Success", ""},
		{"failures in order",
			"'204': {description: d}, default: {description: d}, 4XX: {description: d}, '404': {description: d}, " +
				"'400': {description: d, " + text + "}", "", "204", "400 text/plain string text; 404; 4; 0"},
		{"inline failure", "'204': {description: d}, '404': {description: d, content: {application/json: {schema: " +
			"{properties: {x: {type: string}}}}}}", "", "204", "404 application/json *OpNotFound json"},
		{"text", "'200': {description: d, " + text + "}", "string", "200 text/plain string text", ""},
		{"XML", "'200': {description: d, content: {application/xml: {schema: {$ref: '#/components/schemas/Pet'}}}}",
			"string", "200 application/xml string text", ""},
		{"stream", "'200': {description: d, content: {application/pdf: {}}}, '500': {description: d, content: " +
			"{image/png: {}}}", "Stream", "200 application/pdf Stream stream", "500 image/png []byte bytes"},
		{"bytes under the name of JSON",
			"'200': {description: d, content: {application/json: {schema: {type: string, format: binary}}}}", "Stream",
			"200 application/json Stream stream", ""},
		{"events", "'200': {description: d, content: {text/event-stream: {}}}", "Stream",
			"200 text/event-stream Stream stream", ""},
		{"anything", "'200': {description: d, content: {'*/*': {schema: {$ref: '#/components/schemas/Pet'}}}}", "*Pet",
			"200 */* *Pet json", ""},
		{"any text", "'200': {description: d, content: {'*/*': {schema: {type: string}}}}", "string",
			"200 */* string text; 200 application/json string json unasked", ""},
		{"a date in any form", "'200': {description: d, content: {'*/*': {schema: {type: string, format: date}}}}",
			"Date", "200 */* Date string; 200 application/json Date json unasked", ""},
		{"any text at all", "'200': {description: d, content: {text/*: {}}}", "string", "200 text/* string text", ""},
		{"any text or JSON", "'200': {description: d, content: {text/*: {schema: {type: string}}}}", "string",
			"200 text/* string text; 200 application/json string json unasked", ""},
		{"any application", "'200': {description: d, content: {application/*: {schema: {type: integer}}}}", "int64",
			"200 application/* int64 json", ""},
		{"any picture", "'200': {description: d, content: {image/*: {schema: {type: string}}}}", "Stream",
			"200 image/* Stream stream", ""},
		{"anything at all", "'200': {description: d, content: {'*/*': {}}}", "Stream", "200 */* Stream stream", ""},
		{"JSON before all others",
			"'200': {description: d, content: {image/png: {}, text/plain: {}, application/hal+json: {}, " +
				"application/json: {schema: {type: integer}}}}", "OpResult",
			"200 application/json int64 json OK; 200 application/hal+json any json OKHalJSON; 200 text/plain string " +
				"text OKText; 200 image/png Stream stream OKPng", ""},
		{"any JSON before text",
			"'200': {description: d, content: {image/png: {}, text/plain: {}, '*/*': {schema: {type: integer}}, " +
				"application/hal+json: {schema: {type: integer}}}}", "OpResult",
			"200 application/hal+json int64 json OK; 200 text/plain string text OKText; 200 image/png Stream stream " +
				"OKPng", ""},
		{"text before bytes", "'200': {description: d, content: {image/png: {}, text/plain: {}}}", "OpResult",
			"200 text/plain string text OK; 200 image/png Stream stream OKPng", ""},
		{"XML of the same schema", "'200': {description: d, content: {application/xml: {schema: {$ref: " +
			"'#/components/schemas/Pet'}}, text/json: {schema: {$ref: '#/components/schemas/Pet'}}, application/json: " +
			"{schema: {$ref: '#/components/schemas/Pet'}}}}", "*Pet", "200 application/json *Pet json", ""},
		{"schemas written alike", "'200': {description: d, content: {application/json: {schema: {properties: {x: " +
			"{type: string}}}}, application/hal+json: {schema: {properties: {x: {type: string}}}}}}", "*OpResponse",
			"200 application/json *OpResponse json", ""},
		{"two schemas", "'200': {description: d, content: {application/json: {schema: {properties: {x: " +
			"{type: string}}}}, application/hal+json: {schema: {properties: {y: {type: string}}}}}}", "OpResult",
			"200 application/json *OpResponse json OK; 200 application/hal+json *OpResponseHalJSON json OKHalJSON", ""},
		{"two texts", "'200': {description: d, content: {text/plain: {}, text/csv: {}}}", "string",
			"200 text/plain string text; 200 text/csv string text", ""},
		{"a string as JSON or text", "'200': {description: d, content: {text/plain: {schema: {type: string}}, " +
			"application/json: {schema: {type: string}}}}", "string",
			"200 application/json string json; 200 text/plain string text unasked", ""},
		{"pictures and archives", "'200': {description: d, content: {image/png: {}, application/zip: {}}}", "Stream",
			"200 image/png Stream stream; 200 application/zip Stream stream", ""},
		{"JSON next to a stream", "'200': {description: d, content: {text/event-stream: {}, application/json: {schema: " +
			"{type: integer}}}}", "int64", "200 application/json int64 json", ""},
		{"two statuses with two bodies", "'200': {description: d, content: {application/json: {schema: {type: integer}}, " +
			"text/csv: {}}}, '201': {description: d, content: {application/json: {schema: {type: integer}}}}", "OpResult",
			"200 application/json int64 json OK; 200 text/csv string text OKCSV; 201 application/json int64 json Created",
			""},
		{"several failures", "'204': {description: d}, default: {description: d, content: {application/xml: {schema: " +
			"{$ref: '#/components/schemas/Pet'}}, application/json: {schema: {$ref: '#/components/schemas/Pet'}}, " +
			"text/plain: {schema: {type: string}}, image/png: {}}}", "", "204",
			"0 application/json *Pet json; 0 application/xml string text unasked; 0 text/plain string text unasked; " +
				"0 image/png []byte bytes unasked"},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := plantest.MustPlan(t, plantest.Paths30("\n  /a: {get: {operationId: op, responses: {"+c.responses+"}}}",
				""))
			o := a.Operations[0]
			result := o.Result.Struct
			if o.Result.Type != nil {
				result = plantest.GoType(o.Result.Type)
			}
			plantest.Same(t, result, c.result)
			plantest.Same(t, plantest.Outcomes(o.Success), c.success)
			plantest.Same(t, plantest.Outcomes(o.Failure), c.failure)
		})
	}
}

func TestAnswers_OfHead(t *testing.T) {
	a := plantest.MustPlan(t,
		plantest.Paths30("\n  /a: {head: {responses: {'200': {description: d, content: {application/json: {schema: "+
			"{type: string}}}}}}}", ""))
	plantest.Same(t, plantest.Outcomes(a.Operations[0].Success), "200")
}

func TestAnswers_Shared(t *testing.T) {
	a := plantest.MustPlan(t, plantest.Paths30(`
  /a: {get: {operationId: a, responses: {'200': {$ref: '#/components/responses/Found'}, '404': {$ref: '#/components/responses/LostResponse'}}}}`, `
  responses:
    Found: {description: d, content: {application/json: {schema: {properties: {x: {type: string}}}}}}
    LostResponse: {description: e, content: {application/json: {schema: {properties: {y: {type: string}}}}}}`))
	o := a.Operations[0]
	plantest.Same(t, plantest.Outcomes(o.Success)+"; "+plantest.Outcomes(o.Failure),
		"200 application/json *FoundResponse json; 404 application/json *LostResponse json")
	if o.Success[0].Description != "d" || o.Failure[0].Description != "e" {
		t.Errorf("descriptions %q %q", o.Success[0].Description, o.Failure[0].Description)
	}
}

func TestOperations_Facts(t *testing.T) {
	a := plantest.MustPlan(t, strings.Replace(plantest.Paths30(`
  /b: {get: {responses: {}}}
  /a:
    post: {operationId: second, responses: {}}
    get: {operationId: first, summary: S, description: D, deprecated: true, responses: {}}`, ""), "title: t", "title: T, description: About", 1))
	var got []string
	for _, o := range a.Operations {
		got = append(got, o.Method+" "+o.Path+" "+o.ID)
	}
	plantest.Same(t, strings.Join(got, "\n"), "GET /a first\nPOST /a second\nGET /b GET /b")
	if o := a.Operations[0]; o.Summary != "S" || o.Description != "D" || !o.Deprecated ||
		o.Pos.String() != "a.yaml:8:5" {
		t.Errorf("got %+v", o)
	}
	if a.Title != "T" || a.Version != "1" || a.Description != "About" || a.Package != "p" ||
		a.Names != (api.Names{Client: "Client", New: "New", Operations: "Operations", Defaults: "defaults",
			Description: "description"}) {
		t.Errorf("got %+v", a)
	}
}

func TestOperations_FurtherMediaTypesShareTheirID(t *testing.T) {
	a, _ := plantest.Planned(t,
		plantest.Paths30("\n  /a: {post: {operationId: add, requestBody: {content: {image/png: {}, text/csv: {}, "+
			"text/plain: {}, application/json: {}, text/json: {}}}, responses: {}}}", ""),
		plan.Options{Policies: nil, Source: "specs/a.yaml"})
	if a.Source != "specs/a.yaml" || len(a.Operations) != 2 || a.Operations[0].ID != "add" ||
		a.Operations[1].ID != "add" {
		t.Fatalf("got %+v", a.Operations)
	}
	plantest.Same(t, strings.Join(a.Operations[0].Notes, "|"),
		"[resilience.WithBody] sends text/csv or text/plain instead.|AddPng sends image/png.")
	plantest.Same(t, strings.Join(a.Operations[1].Notes, "|"), "")
	if a.Operations[1].Policy.Idempotency != a.Operations[0].Policy.Idempotency ||
		a.Operations[1].Policy.Idempotency == "" {
		t.Error("they do not share their policy")
	}
}

func TestOperations_KindsOfMultipart(t *testing.T) {
	const content = `
  /a:
    post:
      operationId: add
      requestBody:
        content:
          multipart/mixed: {schema: {$ref: '#/components/schemas/Pet'}}
          multipart/form-data: {schema: {$ref: '#/components/schemas/Pet'}}
          multipart/related: {schema: {type: object, properties: {other: {type: string}}}}
      responses: {}`
	a := plantest.MustPlan(t, plantest.Paths30(content, ""))
	plantest.Same(t, plantest.Methods(a), "Add(body *Pet)\nAddMultipartRelated(body *AddMultipartRelatedBody)")
	plantest.Same(t, a.Operations[0].Notes[0], "[resilience.WithBody] sends multipart/form-data instead.")
	if a.Operations[0].Body.Media != "multipart/mixed" {
		t.Errorf("got %s", a.Operations[0].Body.Media)
	}
}

func TestServers(t *testing.T) {
	a := plantest.MustPlan(t, `openapi: 3.0.3
servers:
  - {url: 'https://{r}.example.com/v1', description: d, variables: {z: {default: '1'}, r: {default: eu, enum: [eu, us]}}}
  - {url: 'https://two.example.com/v1', x-go-name: Two}
  - {url: 'https://three.example.com'}
  - {url: 'https://three.example.com/v2'}
paths:
  /a: {get: {operationId: a, servers: [{url: 'https://two.example.com/v1'}], responses: {}}}
  /b: {get: {operationId: b, servers: [{url: 'https://own.example.com'}], responses: {}}}
  /c: {get: {operationId: c, servers: [{url: 'https://{r}.example.com/v1'}], responses: {}}}
  /d: {get: {operationId: d, servers: [{url: /relative}], responses: {}}}
  /e: {get: {operationId: e, responses: {}}}
  /f: {get: {operationId: f, servers: [{url: 'https://{r}.example.com/v1', variables: {r: {default: us}}}], responses: {}}}
  /g: {get: {operationId: g, servers: [{url: 'https://{r}.example.com/v1', variables: {r: {default: us, enum: [us]}}}], responses: {}}}
  /h: {get: {operationId: h, servers: [{url: 'https://{r}.example.com/v1', variables: {r: {default: us}}}], responses: {}}}
`)
	var names, used []string
	for _, s := range a.Servers {
		names = append(names, s.Name+" "+s.URL)
	}
	plantest.Same(t, strings.Join(names, "\n"), `
default https://{r}.example.com/v1
Two https://two.example.com/v1
three.example.com https://three.example.com
three.example.com/v2 https://three.example.com/v2
own.example.com https://own.example.com
relative /relative
{r}.example.com https://{r}.example.com/v1
{r}.example.com_2 https://{r}.example.com/v1`)
	for _, o := range a.Operations {
		used = append(used, o.Name+":"+o.Server)
	}
	plantest.Same(t, strings.Join(used, " "),
		"A:Two B:own.example.com C: D:relative E: F:{r}.example.com G:{r}.example.com_2 H:{r}.example.com")
	if v := a.Servers[0].Variables; v[0].Name != "r" || v[0].Default != "eu" || len(v[0].Enum) != 2 ||
		v[1].Name != "z" || a.Servers[0].Description != "d" {
		t.Errorf("got %+v", a.Servers[0])
	}
}

func TestSecurity(t *testing.T) {
	a := plantest.MustPlan(t, `openapi: 3.0.3
security: [{key: []}]
paths:
  /a: {get: {operationId: a, responses: {}}}
  /b: {get: {operationId: b, security: [{key: [], login: []}, {}], responses: {}}}
  /c: {get: {operationId: c, security: [], responses: {}}}
components:
  securitySchemes:
    unused: {type: http, scheme: basic}
    key: {type: apiKey, in: header, name: X-Key, description: d}
    login: {type: oauth2, flows: {password: {scopes: {read: r}}}}
`)
	if len(a.Schemes) != 2 || a.Schemes[0].Name != "key" || a.Schemes[0].In != api.InHeader ||
		a.Schemes[0].Parameter != "X-Key" || a.Schemes[0].Kind != "apiKey" || a.Schemes[1].Scopes[0] != "read" {
		t.Errorf("schemes %+v", a.Schemes)
	}
	if s := a.Operations[1].Security; len(s) != 2 || len(s[0]) != 2 || s[0][1].Scheme != "login" || len(s[1]) != 0 {
		t.Errorf("security %+v", s)
	}
	if len(a.Operations[0].Security) != 1 || a.Operations[2].Security != nil {
		t.Errorf("security %+v and %+v", a.Operations[0].Security, a.Operations[2].Security)
	}
}

// TestKeep: what no kept operation needs is left out.
func TestKeep(t *testing.T) {
	a, lines := plantest.Planned(t, plantest.Paths30(`
  /a: {get: {operationId: a, parameters: [{name: q, in: query, schema: {$ref: '#/components/schemas/Query'}}], responses: {'200': {description: d, content: {application/json: {schema: {$ref: '#/components/schemas/Pet'}}}}}}}
  /b: {get: {operationId: b, responses: {'200': {description: d, content: {application/json: {schema: {$ref: '#/components/schemas/Other'}}}}}}}
  /c: {put: {operationId: c, requestBody: {content: {application/json: {schema: {$ref: '#/components/schemas/Sent'}}}}, responses: {}}}`, `
    Query: {type: string}
    Other: {type: string}
    Sent: {type: array, items: {$ref: '#/components/schemas/Part'}}
    Part: {type: string}`), plan.Options{Keep: func(o *spec.Operation) bool { return o.ID != "b" }})
	if len(lines) > 0 {
		t.Fatal(lines)
	}
	plantest.Same(t, plantest.Declarations(a),
		"Part = string\nPet struct{Name *string name,omitzero}\nQuery = string\nSent = []Part")
	plantest.Same(t, plantest.Methods(a), "A(params AParams) *Pet\nAParams{Q *Query}\nC(body Sent)")
}
