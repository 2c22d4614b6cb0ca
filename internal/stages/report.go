package main

import (
	"fmt"
	"strings"
	"text/tabwriter"
	"time"
)

// progress returns a line about the stages that are running, or "" if there are none.
func progress(stages []*stage, now time.Time) string {
	var parts []string
	for _, s := range stages {
		if s.state == running {
			parts = append(parts, s.name+" "+seconds(now.Sub(s.begun))+s.details())
		}
	}
	if len(parts) == 0 {
		return ""
	}
	return "... " + strings.Join(parts, "; ")
}

// details returns what a running stage has done so far.
func (s *stage) details() string {
	text := ""
	if s.packages > 0 {
		text += fmt.Sprintf(", %d packages passed", s.packages)
	}
	if s.last != "" {
		text += ", last " + s.last
	}
	return text
}

// words returns the state of a stage as the table and the progress show it.
func (s *stage) words() string {
	switch s.state {
	case passed:
		return "passed"
	case failed:
		return "FAILED"
	case skipped:
		return "did not run"
	}
	return "not started"
}

// summary returns the table of all stages, what failed, and the last line. It reports whether no
// stage failed.
func summary(stages []*stage, took time.Duration) (text string, ok bool) {
	var b strings.Builder
	t := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "\nstage\tresult\ttime\tprocessor\tpackages")
	var processor time.Duration
	for _, s := range stages {
		packages := ""
		if s.packages > 0 {
			packages = fmt.Sprint(s.packages)
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\n", s.name, s.words(), seconds(s.took), seconds(s.processor), packages)
		processor += s.processor
	}
	fmt.Fprintf(t, "total\t\t%s\t%s\t\n\n", seconds(took), seconds(processor))
	_ = t.Flush() // a strings.Builder does not fail
	last, ok := verdict(stages)
	if text := digest(stages); text != "" {
		fmt.Fprintln(&b, text)
	}
	return b.String() + last + "\n", ok
}

// verdict returns the last line.
func verdict(stages []*stage) (line string, ok bool) {
	var good, bad, without []string
	for _, s := range stages {
		switch s.state {
		case passed:
			good = append(good, s.name)
		case skipped:
			without = append(without, fmt.Sprintf("%s did not run (%s)", s.name, s.reason))
		default:
			bad = append(bad, s.name)
		}
	}
	var parts []string
	if len(bad) > 0 {
		parts = append(parts, "FAILED: "+strings.Join(bad, ", "))
	}
	if len(good) > 0 {
		parts = append(parts, "passed: "+strings.Join(good, ", "))
	}
	return strings.Join(append(parts, without...), "; "), len(bad) == 0
}

// seconds returns a time as people read it: 9.1s, 1m05s.
func seconds(d time.Duration) string {
	if d < time.Minute {
		return fmt.Sprintf("%.1fs", d.Seconds())
	}
	d = d.Round(time.Second)
	return fmt.Sprintf("%dm%02ds", int(d.Minutes()), int(d.Seconds())%60)
}
