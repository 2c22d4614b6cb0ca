package main

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/resgen/resgen/resilience/batch"
)

// Without a terminal there is a line for each tenth, but none for the end.
func TestProgress_Lines(t *testing.T) {
	var b bytes.Buffer
	p := newProgress(&b)
	for _, job := range []string{surveyName, "x"} {
		for n := range 31 {
			p.show(batch.Progress{Job: job, Total: 30, Settled: n, Left: 90 * time.Second})
		}
		p.show(batch.Progress{Job: job, Total: 30, Settled: 30, Finished: true})
	}
	p.say("a %s", "note")
	lines := strings.Split(b.String(), "\n")
	if len(lines) != 20 || lines[0] != "stock: 3 of 30 SKUs, about 1m30s left" ||
		lines[8] != "stock: 27 of 30 SKUs, about 1m30s left" ||
		lines[9] != "listings: 3 of 30 SKUs, about 1m30s left" ||
		lines[18] != "a note" {
		t.Errorf("got\n%s", &b)
	}
}

// On a terminal there is a bar that names what needs attention, and lines are printed above it.
func TestProgress_Bar(t *testing.T) {
	var b bytes.Buffer
	p := &progress{to: &b, terminal: true}
	p.show(batch.Progress{Job: "x", Total: 4})
	p.show(batch.Progress{Job: "x", Total: 4, Settled: 2, Waiting: 1, Counts: map[batch.Outcome]int{
		batch.Done: 1, batch.Failed: 1,
	}})
	p.say("a note")
	p.show(batch.Progress{Job: "x", Total: 4, Settled: 4, Finished: true, Counts: map[batch.Outcome]int{
		batch.Done: 2, batch.AlreadySo: 2,
	}})
	text := b.String()
	if !strings.Contains(text, "a note\n") || !strings.HasSuffix(text, "\n") || p.bar != nil ||
		!strings.Contains(text, "listings") {
		t.Errorf("got %q", text)
	}
}

func TestStates(t *testing.T) {
	for _, c := range []struct {
		from batch.Progress
		want string
	}{
		{batch.Progress{}, ""},
		{batch.Progress{Settled: 2, Counts: map[batch.Outcome]int{batch.Done: 1, batch.AlreadySo: 1}}, ""},
		{batch.Progress{Settled: 3, Counts: map[batch.Outcome]int{batch.Done: 1, batch.Unknown: 2}}, "2 not done"},
		{batch.Progress{Waiting: 3}, "3 waiting"},
	} {
		if got := strings.Join(states(c.from), "|"); got != c.want {
			t.Errorf("%+v: %q, want %q", c.from, got, c.want)
		}
	}
}
