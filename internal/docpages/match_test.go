package docpages

import "testing"

func TestMatch(t *testing.T) {
	for _, c := range []struct {
		shown, output string
		want          bool
	}{
		{"a\nb\n", "a \nb", true},
		{"a\n", "a\nb\n", false},
		{"a\nb\n", "a\n", false},
		{"\n", "", true},
		{"", "a", false},
		{"…", "", true},
		{"…", "a\nb", true},
		{"a\n…\nd", "a\nb\nc\nd", true},
		{"a\n…\nd", "a\nd", true},
		{"a\n…\nd", "a\nb", false},
		{"in … s", "in 1.5 s", true},
		{"in … s", "in 1.5 m", false},
		{"a.c", "abc", false},
		{"x…", "xyz", true},
		{"x…", "yx", false},
	} {
		if got := Match(c.shown, c.output); got != c.want {
			t.Errorf("%q, %q: %v", c.shown, c.output, got)
		}
	}
}
