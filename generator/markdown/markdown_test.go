package markdown_test

import (
	"testing"

	"github.com/resgen/resgen/generator/markdown"
)

func TestEscape(t *testing.T) {
	for text, want := range map[string]string{
		"plain: text, 1 → 2":   "plain: text, 1 → 2",
		"a | b\n\n# c":         "a &#124; b # c",
		"![x](https://y) #1":   `!\[x\](https\://y) #1`,
		"<b> & `c` *d* _e_ @f": "&lt;b&gt; &amp; \\`c\\` \\*d\\* \\_e\\_ &#64;f",
		"www.x ~y~ $z$ \\":     `www\.x \~y\~ \$z\$ \\`,
	} {
		if got := markdown.Escape(text); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}

func TestEscapeComment(t *testing.T) {
	if got, want := markdown.EscapeComment("a | #1 https://y"), `a &#124; \#1 https\://y`; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestCode(t *testing.T) {
	for text, want := range map[string]string{
		"GET /a": "`GET /a`", "a`b": "a\\`b", "a|b": "a&#124;b", "": "",
	} {
		if got := markdown.Code(text); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}

func TestHidden(t *testing.T) {
	if got, want := markdown.Hidden("a --> b"), "a --&gt; b"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
