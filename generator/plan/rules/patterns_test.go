package rules

import (
	"regexp"
	"testing"
)

// Patterns have the meaning that ECMA-262 gives them.
func TestTranslate(t *testing.T) {
	for _, c := range []struct {
		in, want       string
		match, noMatch []string
	}{
		{"", "", nil, nil},
		{`^a+$`, `^a+$`, []string{"aa"}, []string{"b", "a\n"}},
		{`^\d{2,}\/\w\.$`, `^\d{2,}\/\w\.$`, []string{"12/a."}, []string{"1/a.", "12/ab"}},
		{`^\s$`, "^[" + whitespace + "]$", []string{" ", "\u00a0", "\ufeff", "\v"}, []string{"a", "-", "\u200b"}},
		{`^[\s-x]$`, "^[" + whitespace + "-x]$", []string{"\u2003", "-", "x"}, []string{"y", "s"}},
		{`^[\s\S]$`, "^[" + whitespace + `\S]$`, []string{"\n", "a", "é"}, []string{"ab"}},
		{`^[^]$`, `^[\x00-\x{10ffff}]$`, []string{"\n", "é"}, []string{""}},
		{`[]`, `[^\x00-\x{10ffff}]`, nil, []string{"", "]", "a"}},
		{`^[[:alpha:]]$`, `^[\[:alpha:]]$`, []string{"a]", "[]", ":]"}, []string{"b", "z]"}},
		{`^[a\-z]$`, `^[a\-z]$`, []string{"a", "-", "z"}, []string{"b"}},
		{`^[\]\[]$`, `^[\]\[]$`, []string{"]", "["}, []string{"\\"}},
		{`^\u00e4\xe4\u{1F600}$`, `^\x{00e4}\x{e4}\x{1F600}$`, []string{"ää😀"}, []string{"a"}},
		{`^[\uD83D\uDE00]$`, `^[\x{1f600}]$`, []string{"😀"}, []string{"x"}},
		{`^[\b]\0\cA$`, `^[\x08]\x00\x{1}$`, []string{"\b\x00\x01"}, []string{"b"}},
		{`\ba\b`, `\ba\b`, []string{"an a"}, []string{"an"}},
		{`^\é\e\u\x\-$`, `^éeux\-$`, []string{"éeux-"}, nil},
		{`\Aa\Z`, `\Aa\z`, []string{"a"}, []string{"ba", "a\n"}},
		{`^[\AZ]$`, `^[AZ]$`, []string{"A", "Z"}, []string{"\\"}},
		{`^(?<year>\d{4})$`, `^(?<year>\d{4})$`, []string{"2026"}, []string{"26"}},
		{`é.`, `é.`, []string{"éx"}, []string{"é"}},
		{`a\`, ``, nil, nil},
	} {
		got, problem := translate(c.in)
		if got != c.want || (problem != "") != (c.want == "" && c.in != "") {
			t.Errorf("%s: got %s, %s; want %s", c.in, got, problem, c.want)
			continue
		}
		if got == "" {
			continue
		}
		re := regexp.MustCompile(got)
		for _, s := range c.match {
			if !re.MatchString(s) {
				t.Errorf("%s does not match %q", c.in, s)
			}
		}
		for _, s := range c.noMatch {
			if re.MatchString(s) {
				t.Errorf("%s matches %q", c.in, s)
			}
		}
	}
}

func TestTranslate_NoEquivalent(t *testing.T) {
	const (
		lacks  = "package regexp of Go does not have "
		broken = "it is not a regular expression: "
	)
	for in, want := range map[string]string{
		`^(?!x)a`:      lacks + "(?!",
		`(?<=a)b`:      lacks + "(?<=a)b",
		`a{1001}`:      lacks + "{1001}",
		`(a)\1`:        "it refers back to a group",
		`(?<n>a)\k<n>`: "it refers back to a group",
		`\uD83D`:       "it has half of a character",
		`(`:            broken + "missing closing )",
		`a)`:           broken + "unexpected )",
		`[a`:           broken + "missing closing ]",
		`*a`:           broken + "missing argument to repetition operator",
		`a\`:           broken + "trailing backslash at end of expression",
	} {
		if got, problem := translate(in); got != "" || problem != want {
			t.Errorf("%s: got %q, %q, want %q", in, got, problem, want)
		}
	}
}
