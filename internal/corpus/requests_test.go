package main

import (
	"bytes"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
)

// Requests from documents with all features are accepted or a known gap of the judge, and every
// response that fits its schema is unchanged after decoding and encoding.
func TestExercise_OwnDocuments(t *testing.T) {
	dir := t.TempDir()
	if err := os.CopyFS(filepath.Join(dir, "own"), os.DirFS(filepath.Join("testdata", "own"))); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := sweep(t.Context(), task{folder: dir, calls: []call{exercise}}, &out); err != nil {
		t.Errorf("%v\n%s", err, &out)
	}
	for _, row := range []string{
		"own/additional                                    5 (0) / 5, 6 / 6, 0 / 0, 0\n",
		"own/forms                                         7 (1) / 8, 6 / 6, 0 / 0, 0\n",
		"own/members                                       6 (0) / 6, 6 / 6, 0 / 0, 0\n",
		"own/paths                                         10 (0) / 10, 5 / 5, 0 / 0, 0\n",
		"own/unions                                        7 (0) / 7, 9 / 9, 0 / 0, 0\n",
		"not judged     1: a form with additional properties\n",
	} {
		if !strings.Contains(out.String(), row) {
			t.Errorf("no row %q in\n%s", row, &out)
		}
	}
}

// A request that the document does not allow is reported and is not a gap.
func TestJudge_Refuses(t *testing.T) {
	dir := folder(t, map[string]string{"a.yaml": `openapi: 3.0.3
info: {title: a, version: "1"}
paths:
  /a/{id}:
    get:
      parameters:
        - {name: id, in: path, required: true, schema: {type: integer}}
        - {name: level, in: query, required: true, schema: {type: integer, maximum: 5}}
      responses: {"204": {description: ok}}
`})
	j, err := newJudge(filepath.Join(dir, "a.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	for url, want := range map[string]string{
		"http://x/a/7?level=5": "",
		"http://x/a/7?level=6": `parameter "level" in query has an error`,
		"http://x/a/7":         "value is required but missing",
		"http://x/a/b?level=1": `parameter "id" in path has an error`,
		"http://x/a/7/8":       "is not of /a/{id}",
	} {
		sent := &sentRequest{Method: "GET", URL: url}
		err := j.accept(t.Context(), "/a/{id}", nil, sent)
		if got := text1(err); want == "" && err != nil || !strings.Contains(got, want) {
			t.Errorf("%s: got %q, want %q", url, got, want)
		}
		if err != nil && j.known(err, sent) != "" {
			t.Errorf("%s: a gap: %s", url, j.known(err, sent))
		}
	}
	if err := j.accept(t.Context(), "/b", nil, &sentRequest{
		Method: "GET", URL: "http://x/b",
	}); text1(err) != "kin-openapi has no operation GET /b" {
		t.Errorf("got %v", err)
	}
}

func text1(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

func TestMatch(t *testing.T) {
	tests := []struct {
		template, path string
		greedy         []string
		want           string // values by comma; "-": no match
	}{
		{"/a/{x}.{y}", "/a/b.c", nil, "b,c"},
		{"/a/{x}", "/a/b%2Fc", nil, "b/c"},
		{"/a/{x}", "/a/b/c", nil, "-"},
		{"/a/{x}", "/a/b/c", []string{"x"}, "b/c"},
		{"/a b/{x}:go", "/a%20b/1:go", nil, "1"},
		{"/a#b", "/a", nil, ""},
		{"/a?b=c", "/a", nil, ""},
	}
	for _, tt := range tests {
		values, err := match(tt.template, tt.greedy, tt.path)
		got := strings.Trim(values["x"]+","+values["y"], ",")
		if err != nil {
			got = "-"
		}
		if got != tt.want {
			t.Errorf("%s %s: got %q, want %q", tt.template, tt.path, got, tt.want)
		}
	}
}

func TestLost(t *testing.T) {
	tests := []struct {
		want, got string
		exact     bool
		why       string
	}{
		{`{"a":1.0,"b":[true,null]}`, `{"b":[true,null],"a":1}`, true, ""},
		{`{"a":null}`, `{}`, true, "$.a: null is lost"},
		{`{"a":null}`, `{}`, false, "$.a: null is lost"},
		{`{}`, `{"a":0}`, true, "$.a: 0 is new"},
		{`{}`, `{"a":0}`, false, ""},
		{`[1,2]`, `[1]`, false, "$: [1,2] became [1]"},
		{`{"a":[{"b":1}]}`, `{"a":[{"b":2}]}`, false, "$.a[0].b: 1 became 2"},
		{`47.99999995104`, `48`, true, "$: 47.99999995104 became 48"},
		{`"1"`, `1`, true, `$: "1" became 1`},
		{`{}`, `[]`, true, "$: {} became []"},
	}
	for _, tt := range tests {
		if why := lost(decode([]byte(tt.want)), decode([]byte(tt.got)), tt.exact, "$"); why != tt.why {
			t.Errorf("%s and %s: got %q, want %q", tt.want, tt.got, why, tt.why)
		}
	}
}

// Samples fit their schema, in each direction and fullness.
func TestSampler(t *testing.T) {
	dir := folder(t, map[string]string{"a.yaml": `openapi: 3.0.3
info: {title: a, version: "1"}
paths: {}
components:
  schemas:
    A:
      type: object
      required: [id, must]
      properties:
        id: {type: integer, minimum: 5, maximum: 6, readOnly: true}
        must: {type: string, pattern: '^[A-Z]{2}-\d+$'}
        pin: {type: string, writeOnly: true, minLength: 3, maxLength: 3}
        may: {type: number, nullable: true, multipleOf: 0.5}
        self: {$ref: '#/components/schemas/A'}
`})
	j, err := newJudge(filepath.Join(dir, "a.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		fill    fullness
		request bool
		want    string
	}{
		{minimal, true, `{"must":"AA-1"}`},
		{minimal, false, `{"id":5,"must":"AA-1"}`},
	}
	a := j.doc.Components.Schemas["A"]
	for _, tt := range tests {
		s := sampler{judge: j, fill: tt.fill, request: tt.request}
		if v, ok := s.of(a); !ok || string(raw(v)) != tt.want {
			t.Errorf("%v %v: got %s %v, want %s", tt.fill, tt.request, raw(v), ok, tt.want)
		}
	}
	for _, fill := range []fullness{full, nulls} {
		s := sampler{judge: j, fill: fill, request: true}
		v, ok := s.of(a)
		m, _ := v.(map[string]any)
		if may, has := m["may"]; !ok || m["id"] != nil || m["pin"] != "tex" || !has ||
			(may == nil) != (fill == nulls) || m["self"] == nil {
			t.Errorf("%v: got %s", fill, raw(v))
		}
	}
	if _, ok := (&sampler{
		judge: j,
	}).of(&openapi3.SchemaRef{
		Value: &openapi3.Schema{Type: &openapi3.Types{"string"}, Pattern: "^a$", MinLength: 2},
	}); ok {
		t.Error("a schema that nothing fits has a sample")
	}
}

// Refusals that match no gap are not hidden by gaps.
func TestKnown(t *testing.T) {
	if why := (&judge{}).known(errors.New("unsupported schema of request body"), &sentRequest{}); why != "" {
		t.Errorf("an error of another kind is a gap: %s", why)
	}
}

// Notes about one document are cut.
func TestDocument_Print(t *testing.T) {
	for n, last := range map[int]string{mostNotes: "s/d: a: b\n", mostNotes + 2: "s/d: 2 more\n"} {
		d := &document{set: "s", name: "d"}
		for range n {
			d.object("a", "b")
		}
		var out bytes.Buffer
		d.print(&out)
		lines := strings.Count(out.String(), "\n")
		if lines != min(n, mostNotes+1) || !strings.HasSuffix(out.String(), last) {
			t.Errorf("%d notes: got %d lines\n%s", n, lines, &out)
		}
	}
}

// A response is read if a client asked for its media type and its value is unchanged.
func TestTrial_Misread(t *testing.T) {
	asked := []sentRequest{{Header: http.Header{"Accept": {"application/json, text/*;q=0.5"}}}}
	tests := []struct {
		name   string
		status int
		media  string
		answer string
		json   bool
		got    trace
		want   string
	}{
		{"read", 200, "application/json", `{"a":1}`, true,
			trace{Requests: asked, Result: raw(map[string]int{"a": 1})}, ""},
		{"lost", 200, "application/json", `{"a":1}`, true, trace{Requests: asked, Result: raw(map[string]int{})},
			"$.a: 1 is lost"},
		{"nothing", 200, "application/json", `{}`, true, trace{Requests: asked}, "no result"},
		{"refused", 200, "application/json", `{}`, true, trace{Requests: asked, Error: "no"}, "no"},
		{"not asked", 200, "application/xml", `<a/>`, false, trace{Requests: asked, Error: "no"}, ""},
		{"text", 200, "text/plain; charset=utf-8", "a", false, trace{Requests: asked, Text: []byte("a")}, ""},
		{"other text", 200, "text/plain", "a", false, trace{Requests: asked, Text: []byte("b")}, `got "b", want "a"`},
		{"empty", 204, "", "", false, trace{Requests: asked}, ""},
		{"no failure", 400, "", "", false, trace{Requests: asked}, "no error of the status: "},
		{"failure", 400, "", "", false, trace{Requests: asked, Failed: true}, ""},
		{"not asked failure", 400, "application/xml", "<a/>", false,
			trace{Requests: asked, Failed: true, Body: []byte("<a/>")}, ""},
		{"lost failure", 400, "application/xml", "<a/>", false, trace{Requests: asked, Failed: true},
			`got "", want "<a/>"`},
		{"redirect as a success", 302, "", "", false, trace{Requests: asked}, ""},
		{"redirect as a failure", 302, "", "", false, trace{Requests: asked, Failed: true, Error: "302"}, ""},
		{"dialed", 200, "", "", false, trace{Requests: asked, Strays: []string{"a.example:443"}},
			"dialed a.example:443"},
	}
	for _, tt := range tests {
		one := trial{Status: tt.status, Media: tt.media, Answer: []byte(tt.answer), isJSON: tt.json, fits: true}
		if got := one.misread(&tt.got); got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.name, got, tt.want)
		}
	}
}
