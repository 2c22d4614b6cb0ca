package pathtemplate_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/resgen/resgen/resilience/pathtemplate"
)

// show writes the parts of a template with bars between them.
func show(t pathtemplate.Template) string {
	var parts []string
	for _, p := range t.Parts {
		if p.IsExpression() {
			parts = append(parts, "<"+p.Name+">")
		} else {
			parts = append(parts, p.Literal)
		}
	}
	return strings.Join(parts, "|")
}

func TestParse(t *testing.T) {
	for text, want := range map[string]string{
		"":                      "",
		"/":                     "/",
		"/pets":                 "/pets",
		"/pets/{petId}":         "/pets/|<petId>",
		"/{a}{b}/c":             "/|<a>|<b>|/c",
		"/a/{id}/b/{id}":        "/a/|<id>|/b/|<id>",
		"/report.{format}":      "/report.|<format>",
		"/a?x={x}&y=1":          "/a?x=|<x>|&y=1",
		"/a%7Bb%7D":             "/a%7Bb%7D",
		"/{+path}":              "/|<+path>",
		"/search{?q,lang}":      "/search|<?q,lang>",
		"/{ü}/{a b}":            "/|<ü>|/|<a b>",
		"https://{region}.a.b/": "https://|<region>|.a.b/",
	} {
		got, err := pathtemplate.Parse(text)
		if err != nil {
			t.Errorf("Parse(%q): %v", text, err)
		}
		if show(got) != want {
			t.Errorf("Parse(%q) = %s, want %s", text, show(got), want)
		}
		if got.String() != text {
			t.Errorf("Parse(%q).String() = %q", text, got.String())
		}
		for _, p := range got.Parts {
			if part := p.Literal + p.Name; !strings.HasPrefix(strings.TrimPrefix(text[p.Offset:], "{"), part) {
				t.Errorf("Parse(%q): offset %d of %q is wrong", text, p.Offset, part)
			}
		}
	}
}

func TestParse_Errors(t *testing.T) {
	for _, c := range []struct {
		text    string
		offset  int
		problem string
		parts   string
	}{
		{"/a/b}", 4, "brace was not opened", "/a/b}"},
		{"/a/{b{c}}", 5, "brace within braces", "/a/{b|<c>|}"},
		{"/a/}{b}", 3, "brace was not opened", "/a/}|<b>"},
		{"/a/{{b}}", 4, "brace within braces", "/a/{|<b>|}"},
		{"/{}", 1, "braces without a name", "/{}"},
		{"/{a}/{}", 5, "braces without a name", "/|<a>|/{}"},
		{"/{", 1, "brace is not closed", "/{"},
		{"/{a", 1, "brace is not closed", "/{a"},
		{"/{a}/{b", 5, "brace is not closed", "/|<a>|/{b"},
		{"}", 0, "brace was not opened", "}"},
		{"}}{", 0, "brace was not opened", "}}{"},
	} {
		got, err := pathtemplate.Parse(c.text)
		var syntax *pathtemplate.SyntaxError
		if !errors.As(err, &syntax) {
			t.Errorf("Parse(%q): error %v, want a SyntaxError", c.text, err)
			continue
		}
		if syntax.Offset != c.offset || syntax.Problem != c.problem || syntax.Template != c.text {
			t.Errorf("Parse(%q): %v, want %s at offset %d", c.text, err, c.problem, c.offset)
		}
		if show(got) != c.parts {
			t.Errorf("Parse(%q) = %s, want %s", c.text, show(got), c.parts)
		}
	}
}

func TestSyntaxError_Error(t *testing.T) {
	_, err := pathtemplate.Parse("/a/b}")
	if want := `path template "/a/b}": brace was not opened at offset 4`; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestTemplate_Names(t *testing.T) {
	template, err := pathtemplate.Parse("/{b}/{a}/{b}/c")
	if err != nil {
		t.Fatal(err)
	}
	if got := template.Names(); !slices.Equal(got, []string{"b", "a"}) {
		t.Errorf("names %q, want b and a", got)
	}
}

func TestPart_Operator(t *testing.T) {
	for text, want := range map[string]byte{"/{a}": 0, "/{+a}": '+', "{?a,b}": '?', "{;a}": ';',
		"{*a}": '*', "/a": 0, "/+a": 0} {
		template, _ := pathtemplate.Parse(text)
		if got := template.Parts[len(template.Parts)-1].Operator(); got != want {
			t.Errorf("operator of %q is %q, want %q", text, got, want)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, text := range []string{"/a/{b}", "/a/b}", "/a/{b{c}}", "/a/}{b}", "/a/{{b}}", "{}"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		template, err := pathtemplate.Parse(text)
		if template.String() != text {
			t.Errorf("Parse(%q).String() = %q", text, template.String())
		}
		balanced := strings.Count(text, "{") == strings.Count(text, "}")
		if err == nil && !balanced {
			t.Errorf("Parse(%q) found no problem", text)
		}
	})
}

func TestScanner_DoesNotAllocate(t *testing.T) {
	names := ""
	allocs := testing.AllocsPerRun(100, func() {
		s := pathtemplate.Scan("/a/{b}/c{d}e?f={g}")
		for part, ok := s.Next(); ok; part, ok = s.Next() {
			if part.Name != "" {
				names = part.Name
			}
		}
	})
	if allocs != 0 || names != "g" {
		t.Errorf("got %v allocations, last name %q; want none, and g", allocs, names)
	}
}

func TestPart_Variables(t *testing.T) {
	for text, want := range map[string]struct {
		variables string
		plain     bool
	}{
		"{a}":             {"a", true},
		"{a-b.c}":         {"a-b.c", true},
		"{+a}":            {"a", false},
		"{*a}":            {"a", false},
		"{#a}":            {"a", false},
		"{?q,lang}":       {"q lang", false},
		"{&q}":            {"q", false},
		"{a,,b}":          {"a b", false},
		"{;list*}":        {"list|*", false},
		"{a+}":            {"a|+", false},
		"{a:3,b}":         {"a|:3 b", false},
		"{id:[0-9]+}":     {"id|:[0-9]+", false},
		"{name=pets/*}":   {"name|=pets/*", false},
		"{a?}":            {"a|?", false},
		"{+}":             {"", true},
		"{**}":            {"*", false},
		"{:}":             {":", true},
		"/only/a/literal": {"", true},
	} {
		template, _ := pathtemplate.Parse(text)
		part := template.Parts[len(template.Parts)-1]
		var got []string
		for _, v := range part.Variables() {
			one := v.Name
			if v.Modifier != "" {
				one += "|" + v.Modifier
			}
			got = append(got, one)
		}
		if s := strings.Join(got, " "); s != want.variables || part.IsPlain() != want.plain {
			t.Errorf("%s: got %q, plain %t, want %q, %t", text, s, part.IsPlain(), want.variables, want.plain)
		}
	}
}
