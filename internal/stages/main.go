package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"syscall"
	"time"
)

func main() {
	lanes := flag.Int("lanes", 2, "number of `stages` that run at the same time")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	if !run(ctx, os.Stdout, makeTarget, *lanes, flag.Args()) {
		os.Exit(1)
	}
}

// makeTarget returns the command of a stage.
func makeTarget(ctx context.Context, name string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, "make", "--no-print-directory", "-s", name)
	group(cmd)
	return cmd
}

// run runs the stages and reports whether none failed.
func run(
	ctx context.Context, out io.Writer, command func(context.Context, string) *exec.Cmd, lanes int, names []string,
) bool {
	r := &recorder{out: out, begun: time.Now()}
	for _, name := range names {
		r.stages = append(r.stages, &stage{name: name})
	}
	done := make(chan struct{})
	go r.beat(done)
	r.all(ctx, command, lanes)
	close(done)
	text, ok := summary(r.stages, time.Since(r.begun))
	fmt.Fprint(out, text)
	return ok
}
