package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os/exec"
	"sync"
	"time"
)

// quiet is the longest time without a line of output.
const quiet = 10 * time.Second

// A recorder runs stages and prints what they report. It is safe for concurrent use.
type recorder struct {
	begun time.Time

	mu      sync.Mutex
	out     io.Writer
	stages  []*stage
	printed time.Time // when the latest line was printed
}

// all runs all stages, so many at a time.
func (r *recorder) all(ctx context.Context, command func(context.Context, string) *exec.Cmd, lanes int) {
	free := make(chan struct{}, max(lanes, 1))
	var wait sync.WaitGroup
	for _, s := range r.stages {
		free <- struct{}{}
		if ctx.Err() != nil {
			break
		}
		wait.Go(func() {
			defer func() { <-free }()
			r.one(s, command(ctx, s.name))
		})
	}
	wait.Wait()
}

// one runs a stage.
func (r *recorder) one(s *stage, cmd *exec.Cmd) {
	r.do(func() { s.state, s.begun = running, time.Now() })
	read, write := io.Pipe()
	cmd.Stdout, cmd.Stderr = write, write
	cmd.WaitDelay = quiet // at most so long for processes that keep the output open after a cancellation
	var lines sync.WaitGroup
	lines.Go(func() { r.copy(s, read) })
	err := cmd.Run()
	_ = write.Close() // does not fail
	lines.Wait()
	var processor time.Duration
	if p := cmd.ProcessState; p != nil {
		processor = p.UserTime() + p.SystemTime()
	}
	r.do(func() {
		s.end(err, time.Since(s.begun), processor)
		r.print(fmt.Sprintf("%s %s in %s", s.name, s.words(), seconds(s.took)))
	})
}

// copy prints the lines of a stage's output.
func (r *recorder) copy(s *stage, output io.Reader) {
	lines := bufio.NewReader(output)
	for {
		line, err := lines.ReadString('\n')
		if n := len(line); n > 0 && line[n-1] == '\n' {
			line = line[:n-1]
		}
		r.do(func() {
			s.failures.read(line)
			if s.note(line) {
				r.print(s.name + " | " + line)
			}
		})
		if err != nil {
			return
		}
	}
}

// beat prints progress whenever nothing was printed for a while.
func (r *recorder) beat(done <-chan struct{}) {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		select {
		case <-done:
			return
		case now := <-tick.C:
			r.do(func() {
				if line := progress(r.stages, now); line != "" && now.Sub(r.printed) >= quiet {
					r.print(line)
				}
			})
		}
	}
}

// print prints a line. The lock must be held.
func (r *recorder) print(line string) {
	r.printed = time.Now()
	fmt.Fprintln(r.out, line)
}

func (r *recorder) do(f func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	f()
}
