package spec

import (
	"strings"
	"testing"
)

const overlaid = `openapi: 3.0.3
info: {title: T, version: '1'}
paths:
  /a:
    get:
      operationId: a
      tags: [x]
      parameters: [{name: q, in: query, schema: {type: string}}]
      responses: {'200': {description: d}}
    delete: {operationId: b, responses: {}}
  /b:
    get: {operationId: c, responses: {}}
components:
  schemas:
    Pet: &pet {type: object, properties: {a: {type: string}}}
    Toy: *pet
`

// loadOverlaid reads the document above with overlays, and returns its operations and schemas as
// text.
func loadOverlaid(t *testing.T, overlays ...string) (string, []string) {
	t.Helper()
	files := map[string]string{"a.yaml": overlaid}
	o := Options{File: "a.yaml"}
	for i, text := range overlays {
		name := "o" + string(rune('1'+i)) + ".yaml"
		files[name] = "overlay: 1.0.0\ninfo: {title: o, version: '1'}\nactions:\n" + text
		o.Overlays = append(o.Overlays, name)
	}
	o.Dir = folder(t, files)
	doc, found := loadQuietly(o)
	var lines, parts []string
	for _, d := range found {
		lines = append(lines, d.Error())
	}
	if doc == nil {
		return "", lines
	}
	for _, op := range doc.Operations {
		parts = append(parts, showOperation(op))
	}
	for _, s := range doc.Schemas {
		parts = append(parts, s.Name+" "+show(s))
	}
	return strings.Join(parts, "\n"), lines
}

func TestOverlay(t *testing.T) {
	const a = "GET /a a\nquery q form explode string\n200\n"
	const rest = "DELETE /a b\nGET /b c\n"
	const schemas = "Pet object{a:string}\nToy object{a:string}"
	for _, c := range []struct{ name, actions, want string }{
		{"update of a mapping", "- {target: \"$.paths['/b'].get\", update: {operationId: d, deprecated: true, " +
			"parameters: [{name: n, in: query, schema: {type: integer}}]}}",
			a + "DELETE /a b\nGET /b d\nquery n form explode integer\n" + schemas},
		{"update of a list appends", "- {target: '$.paths[\"/a\"].get', update: {parameters: [{name: n, in: " +
			"query, schema: {type: integer}}]}}",
			"GET /a a\nquery q form explode string\nquery n form explode integer\n200\n" + rest + schemas},
		{"update of a list by an entry", "- {target: '$.paths[\"/a\"].get.parameters', update: {name: n, in: " +
			"query, schema: {type: integer}}}",
			"GET /a a\nquery q form explode string\nquery n form explode integer\n200\n" + rest + schemas},
		{
			"update of a value", "- {target: '$..parameters[0].schema.type', update: integer}",
			strings.Replace(a, "string", "integer", 1) + rest + schemas,
		},
		{
			"a mapping in place of a value", "- {target: '$..parameters[0].schema', update: {type: {a: b}}}",
			"GET /a a\nquery q form explode anything\n200\n" + rest + schemas,
		},
		{"removal", "- {target: '$.paths.*.delete', remove: true}", a + "GET /b c\n" + schemas},
		{
			"removal from a list", "- {target: '$..parameters[?@.name==\"q\"]', remove: true}",
			"GET /a a\n200\n" + rest + schemas,
		},
		{"removal of several", "- {target: '$.paths.*', remove: true}", schemas},
		{
			"removal of one selected twice", "- {target: '$.paths[\"/b\",\"/b\"]', remove: true}",
			a + "DELETE /a b\n" + schemas,
		},
		{
			"removal before update", "- {target: '$.paths.*.delete', remove: true, update: {operationId: z}}",
			a + "GET /b c\n" + schemas,
		},
		{
			"actions in their order",
			"- {target: \"$.paths['/b'].get\", update: {operationId: d}}\n- {target: " +
				"'$.paths..[?@.operationId==\"d\"]', update: {operationId: e}}",
			a + "DELETE /a b\nGET /b e\n" + schemas,
		},
		{
			"what an alias shares", "- {target: $.components.schemas.Toy.properties, update: {b: {type: integer}}}",
			a + rest + "Pet object{a:string}\nToy object{a:string b:integer}",
		},
		{"one update of several places", "- {target: '$.components.schemas.*', update: {properties: {c: " +
			"{properties: {d: {type: string}}}}}}",
			a + rest + "Pet object{a:string c:object{d:string}}\nToy object{a:string c:object{d:string}}"},
		{
			"a reference into the document",
			"- {target: $.components.schemas.Toy.properties, update: {b: {$ref: '#/components/schemas/Pet'}}}",
			a + rest + "Pet object{a:string}\nToy object{a:string b:→Pet}",
		},
		{"extensions", "- {target: $.info, x-why: because, update: {title: U}}", a + rest + schemas},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, lines := loadOverlaid(t, c.actions)
			if len(lines) > 0 && c.name != "a mapping in place of a value" {
				t.Fatal(lines)
			}
			same(t, got, c.want)
		})
	}
}

func TestOverlay_SeveralInOrder(t *testing.T) {
	got, lines := loadOverlaid(
		t, "- {target: \"$.paths['/b'].get\", update: {operationId: first}}",
		"- {target: '$.paths.*[?@.operationId==\"first\"]', update: {operationId: second}}",
	)
	if len(lines) > 0 || !strings.Contains(got, "GET /b second") {
		t.Errorf("got %s, %v", got, lines)
	}
}

// TestOverlay_Positions: findings about nodes of an overlay have positions in the overlay.
func TestOverlay_Positions(t *testing.T) {
	_, lines := loadOverlaid(t, "- {target: $.components.schemas.Toy, update: {type: strnig}}")
	same(t, strings.Join(lines, "\n"), `o1.yaml:4:53: warning: type "strnig" is unknown; did you mean "string"?`)
}

func TestOverlay_Mistakes(t *testing.T) {
	for _, c := range []struct{ actions, want string }{
		{
			"- {target: $.paths.z, update: {}}",
			`o1.yaml:4:12: warning: target "$.paths.z": matches nothing; correct it, or delete the action`,
		},
		{"- {target: paths, update: {}}", `o1.yaml:4:12: target "paths": is not a JSONPath: a path begins with $`},
		{"- {update: {}}", `o1.yaml:4:3: action: has no target; add a JSONPath`},
		{
			"- {target: $.info}",
			`o1.yaml:4:3: warning: target "$.info": is neither updated nor removed; add update or remove`,
		},
		{"- {target: $, remove: true}", `o1.yaml:4:12: target "$": is the whole document, which cannot be removed`},
		{
			"- {taget: $, remove: true}",
			"o1.yaml:4:3: action: has no target; add a JSONPath\no1.yaml:4:4: actions[0]: unknown key \"taget\"; " +
				"did you mean \"target\"?",
		},
	} {
		_, lines := loadOverlaid(t, c.actions)
		same(t, strings.Join(lines, "\n"), c.want)
	}
}

func TestOverlay_Files(t *testing.T) {
	dir := folder(t, map[string]string{"a.yaml": overlaid, "plain.yaml": "info: {}\n", "bad.yaml": "a: [\n"})
	for name, want := range map[string]string{
		"no.yaml":    "no.yaml: there is no such file; name an OpenAPI Overlay",
		"plain.yaml": "plain.yaml:1:1: is not an OpenAPI Overlay: it has no key overlay",
		"bad.yaml":   "bad.yaml:2:1: ",
	} {
		_, found := loadQuietly(Options{Dir: dir, File: "a.yaml", Overlays: []string{name}})
		if err := found.Err(); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%s: got %v, want %s", name, err, want)
		}
	}
}
