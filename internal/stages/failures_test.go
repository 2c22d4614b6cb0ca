package main

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
)

// read returns the failures that a stage finds in its output.
func read(output string) []failure {
	var f failures
	for line := range strings.Lines(output) {
		f.read(strings.TrimSuffix(line, "\n"))
	}
	return f.all()
}

func TestFailures(t *testing.T) {
	for name, c := range map[string]struct {
		output string
		want   []failure
	}{
		"nothing": {"", nil},
		"tests": {
			"ok  \texample.com/z\t0.1s\nnoise\n--- FAIL: TestX (0.00s)\n    --- FAIL: TestX/sub (0.00s)\n" +
				"        a_test.go:3: got 1,\n\n            \n            want 2\n--- FAIL: TestXY (0.00s)\n" +
				"    a_test.go:4: logged\nFAIL\nFAIL\texample.com/a\t0.024s\nok  \texample.com/b\t0.1s\nFAIL\n",
			[]failure{{pkg: "example.com/a", tests: []string{"TestX/sub", "TestXY"}, parts: [][]string{
				{
					"--- FAIL: TestX (0.00s)", "    --- FAIL: TestX/sub (0.00s)",
					"        a_test.go:3: got 1,", "            want 2",
				},
				{"--- FAIL: TestXY (0.00s)", "    a_test.go:4: logged"},
			}}},
		},
		"panic of a test": {
			"--- FAIL: TestP (0.00s)\n    c_test.go:3: before\npanic: boom [recovered, repanicked]\n\n" +
				"goroutine 7 [running]:\nexit status 2\nFAIL\texample.com/c\t0.017s\n",
			[]failure{{pkg: "example.com/c", tests: []string{"TestP"}, parts: [][]string{
				{"--- FAIL: TestP (0.00s)", "    c_test.go:3: before"},
				{"panic: boom [recovered, repanicked]", "goroutine 7 [running]:"},
			}}},
		},
		"panic elsewhere": {
			"noise\nfatal error: all goroutines are asleep - deadlock!\nFAIL\texample.com/c\t0.017s\n",
			[]failure{{pkg: "example.com/c", parts: [][]string{
				{"fatal error: all goroutines are asleep - deadlock!"},
			}}},
		},
		"race": {
			"==================\nWARNING: DATA RACE\nRead at 0x00c000096188 by goroutine 9:\n==================\n" +
				"--- FAIL: TestR (0.00s)\n    testing.go:1712: race detected\nFAIL\nFAIL\texample.com/d\t0.032s\n",
			[]failure{{pkg: "example.com/d", tests: []string{"TestR"}, parts: [][]string{
				{"WARNING: DATA RACE", "Read at 0x00c000096188 by goroutine 9:"},
				{"--- FAIL: TestR (0.00s)", "    testing.go:1712: race detected"},
			}}},
		},
		"time": {
			"panic: test timed out after 2s\n\trunning tests:\n\t\tTestSlow (2s)\n\t\tTestSlow/a (1s)\n\n" +
				"goroutine 5 [running]:\nFAIL\texample.com/e\t2.017s\n",
			[]failure{{pkg: "example.com/e", tests: []string{"TestSlow/a"}, parts: [][]string{{
				"panic: test timed out after 2s", "\trunning tests:", "\t\tTestSlow (2s)", "\t\tTestSlow/a (1s)",
				"goroutine 5 [running]:",
			}}}},
		},
		"exit": {
			"log: cannot start\nexit status 1\nFAIL\texample.com/g\t0.01s\n",
			[]failure{{pkg: "example.com/g", parts: [][]string{{"log: cannot start"}}}},
		},
		"build": {
			"# example.com/b [example.com/b.test]\nb/b.go:2:23: cannot use x\n\thave y\n# example.com/b\n" +
				"b/b.go:2:23: cannot use x\n\thave y\nnoise\n" +
				"--- FAIL: TestX (0.00s)\nFAIL\nFAIL\texample.com/a\t0.1s\n" +
				"FAIL\texample.com/b [build failed]\n# example.com/b\nb/b.go:2:23: cannot use x\n" +
				"FAIL\texample.com/f [build failed]\nFAIL\n",
			[]failure{
				{pkg: "example.com/a", tests: []string{"TestX"}, parts: [][]string{{"--- FAIL: TestX (0.00s)"}}},
				{pkg: "example.com/b", reason: "build failed", parts: [][]string{
					{"b/b.go:2:23: cannot use x", "\thave y"},
				}},
				{pkg: "example.com/f", reason: "build failed"},
			},
		},
		"build of an imported package, and vet": {
			"# example.com/b\nb/b.go:2:23: cannot use x\nFAIL\texample.com/f [build failed]\nstep vet x\n" +
				"# example.com/v\n# [example.com/v]\nvet: v/v.go:1:2: unused\nmake: *** [Makefile:28: vet] Error 1\n",
			[]failure{
				{pkg: "example.com/f", reason: "build failed"},
				{pkg: "example.com/b", parts: [][]string{{"b/b.go:2:23: cannot use x"}}},
				{pkg: "example.com/v", parts: [][]string{{"v/v.go:1:2: unused"}}},
			},
		},
		"two packages of one name": { // of two modules, or run twice
			"FAIL\texample.com/a\t0.1s\nFAIL\texample.com/a\t0.2s\n",
			[]failure{{pkg: "example.com/a"}, {pkg: "example.com/a"}},
		},
		"no tests": {
			"x.go:1:2: unused (U1000)\nmake: *** [Makefile:33: lint] Error 1\n",
			[]failure{{parts: [][]string{{"x.go:1:2: unused (U1000)"}}}},
		},
		"prose": {
			"FAIL this is prose\n\tok\nok so is this\n",
			[]failure{{parts: [][]string{{"FAIL this is prose", "\tok", "ok so is this"}}}},
		},
		"only make": {
			"make: *** [Makefile:33: lint] Error 1\n",
			[]failure{{parts: [][]string{{"make: *** [Makefile:33: lint] Error 1"}}}},
		},
		"go command": {
			"go: updates to go.mod needed\nok  \texample.com/a\t0.1s\nFAIL\texample.com/b\t0.1s\n",
			[]failure{{parts: [][]string{{"go: updates to go.mod needed"}}}, {pkg: "example.com/b"}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			if got := read(c.output); !reflect.DeepEqual(got, c.want) {
				t.Errorf("got:\n%q\nwant:\n%q", got, c.want)
			}
		})
	}
}

// Of output that belongs to no package, the last lines are kept: 20, or 5 if packages failed too.
func TestFailures_LastLines(t *testing.T) {
	output := numbered("line %d\n", 1, 30)
	want := strings.Split(strings.TrimSuffix(numbered("line %d\n", 11, 30), "\n"), "\n")
	if got := read(output); !reflect.DeepEqual(got, []failure{{parts: [][]string{want}}}) {
		t.Errorf("got %q", got)
	}
	got := read(output + "ok  \texample.com/a\t1s\nFAIL\texample.com/b\t1s\n")
	if !reflect.DeepEqual(got, []failure{{parts: [][]string{want[15:]}}, {pkg: "example.com/b"}}) {
		t.Errorf("got %q", got)
	}
}

// numbered returns a text for each number.
func numbered(format string, from, to int) string {
	var b strings.Builder
	for i := from; i <= to; i++ {
		fmt.Fprintf(&b, format, i)
	}
	return b.String()
}
