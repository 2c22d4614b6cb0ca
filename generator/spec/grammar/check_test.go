package grammar

import (
	"testing"

	"github.com/resgen/resgen/resilience/tree"
)

// Package spec tests the rules, with whole documents. Here a reference leads to another file.
func TestCheck_Foreign(t *testing.T) {
	root, found := tree.Parse("a.yaml", []byte(`openapi: 3.0.3
info: {title: T, version: "1"}
paths: {}
components: {schemas: {A: {$ref: b.yaml}, B: {typ: string}}}
`))
	other, more := tree.Parse("b.yaml", []byte("nulable: true\n"))
	if len(found)+len(more) > 0 {
		t.Fatal(found, more)
	}
	foreign := func(ref *tree.Node) (*tree.Node, string) {
		if ref.Text == "b.yaml" {
			return other, "b"
		}
		return nil, ""
	}
	got := Check(Document{Root: root, Edition: V30, Foreign: foreign}).Error()
	want := `b.yaml:1:1: warning: schema b: unknown key "nulable"; did you mean "nullable"?
a.yaml:4:47: warning: schema B: unknown key "typ"; did you mean "type"?`
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}
