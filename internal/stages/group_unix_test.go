//go:build unix

package main

import (
	"context"
	"errors"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// cancelAtLine is an output that calls cancel when it gets the first line.
type cancelAtLine struct {
	strings.Builder
	cancel context.CancelFunc
}

func (c *cancelAtLine) Write(p []byte) (int, error) {
	defer c.cancel()
	return c.Builder.Write(p)
}

// A cancellation ends a running stage with all its processes.
func TestRun_CanceledWhileRunning(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	sleep := func(ctx context.Context, _ string) *exec.Cmd {
		cmd := exec.CommandContext(ctx, "sh", "-c", `echo $$; sh -c "sleep 60; echo late"; echo later`)
		group(cmd)
		return cmd
	}
	out := &cancelAtLine{cancel: cancel}
	begun := time.Now()
	if run(ctx, out, sleep, 1, []string{"slow"}) {
		t.Error("a canceled run is reported as passed")
	}
	if took := time.Since(begun); took >= quiet || strings.Contains(out.String(), "late") {
		t.Errorf("ended after %v:\n%s", took, out.String())
	}
	first, _, _ := strings.Cut(out.String(), "\n")
	leader, err := strconv.Atoi(strings.TrimPrefix(first, "slow | "))
	if err != nil {
		t.Fatal(err)
	}
	for range 100 { // a process that ended remains until init has noticed
		if err := syscall.Kill(-leader, 0); errors.Is(err, syscall.ESRCH) {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Error("processes of the stage are left")
}
