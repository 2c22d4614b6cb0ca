package spec

import (
	"fmt"
	"strings"
	"testing"
)

// document30 is an OpenAPI 3.0 document with the given paths and components, both indented by two.
func document30(paths, components string) string {
	return "openapi: 3.0.3\ninfo: {title: t, version: '1'}\npaths:\n" + paths +
		"\ncomponents:\n  schemas:\n    Pet: {type: object}\n" + components
}

func TestOperation(t *testing.T) {
	for _, c := range []struct{ name, paths, components, want string }{
		{"defaults of styles", `
  /a/{p}:
    get:
      operationId: op
      parameters:
        - {name: p, in: path, required: true, schema: {type: string}}
        - {name: q, in: query, schema: {type: string}}
        - {name: h, in: header, schema: {type: string}}
        - {name: c, in: cookie, schema: {type: string}}
        - {name: d, in: query, style: deepObject, schema: {type: object}}
        - {name: s, in: query, style: spaceDelimited, schema: {type: array}}
      responses: {'204': {description: d}}`, "", `
GET /a/{p} op
path p simple required string
query q form explode string
header h simple string
cookie c form explode string
query d deepObject explode object
query s spaceDelimited array
204`},
		{"stated styles and flags", `
  /a/{p}:
    get:
      operationId: op
      parameters:
        - {name: p, in: path, required: true, style: matrix, explode: true, schema: {type: string}}
        - {name: q, in: query, explode: false, required: true, allowReserved: true, allowEmptyValue: true, deprecated: true, schema: {type: string}}
        - {name: j, in: query, content: {application/json: {schema: {type: object}}}}
        - {name: k, in: cookie, style: cookie, schema: {type: string}}
      responses: {}`, "", `
GET /a/{p} op
path p matrix explode required string
query q form required reserved empty old string
query j application/json object
cookie k form explode reserved string`},
		{"path and operation together", `
  /a:
    parameters:
      - {name: a, in: query, schema: {type: string}}
      - {name: b, in: query, schema: {type: string}}
    get:
      parameters:
        - {name: b, in: query, schema: {type: integer}}
        - {name: b, in: header, schema: {type: boolean}}
        - {name: c, in: query, schema: {type: string}}
      responses: {}`, "", `
GET /a
query a form explode string
query b form explode integer
header b simple boolean
query c form explode string`},
		{"headers that OpenAPI ignores", `
  /a:
    get:
      parameters:
        - {name: accept, in: header, schema: {type: string}}
        - {name: Content-Type, in: header, schema: {type: string}}
        - {name: Authorization, in: header, schema: {type: string}}
        - {name: X-Mine, in: header, schema: {type: string}}
        - {name: accept, in: query, schema: {type: string}}
      responses: {}`, "", `
GET /a
header Authorization simple string
header X-Mine simple string
query accept form explode string`},
		{"headers that nothing else sends", `
  /a:
    get:
      parameters:
        - {name: accept, in: header, required: true, schema: {type: string}}
        - {name: Content-Type, in: header, required: true, schema: {type: string}}
      responses: {'204': {description: d}}
    post:
      parameters:
        - {name: accept, in: header, required: true, schema: {type: string}}
        - {name: Content-Type, in: header, required: true, schema: {type: string}}
      requestBody: {content: {text/plain: {}}}
      responses: {'200': {description: d, content: {text/plain: {}}}}`, "", `
GET /a
header accept simple required string
header Content-Type simple required string
204
POST /a
body text/plain→nothing
200 text/plain→nothing`},
		{
			"answers by reference", "\n  /a:\n    get: {responses: {$ref: '#/x-answers'}}",
			"x-answers: {'204': {description: d}}\n", "GET /a\n204",
		},
		{"a header that a credential sends", `
  /a:
    parameters: [{name: Authorization, in: header, required: true, schema: {type: string}}]
    get: {security: [{mine: []}], responses: {}}
    put: {security: [{mine: [], bearer: []}], responses: {}}
    post: {security: [{named: []}], responses: {}}
    patch: {security: [{tls: []}], responses: {}}`, `
  securitySchemes:
    mine: {type: apiKey, in: header, name: X-Key}
    named: {type: apiKey, in: header, name: authorization}
    bearer: {type: http, scheme: bearer}
    tls: {type: mutualTLS}`, `
GET /a
header Authorization simple required string
PUT /a
header Authorization simple string
POST /a
header Authorization simple string
PATCH /a
header Authorization simple required string`},
		{"components", `
  /a:
    post:
      parameters: [{$ref: '#/components/parameters/Limit'}]
      requestBody: {$ref: '#/components/requestBodies/PetBody'}
      responses:
        '200': {$ref: '#/components/responses/Found'}
        default: {description: d}`, `
  parameters:
    Limit: {name: limit, in: query, schema: {type: integer}}
  requestBodies:
    PetBody: {required: true, content: {application/json: {schema: {$ref: '#/components/schemas/Pet'}}}}
  responses:
    Found: {description: d, content: {application/json: {schema: {$ref: '#/components/schemas/Pet'}}}}`, `
POST /a
query limit form explode #Limit integer
body required PetBody application/json→→Pet
200 Found application/json→→Pet
default`},
		{"encodings", `
  /a:
    post:
      requestBody:
        content:
          multipart/form-data:
            schema: {type: object}
            encoding:
              a: {contentType: image/png}
              b: {style: form, explode: false}
          application/x-www-form-urlencoded:
            schema: {type: object}
            encoding:
              a: {contentType: image/png}
              b: {style: form, explode: false}
              c: {style: spaceDelimited}
              d: {explode: false, contentType: text/csv}
              e: {allowReserved: true}
              f: {style: deepObject}
      responses: {}`, "", `
POST /a
body multipart/form-data→object<a image/png  true><b   true> application/x-www-form-urlencoded→object` +
			`<a image/png  true><b  form false><c  spaceDelimited false><d text/csv form false><e  form true reserved>` +
			`<f  deepObject false>`},
		{"contents without schema, statuses of all kinds, extensions", `
  /a:
    get:
      responses:
        x-note: 1
        '200': {description: d, content: {text/plain: {}, x-more: 1}}
        2xx: {description: d}
        5XX: {description: d}`, "", `
GET /a
200 text/plain→nothing
2XX
5XX`},
		{"methods", `
  x-more: {get: {}}
  /a:
    x-more: 1
    query: {responses: {}}
    trace: {responses: {}}
    additionalOperations: {COPY: {responses: {}}}`, "", `
QUERY /a
TRACE /a
COPY /a`},
		{"path item by reference", `
  /a: {$ref: '#/x-items/a'}`, `
x-items:
  a: {get: {operationId: here, responses: {}}}`, `
GET /a here`},
	} {
		t.Run(c.name, func(t *testing.T) {
			doc := mustLoad(t, document30(c.paths, c.components))
			var lines []string
			for _, o := range doc.Operations {
				lines = append(lines, showOperation(o))
			}
			same(t, strings.Join(lines, "\n"), c.want)
		})
	}
}

func TestOperation_Defects(t *testing.T) {
	for _, c := range []struct{ name, paths, want, warning string }{
		{"path parameter that is not declared", "  /a/{p}:\n    get: {responses: {}}", "GET /a/{p}\npath p " +
			"simple required string",
			"a.yaml:5:5: warning: operation GET /a/{p}: path parameter {p} is not declared, assuming string; add " +
				"it to parameters"},
		{"path parameter that the path lacks", "  /a:\n    get: {parameters: [{name: p, in: path, required: " +
			"true, schema: {type: string}}], responses: {}}", "GET /a",
			"a.yaml:5:31: warning: operation GET /a: the path has no {p}; delete the parameter, or correct its name"},
		{"parameter twice", "  /a:\n    get: {parameters: [{name: p, in: header, schema: {type: string}}, {name: " +
			"P, in: header, schema: {type: string}}], responses: {}}", "GET /a\nheader p simple string",
			"a.yaml:5:71: warning: parameter P: is declared twice in header; keep one"},
		{"parameter without a name", "  /a:\n    get: {parameters: [{in: query}], responses: {}}", "GET /a", ""},
		{"parameter nowhere", "  /a:\n    get: {parameters: [{name: p, in: querry}], responses: {}}", "GET /a",
			`a.yaml:5:38: warning: operation GET /a: parameter p: in "querry" is unknown; did you mean "query"?`},
		{"parameter without schema", "  /a:\n    get: {parameters: [{name: p, in: query}], responses: {}}", "GET " +
			"/a\nquery p form explode anything",
			""},
		{"style of another place", "  /a:\n    get: {parameters: [{name: p, in: header, style: form, schema: " +
			"{type: string}}], responses: {}}", "GET /a\nheader p simple string",
			`a.yaml:5:53: warning: operation GET /a: parameter p: style "form" does not exist in header; the styles are simple`},
		{
			"status", "  /a:\n    get: {responses: {ok: {description: d}}}", "GET /a",
			`a.yaml:5:23: warning: response "ok": is not a status; write 200, 2XX or default`,
		},
		{"schema as an answer", "  /a:\n    get: {responses: {'200': {$ref: '#/components/schemas/Pet'}}}", "GET " +
			"/a\n200 Pet application/json→object",
			"a.yaml:8:10: warning: response: want a response, got a schema; put it under content: " +
				"application/json: schema:"},
		{"contents by reference", "  /a:\n    post: {requestBody: {content: {$ref: " +
			"'#/paths/~1a/post/responses/200/content'}}, responses: {'200': {description: d, content: " +
			"{text/plain: {}}}}}",
			"POST /a\nbody text/plain→nothing\n200 text/plain→nothing",
			`a.yaml:5:42: warning: operation POST /a: media type $ref: want a mapping, got "#/paths/~1a/post/responses/200/content"`},
		{
			"one answer under two names",
			"  /a:\n    get: {responses: {'200': {$ref: '#/paths/~1a/get/responses/4xx'}, '4xx': {description: d}}}",
			"GET /a\n200 4xx\n4XX", "",
		},
		{"answer that is nowhere", "  /a:\n    get: {responses: {'200': {$ref: '#/components/responses/No'}}}",
			"GET /a\n200",
			`a.yaml:5:37: warning: reference "#/components/responses/No": leads nowhere, leaving it out; define it, or correct the reference`},
		{
			"path without a slash", "  a:\n    get: {responses: {}}", "GET a",
			`a.yaml:4:3: warning: path "a": does not start with a slash`,
		},
		{"parameter in a circle", "  /a:\n    get: {parameters: [{$ref: '#/paths/~1a/get/parameters/0'}], " +
			"responses: {}}", "GET /a",
			`a.yaml:5:31: warning: reference "#/paths/~1a/get/parameters/0": leads back to itself; define the target`},
		{"unknown scheme", "  /a:\n    get: {security: [{key: []}], responses: {}}", "GET /a",
			`a.yaml:5:23: warning: security requirement "key": there is no such scheme; define it under securitySchemes`},
	} {
		t.Run(c.name, func(t *testing.T) {
			doc, lines := load(t, document30(c.paths, ""))
			if doc == nil {
				t.Fatal(lines)
			}
			same(t, showOperation(doc.Operations[0]), c.want)
			same(t, strings.Join(lines, "\n"), c.warning)
		})
	}
}

func TestOperation_Facts(t *testing.T) {
	doc := mustLoad(t, document30(`
  /a:
    servers: [{url: 'https://path'}]
    get:
      operationId: op
      summary: S
      description: D
      tags: [x, y]
      deprecated: true
      servers: [{url: 'https://op', x-go-name: Op, description: d}]
      responses: {'429': {description: d, headers: {Retry-After: {}, X: {}}}}
    put: {x-codegen-request-body-name: pet, requestBody: {content: {application/json: {}}}, responses: {}}`, ""))
	get, put := doc.Operations[0], doc.Operations[1]
	if get.Summary != "S" || get.Description != "D" || strings.Join(get.Tags, ",") != "x,y" || !get.Deprecated {
		t.Errorf("got %+v", get)
	}
	if get.Pos.String() != "a.yaml:7:5" || get.IDPos.String() != "a.yaml:8:20" || put.IDPos != put.Pos {
		t.Errorf("operation at %s, id at %s and %s", get.Pos, get.IDPos, put.IDPos)
	}
	if get.Name() != "op" || put.Name() != "PUT /a" {
		t.Errorf("names %q and %q", get.Name(), put.Name())
	}
	if s := get.Servers[0]; s.URL != "https://op" || s.Name != "Op" || s.Description != "d" {
		t.Errorf("an operation's own servers do not win: %+v", s)
	}
	if put.Servers[0].URL != "https://path" {
		t.Errorf("the path's servers are lost: %+v", put.Servers)
	}
	if h := get.Responses[0].Headers; strings.Join(h, ",") != "Retry-After,X" {
		t.Errorf("headers %q", h)
	}
	if get.Node.Get("summary") == nil || get.PathNode.Get("put") == nil || put.Body.Arg != "pet" {
		t.Error("nodes or the name of the body are lost")
	}
}

func TestDocument_Facts(t *testing.T) {
	doc := mustLoad(t, `openapi: 3.1.0
info: {title: T, version: '2', description: D}
servers:
  - {url: 'https://{region}.example.com', variables: {region: {default: eu, enum: [eu, us]}}}
  - {url: 'https://b', name: B, x-go-name: C}
security: [{key: []}, {}]
paths:
  /a: {get: {responses: {}}, put: {security: [], responses: {}}, post: {security: [{auth: [read]}], responses: {}}}
components:
  securitySchemes:
    key: {type: apiKey, in: header, name: X-Key, description: d}
    login: {type: http, scheme: Bearer}
    auth: {type: oauth2, flows: {implicit: {scopes: {read: r, x-no: 1}}, password: {scopes: {write: w, read: r}}}}
`)
	if doc.File != "a.yaml" || doc.Version != "3.1.0" || doc.Title != "T" || doc.APIVersion != "2" ||
		doc.Description != "D" {
		t.Errorf("got %+v", doc)
	}
	a, b := doc.Servers[0], doc.Servers[1]
	if v := a.Variables[0]; a.URL != "https://{region}.example.com" || v.Name != "region" || v.Default != "eu" ||
		strings.Join(v.Enum, ",") != "eu,us" {
		t.Errorf("server %+v", a)
	}
	if b.Name != "B" {
		t.Errorf("server is called %q", b.Name)
	}
	key, login, auth := doc.Schemes[0], doc.Schemes[1], doc.Schemes[2]
	if key.Kind != "apiKey" || key.In != "header" || key.Parameter != "X-Key" || key.Description != "d" ||
		login.HTTPScheme != "bearer" {
		t.Errorf("schemes %+v %+v", key, login)
	}
	if strings.Join(auth.Scopes, ",") != "read,write" {
		t.Errorf("scopes %q", auth.Scopes)
	}
	get, put, post := doc.Operations[0].Security, doc.Operations[1].Security, doc.Operations[2].Security
	if len(get) != 2 || get[0][0].Scheme != "key" || len(get[1]) != 0 || put != nil || post[0][0].Scopes[0] != "read" {
		t.Errorf("security %v %v %v", get, put, post)
	}
}

func TestDocument_WithoutServers(t *testing.T) {
	doc := mustLoad(t, "openapi: 3.0.3\npaths: {}\n")
	if len(doc.Servers) != 1 || doc.Servers[0].URL != "/" || doc.Operations != nil {
		t.Errorf("got %+v", doc)
	}
}

func TestScheme_Unknown(t *testing.T) {
	doc, lines := load(t, "openapi: 3.0.3\npaths: {}\ncomponents: {securitySchemes: {a: {type: magic}}}\n")
	same(
		t, strings.Join(lines, "\n"),
		`a.yaml:3:42: warning: security scheme a: type "magic" is unknown; the types are apiKey, http, oauth2, openIdConnect and mutualTLS`,
	)
	if doc.Schemes != nil {
		t.Errorf("got %v", doc.Schemes)
	}
}

// TestOperation_ParameterOfAnotherVersion: OpenAPI 3 has no body parameters. They are reported and
// dropped.
func TestOperation_ParameterOfAnotherVersion(t *testing.T) {
	doc, lines := load(
		t,
		"openapi: 3.0.3\npaths:\n  /a:\n    post:\n      parameters:\n        - {name: a, in: body, schema: "+
			"{type: string}}\n        - {name: b, in: formData, schema: {type: string}}\n      responses: {}\n",
	)
	same(t, showOperation(doc.Operations[0]), "POST /a")
	same(t, strings.Join(lines, "\n"), `a.yaml:6:25: warning: operation POST /a: parameter a: in "body" is unknown; it is one of path, query, header and cookie
a.yaml:7:25: warning: operation POST /a: parameter b: in "formData" is unknown; it is one of path, query, header and cookie`)
}

// TestOperation_InCapitals: a method in capitals is reported, and is an operation unless the path
// item has it in lower case too.
func TestOperation_InCapitals(t *testing.T) {
	doc, lines := load(
		t,
		"openapi: 3.0.3\npaths:\n  /a:\n    GET: {operationId: a, responses: {}}\n    Put: {operationId: b, "+
			"responses: {}}\n    put: {operationId: c, responses: {}}\n    fetch: {responses: {}}\n",
	)
	same(t, showOperation(doc.Operations[0])+"\n"+showOperation(doc.Operations[1]), "GET /a a\nPUT /a c")
	if len(doc.Operations) != 2 || len(lines) != 3 {
		t.Errorf("got %d operations and %q", len(doc.Operations), lines)
	}
}

// TestOperation_QueryOfAPath: a parameter that the query of the path names is sent there only.
func TestOperation_QueryOfAPath(t *testing.T) {
	doc := mustLoad(t, `openapi: 3.0.3
paths:
  /a/{x}?act=go&x={x}&y={y}:
    get:
      parameters:
        - {name: x, in: path, required: true, schema: {type: string}}
        - {name: x, in: query, schema: {type: string}}
        - {name: y, in: query, schema: {type: integer}}
        - {name: z, in: query, schema: {type: integer}}
      responses: {}
`)
	same(t, showOperation(doc.Operations[0]), `
GET /a/{x}?act=go&x={x}&y={y}
path x simple required string
query x form explode string
path y simple required integer
query z form explode integer`)
}

// TestOperation_KeyTwice: the last value of a duplicate key counts.
func TestOperation_KeyTwice(t *testing.T) {
	doc, lines := load(t, "openapi: 3.0.3\npaths:\n  /a:\n    get: {operationId: a, operationId: b, responses: {}}\n")
	same(t, showOperation(doc.Operations[0]), "GET /a b")
	same(
		t, strings.Join(lines, "\n"),
		`a.yaml:4:27: warning: the key "operationId" is repeated; it is first at line 4, column 11; keep one`,
	)
}

// TestOperation_QueryString: a parameter can be the whole query since OpenAPI 3.2.
func TestOperation_QueryString(t *testing.T) {
	const form = `{name: q, in: querystring, content: {application/x-www-form-urlencoded: {schema: {type: object}, ` +
		`encoding: {ids: {style: form, explode: false}}}}}`
	for _, row := range []struct{ version, params, want, found string }{
		{"3.2.0", form, "querystring q application/x-www-form-urlencoded 1", ""},
		{"3.2.0", `{name: q, in: querystring, schema: {type: object}}`,
			"querystring q application/x-www-form-urlencoded 0",
			`a.yaml:6:20: warning: operation GET /a: parameter q: a querystring has no content; ` +
				`add the key content: with a media type`},
		{"3.2.0", form + `, {name: a, in: query, schema: {type: string}}`,
			"querystring q application/x-www-form-urlencoded 1,query a  0", `a.yaml:4:5: warning: operation GET /a: ` +
				`has other parameters in the query next to one that is the whole query, sending all of them; ` +
				`keep one, or write in: query`},
		{"3.1.0", form, "", `a.yaml:6:34: warning: operation GET /a: parameter q: in "querystring" is unknown; ` +
			`it is one of path, query, header and cookie`},
	} {
		doc, lines := load(t, "openapi: "+row.version+
			"\npaths:\n  /a:\n    get:\n      responses: {}\n      parameters: ["+row.params+"]\n")
		var got []string
		for _, p := range doc.Operations[0].Params {
			got = append(got, fmt.Sprintf("%s %s %s %d", p.In, p.Name, p.Media, len(p.Encodings)))
		}
		same(t, strings.Join(got, ","), row.want)
		same(t, strings.Join(lines, "\n"), row.found)
	}
}
