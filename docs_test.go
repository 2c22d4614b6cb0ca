package resgen_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// Links and paths in the documentation must name files that exist.
func TestDocs_PathsExist(t *testing.T) {
	pages, err := filepath.Glob("docs/*/*.md")
	if err != nil {
		t.Fatal(err)
	}
	pages = append(pages, "README.md", "CONTRIBUTING.md", "docs/README.md", "docs/architecture.md",
		"docs/fault-matrix.md", "docs/stories.md")
	for _, page := range pages {
		data, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for _, link := range links(string(data)) {
			if !exists(filepath.Join(filepath.Dir(page), link)) {
				t.Errorf("%s links to %s, which does not exist", page, link)
			}
		}
		if strings.HasPrefix(page, "docs/decisions/") {
			continue // decisions are not updated when files are renamed later
		}
		for _, path := range sourcePaths(string(data)) {
			if !exists(path) {
				t.Errorf("%s mentions %s, which does not exist", page, path)
			}
		}
	}
}

// The architecture page lists every package of the generator and of the runtime.
func TestDocs_ListPackages(t *testing.T) {
	page, err := os.ReadFile("docs/architecture.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range projectPackages(t) {
		name := p.name()
		listed := strings.HasPrefix(name, "generator/") || strings.HasPrefix(name, "resilience/")
		if listed && !strings.HasSuffix(name, "test") && !strings.Contains(string(page), "| `"+name+"` |") {
			t.Errorf("docs/architecture.md does not list %s", name)
		}
	}
}

func TestDocs_FindsPaths(t *testing.T) {
	text := "See [A](a.md#part), [B](https://example.com) and [C](#c). `generator/plan/*.go`, `resilience.Call`, " +
		"`./...` " +
		"and `clients/spapi` are code, and so are `f[T](err)` and\n\n```go\nDetail[T](err)\n```\n"
	if got := strings.Join(links(text), " "); got != "a.md" {
		t.Errorf("links %q", got)
	}
	if got := strings.Join(sourcePaths(text), " "); got != "generator/plan/*.go clients/spapi" {
		t.Errorf("paths %q", got)
	}
}

var (
	codeBlock  = regexp.MustCompile("(?ms)^ *```.*?^ *```")
	inlineCode = regexp.MustCompile("`[^`\n]*`")
	linkTarget = regexp.MustCompile(`\]\(([^)#:]+)(?:#[^)]*)?\)`)
	codePath   = regexp.MustCompile("`((?:cmd|generator|resilience|clients|examples|internal|specs|testdata|docs)/[^` ]+)`")
)

// links returns the targets of links to files. Code has none.
func links(page string) []string {
	return matches(linkTarget, inlineCode.ReplaceAllString(codeBlock.ReplaceAllString(page, ""), ""))
}

// sourcePaths returns the paths in code spans that begin with a folder of the project.
func sourcePaths(page string) []string { return matches(codePath, page) }

func matches(pattern *regexp.Regexp, text string) []string {
	var list []string
	for _, m := range pattern.FindAllStringSubmatch(text, -1) {
		list = append(list, m[1])
	}
	return list
}

// exists reports whether a path, or a pattern, names a file.
func exists(path string) bool {
	found, err := filepath.Glob(path)
	return err == nil && len(found) > 0
}
