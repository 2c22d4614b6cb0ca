package setup

import (
	"strings"
	"testing"

	"github.com/resgen/resgen/resilience/tree"
)

func TestScalar(t *testing.T) {
	for text, want := range map[string]string{
		"petstore.yaml": "petstore.yaml", "specs/*.yaml": "specs/*.yaml", "my api.yaml": "my api.yaml",
		"POST /pets/{id}": "POST /pets/{id}", "../a.yaml": "../a.yaml", "a, b": "a, b",
		"{name}": `"{name}"`, "true": `"true"`, "No": `"No"`, ".": `"."`, "Infinity": `"Infinity"`,
		"12": `"12"`, "": `""`,
		"a: b": `"a: b"`, "a #b": `"a #b"`, "*x": `"*x"`, "a ": `"a "`, "tab\t\"": `"tab\t\""`, "-a": `"-a"`,
		"search:orders": `"search:orders"`, "é": `"é"`, "a\u202eb": `"a\u202eb"`,
	} {
		got := scalar(text)
		if got != want {
			t.Errorf("scalar(%q) = %s, want %s", text, got, want)
		}
		if n, found := tree.Parse("a.yaml", []byte("k: "+got+"\n")); found != nil || n.Get("k").Text != text ||
			n.Get("k").Kind != tree.String {
			t.Errorf("YAML reads %s as %+v, %v", got, n.Get("k"), found)
		}
	}
}

func TestComment(t *testing.T) {
	long := strings.Repeat("é", 81)
	for text, want := range map[string]string{
		" one\n two\t": "one two", "\x1b[31m": `\x1b[31m`, "": "",
		strings.Repeat("a", 80): strings.Repeat("a", 80), long: strings.Repeat("é", 79) + "…",
	} {
		if got := comment(text); got != want {
			t.Errorf("comment(%q) = %q, want %q", text, got, want)
		}
	}
}
