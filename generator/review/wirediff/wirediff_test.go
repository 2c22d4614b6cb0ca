package wirediff

import (
	_ "embed"
	"fmt"
	"strings"
	"testing"

	"github.com/resgen/resgen/generator/api"
	"github.com/resgen/resgen/generator/plan/plantest"
)

// document is the old version in most tests.
//
//go:embed testdata/pets.yaml
var document string

// lines prints differences: "breaking request 26:11 → 26:11 parameter-required: GET /pets: …".
func lines(list []Difference) string {
	var b strings.Builder
	for _, d := range list {
		fmt.Fprintf(&b, "%s %s %d:%d %d:%d %s: %s\n", d.Effect, d.Direction, d.Old.Line, d.Old.Column, d.New.Line,
			d.New.Column, d.Code, d)
	}
	return b.String()
}

// edited returns the document with one text replaced by another.
func edited(t *testing.T, text, from, to string) *api.API {
	t.Helper()
	if strings.Count(text, from) != 1 {
		t.Fatalf("%q is in the document %d times", from, strings.Count(text, from))
	}
	return plantest.MustPlan(t, strings.Replace(text, from, to, 1))
}

func TestCompare(t *testing.T) {
	old := plantest.MustPlan(t, document)
	for _, tt := range []struct{ from, to, there, back string }{
		{"title: t", "title: u", ``, ``},
		{"    delete:\n", "    put:\n", `
breaking request 26:5 26:5 operation-moved: DELETE /pets/{id}: is PUT /pets/{id} now
`, `
breaking request 26:5 26:5 operation-moved: PUT /pets/{id}: is DELETE /pets/{id} now
`},
		{"limit, in: query", "limit, in: query, required: true", `
breaking request 12:11 12:11 parameter-required: GET /pets: query parameter limit must be sent now
`, `
addition request 12:11 12:11 parameter-optional: GET /pets: query parameter limit need not be sent any more
`},
		{"limit, in: query", "limit, in: header", `
breaking request 12:11 12:11 parameter-moved: GET /pets: query parameter limit is a header parameter now
`, `
breaking request 12:11 12:11 parameter-moved: GET /pets: header parameter limit is a query parameter now
`},
		{"default: 20", "default: 50", `
breaking request 12:11 12:11 default-changed: GET /pets: query parameter limit has another default: 20 → 50
`, `
breaking request 12:11 12:11 default-changed: GET /pets: query parameter limit has another default: 50 → 20
`},
		{"format: int32", "format: int64", `
addition request 12:11 12:11 type-widened: GET /pets: query parameter limit has another type: int32 integer → integer
`, `
breaking request 12:11 12:11 type-narrowed: GET /pets: query parameter limit has another type: integer → int32 integer
`},
		{"        - {name: X-Trace, in: header, required: true, schema: {type: string}}\n", "", `
breaking request 14:11 9:5 parameter-removed: GET /pets: header parameter X-Trace was removed
`, `
breaking request 9:5 14:11 parameter-added: GET /pets: header parameter X-Trace was added and must be sent
`},
		{"X-Trace", "x-trace", ``, ``},
		{"name: tags, in: query", "name: tags, in: query, explode: false", `
breaking request 13:11 13:11 parameter-format: GET /pets: query parameter tags is written in another way: style form, explode true → style form, explode false
`, `
breaking request 13:11 13:11 parameter-format: GET /pets: query parameter tags is written in another way: style form, explode false → style form, explode true
`},
		{"name: sort, in: query", "name: sort, in: query, explode: false", ``, ``},
		{"[up, down]", "[up]", `
breaking request 15:43 15:43 enum-value-removed: parameter sort of listPets: must not be down any more (sent by GET /pets)
`, `
addition request 15:43 15:43 enum-value-added: parameter sort of listPets: may be down now (sent by GET /pets)
`},
		{", enum: [up, down]", "", `
addition request 15:11 15:11 enum-removed: GET /pets: query parameter sort may have any value now
`, `
breaking request 15:11 15:11 enum-added: GET /pets: query parameter sort is only one of up, down now
`},
		{"[cat, dog]", "[cat, dog, bird]", `
breaking response 47:11 47:11 enum-value-added: schema Kind: may be bird now (received by GET /pets, POST /pets)
addition request 47:11 47:11 enum-value-added: schema Kind: may be bird now (sent by POST /pets)
`, `
breaking request 47:11 47:11 enum-value-removed: schema Kind: must not be bird any more (sent by POST /pets)
change response 47:11 47:11 enum-value-removed: schema Kind: is never bird any more (received by GET /pets, POST /pets)
`},
		{"required: [name]", "required: [name, age]", `
breaking request 42:9 42:9 member-required: schema Pet: member age must be sent now (sent by POST /pets)
change response 42:9 42:9 member-required: schema Pet: member age is always returned now (received by GET /pets, POST /pets)
`, `
breaking response 42:9 42:9 member-optional: schema Pet: member age is not always returned any more (received by GET /pets, POST /pets)
addition request 42:9 42:9 member-optional: schema Pet: member age need not be sent any more (sent by POST /pets)
`},
		{"age: {type: integer}", "age: {type: number}", `
breaking response 42:9 42:9 type-widened: schema Pet: member age has another type: integer → number (received by GET /pets, POST /pets)
addition request 42:9 42:9 type-widened: schema Pet: member age has another type: integer → number (sent by POST /pets)
`, `
breaking request 42:9 42:9 type-narrowed: schema Pet: member age has another type: number → integer (sent by POST /pets)
change response 42:9 42:9 type-narrowed: schema Pet: member age has another type: number → integer (received by GET /pets, POST /pets)
`},
		{"age: {type: integer}", "age: {type: string}", `
breaking both 42:9 42:9 type-changed: schema Pet: member age has another type: integer → string (used by GET /pets, POST /pets)
`, `
breaking both 42:9 42:9 type-changed: schema Pet: member age has another type: string → integer (used by GET /pets, POST /pets)
`},
		{"age: {type: integer}", "age: {type: integer, nullable: true}", `
breaking response 42:9 42:9 null-added: schema Pet: member age may be null now (received by GET /pets, POST /pets)
addition request 42:9 42:9 null-added: schema Pet: member age may be null now (sent by POST /pets)
`, `
breaking request 42:9 42:9 null-removed: schema Pet: member age must not be null any more (sent by POST /pets)
change response 42:9 42:9 null-removed: schema Pet: member age is never null any more (received by GET /pets, POST /pets)
`},
		{"        age: {type: integer}\n", "", `
breaking both 42:9 36:7 member-removed: schema Pet: member age was removed (used by GET /pets, POST /pets)
`, `
addition both 36:7 42:9 member-added: schema Pet: member age was added (used by GET /pets, POST /pets)
`},
		{"name: {type: string}\n        kind", "name: {type: string, readOnly: true}\n        kind", `
breaking request 40:9 40:9 member-hidden: schema Pet: member name is read-only now (sent by POST /pets)
`, `
breaking request 40:9 40:9 member-added: schema Pet: member name was added and must be sent (sent by POST /pets)
`},
		{"requestBody: {content", "requestBody: {required: true, content", `
breaking request 21:31 21:47 body-required: POST /pets: request body must be sent now
`, `
addition request 21:47 21:31 body-optional: POST /pets: request body need not be sent any more
`},
		{"requestBody: {content: {application/json:", "requestBody: {content: {application/x-www-form-urlencoded:", `
breaking request 21:31 21:31 body-media-removed: POST /pets: request body cannot be application/json any more
addition request 21:31 21:31 body-media-added: POST /pets: request body can be application/x-www-form-urlencoded now
`, `
breaking request 21:31 21:31 body-media-removed: POST /pets: request body cannot be application/x-www-form-urlencoded any more
addition request 21:31 21:31 body-media-added: POST /pets: request body can be application/json now
`},
		{"'201'", "'200'", `
breaking response 23:16 19:5 response-removed: POST /pets: response 201 was removed
addition response 19:5 23:16 response-added: POST /pets: response 200 was added
`, `
breaking response 23:16 19:5 response-removed: POST /pets: response 200 was removed
addition response 19:5 23:16 response-added: POST /pets: response 201 was added
`},
		{"'201'", "2XX", `
addition response 19:5 23:14 response-added: POST /pets: response 2XX was added
`, `
change response 23:14 19:5 response-removed: POST /pets: response 2XX was removed
`},
		{"        default: {description: no}\n", "", `
change response 24:18 19:5 response-removed: POST /pets: response default was removed
`, `
addition response 19:5 24:18 response-added: POST /pets: response default was added
`},
		{"security: [{key: []}]\n", "", `
addition request 9:5 8:5 security-removed: GET /pets: requires no credential any more
addition request 19:5 18:5 security-removed: POST /pets: requires no credential any more
addition request 26:5 25:5 security-removed: DELETE /pets/{id}: requires no credential any more
`, `
breaking request 8:5 9:5 security-added: GET /pets: requires a credential now: key
breaking request 18:5 19:5 security-added: POST /pets: requires a credential now: key
breaking request 25:5 26:5 security-added: DELETE /pets/{id}: requires a credential now: key
`},
		{"name: X-Key", "name: Y-Key", `
breaking request 33:5 33:5 scheme-changed: security scheme key: is sent in another way: header X-Key → header Y-Key
`, `
breaking request 33:5 33:5 scheme-changed: security scheme key: is sent in another way: header Y-Key → header X-Key
`},
		{"https://a.example.com", "https://c.example.com", `
breaking request 4:5 4:5 server-url: server default: has another URL: https://a.example.com → https://c.example.com
`, `
breaking request 4:5 4:5 server-url: server default: has another URL: https://c.example.com → https://a.example.com
`},
		{"enum: [eu, us]", "enum: [eu]", `
breaking request 5:5 5:5 enum-value-removed: server {region}.b.example.com: variable region must not be us any more
`, `
addition request 5:5 5:5 enum-value-added: server {region}.b.example.com: variable region may be us now
`},
		{", square: '#/components/schemas/Square'", "", `
breaking request 50:7 50:7 enum-value-removed: schema Shape: variant Square must not be square any more (sent by POST /pets)
change response 50:7 50:7 enum-value-removed: schema Shape: variant Square is never square any more (received by GET /pets, POST /pets)
`, `
breaking response 50:7 50:7 enum-value-added: schema Shape: variant square, Square may be square now (received by GET /pets, POST /pets)
addition request 50:7 50:7 enum-value-added: schema Shape: variant square, Square may be square now (sent by POST /pets)
`},
		{", {$ref: '#/components/schemas/Square'}]", "]", `
breaking request 46:9 46:9 type-narrowed: schema Pet: member shape has another type: one of schema Round, schema Square → object (sent by POST /pets)
change response 46:9 46:9 type-narrowed: schema Pet: member shape has another type: one of schema Round, schema Square → object (received by GET /pets, POST /pets)
`, `
breaking response 46:9 46:9 type-widened: schema Pet: member shape has another type: object → one of schema Round, schema Square (received by GET /pets, POST /pets)
addition request 46:9 46:9 type-widened: schema Pet: member shape has another type: object → one of schema Round, schema Square (sent by POST /pets)
`},
		{"r: {type: number}", "r: {type: string}", `
breaking both 52:80 52:80 type-changed: schema Round: member r has another type: number → string (used by GET /pets, POST /pets)
`, `
breaking both 52:80 52:80 type-changed: schema Round: member r has another type: string → number (used by GET /pets, POST /pets)
`},
		{"additionalProperties: {type: string}", "additionalProperties: {type: integer}", `
breaking both 45:9 45:9 type-changed: schema Pet: member labels{} has another type: string → integer (used by GET /pets, POST /pets)
`, `
breaking both 45:9 45:9 type-changed: schema Pet: member labels{} has another type: integer → string (used by GET /pets, POST /pets)
`},
	} {
		fresh := edited(t, document, tt.from, tt.to)
		if got := lines(Compare(old, fresh)); got != strings.TrimPrefix(tt.there, "\n") {
			t.Errorf("%s → %s: got\n%swant%s", tt.from, tt.to, got, tt.there)
		}
		if got := lines(Compare(fresh, old)); got != strings.TrimPrefix(tt.back, "\n") {
			t.Errorf("%s → %s: got\n%swant%s", tt.to, tt.from, got, tt.back)
		}
	}
}
