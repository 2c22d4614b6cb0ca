package main

import (
	"fmt"
	"strings"
)

// What the digest shows at most.
const (
	mostLines    = 60 // in all
	mostEach     = 20 // of one failure
	mostPackages = 20
	mostTests    = 10 // names in one line
	mostBytes    = 200
)

// digest returns what somebody must know who sees only the end of the output: the packages and
// tests that failed, and the lines about them.
func digest(stages []*stage) string {
	var heads []string
	var parts [][][]string // of each head
	omitted := 0
	for _, s := range stages {
		if s.state != failed {
			continue
		}
		for _, f := range s.failures.all() {
			if len(heads) == mostPackages {
				omitted++
				continue
			}
			heads, parts = append(heads, f.head(s.name)), append(parts, f.parts)
		}
	}
	each, left := share(parts, mostLines-len(heads)-min(omitted, 1))
	omitted += left
	var b strings.Builder
	for i, head := range heads {
		fmt.Fprintln(&b, head)
		for _, part := range parts[i] {
			for _, line := range cut(part, each) {
				fmt.Fprintln(&b, "    "+short(line))
			}
		}
	}
	if omitted > 0 {
		fmt.Fprintf(&b, "... %d more failures above\n", omitted)
	}
	return b.String()
}

// head returns the line that names a failure of a stage.
func (f *failure) head(stage string) string {
	switch {
	case f.pkg == "":
		return stage + ": the last lines of its output:"
	case len(f.tests) > mostTests:
		return fmt.Sprintf("%s: %s: %s, and %d more", stage, f.pkg, strings.Join(f.tests[:mostTests], ", "),
			len(f.tests)-mostTests)
	case len(f.tests) > 0:
		return fmt.Sprintf("%s: %s: %s", stage, f.pkg, strings.Join(f.tests, ", "))
	case f.reason != "":
		return fmt.Sprintf("%s: %s: %s", stage, f.pkg, f.reason)
	}
	return fmt.Sprintf("%s: %s: failed", stage, f.pkg)
}

// share returns how many lines of each part can be shown, so that all need at most so many. It
// removes the parts for which not even one line is left and returns their number.
func share(parts [][][]string, lines int) (each, left int) {
	var lengths []int
	room := lines - 1 // a line says how many are left out
	for _, list := range parts {
		for _, part := range list {
			lengths = append(lengths, len(part))
		}
	}
	if len(lengths) > lines {
		left = len(lengths) - room
		for i, list := range parts {
			parts[i] = list[:min(len(list), room)]
			room -= len(parts[i])
		}
		return 1, left
	}
	for each = mostEach; each > 1; each-- {
		sum := 0
		for _, n := range lengths {
			sum += min(n, each)
		}
		if sum <= lines {
			break
		}
	}
	return each, 0
}

// cut shortens lines to at most n: two thirds of them are the first ones, the others the last ones.
func cut(lines []string, n int) []string {
	if len(lines) <= n {
		return lines
	}
	if n < 3 {
		return lines[:n]
	}
	first := n * 2 / 3
	last := n - first - 1
	short := append(lines[:first:first], fmt.Sprintf("... %d more lines", len(lines)-n+1))
	return append(short, lines[len(lines)-last:]...)
}

// short returns a line, cut if it is very long.
func short(line string) string {
	if len(line) <= mostBytes {
		return line
	}
	return strings.ToValidUTF8(line[:mostBytes], "") + " ..."
}
