package main

import (
	"archive/zip"
	"bytes"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// clone returns a git repository with four modules that can be released as v0.2.0, changed by
// files: an empty text deletes a file.
func clone(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{
		"go.mod": "module github.com/resgen/resgen\n\ngo 1.26.0\n\n" +
			"require github.com/resgen/resgen/resilience v0.1.0\n",
		"go.work": "go 1.26.0\n\nuse (\n\t.\n\t./resilience\n)\n\n" +
			"replace github.com/resgen/resgen/resilience v0.1.0 => ./resilience\n",
		"main.go": "package main\n", "LICENSE": "Apache\n", "CHANGELOG.md": "# Changelog\n\n## Unreleased\n",
		"resilience/go.mod": "module github.com/resgen/resgen/resilience\n\ngo 1.26.0\n",
		"resilience/a.go":   "package resilience\n", "tools/go.mod": "module tools\n", "bin/x": "x",
		"resilience/otelresilience/go.mod": "module github.com/resgen/resgen/resilience/otelresilience\n\n" +
			"require github.com/resgen/resgen/resilience v0.1.0\n",
		"resilience/redisstore/go.mod": "module github.com/resgen/resgen/resilience/redisstore\n\n" +
			"require github.com/resgen/resgen/resilience v0.1.0\n",
	} {
		if other, ok := files[name]; ok {
			text = other
		}
		if text != "" {
			write(t, dir, name, text)
		}
	}
	inGit(t, dir, "init", "-q")
	write(t, dir, ".git/info/exclude", "bin\n")
	inGit(t, dir, "add", ".")
	inGit(t, dir, "commit", "-q", "-m", "all")
	return dir
}

func inGit(t *testing.T, dir string, args ...string) {
	t.Helper()
	cmd := exec.Command("git", append([]string{"-c", "user.name=a", "-c", "user.email=a@example.com"}, args...)...)
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("git %s: %v\n%s", args, err, out)
	}
}

// zipped returns the names in a zip, sorted.
func zipped(t *testing.T, dir, name string) []string {
	t.Helper()
	z, err := zip.OpenReader(filepath.Join(dir, filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	var names []string
	for _, f := range z.File {
		names = append(names, f.Name)
	}
	slices.Sort(names)
	return names
}

func TestRelease_Check(t *testing.T) {
	const requireLater = "module github.com/resgen/resgen\n\nrequire github.com/resgen/resgen/resilience v0.3.0\n"
	const ignored = "module github.com/resgen/resgen\n\nreplace a => ./resilience\n\nexclude b v1.0.0\n\ntool c/d\n"
	for _, tt := range []struct {
		name, version string
		files         map[string]string
		after         func(t *testing.T, dir string)
		want          []string
	}{
		{name: "ready", version: "v0.2.0"},
		{name: "a later version than the required one", version: "v1.0.0"},
		{name: "no v", version: "0.2.0", want: []string{"VERSION 0.2.0: has no v; write v0.2.0"}},
		{name: "not canonical", version: "v0.2", want: []string{"VERSION v0.2: is not a version; write vX.Y.Z"}},
		{name: "not a version", version: "next", want: []string{"VERSION next: is not a version; write vX.Y.Z"}},
		{name: "major version 2", version: "v2.0.0",
			want: []string{"VERSION v2.0.0: needs /v2 at the end of all module paths"}},
		{name: "a pseudo-version", version: "v0.0.0-20260101000000-abcdefabcdef",
			want: []string{"VERSION v0.0.0-20260101000000-abcdefabcdef: is a pseudo-version; write vX.Y.Z"}},
		{name: "what users ignore", version: "v0.2.0", files: map[string]string{"go.mod": ignored},
			want: []string{
				"go.mod:3: replace: users of the module ignore it; delete it",
				"go.mod:5: exclude: users of the module ignore it; delete it",
				"go.mod:7: tool: its requirements reach all users; move it to tools",
			}},
		{name: "a later requirement", version: "v0.2.0", files: map[string]string{"go.mod": requireLater},
			want: []string{"go.mod:3: requires github.com/resgen/resgen/resilience@v0.3.0, which is later than v0.2.0; " +
				"require v0.2.0"}},
		{name: "no license", version: "v0.2.0", files: map[string]string{"LICENSE": ""},
			want: []string{"LICENSE: does not exist, and modules without it cannot be used; add it"}},
		{name: "not committed", version: "v0.2.0",
			after: func(t *testing.T, dir string) {
				write(t, dir, "new/a.go", "package a\n")
				write(t, dir, "new/b.go", "package a\n")
			},
			want: []string{"new/a.go: is not committed (files of this kind: 2); commit or delete them"}},
		{name: "tags", version: "v0.2.0",
			after: func(t *testing.T, dir string) {
				for _, tag := range []string{"v0.2.0", "v0.1.0", "resilience/v0.2.1", "vague", "resilience/v0.1.9"} {
					inGit(t, dir, "tag", tag)
				}
			},
			want: []string{
				"VERSION v0.2.0: is lower than resilience/v0.2.1, which is tagged; use a higher one",
				"tag v0.2.0: exists, and a released version never changes; use a higher version",
			}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := clone(t, tt.files)
			if tt.after != nil {
				tt.after(t, dir)
			}
			r, err := newRelease(dir, tt.version)
			if err != nil {
				t.Fatal(err)
			}
			if got := r.check(); !slices.Equal(got, tt.want) {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(tt.want, "\n"))
			}
		})
	}
}

func TestRun(t *testing.T) {
	dir := clone(t, nil)
	for _, tt := range []struct {
		name        string
		args        []string
		code        int
		out, errors string // parts
	}{
		{"no version", nil, 2, "", "release: want one version; run: make release VERSION=v0.2.0\n"},
		{"an empty version", []string{""}, 2, "", "release: want one version; run: make release VERSION=v0.2.0\n"},
		{"an unknown flag", []string{"-x", "v0.2.0"}, 2, "", "flag provided but not defined: -x"},
		{
			"a problem", []string{"-root", dir, "x"}, 1, "",
			"VERSION x: is not a version; write vX.Y.Z\nx cannot be released yet\n",
		},
		{"not a clone", []string{"-root", t.TempDir(), "v0.2.0"}, 1, "", "git ls-files: exit status 128: "},
		{
			"a wrong requirement", []string{"-root", dir, "-require", "v2"}, 1, "",
			"VERSION v2: is not a version; write vX.Y.Z\n",
		},
		{"the first release", []string{"-root", dir, "v0.2.0"}, 0, `
to release v0.2.0:
 1. CHANGELOG.md: move the entries under Unreleased to v0.2.0, and commit
 2. git tag -s resilience/v0.2.0 -m resilience/v0.2.0 && git push origin resilience/v0.2.0
 3. resilience/otelresilience/go.mod:3: requires github.com/resgen/resgen/resilience@v0.1.0; ` +
			`run 'make require VERSION=v0.2.0', and commit
 4. git tag -s resilience/otelresilience/v0.2.0 -m resilience/otelresilience/v0.2.0 && ` +
			`git push origin resilience/otelresilience/v0.2.0
 5. resilience/redisstore/go.mod:3: requires github.com/resgen/resgen/resilience@v0.1.0; ` +
			`run 'make require VERSION=v0.2.0', and commit
 6. git tag -s resilience/redisstore/v0.2.0 -m resilience/redisstore/v0.2.0 && ` +
			`git push origin resilience/redisstore/v0.2.0
 7. go.mod:5: requires github.com/resgen/resgen/resilience@v0.1.0; run 'make require VERSION=v0.2.0', and commit
 8. git tag -s v0.2.0 -m v0.2.0 && git push origin v0.2.0
`, ""},
		{"require", []string{"-root", dir, "-require", "v0.2.0"}, 0, "", ""},
		{"uncommitted", []string{"-root", dir, "v0.2.0"}, 1, "", "v0.2.0 cannot be released yet\n"},
		{"a draft", []string{"-root", dir, "-draft", "-out", t.TempDir(), "v0.2.0"}, 0, "zipped ", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var out, errs bytes.Buffer
			code := run(tt.args, &out, &errs)
			if code != tt.code || !strings.Contains(out.String(), tt.out) ||
				!strings.Contains(errs.String(), tt.errors) {
				t.Errorf("exit %d\nstdout %s\nstderr %s\nwant exit %d\nstdout %s\nstderr %s", code, out.String(),
					errs.String(), tt.code, tt.out, tt.errors)
			}
		})
	}
	if got, want := read(t, dir, "go.mod"), "resilience v0.2.0\n"; !strings.HasSuffix(got, want) {
		t.Errorf("go.mod ends with %q, want %q", got, want)
	}
	want := "replace github.com/resgen/resgen/resilience v0.2.0 => ./resilience\n"
	if got := read(t, dir, "go.work"); !strings.HasSuffix(got, want) || strings.Contains(got, "v0.1.0") {
		t.Errorf("go.work is %q, want %q at the end", got, want)
	}
	write(t, dir, "CHANGELOG.md", "# Changelog\n\n## 0.2.0\n")
	inGit(t, dir, "commit", "-q", "-a", "-m", "release")
	var out bytes.Buffer
	if code := run([]string{"-root", dir, "-out", t.TempDir(), "v0.2.0"}, &out, &out); code != 0 {
		t.Errorf("exit %d: %s", code, out.String())
	}
	steps := "1. git tag -s resilience/v0.2.0 -m resilience/v0.2.0 && git push origin resilience/v0.2.0\n" +
		" 2. git tag -s resilience/otelresilience/v0.2.0 -m resilience/otelresilience/v0.2.0 && " +
		"git push origin resilience/otelresilience/v0.2.0\n" +
		" 3. git tag -s resilience/redisstore/v0.2.0 -m resilience/redisstore/v0.2.0 && " +
		"git push origin resilience/redisstore/v0.2.0\n" +
		" 4. git tag -s v0.2.0 -m v0.2.0 && git push origin v0.2.0\n"
	if !strings.HasSuffix(out.String(), steps) {
		t.Errorf("got %s\nwant %s", out.String(), steps)
	}
}
