package main

import (
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"
)

// A progress shows the progress of a run: a bar with an estimate on a terminal, otherwise a line
// for each tenth.
type progress struct {
	bar   *progressbar.ProgressBar // nil if lines are printed
	to    io.Writer
	total int
	start time.Time

	mu    sync.Mutex // guards to and count
	count int
}

func newProgress(to io.Writer, total int) *progress {
	p := &progress{to: to, total: total, start: time.Now()}
	if total == 0 {
		return p
	}
	if file, ok := to.(*os.File); ok && term.IsTerminal(int(file.Fd())) {
		p.bar = progressbar.NewOptions(total, progressbar.OptionSetWriter(to), progressbar.OptionSetDescription("SKUs"),
			progressbar.OptionShowCount(), progressbar.OptionSetPredictTime(true), progressbar.OptionSetWidth(40),
			progressbar.OptionThrottle(100*time.Millisecond), progressbar.OptionSetElapsedTime(true))
	}
	return p
}

// Write prints a log line above the bar.
func (p *progress) Write(line []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.bar != nil {
		_ = p.bar.Clear()
	}
	return p.to.Write(line)
}

// step counts one SKU. It is safe for concurrent use.
func (p *progress) step() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.count++
	n := p.count
	if p.bar != nil {
		_ = p.bar.Add(1)
		return
	}
	if tenth := max(1, p.total/10); n%tenth == 0 && n < p.total {
		left := time.Duration(float64(time.Since(p.start)) / float64(n) * float64(p.total-n))
		fmt.Fprintf(p.to, "%d of %d SKUs, about %s left\n", n, p.total, left.Round(time.Second))
	}
}

// done ends the line of the bar.
func (p *progress) done() {
	if p.bar != nil {
		_ = p.bar.Exit()
		fmt.Fprintln(p.to)
	}
}
