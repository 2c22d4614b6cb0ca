package main

import (
	"fmt"
	"strings"
	"testing"
)

// stageOf returns a stage that failed with an output.
func stageOf(name, output string) *stage {
	s := &stage{name: name, state: failed}
	for line := range strings.Lines(output) {
		s.failures.read(strings.TrimSuffix(line, "\n"))
	}
	return s
}

func TestDigest(t *testing.T) {
	stages := []*stage{
		stageOf("unit", "--- FAIL: TestX (0.00s)\n    a_test.go:3: got 1\nFAIL\nFAIL\texample.com/a\t0.1s\n"+
			"FAIL\texample.com/b [build failed]\nFAIL\texample.com/c\t0.1s\n"),
		stageOf("lint", "x.go:1:2: unused\n"),
		{name: "vet", state: passed},
		{name: "late"}, // canceled
		{name: "silent", state: failed},
	}
	stages[2].failures.read("x.go:1:2: not a failure")
	want := `unit: example.com/a: TestX
    --- FAIL: TestX (0.00s)
        a_test.go:3: got 1
unit: example.com/b: build failed
unit: example.com/c: failed
lint: the last lines of its output:
    x.go:1:2: unused
`
	if got := digest(stages); got != want {
		t.Errorf("got:\n%s", got)
	}
	if got := digest(stages[2:]); got != "" {
		t.Errorf("without output: %q", got)
	}
}

// A failure has at most 20 lines: the first ones, which say what happened, and the last ones.
func TestDigest_LongFailure(t *testing.T) {
	output := "--- FAIL: TestX (0.00s)\n" + numbered("    line %d\n", 1, 20) + "FAIL\texample.com/a\t0.1s\n"
	want := "unit: example.com/a: TestX\n    --- FAIL: TestX (0.00s)\n" + numbered("        line %d\n", 1, 12) +
		"    ... 2 more lines\n" + numbered("        line %d\n", 15, 20)
	if got := digest([]*stage{stageOf("unit", output)}); got != want {
		t.Errorf("got:\n%s", got)
	}
	exact := strings.Replace(output, "    line 20\n", "", 1)
	if got := digest([]*stage{stageOf("unit", exact)}); strings.Contains(got, "...") || strings.Count(got, "\n") != 21 {
		t.Errorf("20 lines:\n%s", got)
	}
}

// All failures together have at most 60 lines, of which each gets its share.
func TestDigest_ManyFailures(t *testing.T) {
	for _, c := range []struct{ packages, tests, lines, heads, total int }{
		{1, 3, 30, 3, 1 + 3*19},     // 59 lines for three tests
		{4, 1, 30, 4, 4 + 4*14},     // 56 lines for four tests
		{10, 2, 5, 20, 10 + 20*2},   // 50 lines for twenty tests
		{1, 100, 3, 58, 1 + 58 + 1}, // one line each, and one for those without a line
		{10, 10, 1, 49, 10 + 49 + 1},
		{100, 1, 0, 20, 20 + 20 + 1}, // 20 packages are named, and one line for the others
	} {
		var output strings.Builder
		for p := range c.packages {
			for i := range c.tests {
				fmt.Fprintf(&output, "--- FAIL: Test%d (0.00s)\n%s", i, numbered("    line %d\n", 1, c.lines))
			}
			fmt.Fprintf(&output, "FAIL\nFAIL\texample.com/p%d\t0.1s\n", p)
		}
		got := digest([]*stage{stageOf("unit", output.String())})
		heads, total := strings.Count(got, "--- FAIL"), strings.Count(got, "\n")
		if heads != c.heads || total != c.total {
			t.Errorf("%+v: %d tests, %d lines:\n%s", c, heads, total, got)
		}
		if strings.Contains(got, "more failures above") != (c.heads < c.packages*c.tests) {
			t.Errorf("%+v:\n%s", c, got)
		}
	}
}

func TestDigest_ManyNames(t *testing.T) {
	output := numbered("--- FAIL: Test%d (0.00s)\n", 1, 12) + "FAIL\texample.com/a\t0.1s\n"
	got, _, _ := strings.Cut(digest([]*stage{stageOf("unit", output)}), "\n")
	want := "unit: example.com/a: Test1, Test2, Test3, Test4, Test5, Test6, Test7, Test8, Test9, Test10, and 2 more"
	if got != want {
		t.Errorf("got %s", got)
	}
}

// A line that is very long is cut between two characters.
func TestDigest_LongLine(t *testing.T) {
	output := "é" + strings.Repeat("é", 300) + "\n"
	want := "lint: the last lines of its output:\n    " + strings.Repeat("é", 100) + " ...\n"
	if got := digest([]*stage{stageOf("lint", output)}); got != want {
		t.Errorf("got:\n%s", got)
	}
}
