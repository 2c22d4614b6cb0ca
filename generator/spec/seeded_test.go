package spec

// This file puts one mistake at a time into correct documents. Each must be reported once, at its
// line and column.

import (
	"context"
	"strings"
	"testing"
)

const sound30 = `openapi: 3.0.3
info:
  title: Pets
  version: 1.0.0
servers:
  - url: https://{region}.example.com
    variables:
      region: {default: eu, enum: [eu, us]}
security:
  - key: []
paths:
  /pets/{petId}:
    parameters:
      - $ref: '#/components/parameters/petId'
    get:
      operationId: getPet
      deprecated: false
      parameters:
        - name: fields
          in: query
          style: form
          schema:
            type: array
            items: {type: string}
            minItems: 1
            maxItems: 9
      responses:
        '200':
          description: a pet
          content:
            application/json:
              schema: {$ref: '#/components/schemas/Pet'}
    delete:
      operationId: deletePet
      responses:
        '204':
          description: gone
components:
  securitySchemes:
    key: {type: apiKey, in: header, name: X-Key}
  parameters:
    petId:
      name: petId
      in: path
      required: true
      schema: {type: string, pattern: '^[a-z]+$'}
  schemas:
    Pet:
      type: object
      required: [id]
      properties:
        id: {type: string}
        legs: {type: integer, minimum: 0, maximum: 100, default: 4}
        kind:
          type: string
          enum:
            - cat
            - dog
`

func TestSeeded_YAML30(t *testing.T) {
	for _, c := range []struct{ name, old, new, want string }{
		{
			"misspelled operationId", "      operationId: getPet\n", "      operationID: getPet\n",
			`16:7: warning: operation GET /pets/{petId}: unknown key "operationID"; did you mean "operationId"?`,
		},
		{
			"misspelled responses", "      responses:\n        '204'", "      respones:\n        '204'",
			`35:7: warning: operation deletePet: unknown key "respones"; did you mean "responses"?`,
		},
		{
			"misspelled parameters", "      parameters:\n        - name: fields",
			"      paramters:\n        - name: fields",
			`18:7: warning: operation getPet: unknown key "paramters"; did you mean "parameters"?`,
		},
		{
			"misspelled key of a schema", "      required: [id]", "      requierd: [id]",
			`50:7: warning: schema Pet: unknown key "requierd"; did you mean "required"?`,
		},
		{
			"misspelled reference", "      - $ref: '#/components/parameters/petId'",
			"      - $reff: '#/components/parameters/petId'",
			`14:9: warning: parameter: unknown key "$reff"; did you mean "$ref"?`,
		},
		{"no title", "  title: Pets\n", "", "2:1: warning: info: has no title; add the key title:"},
		{
			"no responses",
			"      operationId: deletePet\n      responses:\n        '204':\n          description: gone\n",
			"      operationId: deletePet\n",
			"33:5: warning: operation deletePet: has no responses; add the key responses:",
		},
		{
			"no place", "          in: query\n          style: form\n", "",
			"19:11: warning: operation getPet: parameter fields: has no in; add the key in:",
		},
		{
			"no name", "        - name: fields\n          in: query", "        - in: query",
			"19:11: warning: operation getPet: parameter: has no name; add the key name:",
		},
		{
			"unknown place", "          in: query", "          in: querry",
			`20:15: warning: operation getPet: parameter fields: in "querry" is unknown; did you mean "query"?`,
		},
		{
			"style of another place", "style: form", "style: matrix",
			`21:18: warning: operation getPet: parameter fields: style "matrix" does not exist in query; the styles are form, spaceDelimited, pipeDelimited and deepObject`,
		},
		{
			"bool that is text", "deprecated: false", "deprecated: yes-please",
			`17:19: warning: operation getPet: deprecated: want true or false, got "yes-please"`,
		},
		{
			"misspelled type", "legs: {type: integer", "legs: {type: intger",
			`53:22: warning: type "intger" is unknown; did you mean "integer"?`,
		},
		{
			"default of another type", "default: 4", "default: four",
			`53:66: warning: schema Pet.legs: default "four" does not fit type integer`,
		},
		{
			"enum of another type", "            - dog", "            - 7",
			`58:15: warning: schema Pet.kind: enum value 7 does not fit type string`,
		},
		{
			"enum twice", "            - dog", "            - cat",
			`58:15: warning: schema Pet.kind: enum value "cat" is repeated; keep one`,
		},
		{
			"enum values of different types", "id: {type: string",
			`id: {enum: [1, "1", true, "true", null, "null"]`, "",
		},
		{
			"number twice in an enum", "id: {type: string", `id: {enum: ["1", 1, 1]`,
			`52:29: warning: schema Pet.id: enum value 1 is repeated; keep one`,
		},
		{
			"no regular expression", "'^[a-z]+$'", "'^[a-z+$'",
			`46:39: warning: parameter petId: pattern "^[a-z+$" is not a regular expression: missing closing ]`,
		},
		{
			"least above most", "minItems: 1", "minItems: 10",
			`25:23: warning: operation getPet: parameter fields: minItems 10 is greater than maxItems 9; no value fits`,
		},
		{
			"negative length", "minItems: 1", "minItems: -1",
			`25:23: warning: operation getPet: parameter fields: minItems: want a whole number that is not negative, got -1`,
		},
		{
			"reference to nothing", "#/components/schemas/Pet'", "#/components/schemas/Pt'",
			`32:30: warning: reference "#/components/schemas/Pt": leads nowhere, using any; did you mean "#/components/schemas/Pet"?`,
		},
		{
			"reference that is no text", "{$ref: '#/components/schemas/Pet'}", "{$ref: 7}",
			`32:30: warning: operation getPet: response 200: media type application/json: $ref: want text, got 7`,
		},
		{
			"scopes that are no list", "  - key: []", "  - key: read",
			`10:10: warning: key: want a list of text, got "read"`,
		},
		{
			"no name of a component", "      name: petId\n", "",
			`42:5: warning: parameter petId: has no name; add the key name:`,
		},
		{
			"values that are no scalars", "id: {type: string}",
			"id: {enum: [{a: 1}, {a: 2}, [1], [2]], default: {a: 3}}", "",
		},
		{
			"scalar among values that are none", "id: {type: string}", "id: {enum: [{a: 1}, x], default: ''}",
			`52:42: warning: schema Pet.id: default "" is none of the values of enum`,
		},
		{
			"reference to another section", "'#/components/parameters/petId'", "'#/components/schemas/Pet'",
			`14:15: warning: parameter: reference "#/components/schemas/Pet" names one of schemas; refer to one of parameters`,
		},
		{
			"path parameter of another name", "      name: petId", "      name: petID",
			"43:13: warning: operation deletePet: the path has no {petID}; did you mean {petId}?\n43:13: " +
				"warning: operation getPet: the path has no {petID}; did you mean {petId}?",
		},
		{
			"optional path parameter", "      required: true", "      required: false",
			"45:17: warning: parameter petId: a path parameter cannot be optional; write true",
		},
		{
			"wrong status", "        '204':", "        '2004':",
			`36:9: warning: response "2004": is not a status; write 200, 2XX or default`,
		},
		{
			"path without a slash", "  /pets/{petId}:", "  pets/{petId}:",
			`12:3: warning: path "pets/{petId}": does not start with a slash`,
		},
		{
			"path with an open brace",
			"  /pets/{petId}:\n    parameters:\n      - $ref: '#/components/parameters/petId'\n", "  /pets/{petId:\n",
			`12:3: warning: path "/pets/{petId": brace is not closed at character 7, assuming that it is text; write each parameter as {name}`,
		},
		{
			"unknown security scheme", "  - key: []", "  - kye: []",
			`10:5: warning: security requirement "kye": there is no such scheme; define it under securitySchemes`,
		},
		{
			"unknown type of a scheme", "type: apiKey", "type: apikey",
			`40:17: warning: security scheme key: type "apikey" is unknown; the types are apiKey, http, oauth2, openIdConnect and mutualTLS`,
		},
		{
			"scheme without a place", "in: header, name", "name",
			"40:5: warning: security scheme key: type apiKey needs in; add the key in:",
		},
		{
			"undefined server variable", "https://{region}", "https://{regoin}",
			"6:10: warning: {regoin} of the server's URL is not defined; did you mean {region}?",
		},
		{
			"default that the enum lacks", "default: eu", "default: ue",
			`8:25: warning: server variable region: default "ue" is none of the values of enum`,
		},
		{
			"key of another version", "            maxItems: 9",
			"            maxItems: 9\n            prefixItems: []",
			`27:13: warning: operation getPet: parameter fields: the key "prefixItems" is of OpenAPI 3.1 and later; other tools may ignore it in a document of OpenAPI 3.0`,
		},
		{
			"a list for a mapping", "      responses:\n        '204':\n          description: gone\n",
			"      responses: [204]\n", "35:18: warning: operation deletePet: want a mapping, got a list",
		},
		{
			"an extension out of place", "  version: 1.0.0\n", "  version: 1.0.0\n  x-resgen: {}\n",
			"5:3: warning: info: x-resgen has no effect here; put it at the root, a path or an operation",
		},
		{"an extension of others", "  version: 1.0.0\n", "  version: 1.0.0\n  x-operationID: {}\n", ""},
	} {
		t.Run(c.name, func(t *testing.T) { seeded(t, "a.yaml", sound30, c.old, c.new, c.want) })
	}
}

// seeded replaces a part of a correct document and compares the findings, one per line, without the
// name of the file.
func seeded(t *testing.T, file, text, old, replacement, want string) {
	t.Helper()
	if strings.Count(text, old) != 1 {
		t.Fatalf("%q occurs %d times in the document", old, strings.Count(text, old))
	}
	_, clean := Load(context.Background(), Options{File: file, Data: []byte(text)})
	if len(clean) > 0 {
		t.Fatalf("the sound document is not: %v", clean)
	}
	_, found := Load(context.Background(), Options{
		File: file, Data: []byte(strings.Replace(text, old, replacement, 1)),
	})
	var got []string
	for _, d := range found {
		got = append(got, strings.TrimPrefix(d.Error(), file+":"))
	}
	same(t, strings.Join(got, "\n"), want)
}

const sound20 = `{
  "swagger": "2.0",
  "info": {"title": "Pets", "version": "1"},
  "host": "example.com",
  "schemes": ["https"],
  "paths": {
    "/pets": {
      "post": {
        "operationId": "addPet",
        "consumes": ["application/json"],
        "parameters": [
          {"name": "ids", "in": "query", "type": "array", "items": {"type": "integer"}, "collectionFormat": "csv"},
          {"name": "pet", "in": "body", "schema": {"$ref": "#/definitions/Pet"}}
        ],
        "responses": {
          "201": {"description": "added", "schema": {"$ref": "#/definitions/Pet"}, "headers": {"X-Id": {"type": "string"}}}
        }
      }
    }
  },
  "definitions": {
    "Pet": {"type": "object", "properties": {"kind": {"type": "string", "enum": ["cat", "dog"]}}}
  },
  "securityDefinitions": {"login": {"type": "oauth2", "flow": "application", "tokenUrl": "https://example.com", "scopes": {}}}
}
`

func TestSeeded_JSON20(t *testing.T) {
	for _, c := range []struct{ name, old, new, want string }{
		{
			"misspelled key", `"operationId"`, `"operationid"`,
			`9:9: warning: operation POST /pets: unknown key "operationid"; did you mean "operationId"?`,
		},
		{
			"no description", `"description": "added", "schema"`, `"schema"`,
			`16:11: warning: operation addPet: response 201: has no description; add the key description:`,
		},
		{"body without a schema", `, "schema": {"$ref": "#/definitions/Pet"}}
`, "}\n", `13:11: warning: operation addPet: parameter pet: a body has no schema; add the key schema:`},
		{
			"list without items", ` "items": {"type": "integer"},`, ``,
			`12:11: warning: operation addPet: parameter ids: an array has no items; add the key items:`,
		},
		{
			"unknown collection format", `"csv"`, `"cvs"`,
			`12:109: warning: operation addPet: parameter ids: collectionFormat "cvs" is unknown; did you mean "csv"?`,
		},
		{
			"parameter without a type", `"type": "array", "items": {"type": "integer"}, "collectionFormat": "csv"`,
			`"minimum": 1`, `12:11: warning: operation addPet: parameter ids: has no type; add the key type:`,
		},
		{
			"key of OpenAPI 3", `"consumes"`, `"requestBody": {}, "consumes"`,
			"10:9: warning: operation addPet: the key \"requestBody\" is of OpenAPI 3.0 and later; other tools " +
				"may ignore it in a document of Swagger 2.0",
		},
		{
			"unknown scheme of transfer", `["https"]`, `["htps"]`,
			`5:15: warning: schemes "htps" is unknown; did you mean "https"?`,
		},
		{
			"flow of OpenAPI 3", `"application"`, `"clientCredentials"`,
			`24:63: warning: security scheme login: flow "clientCredentials" is unknown; it is one of implicit, password, application and accessCode`,
		},
		{
			"enum of another type", `"dog"]`, `7]`,
			`22:89: warning: schema Pet.kind: enum value 7 does not fit type string`,
		},
		{
			"reference of OpenAPI 3", `"schema": {"$ref": "#/definitions/Pet"}, "headers"`,
			`"schema": {"$ref": "#/components/schemas/Pet"}, "headers"`,
			`16:62: warning: reference "#/components/schemas/Pet": leads nowhere, using any; define it, or correct the reference`,
		},
		{
			"header without a type", `{"X-Id": {"type": "string"}}`, `{"X-Id": {}}`,
			`16:96: warning: operation addPet: response 201: header X-Id: has no type; add the key type:`,
		},
		{
			"header of an unknown type", `{"X-Id": {"type": "string"}}`, `{"X-Id": {"type": "txt"}}`,
			`16:113: warning: operation addPet: response 201: header X-Id: type "txt" is unknown; it is one of string, number, integer, boolean, array and file`,
		},
	} {
		t.Run(c.name, func(t *testing.T) { seeded(t, "a.json", sound20, c.old, c.new, c.want) })
	}
}

const sound31 = `openapi: 3.1.0
info: {title: Pets, version: '1', license: {name: MIT, identifier: MIT}}
paths:
  /pets:
    post:
      operationId: addPet
      requestBody:
        content:
          application/json:
            schema:
              type: [object, 'null']
              properties:
                tag: {const: a, type: string}
                size: {type: number, exclusiveMinimum: 0}
                any: true
      responses:
        default: {description: d}
webhooks:
  petAdded:
    post: {responses: {'200': {description: d}}}
`

func TestSeeded_YAML31(t *testing.T) {
	for _, c := range []struct{ name, old, new, want string }{
		{
			"misspelled type in a list", "[object, 'null']", "[objct, 'null']",
			`11:22: warning: type "objct" is unknown; did you mean "object"?`,
		},
		{
			"key of OpenAPI 3.0", "exclusiveMinimum: 0", "nullable: true",
			`14:38: warning: operation addPet: media type application/json: schema size: the key "nullable" is of OpenAPI 3.0; other tools may ignore it in a document of OpenAPI 3.1`,
		},
		{
			"bool of OpenAPI 3.0", "exclusiveMinimum: 0", "exclusiveMinimum: true",
			`14:56: warning: operation addPet: media type application/json: schema size: exclusiveMinimum: want a number, got true`,
		},
		{
			"const of another type", "const: a", "const: 1",
			`13:30: warning: operation addPet: media type application/json: schema tag: const 1 does not fit type string`,
		},
		{
			"misspelled key in a webhook", "post: {responses", "pots: {responses",
			`20:5: warning: path petAdded: unknown key "pots"; did you mean "post"?`,
		},
		{
			"body without content", "        content:\n          application/json:\n",
			"        contents:\n          application/json:\n",
			`8:9: warning: operation addPet: unknown key "contents"; did you mean "content"?`,
		},
		{"license without a name", "name: MIT, ", "", `2:35: warning: info: license has no name; add the key name:`},
		{"a schema that is text", "any: true", "any: string", `15:22: warning: want a schema, got "string"`},
	} {
		t.Run(c.name, func(t *testing.T) { seeded(t, "a.yaml", sound31, c.old, c.new, c.want) })
	}
}

// TestSeeded_OtherFile: a referenced node in another file is checked against the grammar of the
// place of the reference, and reported in its file.
func TestSeeded_OtherFile(t *testing.T) {
	dir := folder(t, map[string]string{
		"a.yaml": `openapi: 3.0.3
info: {title: T, version: '1'}
paths:
  /pets: {$ref: 'paths.yaml#/pets'}
`,
		"paths.yaml": `pets:
  get:
    operationId: listPets
    sumary: all pets
    parameters:
      - $ref: 'params.json#/limit'
    responses:
      '200': {description: d, content: {application/json: {schema: {$ref: '#/Pet'}}}}
Pet:
  type: object
  propertys: {}
`,
		"params.json": `{"limit": {
  "name": "limit", "in": "query",
  "required": "no", "schema": {"type": "integer", "default": "ten"}}}`,
	})
	_, found := Load(context.Background(), Options{Dir: dir, File: "a.yaml"})
	same(t, found.Error(), `params.json:3:15: warning: parameter limit: required: want true or false, got "no"
params.json:3:62: warning: parameter limit: default "ten" does not fit type integer
paths.yaml:4:5: warning: operation listPets: unknown key "sumary"; did you mean "summary"?
paths.yaml:11:3: warning: schema Pet: unknown key "propertys"; did you mean "properties"?`)
}

// TestSeeded_FolderNamedLikeASection: only pointers within the document can name sections.
func TestSeeded_FolderNamedLikeASection(t *testing.T) {
	dir := folder(t, map[string]string{
		"a.yaml": `openapi: 3.0.3
info: {title: T, version: '1'}
paths:
  /pets:
    get:
      parameters:
        - $ref: 'schemas/limit.yaml'
        - $ref: '#/x-shared/page'
      responses: {'204': {description: d}}
x-shared:
  page: {name: page, in: query, schema: {type: integer}}
`,
		"schemas/limit.yaml": "name: limit\nin: query\nschema: {type: integer}\n",
	})
	doc, found := Load(context.Background(), Options{Dir: dir, File: "a.yaml"})
	if len(found) > 0 {
		t.Fatal(found)
	}
	same(
		t, showOperation(doc.Operations[0]),
		"GET /pets\nquery limit form explode #limit integer\nquery page form explode #page integer\n204",
	)
}

// TestSeeded_UnusedFile: the checker opens no file that the loader did not need.
func TestSeeded_UnusedFile(t *testing.T) {
	dir := folder(t, map[string]string{"a.yaml": `openapi: 3.0.3
info: {title: T, version: '1'}
paths:
  /pets:
    get:
      parameters:
        - {name: limit, in: query, schema: {type: integer}, examples: {a: {$ref: 'no.yaml'}}}
      responses: {'204': {description: d}}
`})
	if _, found := Load(context.Background(), Options{Dir: dir, File: "a.yaml"}); len(found) > 0 {
		t.Fatal(found)
	}
}
