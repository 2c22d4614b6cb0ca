package tree

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"github.com/resgen/resgen/resilience/diag"
)

// FuzzParse holds what must be true of any input: a tree or an error, positions within the text,
// JSON that another reader understands, and for JSON the same verdict and the same values as
// encoding/json.
func FuzzParse(f *testing.F) {
	for _, s := range []string{
		"", "a: 1", "{\"a\": [1, 2.5e3, \"x\\u00e9\"]}", "a: &x [1, *x]", "- |2+\n- >-\n  x", "? a\n: b",
		"a: {b: c, \"d\":e}", "<<: {a: 1}", "%YAML 1.2\n---\na\n...",
		"\"a\\\n b\"", "a:\n\t- b", "[[[[", "- - - -", "&a &b", "!!int x", "a: 'b''c'", "x: \"\\ud83d\\ude00\"",
		"a: 0x1F\nb: .5\nc: +.inf", "\uFEFFa", "a\r\nb: c\r", "*a", "a: # c\n- b", "a: {b?: c}", `"\/\\/"`,
		"a: \u2028b\x7F", "a:\n  b: \"c\" d", "%YAML 1.2\n---\na: &b.c",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		n, found := Parse("f", data)
		for _, d := range found {
			within(t, data, d.Pos)
			Excerpt(data, d.Pos)
		}
		if n == nil {
			if len(found) == 0 {
				t.Fatal("neither a tree nor an error")
			}
			return
		}
		walk(n, func(n *Node) { within(t, data, n.Pos) })
		var got any
		if err := json.Unmarshal(n.JSON(), &got); err != nil &&
			!strings.Contains(err.Error(), "cannot unmarshal number") {
			t.Fatalf("JSON() is none: %v\n%s", err, n.JSON())
		}
		var want any
		text := bytes.TrimPrefix(data, []byte(byteOrderMark))
		if json.Unmarshal(text, &want) == nil && len(found) == 0 && !reflect.DeepEqual(got, want) {
			t.Fatalf("encoding/json reads %v, Parse %v", want, got)
		}
	})
}

// FuzzParse_JSON holds the verdict on JSON against encoding/json, which allows control characters
// and invalid UTF-8 that Parse refuses.
func FuzzParse_JSON(f *testing.F) {
	for _, s := range []string{"[1]", "{}", "[01]", "[1.]", `{"a":1,}`, "[\"\t\"]", "[1 2]", "{\"a\" 1}", "[tru]",
		"[-]", `["\u12"]`, "{}{}", "[1e5,1E+5,-0.0]"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		doc := "[" + text
		n, found := Parse("f", []byte(doc))
		if len(found) > 0 && found[0].Code != "syntax" || n != nil && strings.Contains(doc, byteOrderMark) {
			return
		}
		if valid := json.Valid([]byte(doc)); valid != (n != nil) && !strings.Contains(found.Error(), "nesting") {
			t.Fatalf("%q: valid %v, Parse says %v", doc, valid, found)
		}
	})
}

func within(t *testing.T, data []byte, p diag.Position) {
	t.Helper()
	if p.Line < 0 || p.Line > 0 && p.Column < 1 || p.Column > len(data)+1 || p.Line > len(data)+1 {
		t.Fatalf("position %v lies outside of %q", p, data)
	}
}

// walk visits each node once.
func walk(n *Node, visit func(*Node)) {
	seen := map[*Node]bool{}
	var step func(*Node)
	step = func(n *Node) {
		if seen[n] {
			return
		}
		seen[n] = true
		visit(n)
		for _, item := range n.Items {
			step(item)
		}
		for _, p := range n.Pairs {
			step(p.Value)
		}
	}
	step(n)
}
