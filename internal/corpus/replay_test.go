package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/resgen/resgen/generator/api"
	"github.com/resgen/resgen/resilience/tree"
)

// Each case of a document, in all known forms, matches itself, except the twin of another case and
// one that no client sends. What the document does not have is reported.
func TestReplay(t *testing.T) {
	dir := folder(t, map[string]string{
		"other/pets.yaml": petstore,
		"policy.txt": "operations: {putBook: {idempotency: idempotent, why: w, success: {field: state, fail: " +
			"[INVALID]}}}\n",
	})
	if err := os.CopyFS(filepath.Join(dir, "own"), os.DirFS(filepath.Join("testdata", "sandbox"))); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := sweep(
		t.Context(), task{
			folder: dir, policy: filepath.Join(dir, "policy.txt"), only: hasCases, calls: []call{replay},
		}, &out,
	); err != nil {
		t.Error(err)
	}
	const empty = `path parameter "shelf" is empty, which would address another resource; give it a value`
	want := `own/cases: ListBooks 200, case 5: the operation has no parameter colour
own/cases: ListBooks 400, case 6: case 1 has the same request
own/cases: ListBooks 400, case 7: client: listBooks: invalid request: ` + empty + " | " + empty + `

16 of 18 cases answer their request, 1 have a twin before them, 1 ask for a path that is never sent
17 of 17 requests that require a token carry it
13 of 13 successes are read, 1 of them as failures by policy
4 of 4 failures are read
`
	if got, _, _ := strings.Cut(out.String(), "\nset"); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// The matching case with the most conditions counts, the first of several.
func TestAnswering(t *testing.T) {
	op := &api.Operation{Method: "GET", Path: "/a/{id}"}
	id := &api.Param{Name: "id", In: api.InPath, Type: &api.Type{Kind: api.String}}
	q := &api.Param{Name: "q", In: api.InQuery, Type: &api.Type{Kind: api.String}}
	is := func(p *api.Param, text string) condition {
		return condition{param: p, value: &tree.Node{Kind: tree.String, Text: text}}
	}
	cases := []*sandboxCase{
		{number: 1, conditions: []condition{is(id, "1")}},
		{number: 2, conditions: []condition{is(id, "1"), is(q, "x")}},
		{number: 3, conditions: []condition{is(id, "1"), is(q, "x")}},
		{number: 4},
	}
	for url, want := range map[string]int{
		"http://h/a/1": 1, "http://h/a/1?q=x": 2, "http://h/a/1?q=y": 1, "http://h/a/2?q=x": 4, "http://h/a/2": 4,
	} {
		if got := answering(cases, op, &sentRequest{URL: url}); got == nil || got.number != want {
			t.Errorf("%s: got %+v, want case %d", url, got, want)
		}
	}
	if got := answering(cases[:1], op, &sentRequest{URL: "http://h/a/2"}); got != nil {
		t.Errorf("case %d answers what it does not know", got.number)
	}
}

func TestQueried(t *testing.T) {
	list, text := &api.Type{Kind: api.Slice}, &api.Type{Kind: api.String}
	for _, tt := range []struct {
		query   string
		typ     *api.Type
		explode bool
		want    string // values by bar
	}{
		{"q=a%2Cb,c", list, false, "a,b|c"},
		{"q=a,b&q=c", list, true, "a,b|c"},
		{"q=a,b", text, false, "a,b"},
		{"q=a+b%20c", text, true, "a b c"},
		{"q=", text, true, ""},
		{"r=1&%71=2", text, true, "2"},
		{"q=%zz", text, true, "-"},
		{"r=1", text, true, "-"},
	} {
		got := queried(&api.Param{Name: "q", Type: tt.typ, Explode: tt.explode}, tt.query)
		joined := strings.Join(got, "|")
		if got == nil {
			joined = "-"
		}
		if joined != tt.want {
			t.Errorf("%s: got %q, want %q", tt.query, joined, tt.want)
		}
	}
}
