package emit

import (
	"testing"
)

func TestGroupImports(t *testing.T) {
	for source, want := range map[string]string{
		"package p\n":                             "package p\n",
		"package p\n\nimport (\n\t\"io\"\n)\n":    "package p\n\nimport (\n\t\"io\"\n)\n",
		"package p\n\nimport (\n\t\"a.b/c\"\n)\n": "package p\n\nimport (\n\t\"a.b/c\"\n)\n",
		"package p\n\nimport (\n\t\"a.b/c\"\n\t\"io\"\n)\n\nvar x int\n": "package p\n\nimport " +
			"(\n\t\"io\"\n\n\t\"a.b/c\"\n)\n\nvar x int\n",
	} {
		if got := string(groupImports([]byte(source))); got != want {
			t.Errorf("groupImports(%q) = %q, want %q", source, got, want)
		}
	}
}
