package main

import (
	"errors"
	"testing"
	"time"
)

func TestStage_Note(t *testing.T) {
	for _, c := range []struct {
		line, last, reason string
		packages           int
		printed            bool
	}{
		{line: "ok  \texample.com/a/b\t1.2s", last: "example.com/a/b", packages: 1},
		{line: "ok, this is prose", printed: true},
		{line: "?   \texample.com/c\t[no test files]"},
		{line: "? what", printed: true},
		{line: ""},
		{line: "step vet resilience", last: "vet resilience"},
		{line: "skipped: no corpus", reason: "no corpus"},
		{line: "--- FAIL: TestX (0.00s)", printed: true},
		{line: "FAIL\texample.com/a\t0.1s", printed: true},
		{line: "    x_test.go:1: got 1", printed: true},
	} {
		s := &stage{}
		if got := s.note(c.line); got != c.printed {
			t.Errorf("%q: printed %v", c.line, got)
		}
		if s.last != c.last || s.reason != c.reason || s.packages != c.packages {
			t.Errorf("%q: %+v", c.line, s)
		}
	}
}

func TestStage_End(t *testing.T) {
	for _, c := range []struct {
		err    error
		reason string
		want   string
	}{
		{nil, "", "passed"},
		{nil, "no corpus", "did not run"},
		{errors.New("exit status 2"), "", "FAILED"},
		{errors.New("exit status 2"), "no corpus", "FAILED"},
	} {
		s := &stage{reason: c.reason}
		s.end(c.err, 2*time.Second, time.Second)
		if s.words() != c.want || s.took != 2*time.Second || s.processor != time.Second {
			t.Errorf("%v, %q: %s, %+v", c.err, c.reason, s.words(), s)
		}
	}
	if got := (&stage{}).words(); got != "not started" {
		t.Errorf("before: %s", got)
	}
}
