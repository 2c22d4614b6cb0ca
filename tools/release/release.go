package main

// This file reads the modules and checks whether they can be released. What it cannot find out from
// files comes from git, in git.go.

import (
	"bytes"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/module"
	"golang.org/x/mod/semver"
)

// published lists the folders of the modules that are released, in the order of their tags: a
// module comes after those that it requires.
var published = []string{"resilience", "resilience/otelresilience", "resilience/redisstore", "."}

// A release is all published modules at one version.
type release struct {
	root    string // of the clone
	version string
	modules []*releasable
	changes string // CHANGELOG.md
	git     state
}

// A releasable is one module to publish.
type releasable struct {
	folder string // relative to the root
	mod    *modfile.File
	files  []string // relative to the folder, sorted
}

// newRelease reads the modules in a clone.
func newRelease(root, version string) (*release, error) {
	r := &release{root: root, version: version}
	var err error
	if r.git, err = readState(root); err != nil {
		return nil, err
	}
	changes, err := os.ReadFile(filepath.Join(root, "CHANGELOG.md"))
	if err != nil {
		return nil, err
	}
	r.changes = string(changes)
	for _, folder := range published {
		file := filepath.Join(root, folder, "go.mod")
		data, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		mod, err := modfile.Parse(path.Join(folder, "go.mod"), data, nil)
		if err != nil {
			return nil, err
		}
		r.modules = append(r.modules, &releasable{folder, mod, filesBelow(r.git.files, folder)})
	}
	return r, nil
}

// filesBelow returns the files in a folder, relative to it.
func filesBelow(files []string, folder string) []string {
	if folder == "." {
		return files
	}
	var list []string
	for _, f := range files {
		if rel, ok := strings.CutPrefix(f, folder+"/"); ok {
			list = append(list, rel)
		}
	}
	return list
}

func (m *releasable) path() string { return m.mod.Module.Mod.Path }

// tag returns the tag of the module for a version.
func (m *releasable) tag(version string) string {
	return strings.TrimPrefix(m.folder+"/"+version, "./")
}

// at returns the position of a line in go.mod.
func (m *releasable) at(line *modfile.Line) string {
	return fmt.Sprintf("%s:%d", m.mod.Syntax.Name, line.Start.Line)
}

// check returns what prevents the release, each with its cure.
func (r *release) check() []string {
	if what := wrongVersion(r.version); what != "" {
		return []string{"VERSION " + r.version + ": " + what}
	}
	var found []string
	if n := len(r.git.changed); n > 0 {
		found = append(found, fmt.Sprintf("%s: is not committed (files of this kind: %d); commit or delete them",
			r.git.changed[0], n))
	}
	for _, m := range r.modules {
		found = append(found, m.check(r.version)...)
		tag := m.tag(r.version)
		if slices.Contains(r.git.tags, tag) {
			found = append(found, "tag "+tag+": exists, and a released version never changes; use a higher version")
		}
		if last := m.last(r.git.tags); semver.Compare(last, r.version) > 0 {
			found = append(found, fmt.Sprintf("VERSION %s: is lower than %s, which is tagged; use a higher one",
				r.version, m.tag(last)))
		}
	}
	if !slices.Contains(r.git.files, "LICENSE") {
		found = append(found, "LICENSE: does not exist, and modules without it cannot be used; add it")
	}
	return found
}

// wrongVersion returns what is wrong with a version.
func wrongVersion(v string) string {
	switch {
	case !semver.IsValid(v) && semver.IsValid("v"+v):
		return "has no v; write v" + v
	case !semver.IsValid(v) || semver.Canonical(v) != v:
		return "is not a version; write vX.Y.Z"
	case module.IsPseudoVersion(v):
		return "is a pseudo-version; write vX.Y.Z"
	case semver.Compare(semver.Major(v), "v1") > 0:
		return "needs /" + semver.Major(v) + " at the end of all module paths"
	}
	return ""
}

// check returns what is wrong with the go.mod of a module for a version.
func (m *releasable) check(version string) []string {
	var found []string
	for _, r := range m.mod.Replace {
		found = append(found, m.at(r.Syntax)+": replace: users of the module ignore it; delete it")
	}
	for _, x := range m.mod.Exclude {
		found = append(found, m.at(x.Syntax)+": exclude: users of the module ignore it; delete it")
	}
	for _, t := range m.mod.Tool {
		found = append(found, m.at(t.Syntax)+": tool: its requirements reach all users; move it to tools")
	}
	for _, q := range m.mod.Require {
		if own(q.Mod.Path) && semver.Compare(q.Mod.Version, version) > 0 {
			found = append(found, fmt.Sprintf("%s: requires %s, which is later than %s; require %s",
				m.at(q.Syntax), q.Mod, version, version))
		}
	}
	return found
}

// own reports whether a module is one of the project.
func own(modulePath string) bool {
	return strings.HasPrefix(modulePath+"/", "github.com/resgen/resgen/")
}

// last returns the highest version among the tags of the module; "" if there is none.
func (m *releasable) last(tags []string) string {
	last := ""
	for _, tag := range tags {
		v, ok := strings.CutPrefix(tag, strings.TrimPrefix(m.folder+"/", "./"))
		if ok && semver.IsValid(v) && semver.Compare(v, last) > 0 {
			last = v
		}
	}
	return last
}

// outdated returns the requirements of modules of the project at another version.
func (m *releasable) outdated(version string) []*modfile.Require {
	return slices.DeleteFunc(slices.Clone(m.mod.Require), func(q *modfile.Require) bool {
		return !own(q.Mod.Path) || q.Mod.Version == version
	})
}

// released returns the go.mod of the module for a version: modules of the project are required at
// the same version.
func (m *releasable) released(version string) ([]byte, error) {
	data, err := m.mod.Format()
	if err != nil {
		return nil, err
	}
	mod, err := modfile.Parse(m.mod.Syntax.Name, data, nil)
	if err != nil {
		return nil, err
	}
	for _, q := range m.outdated(version) {
		if err := mod.AddRequire(q.Mod.Path, version); err != nil {
			return nil, err
		}
	}
	return mod.Format()
}

// steps returns what to do after the check, in order.
func (r *release) steps() string {
	var b bytes.Buffer
	n := 0
	step := func(format string, args ...any) {
		n++
		fmt.Fprintf(&b, "%2d. "+format+"\n", append([]any{n}, args...)...)
	}
	fmt.Fprintf(&b, "\nto release %s:\n", r.version)
	if !strings.Contains(r.changes, "\n## "+strings.TrimPrefix(r.version, "v")) &&
		!strings.Contains(r.changes, "\n## "+r.version) {
		step("CHANGELOG.md: move the entries under Unreleased to %s, and commit", r.version)
	}
	for _, m := range r.modules {
		for _, q := range m.outdated(r.version) {
			step("%s: requires %s; run 'make require VERSION=%s', and commit", m.at(q.Syntax), q.Mod, r.version)
		}
		tag := m.tag(r.version)
		step("git tag -s %s -m %s && git push origin %s", tag, tag, tag)
	}
	return b.String()
}
