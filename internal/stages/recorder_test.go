package main

import (
	"context"
	"os/exec"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// shell returns commands that print what a stage prints.
func shell(ctx context.Context, name string) *exec.Cmd {
	scripts := map[string]string{
		"good":  `printf 'ok  \tp/a\t1s\nall fine\n'`,
		"bad":   `echo broken >&2; exit 3`,
		"later": `echo 'skipped: nothing to read'; printf 'no line break'`,
	}
	return exec.CommandContext(ctx, "sh", "-c", scripts[name])
}

func TestRun(t *testing.T) {
	var out strings.Builder
	if run(t.Context(), &out, shell, 1, []string{"good", "bad", "later"}) {
		t.Error("a failed stage is not reported")
	}
	got := regexp.MustCompile(`\d+\.\d+s`).ReplaceAllString(out.String(), "T")
	want := `good | all fine
good passed in T
bad | broken
bad FAILED in T
later | no line break
later did not run in T

stage  result       time  processor  packages
good   passed       T  T       1
bad    FAILED       T  T       
later  did not run  T  T       
total               T  T       

bad: the last lines of its output:
    broken

FAILED: bad; passed: good; later did not run (nothing to read)
`
	if got != want {
		t.Errorf("got:\n%s", got)
	}
	out.Reset()
	if !run(t.Context(), &out, shell, 2, []string{"good"}) {
		t.Error("a good run is reported as failed")
	}
}

// After a cancellation no further stage starts, and the run has failed.
func TestRun_Canceled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var out strings.Builder
	if run(ctx, &out, shell, 1, []string{"good", "later"}) {
		t.Error("a canceled run is reported as passed")
	}
	if !strings.Contains(out.String(), "FAILED: good, later") {
		t.Errorf("got:\n%s", out.String())
	}
}

func TestRecorder_Beat(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out strings.Builder
		r := &recorder{out: &out, printed: time.Now()}
		r.stages = []*stage{{name: "unit", state: running, begun: time.Now()}}
		done := make(chan struct{})
		go r.beat(done)
		time.Sleep(35 * time.Second)
		close(done)
		synctest.Wait()
		if got := strings.Count(out.String(), "... unit "); got != 3 {
			t.Errorf("%d lines in 35 s of silence, want 3:\n%s", got, out.String())
		}
	})
}
