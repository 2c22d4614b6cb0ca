package main

import (
	"strings"
	"testing"
)

// Existing files are kept; .gitattributes gets the lines that it lacks.
func TestInit_ExistingFiles(t *testing.T) {
	for _, tt := range []struct{ name, before, after, note string }{
		{"other lines", "*.go text\n", "*.go text\n*.gen.go text eol=lf linguist-generated\nRESILIENCE.md text " +
			"eol=lf\n",
			"changed  .gitattributes                added *.gen.go text eol=lf linguist-generated; RESILIENCE.md text eol=lf"},
		{"no end of line", "*.go text", "*.go text\n*.gen.go text eol=lf linguist-generated\nRESILIENCE.md text " +
			"eol=lf\n",
			"changed  .gitattributes                added *.gen.go text eol=lf linguist-generated; RESILIENCE.md text eol=lf"},
		{"lines of Windows and one of the lines", "  RESILIENCE.md text eol=lf\r\n",
			"  RESILIENCE.md text eol=lf\r\n*.gen.go text eol=lf linguist-generated\r\n",
			"changed  .gitattributes                added *.gen.go text eol=lf linguist-generated"},
		{"all lines", "*.gen.go text eol=lf linguist-generated\nRESILIENCE.md text eol=lf\n",
			"*.gen.go text eol=lf linguist-generated\nRESILIENCE.md text eol=lf\n",
			"kept     .gitattributes                it has the lines"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			before := map[string]string{
				"go.mod": consumerMod, "pets.yaml": petstore, ".gitattributes": tt.before, "policy.yaml": "defaults: " +
					"{}\n",
				".github/workflows/resgen.yml": "name: mine\n",
			}
			dir := consumer(t, before)
			out, _, err := initIn(t, dir, &fakeGo{}, initOptions{ci: true}, "pets.yaml")
			if err != nil {
				t.Fatal(err)
			}
			after := treeOf(t, dir)
			for name, text := range before {
				if name == ".gitattributes" {
					text = tt.after
				}
				if name != "go.mod" && after[name] != text {
					t.Errorf("%s is %q, want %q", name, after[name], text)
				}
			}
			for _, line := range []string{
				tt.note, "kept     policy.yaml                   it exists", "kept     .github/workflows/resgen.yml  " +
					"it exists",
			} {
				if !strings.Contains(out, line+"\n") {
					t.Errorf("got\n%s\nwant %q in it", out, line)
				}
			}
		})
	}
}
