package main

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"
	"testing"
)

const sampled = `swagger: "2.0"
info: {title: a, version: "1"}
paths:
  /a:
    post:
      parameters:
        - {name: body, in: body, schema: {$ref: "#/definitions/Thing"}}
      responses:
        "200":
          description: ok
          schema: {$ref: "#/definitions/Thing"}
          examples: {application/json: {id: a, count: 7, more: {x: [1, null]}}}
          x-amzn-api-sandbox: {static: [{response: {id: 5, count: "7", parts: {}}}]}
        "400": {description: bad, schema: {type: array, items: {$ref: "#/definitions/Thing"}}}
definitions:
  Thing:
    type: object
    required: [id]
    properties:
      id: {type: string}
      count: {type: integer}
      parts: {type: array, items: {type: string, format: byte}}
`

// Samples of a document are unchanged after decoding and encoding, whether they fit their schema or
// not, and so are changed ones. Each type that can keep undeclared values is changed once.
func TestEchoes(t *testing.T) {
	dir := folder(t, map[string]string{"own/a.yaml": sampled})
	var out bytes.Buffer
	if err := sweep(t.Context(), task{folder: dir, calls: []call{echoes}}, &out); err != nil {
		t.Errorf("%v\n%s", err, &out)
	}
	if want := "samples 2: 1 fit their schema, 1 of them come back equal; 1 do not fit, 1 of them lose nothing; "; !strings.Contains(out.String(), want) {
		t.Errorf("no %q in\n%s", want, &out)
	}
	if strings.Contains(out.String(), " 0 are bent") {
		t.Errorf("nothing is bent:\n%s", &out)
	}
}

// Losses are reported, and gains if the sample fits.
func TestSample_Lost(t *testing.T) {
	raw := func(s string) json.RawMessage { return json.RawMessage(s) }
	for _, row := range []struct {
		kind string
		got  echo
		want string
	}{
		{"fitting", echo{Standard: raw(`{"a":1.0}`), Own: raw(`{"a":1}`)}, ""},
		{"fitting", echo{Standard: raw(`{"a":1}`), Own: raw(`{}`)}, "wire: $.a: 1 is lost"},
		{"odd", echo{Standard: raw(`{"a":1,"b":2}`), Own: raw(`{"a":1}`)}, "encoding/json: $.b: 2 is new"},
		{"odd", echo{StandardError: "no", Own: raw(`{"a":1}`)}, "encoding/json: no"},
		{"odd", echo{Standard: raw(`{"a":1}`), OwnError: "no"}, "wire: no"},
		{"bent", echo{Standard: raw(`{}`), Own: raw(`{"a":1}`)}, "encoding/json: $.a: 1 is lost"},
	} {
		s := sample{Body: raw(`{"a":1}`), kind: row.kind}
		if got := s.lost(&row.got); got != row.want {
			t.Errorf("%s: got %q, want %q", row.kind, got, row.want)
		}
	}
}

// Each changed value differs from the value in one place, and the value itself is unchanged.
func TestBent(t *testing.T) {
	v := plainJSON(map[string]any{"a": []any{"x"}, "b": 1})
	before := string(raw(v))
	got := map[string]bool{}
	for _, b := range bent(v) {
		got[string(raw(b))] = true
	}
	for _, want := range []string{
		`{"a":null,"b":1}`, `{"a":{"0":["x"]},"b":1}`, `{"a":["x",null,7],"b":1}`, `{"a":[12.50],"b":1}`,
		`{"a":[["x"]],"b":1}`, `{"a":["x"],"b":"12"}`, `{"a":["x"],"b":null}`,
	} {
		if !got[want] {
			t.Errorf("no %s", want)
		}
	}
	if len(got) != 13 || string(raw(v)) != before {
		t.Errorf("got %d: %v of %s", len(got), got, raw(v))
	}
	long := map[string]any{}
	for i := range 100 {
		long[strings.Repeat("n", i+1)] = "text"
	}
	if n := len(bent(any(long))); n != mostBent {
		t.Errorf("got %d of a large value", n)
	}
	if !reflect.DeepEqual(others(true), []any{nil, "true", 0, "maybe"}) {
		t.Error(others(true))
	}
}

func TestWithoutConstants(t *testing.T) {
	constants := map[string]bool{"ok=true": true, "kind=a": true}
	for _, tt := range []struct{ want, got, left string }{
		{`{"b":1}`, `{"b":1,"ok":true,"kind":"a"}`, `{"b":1}`},
		{`{"b":1}`, `{"b":1,"ok":false,"kind":"b"}`, `{"b":1,"kind":"b","ok":false}`},
		{`{"ok":true}`, `{"ok":true}`, `{"ok":true}`},
		{`[{"x":{}}]`, `[{"x":{"ok":true}},{"ok":true}]`, `[{"x":{}},{"ok":true}]`},
		{`{"b":1}`, `{"b":1,"c":true}`, `{"b":1,"c":true}`},
	} {
		got := raw(withoutConstants(decode([]byte(tt.want)), decode([]byte(tt.got)), constants))
		if string(got) != tt.left {
			t.Errorf("%s of %s: got %s, want %s", tt.got, tt.want, got, tt.left)
		}
	}
}
