package main

import (
	"strings"
	"time"
)

// A state is how far a stage is.
type state uint8

const (
	waiting state = iota
	running
	passed
	failed
	skipped
)

// A stage is one target, and what is known of it.
type stage struct {
	name      string
	state     state
	begun     time.Time
	took      time.Duration // wall time
	processor time.Duration // time of all its processes
	packages  int           // packages whose tests passed
	last      string        // latest step that its output names
	reason    string        // why it did not run
	failures  failures
}

// note takes a line of output into account. It reports whether the line is to be printed.
func (s *stage) note(line string) bool {
	fields := strings.Fields(line)
	switch {
	case len(fields) == 0:
		return false
	case fields[0] == "ok" && strings.Contains(line, "\t"):
		s.packages++
		s.last = fields[1]
		return false
	case fields[0] == "?" && strings.HasSuffix(line, "[no test files]"):
		return false
	case fields[0] == "step":
		s.last = strings.Join(fields[1:], " ")
		return false
	}
	if reason, ok := strings.CutPrefix(line, "skipped: "); ok {
		s.reason = reason
		return false
	}
	return true
}

// end records the end of the stage's command.
func (s *stage) end(err error, took, processor time.Duration) {
	s.took, s.processor = took, processor
	switch {
	case err != nil:
		s.state = failed
	case s.reason != "":
		s.state = skipped
	default:
		s.state = passed
	}
}
