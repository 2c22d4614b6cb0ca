package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"testing"
)

func TestPrinter(t *testing.T) {
	for in, want := range map[string]string{
		"":                                  "",
		"a b\tc\nGröße 商品 🚀\n":              "a b\tc\nGröße 商品 🚀\n",
		"::error::x\n":                      "\\u003a:error::x\n",
		"a\n \t::error::x":                  "a\n \t\\u003a:error::x",
		"a.yaml:1:1: ::x std::vector":       "a.yaml:1:1: ::x std::vector",
		": : one\n:x":                       ": : one\n:x",
		"a ##[error]x ##vso[task] ## [ ##a": "a \\u0023#[error]x \\u0023#vso[task] ## [ ##a",
		"\x1b[2J\r\x00\u009b":               `\u001b[2J\u000d\u0000\u009b`,
		"\u202e\u2028\u200f":                `\u202e\u2028\u200f`,
		"\U000e0041":                        `\udb40\udc41`,
		"\xff":                              `\xff`,
	} {
		var out bytes.Buffer
		p := &printer{out: &out}
		if n, err := p.Write([]byte(in)); n != len(in) || err != nil {
			t.Errorf("%q: wrote %d of %d bytes, error %v", in, n, len(in), err)
		}
		if out.String() != want {
			t.Errorf("%q is printed as %q, want %q", in, out.String(), want)
		}
	}
}

func TestPrinter_LineInParts(t *testing.T) {
	var out bytes.Buffer
	p := &printer{out: &out}
	for _, part := range []string{"a", "::b\n", "  ", "::c"} {
		_, _ = p.Write([]byte(part))
	}
	if want := "a::b\n  \\u003a:c"; out.String() != want {
		t.Errorf("printed %q, want %q", out.String(), want)
	}
}

func TestPrinter_JSON(t *testing.T) {
	var out bytes.Buffer
	in := map[string]string{"text": "\u202e ##[x] \U000e0041 \x1b \u2028"}
	if err := json.NewEncoder(&printer{out: &out}).Encode(in); err != nil {
		t.Fatal(err)
	}
	var back map[string]string
	if err := json.Unmarshal(out.Bytes(), &back); err != nil || back["text"] != in["text"] {
		t.Errorf("%s: decodes to %q, error %v", out.String(), back["text"], err)
	}
}

type brokenWriter struct{ err error }

func (w brokenWriter) Write([]byte) (int, error) { return 0, w.err }

func TestPrinter_Error(t *testing.T) {
	broken := errors.New("broken pipe")
	if n, err := (&printer{out: brokenWriter{broken}}).Write([]byte("x")); n != 0 || err != broken {
		t.Errorf("got %d and %v, want 0 and the error of the writer", n, err)
	}
}

// hostile has control characters, line breaks, text direction and commands of CI systems wherever a
// document can have text.
const hostile = `{"openapi": "3.0.3", "info": {"title": "\n::error::title\u202e", "version": "\u001b[2J"},
"\n::error::key": 1,
"paths": {"/a\n::error::path/{\u2028x}": {"get": {
	"operationId": "op\n::error::id", "summary": "\n::error::summary", "x-resgen": {"why": "\n::error::why"},
	"parameters": [{"name": "\u001b]0;x\u0007", "in": "nowhere\n::error::in"}],
	"responses": {"200": {"description": "ok", "content": {"application/json": {"schema": {
		"$ref": "::error::file\n::error::b.yaml#/x"}}}},
	"4\n::error::": {"description": "\u009b##[error]x"}}}}},
"components": {"schemas": {"S\n::error::name": {"allOf": [{"type": "string"}, {"type": "\n::error::type"}]},
"##vso[task.complete]": {"type": "object", "required": ["\u202e"], "properties": {"a\r::error::": {"type": 1}}}}}}`

func TestPrinter_HostileDocument(t *testing.T) {
	for _, severity := range []string{"error", "warning"} {
		dir := project(t)
		put(t, dir, "resgen.yaml", "clients:\n  - {spec: bad.json, output: out, package: out}\n"+
			"severity: {unresolved-reference: "+severity+"}\n")
		put(t, dir, "bad.json", hostile)
		for _, args := range [][]string{
			{"generate"}, {"check"}, {"lint"}, {"lint", "--json"},
			{"explain"}, {"explain", "bad"}, {"explain", "bad", "getA"}, {"explain", "--json"},
			{"explain", "--markdown"},
		} {
			_, stdout, stderr := resgen(t, append([]string{"-C", dir}, args...)...)
			for _, text := range []string{stdout, stderr} {
				p := &printer{}
				if string(p.escape([]byte(text))) != text {
					t.Errorf("%q prints unescaped text:\n%q", args, text)
				}
			}
			if stdout+stderr == "" {
				t.Errorf("%q prints nothing", args)
			}
		}
	}
}
