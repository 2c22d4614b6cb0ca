package main

import (
	"bytes"
	"context"
	"os"
	"regexp"
	"strings"
	"testing"
)

// The test program is also the program of the workers.
func TestMain(m *testing.M) {
	if job := os.Getenv(jobVariable); job != "" {
		os.Exit(work(job, os.Stdin, os.Stdout, os.Stderr))
	}
	os.Exit(m.Run())
}

func TestRun_Usage(t *testing.T) {
	for _, tt := range []struct{ args, want string }{
		{"more", `there are no arguments, got "more"`},
		{"--workers 0", "--workers must be between 1 and 200"},
		{"--workers 201", "--workers must be between 1 and 200"},
		{"--rate 0", "--rate and --burst must be positive"},
		{"--burst 0", "--rate and --burst must be positive"},
		{"--burst 5 --reserve 5", "--reserve less than --burst"},
		{"--for -1s", "durations must not be negative"},
		{"--outage -1s", "durations must not be negative"},
		{"--restart -1s", "durations must not be negative"},
		{"--cool-down 0", "--cool-down must be positive"},
		{"--redis x:1 --redis-pause 1s", "leave out --redis"},
		{"--alone --redis x:1", "--alone uses no Redis"},
		{"--alone --redis-pause 1s", "--alone uses no Redis"},
		{"--no-such-flag", "unknown flag"},
	} {
		var stderr bytes.Buffer
		if got := run(t.Context(), strings.Fields(tt.args), &bytes.Buffer{}, &stderr); got != 2 {
			t.Errorf("%s: exit status %d, want 2", tt.args, got)
		}
		if !strings.Contains(stderr.String(), tt.want) {
			t.Errorf("%s: got %q, want %q in it", tt.args, stderr.String(), tt.want)
		}
	}
	var stderr bytes.Buffer
	if got := run(t.Context(), []string{"--help"}, &bytes.Buffer{}, &stderr); got != 0 {
		t.Errorf("--help: exit status %d", got)
	}
}

func TestRun_NoServer(t *testing.T) {
	var stderr bytes.Buffer
	if got := run(t.Context(), []string{"--redis", "127.0.0.1:1"}, &bytes.Buffer{}, &stderr); got != 1 {
		t.Errorf("exit status %d, want 1", got)
	}
	if !strings.HasPrefix(stderr.String(), "fleet: redis at 127.0.0.1:1: ") {
		t.Errorf("got %q", stderr.String())
	}
}

// Three processes and a real server, of which one process is replaced.
func TestRun(t *testing.T) {
	for _, mode := range []string{"", "--alone"} {
		var stdout, stderr bytes.Buffer
		args := append([]string{"--workers", "3", "--for", "3s", "--restart", "2s"}, strings.Fields(mode)...)
		if got := run(context.Background(), args, &stdout, &stderr); got != 0 {
			t.Fatalf("exit status %d: %s", got, stderr.String())
		}
		text := stdout.String()
		reach := "shared"
		if mode != "" {
			reach = "alone"
		}
		for _, want := range []string{
			`1 ended `, `worker-2 .* ` + reach, `worker-3 .* ` + reach, `worker-4 `, `\d+ requests in [2-9]`,
		} {
			if !regexp.MustCompile(want).MatchString(text) {
				t.Errorf("%s: no %s in\n%s", mode, want, text)
			}
		}
	}
}
