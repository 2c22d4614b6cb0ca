package diag

import (
	"strings"
	"testing"
)

func TestPrintable(t *testing.T) {
	for in, want := range map[string]string{
		"":                           "",
		"plain text ~ \"quoted\" \\": "plain text ~ \"quoted\" \\",
		"Größe 商品 🚀":                 "Größe 商品 🚀",
		"a\nb\rc\td":                 `a\nb\rc\td`,
		"\x1b[31mred\x07\x7f":        `\x1b[31mred\a\x7f`,
		"\u009b31m":                  `\u009b31m`,
		"a\u202eb\u2066c\u200bd":     `a\u202eb\u2066c\u200bd`,
		"line\u2028paragraph\u2029":  `line\u2028paragraph\u2029`,
		"tag\U000e0041":              `tag\U000e0041`,
		"bad \xff\xc3 utf-8 \ufffd":  `bad \xff\xc3 utf-8 ` + "\ufffd",
		"no\u00a0break":              `no\u00a0break`,
	} {
		if got := Printable(in); got != want {
			t.Errorf("Printable(%q) = %q, want %q", in, got, want)
		}
	}
}

func FuzzDiagnostic_Error(f *testing.F) {
	f.Add("a.yaml", "operation x", "is wrong", "mend it")
	f.Add("::error::b", "\u202e", "line\nbreak", "\x1b[2J")
	f.Fuzz(func(t *testing.T, file, subject, what, cure string) {
		d := Diagnostic{Pos: Position{File: file, Line: 1, Column: 1}, Subject: subject, What: what, Cure: cure}
		if text := d.Error(); Printable(text) != text {
			t.Errorf("%q has characters that are not printable", text)
		}
	})
}

// Findings quote names of documents, which may have any length.
func TestDiagnostic_ErrorOfALongName(t *testing.T) {
	for _, c := range []struct{ name, want string }{
		{strings.Repeat("ä", 1000), strings.Repeat("ä", 1000)},
		{strings.Repeat("ä", 1001), strings.Repeat("ä", 700) + "…" + strings.Repeat("ä", 200)},
		{strings.Repeat("a", 999) + "\xff", strings.Repeat("a", 999) + `\xff`},
	} {
		d := Diagnostic{Subject: c.name, What: c.name, Cure: c.name}
		if got, want := d.Error(), c.want+": "+c.want+"; "+c.want; got != want {
			t.Errorf("got %d bytes, want %d", len(got), len(want))
		}
	}
}
