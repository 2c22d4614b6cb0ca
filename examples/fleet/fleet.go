package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"sync"
	"time"

	"github.com/resgen/resgen/examples/internal/demo"
)

// A crew is the processes that run and have run.
type crew struct {
	job    job // of all workers, without a name
	stderr io.Writer

	mu      sync.Mutex
	workers []*process
}

// A process is a worker process.
type process struct {
	name string
	cmd  *exec.Cmd
	hold io.Closer // the worker ends when it is closed
	done chan struct{}

	mu     sync.Mutex
	report report
	ended  bool
}

// runFleet starts everything, shows the table until the time is over or ctx ends, and prints the
// result.
func runFleet(ctx context.Context, f *flags, stdout, stderr io.Writer) error {
	served := newAPI(f)
	url, stop, err := demo.Serve("127.0.0.1:0", served)
	if err != nil {
		return err
	}
	defer stop()
	c := &crew{stderr: demo.Serialize(stderr), job: job{
		API: url, Rate: f.rate, Burst: f.burst, Reserve: f.reserve, CoolDown: f.coolDown,
	}}
	var shared *store
	if !f.alone {
		if shared, err = openStore(ctx, f.redis); err != nil {
			return err
		}
		defer shared.close()
		c.job.Redis = shared.address
	}
	defer c.end()
	for range f.workers {
		if err := c.start(); err != nil {
			return err
		}
	}
	if f.length > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, f.length)
		defer cancel()
	}
	v := newView(f, served, c, shared, stdout)
	var events sync.WaitGroup
	events.Go(func() { c.restart(ctx, f.restart) })
	if f.redisPause > 0 {
		events.Go(func() {
			pause(ctx, f.redisAfter)
			if err := shared.pauseFor(ctx, f.redisPause); err != nil && ctx.Err() == nil {
				fmt.Fprintf(c.stderr, "fleet: %v\n", err)
			}
		})
	}
	v.run(ctx)
	events.Wait()
	v.finish()
	return nil
}

// restart kills the oldest worker and starts another one, again and again.
func (c *crew) restart(ctx context.Context, every time.Duration) {
	for every > 0 {
		pause(ctx, every)
		if ctx.Err() != nil {
			return
		}
		for _, p := range c.all() {
			if p.alive() {
				_ = p.cmd.Process.Kill()
				<-p.done
				break
			}
		}
		if err := c.start(); err != nil {
			fmt.Fprintf(c.stderr, "fleet: %v\n", err)
			return
		}
	}
}

// start starts a worker.
func (c *crew) start() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	j := c.job
	j.Name = fmt.Sprintf("worker-%d", len(c.workers)+1)
	text, err := json.Marshal(j)
	if err != nil {
		return err
	}
	program, err := os.Executable()
	if err != nil {
		return err
	}
	p := &process{name: j.Name, cmd: exec.Command(program), done: make(chan struct{})}
	p.cmd.Env = append(os.Environ(), jobVariable+"="+string(text))
	p.cmd.Stderr = c.stderr
	if p.hold, err = p.cmd.StdinPipe(); err != nil {
		return err
	}
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := p.cmd.Start(); err != nil {
		return err
	}
	c.workers = append(c.workers, p)
	go p.read(out)
	return nil
}

// read reads the reports of a worker until it ends.
func (p *process) read(out io.Reader) {
	defer close(p.done)
	for lines := bufio.NewScanner(out); lines.Scan(); {
		var r report
		if json.Unmarshal(lines.Bytes(), &r) == nil {
			p.mu.Lock()
			p.report = r
			p.mu.Unlock()
		}
	}
	_ = p.cmd.Wait()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.ended = true
}

// alive reports whether the worker runs.
func (p *process) alive() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return !p.ended
}

// latest returns the latest report of the worker.
func (p *process) latest() report {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.report
}

// all returns all workers in the order of their start.
func (c *crew) all() []*process {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]*process(nil), c.workers...)
}

// end ends all workers and waits for them.
func (c *crew) end() {
	for _, p := range c.all() {
		p.hold.Close()
	}
	for _, p := range c.all() {
		select {
		case <-p.done:
		case <-time.After(3 * time.Second):
			_ = p.cmd.Process.Kill()
			<-p.done
		}
	}
}
