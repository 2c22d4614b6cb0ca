package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"

	"github.com/resgen/resgen/resilience/batch"
)

// A progress shows the progress of batches, one after the other: a bar with an estimate on a
// terminal, otherwise a line for each tenth. It is safe for concurrent use.
type progress struct {
	to       io.Writer
	terminal bool

	mu    sync.Mutex
	bar   *progressbar.ProgressBar // nil: no batch is running, or there is no terminal
	tenth int                      // the last one that a line was printed for
}

func newProgress(to io.Writer) *progress {
	file, ok := to.(*os.File)
	return &progress{to: to, terminal: ok && term.IsTerminal(int(file.Fd()))}
}

// Write prints log lines above the bar.
func (p *progress) Write(lines []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.bar != nil {
		_ = p.bar.Clear()
	}
	return p.to.Write(lines)
}

// say prints a line above the bar.
func (p *progress) say(format string, args ...any) { fmt.Fprintf(p, format+"\n", args...) }

// show shows the state of a batch.
func (p *progress) show(s batch.Progress) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.terminal {
		p.showBar(s)
		return
	}
	tenth := s.Settled * 10 / max(1, s.Total)
	switch {
	case s.Settled == 0, s.Finished:
		p.tenth = 0
	case tenth > p.tenth && tenth < 10:
		p.tenth = tenth
		fmt.Fprintf(p.to, "%s: %d of %d SKUs, about %s left\n", what(s), s.Settled, s.Total, s.Left.Round(time.Second))
	}
}

// showBar updates the bar. It begins with the first state of a batch and ends with the last.
func (p *progress) showBar(s batch.Progress) {
	if p.bar == nil {
		p.bar = progressbar.NewOptions(s.Total, progressbar.OptionSetWriter(p.to), progressbar.OptionShowCount(),
			progressbar.OptionSetPredictTime(true), progressbar.OptionSetWidth(20), progressbar.OptionFullWidth(),
			progressbar.OptionThrottle(100*time.Millisecond), progressbar.OptionSetElapsedTime(true))
	}
	p.bar.Describe(strings.Join(append([]string{what(s)}, states(s)...), ", "))
	_ = p.bar.Set(s.Settled)
	if s.Finished {
		_ = p.bar.Exit()
		fmt.Fprintln(p.to)
		p.bar = nil
	}
}

// what says what a batch does.
func what(s batch.Progress) string {
	if s.Job == surveyName {
		return "stock"
	}
	return "listings"
}

// states returns the counts that a user wants to see early.
func states(s batch.Progress) (list []string) {
	bad := s.Settled
	for _, o := range []batch.Outcome{batch.Done, batch.AlreadySo} {
		bad -= s.Counts[o]
	}
	if bad > 0 {
		list = append(list, fmt.Sprintf("%d not done", bad))
	}
	if s.Waiting > 0 {
		list = append(list, fmt.Sprintf("%d waiting", s.Waiting))
	}
	return list
}
