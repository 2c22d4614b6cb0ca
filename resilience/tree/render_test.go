package tree

import (
	"math"
	"strings"
	"testing"

	"github.com/resgen/resgen/resilience/diag"
)

func TestNode_JSON(t *testing.T) {
	tests := []struct{ doc, want string }{
		{"z: 1\na: [x, true, null, {}]\nm: {b: [], a: ''}", `{"z":1,"a":["x",true,null,{}],"m":{"b":[],"a":""}}`},
		{`{"a":  1.50e+10, "b":"\u0041\n\t\"\\é\u0001\u2028"}`,
			"{\"a\":1.50e+10,\"b\":\"A\\n\\u0009\\\"\\\\é\\u0001\u2028\"}"},
		{"[1, 0, -0, 10, 0.5, 1e5, 123456789012345678901234567890]",
			`[1,0,-0,10,0.5,1e5,123456789012345678901234567890]`},
		{"- 0x1F\n- 0o17\n- +5\n- 007\n- -00.5\n- .5\n- -.5\n- 5.\n- 5.e3\n- +.5E-3\n- 1_000\n- 00",
			`[31,15,5,7,-0.5,0.5,-0.5,5,5e3,0.5E-3,"1_000",0]`},
		{"- 0xFFFFFFFFFFFFFFFFFF\n- 0o0", `[4722366482869645000000,0]`},
		{"- .inf\n- -.Inf\n- .NaN\n- 1e999", `[".inf","-.Inf",".NaN",1e999]`},
		{"true: x\n1: y\n\"a\\\"b\": z", `{"true":"x","1":"y","a\"b":"z"}`},
		{"- \"\\e\\x7f\\x1f\"", "[\"\\u001b\x7f\\u001f\"]"},
	}
	for _, test := range tests {
		if got := string(mustParse(t, test.doc).JSON()); got != test.want {
			t.Errorf("%s:\n got %s\nwant %s", test.doc, got, test.want)
		}
	}
	if got := string((*Node)(nil).JSON()); got != "null" {
		t.Errorf("nil: %s", got)
	}
}

func TestNode_Float(t *testing.T) {
	tests := []struct {
		text string
		want float64
	}{
		{"0", 0}, {"-1.5", -1.5}, {"+2", 2}, {"0x1f", 31}, {"0x1F", 31}, {"0o17", 15}, {".5", 0.5}, {"5.", 5},
		{"1e3", 1000},
		{".inf", math.Inf(1)}, {"+.INF", math.Inf(1)}, {"-.Inf", math.Inf(-1)}, {"1e400", math.Inf(1)},
		{"-1e400", math.Inf(-1)},
	}
	for _, test := range tests {
		if got, ok := (&Node{Kind: Number, Text: test.text}).Float(); !ok || got != test.want {
			t.Errorf("%s: got %v %v, want %v", test.text, got, ok, test.want)
		}
	}
	if got, ok := (&Node{Kind: Number, Text: ".NaN"}).Float(); !ok || !math.IsNaN(got) {
		t.Errorf("NaN: got %v %v", got, ok)
	}
	for _, n := range []*Node{nil, {Kind: String, Text: "1"}, {Kind: Null, Text: "null"}} {
		if got, ok := n.Float(); ok || got != 0 {
			t.Errorf("%v: got %v %v", n, got, ok)
		}
	}
}

func TestNode_Lookup(t *testing.T) {
	n := mustParse(t, "paths:\n  /a/b:\n    get: [x, {y: 1}]\n  c~d: 2\n  \"\": 3\n  a%20b: 4\n")
	tests := []struct{ pointer, want, key string }{
		{"", n.Pos.String(), "f:1:1"}, {"#", n.Pos.String(), "f:1:1"},
		{"/paths/~1a~1b/get", "f:3:10", "f:3:5"}, {"#/paths/~1a~1b/get/0", "f:3:11", "f:3:11"},
		{"/paths/~1a~1b/get/1/y", "f:3:18", "f:3:15"},
		{"/paths/c~0d", "f:4:8", "f:4:3"}, {"/paths/", "f:5:7", "f:5:3"}, {"/paths/a%20b", "f:6:10", "f:6:3"},
		{"/paths/~1a~1b/get/2", "", ""}, {"/paths/~1a~1b/get/-1", "", ""}, {"/paths/~1a~1b/get/01", "", ""},
		{"/paths/~1a~1b/get/x", "", ""}, {"/paths/~1a~1b/get/+1", "", ""},
		{"/paths/none", "", ""}, {"/paths/c~0d/deeper", "", ""}, {"paths", "", ""}, {"/", "", ""},
	}
	for _, test := range tests {
		got := ""
		if at := n.Lookup(test.pointer); at != nil {
			got = at.Pos.String()
		}
		if key := n.KeyPos(test.pointer).String(); got != test.want || key != test.key {
			t.Errorf("%q: got value %s, key %s; want %s, %s", test.pointer, got, key, test.want, test.key)
		}
	}
	if (*Node)(nil).Lookup("") != nil || (*Node)(nil).KeyPos("/a") != (diag.Position{}) {
		t.Error("a nil tree has something")
	}
}

func TestUnescape_Order(t *testing.T) {
	if got := unescape("~01"); got != "~1" {
		t.Errorf("~01 is %q, want ~1", got)
	}
}

func TestNode_GetAndEntries(t *testing.T) {
	n := mustParse(t, "a: 1\nb: 2")
	if n.Get("b").Text != "2" || n.Get("c") != nil || n.Get("a").Get("x") != nil || (*Node)(nil).Get("a") != nil {
		t.Error("Get finds the wrong thing")
	}
	if len(n.Entries()) != 2 || n.Get("a").Entries() != nil || (*Node)(nil).Entries() != nil {
		t.Error("Entries are wrong")
	}
}

func TestExcerpt(t *testing.T) {
	doc := "\uFEFFa: 1\r\nb:\tx\ré: ü\n" + strings.Repeat("0123456789", 30) + "\n\x1b[1m\u202e\u009f\u2029end"
	at := func(line, column int) diag.Position { return diag.Position{Line: line, Column: column} }
	tests := []struct {
		name string
		pos  diag.Position
		want string
	}{
		{"first line", at(1, 1), "1 | a: 1\n  | ^\n"},
		{"a tab", at(2, 4), "2 | b: x\n  |    ^\n"},
		{"bytes against characters", at(3, 5), "3 | é: ü\n  |    ^\n"},
		{"the end of the line", at(1, 5), "1 | a: 1\n  |     ^\n"},
		{"beyond the line", at(1, 99), "1 | a: 1\n  |     ^\n"},
		{"no column", at(1, 0), "1 | a: 1\n  | ^\n"},
		{"cut on the right", at(4, 1), "4 | " + strings.Repeat("0123456789", 10) + "…\n  | ^\n"},
		{"cut on both sides", at(4, 151), "4 | …" + strings.Repeat("0123456789", 10) + "…\n  |  " +
			strings.Repeat(" ", 50) + "^\n"},
		{"cut on the left", at(4, 301), "4 | …" + strings.Repeat("0123456789", 10) + "\n  |  " +
			strings.Repeat(" ", 100) + "^\n"},
		{"nothing for a terminal to obey", at(5, 5), "5 | ?[1m???end\n  |     ^\n"},
		{"no line", at(0, 1), ""},
		{"beyond the file", at(6, 1), ""},
	}
	for _, test := range tests {
		if got := Excerpt([]byte(doc), test.pos); got != test.want {
			t.Errorf("%s:\n got %q\nwant %q", test.name, got, test.want)
		}
	}
	if got := show("\u2027\u2028\u202e\u202f\u2065\u2066\u2069\u206a\x1f \x7e\x7f\u009f\u00a0\ufffd"); got != "\u2027??\u202f\u2065??\u206a? ~??\u00a0?" {
		t.Errorf("show: %q", got)
	}
	if got := Excerpt([]byte(strings.Repeat("\n", 11)+"x"), at(12, 1)); got != "12 | x\n   | ^\n" {
		t.Errorf("two digits: %q", got)
	}
}
