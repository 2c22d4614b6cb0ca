package comment

import (
	"go/format"
	"go/parser"
	"go/token"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestLines(t *testing.T) {
	long := strings.Repeat("word ", 16) // 80 columns
	tests := []struct {
		name, text string
		want       []string
	}{
		{"empty", " \n ", nil},
		{"a sentence", "Returns an item.", []string{"Returns an item."}},
		{"wrapped at 77", long, []string{strings.TrimSpace(strings.Repeat("word ", 15)), "word"}},
		{"77 columns stay", strings.Repeat("x", 75) + " y", []string{strings.Repeat("x", 75) + " y"}},
		{"78 columns do not", strings.Repeat("x", 76) + " y", []string{strings.Repeat("x", 76), "y"}},
		{"columns are characters", strings.Repeat("é", 75) + " y", []string{strings.Repeat("é", 75) + " y"}},
		{"a long word stays whole", strings.Repeat("u", 100), []string{strings.Repeat("u", 100)}},
		{"lines of one paragraph join", "one\ntwo", []string{"one two"}},
		{"paragraphs", "one\n\n\ntwo", []string{"one", "", "two"}},
		{"every kind of newline", "a\r\rb\r\n\r\nc\u2028\u2029d\u0085\u0085e", []string{"a", "", "b", "", "c", "", "d", "", "e"}},
		{"HTML breaks", "a<br><BR />b<p>c", []string{"a", "", "b c"}},
		{"list", "These:\n* one\n- two\n+ three\nand on", []string{"These:", "", "  - one", "  - two", "  - three and on"}},
		{"text after a list", "- one\n\nafter", []string{"  - one", "", "after"}},
		{"numbers", "1. one\n10) ten", []string{" 1. one", " 10. ten"}},
		{"items wrap under their text", "- " + long, []string{"  - " + strings.TrimSpace(strings.Repeat("word ", 14)), "    word word"}},
		{"table", "See\n| a | b |\n| --- | ---: |\n| 1 | 2 |\nend", []string{"See", "", "\t| a | b |", "\t| 1 | 2 |", "", "end"}},
		{"heading", "## Title\ntext", []string{"Title", "", "text"}},
		{"heading without text", "a\n#\nb", []string{"a", "", "b"}},
		{"ruler", "a\n---\nb", []string{"a", "", "b"}},
		{"end of comment", "a */ b", []string{"a * / b"}},
		{"build line", "+build ignore", []string{"(+build) ignore"}},
		{"control and direction marks", "a\x00b\ufeffc\u202ed\te", []string{"abcd e"}},
		{"broken UTF-8", "a\xffb", []string{"a�b"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := Lines(tt.text); !slices.Equal(got, tt.want) {
				t.Errorf("Lines(%q)\ngot  %q\nwant %q", tt.text, got, tt.want)
			}
		})
	}
}

// Each break is one without the others beside it.
func TestClean_EachBreakAlone(t *testing.T) {
	for _, mark := range []string{"\r", "\r\n", "\v", "\f", "\u0085", "\u2028", "\u2029", "<br>", "<BR/>", "<p>", "</p>"} {
		if got := clean("a" + mark + "b"); got != "a\nb" {
			t.Errorf("clean with %q gives %q, want a newline in its place", mark, got)
		}
	}
}

func TestOne(t *testing.T) {
	if got, want := One(" a\nb\u2028c */\t+build"), "a b c */ +build"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestSentence(t *testing.T) {
	for text, want := range map[string]string{"": "", "a": "a.", "a. ": "a.", "a:": "a:", "a!": "a!", "a?": "a?", "é": "é."} {
		if got := Sentence(text); got != want {
			t.Errorf("Sentence(%q) = %q, want %q", text, got, want)
		}
	}
}

func TestFirst(t *testing.T) {
	tests := []struct{ text, first, rest string }{
		{"", "", ""},
		{"One.", "One.", ""},
		{"One. Two. Three.", "One.", "Two. Three."},
		{"One\nline. Two.", "One line.", "Two."},
		{"Title\n\nBody. More.", "Title", "Body. More."},
		{"Takes e.g. Two. Then", "Takes e.g. Two.", "Then"},
		{"Has approx. Two. Then", "Has approx. Two.", "Then"},
		{"Etc. Two. Then", "Etc. Two.", "Then"},
		{"Version 1.2 is. it. Yes.", "Version 1.2 is. it.", "Yes."},
		{"Ends.\nNext.", "Ends.", "Next."},
	}
	for _, tt := range tests {
		if first, rest := First(tt.text); first != tt.first || rest != tt.rest {
			t.Errorf("First(%q) = %q, %q; want %q, %q", tt.text, first, rest, tt.first, tt.rest)
		}
	}
}

// FuzzLines holds the promise of the package: whatever the text, what comes out is comment and nothing else.
func FuzzLines(f *testing.F) {
	for _, seed := range []string{"", "a */ b", "//go:generate rm", "\r//line x:1", "- a\n1. b\n|c|", "# x\n\n[a]: b\n", "+build x", "\u2028x", "\tcode\n\n    more"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		src := "package p\n\n// X gets.\n//\n//\tGET " + One(text) + "\n//\n"
		for _, line := range Lines(text) {
			if !utf8.ValidString(line) || strings.ContainsAny(line, "\n\r") {
				t.Fatalf("line %q", line)
			}
			src += strings.TrimRight("// "+line, " ") + "\n"
		}
		src += "type T int\n"
		onlyComments(t, src)
	})
}

func onlyComments(t *testing.T, src string) {
	t.Helper()
	out, err := format.Source([]byte(src))
	if err != nil {
		t.Fatalf("%v\n%s", err, src)
	}
	again, err := format.Source(out)
	if err != nil || string(again) != string(out) {
		t.Fatalf("gofmt changes its own output: %v\n%s\n%s", err, out, again)
	}
	file, err := parser.ParseFile(token.NewFileSet(), "p.go", out, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	if len(file.Decls) != 1 {
		t.Fatalf("more than comments:\n%s", out)
	}
	for _, group := range file.Comments {
		for _, c := range group.List {
			if !strings.HasPrefix(c.Text, "// ") && c.Text != "//" && !strings.HasPrefix(c.Text, "//\t") {
				t.Fatalf("directive %q", c.Text)
			}
		}
	}
}
