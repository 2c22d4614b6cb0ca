package tree

import (
	"fmt"
	"strings"
	"testing"

	"github.com/resgen/resgen/resilience/diag"
)

// dump writes a tree with all positions: line:column before each key and value.
func dump(n *Node) string {
	p := fmt.Sprintf("%d:%d ", n.Pos.Line, n.Pos.Column)
	switch n.Kind {
	case Sequence:
		items := make([]string, len(n.Items))
		for i, item := range n.Items {
			items[i] = dump(item)
		}
		return p + "[" + strings.Join(items, ", ") + "]"
	case Mapping:
		pairs := make([]string, len(n.Pairs))
		for i, q := range n.Pairs {
			pairs[i] = fmt.Sprintf("%d:%d %s: %s", q.KeyPos.Line, q.KeyPos.Column, q.Key, dump(q.Value))
		}
		return p + "{" + strings.Join(pairs, ", ") + "}"
	case String:
		return p + fmt.Sprintf("%q", n.Text)
	}
	return p + n.Text
}

func mustParse(t *testing.T, doc string) *Node {
	t.Helper()
	n, found := Parse("f", []byte(doc))
	if len(found) > 0 {
		t.Fatalf("Parse(%q): %v", doc, found)
	}
	return n
}

func TestParse_Positions(t *testing.T) {
	tests := []struct{ name, doc, want string }{
		{"json", "{\n  \"a\": [1, \"é\", true],\n\t\"b\": null}",
			`1:1 {2:3 a: 2:8 [2:9 1, 2:12 "é", 2:18 true], 3:2 b: 3:7 null}`},
		{"lists and mappings in JSON", `[[1],[2,{"a":{"b":3},"c":4}],5]`,
			`1:1 [1:2 [1:3 1], 1:6 [1:7 2, 1:9 {1:10 a: 1:14 {1:15 b: 1:19 3}, 1:22 c: 1:26 4}], 1:30 5]`},
		{"the same in yaml", "a: [1, \"é\", true]\nb: null",
			`1:1 {1:1 a: 1:4 [1:5 1, 1:8 "é", 1:14 true], 2:1 b: 2:4 null}`},
		{"columns are bytes", "é: ü # x\n", `1:1 {1:1 é: 1:5 "ü"}`},
		{"CRLF", "a:\r\n  b: 1\r\nc: 2\r\n", `1:1 {1:1 a: 2:3 {2:3 b: 2:6 1}, 3:1 c: 3:4 2}`},
		{"CR alone", "a: 1\rb: 2", `1:1 {1:1 a: 1:4 1, 2:1 b: 2:4 2}`},
		{"CRLF in JSON", "[\r\n1,\r2]", `1:1 [2:1 1, 3:1 2]`},
		{"byte order mark", "\uFEFFa: 1", `1:1 {1:1 a: 1:4 1}`},
		{"byte order mark in JSON", "\uFEFF[1]", `1:1 [1:2 1]`},
		{"list at the column of its key", "a:\n- x\n- y: 1\n  z: 2\nb: 3",
			`1:1 {1:1 a: 2:1 [2:3 "x", 3:3 {3:3 y: 3:6 1, 4:3 z: 4:6 2}], 5:1 b: 5:4 3}`},
		{"lists in lists", "- - a\n  - b\n-\n  - c", `1:1 [1:3 [1:5 "a", 2:5 "b"], 4:3 [4:5 "c"]]`},
		{"empty values are after the colon", "a:\nb: ", `1:1 {1:1 a: 1:3 null, 2:1 b: 2:3 null}`},
		{"empty items are after the dash", "-\n- x", `1:1 [1:2 null, 2:3 "x"]`},
		{"block scalars are at their mark", "a: |\n  x\n  y\nb: >-\n  p\n  q\n",
			`1:1 {1:1 a: 1:4 "x\ny\n", 4:1 b: 4:4 "p q"}`},
		{"keys are text", "200: a\ntrue: b\nnull: c\n1.5: d\n~: e",
			`1:1 {1:1 200: 1:6 "a", 2:1 true: 2:7 "b", 3:1 null: 3:7 "c", 4:1 1.5: 4:6 "d", 5:1 ~: 5:4 "e"}`},
		{"keys in brackets are text", "a: {200: x, TRUE: y, ~ : z}",
			`1:1 {1:1 a: 1:4 {1:5 200: 1:10 "x", 1:13 TRUE: 1:19 "y", 1:22 ~: 1:26 "z"}}`},
		{"quoted keys", "\"a b\": 1\n'it''s': 2", `1:1 {1:1 a b: 1:8 1, 2:1 it's: 2:10 2}`},
		{"key of an anchor", "&k a: 1\nb: *k", `1:4 {1:4 a: 1:7 1, 2:1 b: 1:4 "a"}`},
		{"tag and anchor before the value", "a: !!str &x 1\nb: *x", `1:1 {1:1 a: 1:13 "1", 2:1 b: 1:13 "1"}`},
		{"anchor on a line of its own", "a: &x\n  b: 1\nc: *x",
			`1:1 {1:1 a: 2:3 {2:3 b: 2:6 1}, 3:1 c: 2:3 {2:3 b: 2:6 1}}`},
		{"brackets over lines", "a: [\n  1,\n  {b: 2,\n  c},\n]\nd: 3",
			`1:1 {1:1 a: 1:4 [2:3 1, 3:3 {3:4 b: 3:7 2, 4:3 c: 4:4 null}], 6:1 d: 6:4 3}`},
		{"pairs in a list", "- [a: 1, b]", `1:1 [1:3 [1:4 {1:4 a: 1:7 1}, 1:10 "b"]]`},
		{"pairs in a list with quoted keys", "- [\"a\":b, 'c':d, \"e\" : f]",
			`1:1 [1:3 [1:4 {1:4 a: 1:8 "b"}, 1:11 {1:11 c: 1:15 "d"}, 1:18 {1:18 e: 1:24 "f"}]]`},
		{"explicit keys", "? a\n: 1\n? b\n", `1:1 {1:3 a: 2:3 1, 3:3 b: 4:1 null}`},
		{"comments and blank lines", "# head\n\na: 1 # tail\n  # between\n\nb: 2#no\n",
			`3:1 {3:1 a: 3:4 1, 6:1 b: 6:4 "2#no"}`},
		{"document marks", "%YAML 1.2\n---\na: 1\n...\n# end\n", `3:1 {3:1 a: 3:4 1}`},
		{"text on the line of the mark", "--- hello", `1:5 "hello"`},
		{"a mark without a document after it", "a: 1\n---\n", `1:1 {1:1 a: 1:4 1}`},
		{"white space before JSON", "\n \t[\n]", `2:3 []`},
		{"a tab before a comment", "a: 1\t# x\n\nb: 2", `1:1 {1:1 a: 1:4 1, 3:1 b: 3:4 2}`},
		{"a tab after a colon", "a:\tx", `1:1 {1:1 a: 1:4 "x"}`},
		{"after characters of several bytes", "- [é, ü, \"😀\", x]\n- é: {ü: 1}",
			`1:1 [1:3 [1:4 "é", 1:8 "ü", 1:12 "😀", 1:20 "x"], 2:3 {2:3 é: 2:7 {2:8 ü: 2:12 1}}]`},
		{"no break of a line", "a: x\u2028y\u0085z\u2029\nb: \u2028 # c\nc: 1",
			`1:1 {1:1 a: 1:4 "x\u2028y\u0085z\u2029", 2:1 b: 2:4 "\u2028", 3:1 c: 3:4 1}`},
		{"a comment between anchor and value", "a: &x # c\n\n  # d\n  b: 1", `1:1 {1:1 a: 4:3 {4:3 b: 4:6 1}}`},
		{"anchor and tag of nothing", "a: &x\nb: !!str\nc: *x",
			`1:1 {1:1 a: 1:4 null, 2:1 b: 2:4 "", 3:1 c: 1:4 null}`},
		{"tag and anchor in brackets", "a: [!!str 1,&x {b: 2}, &y c]",
			`1:1 {1:1 a: 1:4 [1:11 "1", 1:16 {1:17 b: 1:20 2}, 1:27 "c"]}`},
		{"another version and a prefix of tags", "# c\n%TAG !e! tag:x,2000:\n%YAML 1.2\n---\na: !e!f 1",
			`5:1 {5:1 a: 5:9 1}`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := dump(mustParse(t, test.doc)); got != test.want {
				t.Errorf("Parse(%q)\n got %s\nwant %s", test.doc, got, test.want)
			}
		})
	}
}

func TestParse_FileInPositions(t *testing.T) {
	for _, doc := range []string{"a: 1", `{"a": 1}`} {
		n, _ := Parse("specs/x.yaml", []byte(doc))
		if got := n.Pairs[0].KeyPos.File + n.Pos.File + n.Pairs[0].Value.Pos.File; got != strings.Repeat("specs/x.yaml",
			3) {
			t.Errorf("files %q", got)
		}
	}
}

func TestParse_Scalars(t *testing.T) {
	tests := []struct {
		text string
		kind Kind
		want string
	}{
		{"null", Null, "null"}, {"~", Null, "null"}, {"Null", Null, "null"}, {"NULL", Null, "null"},
		{"nULL", String, "nULL"},
		{"true", Bool, "true"}, {"True", Bool, "true"}, {"FALSE", Bool, "false"}, {"tRUE", String, "tRUE"},
		{"yes", String, "yes"}, {"no", String, "no"}, {"on", String, "on"}, {"off", String, "off"}, {"y", String, "y"},
		{"NO", String, "NO"},
		{"0", Number, "0"}, {"-12", Number, "-12"}, {"+3", Number, "+3"}, {"007", Number, "007"},
		{"1_000", String, "1_000"},
		{"0x1F", Number, "0x1F"}, {"0o17", Number, "0o17"}, {"0x", String, "0x"}, {"0o8", String, "0o8"},
		{"0xG", String, "0xG"}, {"-0x1", String, "-0x1"}, {"0b1", String, "0b1"},
		{"1.5", Number, "1.5"}, {".5", Number, ".5"}, {"5.", Number, "5."}, {".", String, "."},
		{"1.2.3", String, "1.2.3"}, {"1e3", Number, "1e3"}, {"1E-3", Number, "1E-3"}, {"1e", String, "1e"},
		{"1e+", String, "1e+"}, {"e3", String, "e3"}, {".e3", String, ".e3"}, {"1e3x", String, "1e3x"},
		{"+", String, "+"},
		{".inf", Number, ".inf"}, {"-.INF", Number, "-.INF"}, {"+.Inf", Number, "+.Inf"}, {".nan", Number, ".nan"},
		{".NaN", Number, ".NaN"}, {"inf", String, "inf"}, {"-.nan", String, "-.nan"},
		{"2020-01-01", String, "2020-01-01"}, {"2020-01-01T00:00:00Z", String, "2020-01-01T00:00:00Z"},
		{"12:30:45", String, "12:30:45"},
		{"http://x/?a=b#c", String, "http://x/?a=b#c"}, {"a:b", String, "a:b"}, {"-a", String, "-a"},
		{"?a", String, "?a"}, {":a", String, ":a"}, {"a, b]", String, "a, b]"}, {"$ref", String, "$ref"},
		{"'null'", String, "null"}, {`"1"`, String, "1"}, {"''", String, ""}, {`""`, String, ""},
		{"'a''b'", String, "a'b"}, {`'a\n'`, String, `a\n`}, {`"it's"`, String, "it's"},
		{`'say "x"'`, String, `say "x"`},
		{"!!str 1", String, "1"}, {"!!str null", String, "null"}, {"!!str True", String, "True"},
		{"! '12'", String, "12"}, {`!!int "3"`, Number, "3"}, {"!!bool 'true'", Bool, "true"},
		{"!!null ''", Null, "null"},
		{"!!float 1", Number, "1"}, {"!local 5", Number, "5"}, {"!<tag:yaml.org,2002:str> 7", String, "7"},
		{"!!binary aGk=", String, "aGk="}, {"!!str", String, ""},
		{`"\x41\u00e9\U0001F600"`, String, "Aé😀"}, {"what?", String, "what?"}, {`"^\/a\\/b\\\/c"`, String, `^/a\/b\/c`},
		{`^\/a\\/b`, String, `^\/a\\/b`}, {`'^\/a'`, String, `^\/a`}, {"a?b ??", String, "a?b ??"},
		{"\"x\x7Fy\u009f\uFFFE\uFFFF\U0010FFFD\"", String, "x\x7Fy\u009f\uFFFE\uFFFF\U0010FFFD"},
		{`"\0\a\b\t\n\v\f\r\e\ \"\/\\\N\_\L\P"`, String, "\x00\a\b\t\n\v\f\r\x1b \"/\\\u0085\u00a0\u2028\u2029"},
	}
	for _, test := range tests {
		for _, doc := range []string{"k: " + test.text, "k: [" + test.text + "]", "- " + test.text + " # c"} {
			if strings.Contains(doc, "[") && (strings.ContainsAny(test.text, ",]") || test.text == ":a" ||
				test.text == "!!str") {
				continue // brackets end the text; to the library that colon is a key's, and brackets belong to a tag
			}
			n := mustParse(t, doc)
			for n.Kind == Mapping || n.Kind == Sequence {
				n = append(n.Items, n.Get("k"))[0]
			}
			if n.Kind != test.kind || n.Text != test.want {
				t.Errorf("%q: got kind %d %q, want kind %d %q", doc, n.Kind, n.Text, test.kind, test.want)
			}
		}
	}
}

func TestParse_LongTexts(t *testing.T) {
	tests := []struct{ name, doc, want string }{
		{"plain", "a: one\n  two\n\n  three\n\n\n  four\nb: 1", "one two\nthree\n\nfour"},
		{"plain with dashes", "a: one\n  - two\nb: 1", "one - two"},
		{"plain at the top", "one\ntwo", ""},
		{"plain ends at a comment", "a: one\n  # two\nb: 1", "one"},
		{"plain in brackets", "a: [one\n two\n\n three]", ""},
		{"double quotes", "a: \"one  \n  two\n\n  three \\\n   four\\\n\n  five\"", "one two\nthree four\nfive"},
		{"escaped blanks stay", "a: \"one\\t \n two\\  \n three\"", "one\t two  three"},
		{"single quotes", "a: 'one\n  two\n\n\n  three'", "one two\n\nthree"},
		{"a break at the end of quotes", "a: 'x\n  '", "x "},
		{"literal", "a: |\n  one\n   two\n\n  three\n\n\nb: 1", "one\n two\n\nthree\n"},
		{"literal, all breaks", "a: |+\n  one\n\n\nb: 1", "one\n\n\n"},
		{"literal, no break", "a: |-\n  one\n\n\nb: 1", "one"},
		{"literal at the end of the file", "a: |\n  one", "one"},
		{"literal with a comment", "a: | # c\n  # one\n  two\n# end", "# one\ntwo\n"},
		{"literal indented by a digit", "a: |2\n    one\n  two\n", "  one\ntwo\n"},
		{"literal, digit and mark", "a: |+2\n    one\n\n", "  one\n\n"},
		{"literal, mark and digit", "a: |2-\n    one\n\n", "  one"},
		{"empty literal", "a: |\nb: 1", ""},
		{"empty literal with a digit", "x:\n  a: |2+\n  b: 1", ""},
		{"empty literal, all breaks", "a: |+\n\n\nb: 1", "\n\n"},
		{"empty literal before a shorter line", "a: |+\n     \nb:\n  c: 1", "\n"},
		{"literal of blank lines only", "a: |+\n   \n", "\n"},
		{"literal with leading blank lines", "a: |\n\n\n  one\n", "\n\none\n"},
		{"literal with tabs", "a: |\n  one\n  \ttwo\n  \n", "one\n\ttwo\n"},
		{"literal with blanks in a blank line", "a: |\n  one\n     \n  two\n", "one\n   \ntwo\n"},
		{"folded", "a: >\n  one\n  two\n\n  three\n", "one two\nthree\n"},
		{"folded, indented lines keep breaks", "a: >\n  one\n    two\n  three\n\n    four\n\n  five\n",
			"one\n  two\nthree\n\n  four\n\nfive\n"},
		{"folded, no break", "a: >-\n  one\n  two\n", "one two"},
		{"literal in a list", "a: |\n  - x: |\n", "- x: |\n"},
		{"literal ends at a document mark", "a: |\n x\n...\n", "x\n"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			n := mustParse(t, test.doc)
			got := n.Get("a")
			switch {
			case n.Kind == String:
				got, test.want = n, "one two"
			case got == nil:
				got = n.Get("x").Get("a")
			case got.Kind == Sequence:
				got, test.want = got.Items[0], "one two\nthree"
			}
			if got.Kind != String || got.Text != test.want {
				t.Errorf("%q: got %q, want %q", test.doc, got.Text, test.want)
			}
		})
	}
}

func TestParse_LiteralAtTheTop(t *testing.T) {
	for doc, want := range map[string]string{
		"|\n one\n two\n":    "one\ntwo\n",
		"--- |1\n one\n":     "one\n",
		"- |1\n  x\n- |\n y": `[" x\n","y"]`,
	} {
		n := mustParse(t, doc)
		got := n.Text
		if n.Kind == Sequence {
			got = string(n.JSON())
		}
		if got != want {
			t.Errorf("%q: got %q, want %q", doc, got, want)
		}
	}
}

func TestParse_DuplicateKeys(t *testing.T) {
	many, members := make([]string, 20), make([]string, 20)
	for i := range many {
		many[i], members[i] = fmt.Sprintf("k%d: %d", i, i), fmt.Sprintf(`"k%d":%d`, i, i)
	}
	tests := []struct{ name, doc, errors, json string }{
		{"yaml", "a: 1\nb: 2\na: 3", `f:3:1: the key "a" is repeated; it is first at line 1, column 1; keep one`,
			`{"a":3,"b":2}`},
		{"json", `{"a":1,"b":{"c":2, "c":3},"a":4}`,
			"f:1:20: the key \"c\" is repeated; it is first at line 1, column 13; keep one\nf:1:27: the key \"a\" is repeated; " +
				"it is first at line 1, column 2; keep one", `{"a":4,"b":{"c":3}}`},
		{"brackets", "x: {a: 1, a: 2}", `f:1:11: the key "a" is repeated; it is first at line 1, column 5; keep one`,
			`{"x":{"a":2}}`},
		{"three times", "a: 1\na: 2\na: 3",
			"f:2:1: the key \"a\" is repeated; it is first at line 1, column 1; keep one\nf:3:1: the key \"a\" is repeated; " +
				"it is first at line 1, column 1; keep one", `{"a":3}`},
		{"quoted and plain", "a: 1\n\"a\": 2", `f:2:1: the key "a" is repeated; it is first at line 1, column 1; keep one`,
			`{"a":2}`},
		{"merge key and text", "a: {\"<<\": 1, <<: {b: 2}}",
			`f:1:14: the key "<<" is repeated; it is first at line 1, column 5; keep one`, `{"a":{"<<":{"b":2}}}`},
		{"among many", strings.Join(many, "\n") + "\nk7: 1",
			`f:21:1: the key "k7" is repeated; it is first at line 8, column 1; keep one`,
			"{" + strings.Replace(strings.Join(members, ","), `"k7":7`, `"k7":1`, 1) + "}"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			n, found := Parse("f", []byte(test.doc))
			if found.Error() != test.errors {
				t.Errorf("got  %v\nwant %s", found, test.errors)
			}
			if got := string(n.JSON()); test.json != "" && got != test.json {
				t.Errorf("got %s, want %s", got, test.json)
			}
		})
	}
}

func TestParse_MergeKeys(t *testing.T) {
	tests := []struct{ name, doc, want string }{
		{"one", "a: &a {x: 1, y: 2}\nb:\n  z: 0\n  <<: *a\n  y: 3", `{"a":{"x":1,"y":2},"b":{"z":0,"x":1,"y":3}}`},
		{"own keys are stronger before it too", "a: &a {x: 1, y: 2}\nb: {x: 5, <<: *a}",
			`{"a":{"x":1,"y":2},"b":{"x":5,"y":2}}`},
		{"earlier of a list are stronger", "b:\n  <<: [{x: 1}, {x: 2, y: 3}]", `{"b":{"x":1,"y":3}}`},
		{"nothing left to bring", "b:\n  <<: {x: 1}\n  x: 2", `{"b":{"x":2}}`},
		{"quoted it is a key", "b: {\"<<\": {x: 1}}\nc:\n  '<<': 1", `{"b":{"<<":{"x":1}},"c":{"<<":1}}`},
		{"in JSON it is a key", `{"<<": {"x": 1}}`, `{"<<":{"x":1}}`},
		{"longer keys are keys", "a:\n  <<<: 1", `{"a":{"<<<":1}}`},
	}
	for _, test := range tests {
		if got := string(mustParse(t, test.doc).JSON()); got != test.want {
			t.Errorf("%s: got %s, want %s", test.name, got, test.want)
		}
	}
}

func TestParse_AliasesShare(t *testing.T) {
	n := mustParse(t, "a: &a [1]\nb: *a\nc: {d: *a}\ne: &a 2\nf: *a")
	if n.Get("a") != n.Get("b") || n.Get("a") != n.Get("c").Get("d") {
		t.Error("an alias is not the node it names")
	}
	if n.Get("f").Text != "2" {
		t.Error("a reused name still means the old node")
	}
}

func TestParse_AliasBomb(t *testing.T) {
	bomb := func(levels int) string {
		var doc strings.Builder
		doc.WriteString("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n")
		for i := range levels {
			aliases := strings.Join(slicesRepeat(fmt.Sprintf("*a%d", i), 10), ", ")
			fmt.Fprintf(&doc, "a%d: &a%d [%s]\n", i+1, i+1, aliases)
		}
		return doc.String()
	}
	// Each level has 10 aliases of the level below it: 110, 1,110 … nodes, so that five levels are
	// too many.
	if _, found := Parse("f", []byte(bomb(4))); len(found) != 0 {
		t.Errorf("four levels: %v", found)
	}
	want := `the aliases expand to more than 1000000 values; write fewer aliases of aliases`
	for _, levels := range []int{5, 30} {
		_, found := Parse("f", []byte(bomb(levels)))
		if len(found) != 1 || !strings.HasSuffix(found.Error(), want) || found[0].Pos.Line != 6 {
			t.Errorf("%d levels: got %v, want %s on line 6", levels, found, want)
		}
	}
}

func TestParse_AliasBombOfText(t *testing.T) {
	doc := "a: &a " + strings.Repeat("x", 100_000) + "\nb: [" + strings.Repeat("*a, ", 1000) + "]"
	if _, found := Parse("f", []byte(doc)); len(found) != 1 ||
		!strings.HasPrefix(found[0].What, "the aliases expand to more than") {
		t.Errorf("got %v", found)
	}
}

func TestParse_AliasBombOfKeys(t *testing.T) {
	keys := make([]string, 1000)
	for i := range keys {
		keys[i] = fmt.Sprintf("k%d: 1", i)
	}
	doc := func(aliases int) string {
		return "a: &a {" + strings.Join(keys, ", ") + "}\nb: [" + strings.Repeat("*a, ", aliases) + "]"
	}
	if _, found := Parse("f", []byte(doc(499))); len(found) != 0 {
		t.Errorf("499 times 1 mapping, 1000 keys and 1000 values: %v", found)
	}
	if _, found := Parse("f", []byte(doc(500))); len(found) != 1 ||
		!strings.HasPrefix(found[0].What, "the aliases expand to more than") {
		t.Errorf("500 times: %v", found)
	}
}

// How deep the document was before an anchor does not count for the anchor.
func TestParse_DepthOfAnAnchor(t *testing.T) {
	nest := func(depth int, within string) string {
		return strings.Repeat("[", depth) + within + strings.Repeat("]", depth)
	}
	if _, found := Parse("f", []byte("x: "+nest(900, "")+"\na: &a [1]\nb: "+nest(900, "*a"))); len(found) != 0 {
		t.Error(found)
	}
}

func slicesRepeat(s string, n int) []string {
	return strings.Split(strings.TrimSuffix(strings.Repeat(s+" ", n), " "), " ")
}

func TestParse_Depth(t *testing.T) {
	nest := func(depth int, open, shut string) string {
		return strings.Repeat(open, depth) + strings.Repeat(shut, depth)
	}
	for name, doc := range map[string]func(depth int) string{
		"json lists":    func(d int) string { return nest(d, "[", "]") },
		"json mappings": func(d int) string { return strings.Repeat(`{"a":`, d) + "1" + strings.Repeat("}", d) },
		"brackets":      func(d int) string { return "- " + nest(d-1, "[", "]") },
		"dashes":        func(d int) string { return strings.Repeat("- ", d) + "x" },
		"pairs in lists": func(d int) string {
			return "- " + strings.Repeat("[", d-2) + "a: 1" +
				strings.Repeat("]", d-2)
		},
		"aliases": func(d int) string {
			half := d/2 - 2
			return "a: &a " + nest(half, "[", "]") + "\nb: " + strings.Repeat("[", d-half-1) + "*a" +
				strings.Repeat("]", d-half-1)
		},
	} {
		if _, found := Parse("f", []byte(doc(MaxDepth))); len(found) != 0 {
			t.Errorf("%s: depth %d: %v", name, MaxDepth, found)
		}
		for _, depth := range []int{MaxDepth + 1, 1_000_000} {
			_, found := Parse("f", []byte(doc(depth)))
			if len(found) != 1 || found[0].What != "nesting is deeper than 1000" {
				t.Errorf("%s: depth %d: %v", name, depth, found)
			}
		}
	}
}

func TestParse_ErrorsHaveCodes(t *testing.T) {
	for doc, want := range map[string]string{"": "empty", "#": "empty", "a\xff": "encoding", "a\x02": "encoding",
		"\xff\xfe": "encoding", "[": "syntax", "a: [": "syntax", "a: 1\na: 1": "duplicate-key",
		"[{\"a\":1,\"a\":1}]": "duplicate-key"} {
		if _, found := Parse("f", []byte(doc)); len(found) != 1 || found[0].Code != want ||
			found[0].Severity != diag.Error {
			t.Errorf("%q: got %+v, want code %s", doc, found, want)
		}
	}
}

func TestParse_PanicOfTheLibrary(t *testing.T) {
	err := guarded(func() error { panic("internal error") })
	s := newSource("f", "a: 1\nb: 2")
	if got := s.syntax(err).Error(); got != "f:1:1: internal error" {
		t.Errorf("got %s", got)
	}
}
