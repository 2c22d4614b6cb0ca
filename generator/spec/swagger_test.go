package spec

import (
	"strings"
	"testing"
)

func document20(head, paths string) string {
	return "swagger: '2.0'\ninfo: {title: t, version: '1'}\n" + head +
		"\ndefinitions:\n  Pet: {type: object}\npaths:" + paths + "\n"
}

// TestSwagger_ParameterizedHost checks hosts with variables, an extension of AutoRest.
func TestSwagger_ParameterizedHost(t *testing.T) {
	doc := mustLoad(t, document20(`basePath: /v1/
x-ms-parameterized-host:
  hostTemplate: '{account}.{zone}'
  parameters:
    - $ref: '#/parameters/Account'
    - {name: zone, in: path, required: true, type: string, default: example.com, enum: [example.com, example.org]}
    - {name: other, in: query, type: string}
parameters:
  Account: {name: account, in: path, required: true, type: string}`, " {}"))
	s := doc.Servers[0]
	if len(doc.Servers) != 1 || s.URL != "https://{account}.{zone}/v1" || len(s.Variables) != 2 ||
		s.Variables[0].Name != "account" || s.Variables[0].Default != "" ||
		s.Variables[1].Default != "example.com" || len(s.Variables[1].Enum) != 2 {
		t.Errorf("got %+v", s)
	}
	bare := mustLoad(
		t,
		document20(
			"x-ms-parameterized-host: {hostTemplate: '{url}', useSchemePrefix: false, parameters: [{name: url, "+
				"in: path, required: true, type: string}]}",
			" {}",
		),
	)
	if got := bare.Servers[0].URL; got != "{url}" {
		t.Errorf("got %s", got)
	}
}

// TestSwagger_SchemesOfAnOperation checks that the schemes of an operation can select https, but
// never replace https with http.
func TestSwagger_SchemesOfAnOperation(t *testing.T) {
	const paths = `
  /a:
    get: {schemes: [https], responses: {}}
    put: {schemes: [http], responses: {}}
    post: {responses: {}}`
	for _, c := range []struct{ head, want string }{
		{"host: h\nschemes: [http]\nbasePath: /b", "https://h/b - -"},
		{"host: h\nschemes: [https]", "- - -"},
		{"host: h", "- - -"},
		{"basePath: /b", "- - -"},
	} {
		doc := mustLoad(t, document20(c.head, paths))
		var got []string
		for _, o := range doc.Operations {
			url := "-"
			for _, s := range o.Servers {
				url = s.URL
			}
			got = append(got, url)
		}
		same(t, strings.Join(got, " "), c.want)
	}
}

// TestSwagger_PathsByQuery checks that paths that differ only in their query are operations too.
func TestSwagger_PathsByQuery(t *testing.T) {
	doc := mustLoad(
		t,
		document20(
			"x-ms-paths:\n  /a?comp=list: {get: {operationId: list, responses: {}}}",
			"\n  /a: {get: {operationId: get, responses: {}}}",
		),
	)
	var got []string
	for _, o := range doc.Operations {
		got = append(got, showOperation(o))
	}
	same(t, strings.Join(got, "\n"), "GET /a get\nGET /a?comp=list list")
}

func TestSwagger(t *testing.T) {
	for _, c := range []struct{ name, head, paths, want string }{
		{"collection formats", "", `
  /a/{p}:
    get:
      parameters:
        - {name: p, in: path, required: true, type: array, items: {type: string}}
        - {name: none, in: query, type: array, items: {type: string}}
        - {name: csv, in: query, type: array, collectionFormat: csv, items: {type: string}}
        - {name: multi, in: query, type: array, collectionFormat: multi, items: {type: string}}
        - {name: ssv, in: query, type: array, collectionFormat: ssv, items: {type: string}}
        - {name: tsv, in: query, type: array, collectionFormat: tsv, items: {type: string}}
        - {name: pipes, in: query, type: array, collectionFormat: pipes, items: {type: string}}
        - {name: h, in: header, type: array, collectionFormat: multi, items: {type: string}}
        - {name: pp, in: header, type: array, collectionFormat: pipes, items: {type: string}}
      responses: {}`, `
GET /a/{p}
path p simple required array[string]
query none form array[string]
query csv form array[string]
query multi form explode array[string]
query ssv spaceDelimited array[string]
query tsv tabDelimited array[string]
query pipes pipeDelimited array[string]
header h simple array[string]
header pp pipeDelimited array[string]`},
		{"lists within lists", "", `
  /a:
    post:
      consumes: [multipart/form-data]
      parameters:
        - {name: q, in: query, type: array, collectionFormat: pipes, items: {type: array, items: {type: string}}}
        - name: h
          in: header
          type: array
          items: {type: array, collectionFormat: tsv, items: {type: array, collectionFormat: ssv, items: {type: string}}}
        - {name: f, in: formData, type: array, collectionFormat: ssv, items: {type: array, collectionFormat: pipes, items: {type: integer}}}
        - {name: g, in: formData, type: array, items: {type: string}}
        - {name: s, in: formData, type: string}
      responses: {}`, `
POST /a
query q pipeDelimited inner, array[array[string]]
header h simple inner	  array[array[array[string]]]
body multipart/form-data→object{f:array[array[integer]] g:array[string] s:string}<f  spaceDelimited false inner |>` +
			`<g  form false>`},
		{"media types of the document", "consumes: [application/xml]\nproduces: [application/hal+json]", `
  /a:
    post:
      parameters: [{name: pet, in: body, required: true, schema: {$ref: '#/definitions/Pet'}}]
      responses: {'200': {description: d, schema: {type: string}}}`, `
POST /a
body required application/xml→→Pet
200 application/hal+json→string`},
		{"media types of the operation", "consumes: [application/xml]\nproduces: [application/hal+json]", `
  /a:
    post:
      consumes: [text/plain, application/json]
      produces: [text/csv, application/json]
      parameters: [{name: pet, in: body, schema: {$ref: '#/definitions/Pet'}}]
      responses: {'200': {description: d, schema: {type: string}}, '404': {description: d}}`, `
POST /a
body text/plain→→Pet application/json→→Pet
200 text/csv→string application/json→string
404`},
		{"no media types", "", `
  /a:
    post:
      parameters: [{name: pet, in: body, schema: {$ref: '#/definitions/Pet'}}]
      responses: {'200': {description: d, schema: {type: string}, examples: {payload: x}}}`, `
POST /a
body application/json→→Pet
200 application/json→string`},
		{"form", "consumes: [application/json]", `
  /a:
    post:
      parameters:
        - {name: a, in: formData, required: true, type: string}
        - {name: b, in: formData, type: array, items: {type: string}}
        - {name: c, in: formData, type: array, collectionFormat: multi, items: {type: string}}
      responses: {}`, `
POST /a
body required application/x-www-form-urlencoded→object{a*:string b:array[string] c:array[string]}<b  form false><c  form true>`},
		{"file", "consumes: [application/x-www-form-urlencoded]", `
  /a:
    post:
      parameters: [{name: a, in: formData, type: file}]
      responses: {}`, `
POST /a
body multipart/form-data→object{a:string/binary}`},
		{"form in capitals", "consumes: [Multipart/Form-Data]", `
  /a:
    post:
      parameters: [{name: a, in: formData, type: string}]
      responses: {}`, `
POST /a
body Multipart/Form-Data→object{a:string}`},
		{"both kinds of form", "consumes: [multipart/form-data, application/x-www-form-urlencoded]", `
  /a:
    post:
      parameters: [{name: a, in: formData, type: string}]
      responses: {}`, `
POST /a
body multipart/form-data→object{a:string} application/x-www-form-urlencoded→object{a:string}`},
		{"download", "", `
  /a:
    get:
      responses: {'200': {description: d, schema: {type: file}}}`, `
GET /a
200 application/octet-stream→string/binary`},
		{"download with its type", "produces: [application/pdf]", `
  /a:
    get:
      responses: {'200': {description: d, schema: {type: file}}}`, `
GET /a
200 application/pdf→string/binary`},
		{"shared parameters and answers", "parameters: {Limit: {name: limit, in: query, type: integer}}\nresponses: {Gone: {description: d, schema: {$ref: '#/definitions/Pet'}}}", `
  /a:
    get:
      produces: [text/csv]
      parameters: [{$ref: '#/parameters/Limit'}]
      responses: {'410': {$ref: '#/responses/Gone'}}
    put:
      parameters: [{$ref: '#/parameters/Limit'}, {name: Authorization, in: header, type: string}]
      responses: {'410': {$ref: '#/responses/Gone'}}`, `
GET /a
query limit form #Limit integer
410 Gone text/csv→→Pet
PUT /a
query limit form #Limit integer
header Authorization simple string
410 Gone application/json→→Pet`},
	} {
		t.Run(c.name, func(t *testing.T) {
			doc := mustLoad(t, document20(c.head, c.paths))
			var lines []string
			for _, o := range doc.Operations {
				lines = append(lines, showOperation(o))
			}
			same(t, strings.Join(lines, "\n"), c.want)
		})
	}
}

func TestSwagger_Defects(t *testing.T) {
	for _, c := range []struct{ name, paths, want, warning string }{
		{"body and form", `
  /a:
    post:
      parameters: [{name: b, in: body, schema: {type: string}}, {name: f, in: formData, type: string}]
      responses: {}`, "POST /a\nbody application/json→string",
			"a.yaml:9:65: warning: operation POST /a: has both a body and form fields; keep one; the form fields " +
				"are left out"},
		{"schema outside of a body", `
  /a:
    get:
      parameters: [{name: q, in: query, schema: {type: string}}]
      responses: {}`, "GET /a\nquery q form string",
			"a.yaml:9:49: warning: parameter q: has a schema, which Swagger 2.0 allows only in bodies; put type " +
				"and format next to its name"},
		{"unknown collection format", `
  /a:
    get:
      parameters: [{name: q, in: query, type: array, collectionFormat: comma}]
      responses: {}`, "GET /a\nquery q form array",
			`a.yaml:9:72: warning: operation GET /a: parameter q: collectionFormat "comma" is unknown; it is one of csv, ssv, tsv, pipes and multi`},
		{"schema as an answer", `
  /a:
    get:
      responses: {'200': {type: string}}`, "GET /a\n200 application/json→string",
			"a.yaml:9:26: warning: response: want a response, got a schema; put it under schema:"},
		{"body without a schema", `
  /a:
    post:
      parameters: [{name: b, in: body}]
      responses: {}`, "POST /a\nbody application/json→anything", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			doc, lines := load(t, document20("", c.paths))
			if doc == nil {
				t.Fatal(lines)
			}
			same(t, showOperation(doc.Operations[0]), c.want)
			same(t, strings.Join(lines, "\n"), c.warning)
		})
	}
}

func TestSwagger_Servers(t *testing.T) {
	for _, c := range []struct{ head, want string }{
		{"host: h.example\nbasePath: /v1/", "https://h.example/v1"},
		{"host: h.example\nschemes: [http, https]", "https://h.example http://h.example"},
		{"host: h.example\nschemes: [http]", "http://h.example"},
		{"host: h.example\nschemes: [ws]", "https://h.example"},
		{"basePath: /v1", "/v1"},
		{"", "/"},
	} {
		doc := mustLoad(t, document20(c.head, " {}"))
		var urls []string
		for _, s := range doc.Servers {
			urls = append(urls, s.URL)
		}
		if got := strings.Join(urls, " "); got != c.want {
			t.Errorf("%q: got %s, want %s", c.head, got, c.want)
		}
	}
}

func TestSwagger_Security(t *testing.T) {
	doc := mustLoad(
		t,
		document20(
			"securityDefinitions: {b: {type: basic}, o: {type: oauth2, scopes: {r: read}}}\nsecurity: [{b: []}]",
			"\n  /a: {get: {responses: {}}}",
		),
	)
	if b := doc.Schemes[0]; b.Kind != "http" || b.HTTPScheme != "basic" {
		t.Errorf("basic is %+v", b)
	}
	if o := doc.Schemes[1]; len(o.Scopes) != 1 || o.Scopes[0] != "r" {
		t.Errorf("scopes %q", o.Scopes)
	}
	if s := doc.Operations[0].Security; len(s) != 1 || s[0][0].Scheme != "b" {
		t.Errorf("security %v", s)
	}
}
