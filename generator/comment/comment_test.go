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
		{
			"every kind of newline",
			"a\r\rb\r\n\r\nc\u2028\u2029d\u0085\u0085e",
			[]string{"a", "", "b", "", "c", "", "d", "", "e"},
		},
		{"HTML breaks", "a<br><BR />b<p>c", []string{"a", "", "b", "", "c"}},
		{
			"list",
			"These:\n* one\n- two\n+ three\nand on",
			[]string{"These:", "", "  - one", "  - two", "  - three and on"},
		},
		{"text after a list", "- one\n\nafter", []string{"  - one", "", "after"}},
		{"numbers", "1. one\n10) ten", []string{" 1. one", " 10. ten"}},
		{
			"items wrap under their text",
			"- " + long,
			[]string{"  - " + strings.TrimSpace(strings.Repeat("word ", 14)), "    word word"},
		},
		{
			"table",
			"See\n| a | b |\n| --- | ---: |\n| 1 | 2 |\nend",
			[]string{"See", "", "\t| a | b |", "\t| 1 | 2 |", "", "end"},
		},
		{"heading", "## Title\ntext", []string{"# Title", "", "text"}},
		{"list below a table", "|a|\n- b\n1. c\nd", []string{"\t|a|", "", "\t- b", "\t1. c d"}},
		{"heading between paragraphs", "a\n# Title #\nb\n## Next", []string{"a", "", "# Title", "", "b", "", "# Next"}},
		{"heading too long for a line", "# " + long, []string{strings.TrimSpace(strings.Repeat("word ", 15)), "word"}},
		{"hash without a space", "#12 is fixed", []string{"#12 is fixed"}},
		{"fenced code", "Call:\n```go\n\n  if x {\n    *p++ // <b>\n\n  }\n```\nDone.",
			[]string{"Call:", "", "\tif x {", "\t  *p++ // <b>", "", "\t}", "", "Done."}},
		{"fence of tildes", "~~~\na\n```\n~~~", []string{"\ta", "\t```"}},
		{"fence that is not closed", "```\n- a\n# b", []string{"\t- a", "\t# b"}},
		{"fence without code", "a\n```\n\n```\nb", []string{"a", "", "b"}},
		{"tab in code", "```\n\ta\n\t\tb\n```", []string{"\ta", "\t    b"}},
		{"long line of code", "```\n  a\n    " + strings.Repeat("x", 60) + " " + strings.Repeat("y", 60) + "\n```",
			[]string{"\ta", "\t  " + strings.Repeat("x", 60), "\t      " + strings.Repeat("y", 60)}},
		{"long word of code", "```\n" + strings.Repeat("x", 200) + "\n```", []string{"\t" + strings.Repeat("x", 200)}},
		{"end of comment in code", "```\na */\n+build x\n```", []string{"\ta * /", "\t(+build) x"}},
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

func TestClean_EveryBreak(t *testing.T) {
	for _, mark := range []string{"\r", "\r\n", "\v", "\f", "\u0085", "\u2028", "\u2029"} {
		if got := clean("a" + mark + "b"); got != "a\nb" {
			t.Errorf("clean with %q returns %q, want a newline in its place", mark, got)
		}
	}
}

func TestWrap(t *testing.T) {
	long := "x describes GET /" + strings.Repeat("a", 70) + "."
	tests := []struct {
		text string
		want []string
	}{
		{"", nil},
		{"- a <b>\n# c", []string{"- a <b> # c"}},
		{long, []string{"x describes GET", "/" + strings.Repeat("a", 70) + "."}},
	}
	for _, tt := range tests {
		if got := Wrap(tt.text); !slices.Equal(got, tt.want) {
			t.Errorf("Wrap(%q) = %q, want %q", tt.text, got, tt.want)
		}
	}
}

func TestOne(t *testing.T) {
	if got, want := One(" a\nb\u2028c */\t+build"), "a b c */ +build"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestSentence(t *testing.T) {
	for text, want := range map[string]string{
		"":    "",
		"a":   "a.",
		"a. ": "a.",
		"a:":  "a:",
		"a!":  "a!",
		"a?":  "a?",
		"é":   "é.",
	} {
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
		{"## Title\n\nBody.", "Title", "Body."},
	}
	for _, tt := range tests {
		if first, rest := First(tt.text); first != tt.first || rest != tt.rest {
			t.Errorf("First(%q) = %q, %q; want %q, %q", tt.text, first, rest, tt.first, tt.rest)
		}
	}
}

// FuzzLines checks that every text becomes a comment and nothing else, and that gofmt does not
// change it.
func FuzzLines(f *testing.F) {
	for _, seed := range []string{
		"", "a */ b", "//go:generate rm", "\r//line x:1", "- a\n1. b\n|c|", "# x\n\n[a]: b\n", "+build x", "\u2028x",
		"\tcode\n\n    more", "```\n- a\n\n\n*/\n", "<ul><li>a<pre>b\n  c</pre><table><tr><td>d", "``a''",
		"Title\n\nTitle two\n\nand text", "# \n\n# #\n",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		lines := append([]string{"X gets.", "", "\tGET " + One(text), ""}, Lines(text)...)
		for _, line := range lines {
			if !utf8.ValidString(line) || strings.ContainsAny(line, "\n\r") {
				t.Fatalf("line %q", line)
			}
		}
		onlyComments(t, "package p\n\n"+Slashes(lines)+"\ntype T int\n")
	})
}

func onlyComments(t *testing.T, src string) {
	t.Helper()
	out, err := format.Source([]byte(src))
	if err != nil {
		t.Fatalf("%v\n%s", err, src)
	}
	if string(out) != src {
		t.Fatalf("gofmt changes the source:\n%s\n%s", src, out)
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
