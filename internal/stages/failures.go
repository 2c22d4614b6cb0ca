package main

import (
	"regexp"
	"slices"
	"strings"
)

// A failure is a package that failed, or the end of an output that belongs to no package.
type failure struct {
	pkg    string     // "" for output that belongs to no package
	reason string     // what the go command says in brackets, for example "build failed"
	tests  []string   // tests that failed, without those that failed because of a subtest
	parts  [][]string // lines about each test, panic or race
}

// failures finds the failures in a stage's output. The zero value is ready for use.
//
// The go command prints all lines of a package before the line "FAIL package", and no lines of
// packages that passed. Errors of compilers come earlier, after the line "# package".
type failures struct {
	found  []failure
	chunk  []string  // lines since the last package
	builds []failure // errors of compilers, by package
	inside bool      // the last line belongs to the last one of builds
	other  []string  // last lines that belong to no package
}

// Lengths of output that belongs to no package: alone, and with packages that failed.
const (
	otherAlone = 20
	otherMore  = 5
)

var (
	failedTest  = regexp.MustCompile(`^ *--- FAIL: (\S+)`)
	runningTest = regexp.MustCompile(`^\t\t(\S+) \(.*\)$`)
	crash       = regexp.MustCompile(`^(panic: |fatal error: |WARNING: DATA RACE)`)
	compiler    = regexp.MustCompile(`^(vet: |package |too many errors|\t|\S+\.\w+:\d+)`)
	noise       = regexp.MustCompile(`^(FAIL|=+|exit status \d+|go: downloading .*)?$`)
	makeFailed  = regexp.MustCompile(`^make(\[\d+\])?: \*\*\*`)
)

// read takes a line of output into account.
func (f *failures) read(line string) {
	fields := strings.Fields(line)
	result := strings.Contains(line, "\t") && len(fields) > 1
	switch {
	case len(fields) == 0, noise.MatchString(line):
		return
	case result && fields[0] == "FAIL":
		f.add(fields[1], line)
	case result && (fields[0] == "ok" || fields[0] == "?"), fields[0] == "step":
		f.pass()
	case fields[0] == "#" && len(fields) > 1:
		f.build(strings.Trim(fields[1], "[]"))
		return
	case f.inside && compiler.MatchString(line):
		last := &f.builds[len(f.builds)-1]
		line = strings.TrimPrefix(line, "vet: ")
		if !slices.Contains(last.parts[0], line) { // it is printed for the package and for its tests
			last.parts[0] = append(last.parts[0], line)
		}
		return
	default:
		f.chunk = append(f.chunk, line)
	}
	f.inside = false
}

// build begins the errors of a compiler in a package, or goes on with them.
func (f *failures) build(pkg string) {
	i := slices.IndexFunc(f.builds, func(b failure) bool { return b.pkg == pkg })
	last := failure{pkg: pkg, parts: [][]string{nil}}
	if i >= 0 {
		last = f.builds[i]
		f.builds = slices.Delete(f.builds, i, i+1)
	}
	f.builds, f.inside = append(f.builds, last), true
}

// add records that the package failed to which the lines so far belong.
func (f *failures) add(pkg, line string) {
	n := failure{pkg: pkg, tests: testsOf(f.chunk), parts: partsOf(f.chunk)}
	f.chunk = nil
	if _, reason, ok := strings.Cut(line, " ["); ok {
		n.reason = strings.TrimSuffix(reason, "]")
		f.pass()
	}
	f.found = append(f.found, n)
}

// pass records that the lines so far belong to no package that failed.
func (f *failures) pass() {
	f.other = append(f.other, f.chunk...)
	f.other = f.other[max(0, len(f.other)-otherAlone):]
	f.chunk = nil
}

// all returns the failures. Nothing may be read afterwards.
func (f *failures) all() []failure {
	f.pass()
	all := f.found
	for _, b := range f.builds {
		i := slices.IndexFunc(all, func(n failure) bool { return n.pkg == b.pkg && n.reason != "" })
		if i < 0 {
			all = append(all, b)
			continue
		}
		all[i].parts = append(all[i].parts, b.parts...)
	}
	// The words of make say why nothing follows. They are of use only if nothing else is known.
	other := slices.DeleteFunc(slices.Clone(f.other), makeFailed.MatchString)
	if len(all) == 0 && len(other) == 0 {
		other = f.other
	}
	if len(all) > 0 {
		other = other[max(0, len(other)-otherMore):]
	}
	if len(other) > 0 {
		all = slices.Insert(all, 0, failure{parts: [][]string{other}})
	}
	return all
}

// testsOf returns the tests that failed according to the output of a package.
func testsOf(chunk []string) []string {
	var names []string
	timeout := slices.Contains(chunk, "\trunning tests:")
	for _, line := range chunk {
		m := failedTest.FindStringSubmatch(line)
		if m == nil && timeout {
			m = runningTest.FindStringSubmatch(line)
		}
		if m != nil {
			names = append(names, m[1])
		}
	}
	all := slices.Clone(names)
	return slices.DeleteFunc(names, func(name string) bool {
		return slices.ContainsFunc(all, func(other string) bool { return strings.HasPrefix(other, name+"/") })
	})
}

// partsOf splits the output of a package. Lines before the first failure are left out, if there is
// one.
func partsOf(chunk []string) [][]string {
	begins := func(line string) bool { return strings.HasPrefix(line, "--- FAIL: ") || crash.MatchString(line) }
	if i := slices.IndexFunc(chunk, begins); i >= 0 {
		chunk = chunk[i:]
	}
	var parts [][]string
	for i, line := range chunk {
		if i == 0 || begins(line) {
			parts = append(parts, nil)
		}
		last := len(parts) - 1
		parts[last] = append(parts[last], line)
	}
	return parts
}
