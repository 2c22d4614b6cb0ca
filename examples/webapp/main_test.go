package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestRun_Usage(t *testing.T) {
	for _, c := range []struct {
		args   []string
		status int
		want   string // on standard error
	}{
		{[]string{"--help"}, 0, "usage: webapp"},
		{nil, 2, "webapp: --club must be 1 to 9999; or try --demo\n"},
		{[]string{"--club", "10000"}, 2, "webapp: --club must be 1 to 9999"},
		{[]string{"--demo", "--club", "1"}, 2, "webapp: --demo has a club of its own"},
		{[]string{"--demo", "x"}, 2, `webapp: unexpected argument "x"`},
		{[]string{"--club", "1"}, 1, "webapp: EDR_SESSION_KEY: "},
		{[]string{"--demo", "--listen", "nonsense"}, 1, "webapp: listen tcp: "},
	} {
		var stderr bytes.Buffer
		status := run(t.Context(), c.args, func(string) string { return "" }, io.Discard, &stderr)
		if status != c.status || !strings.Contains(stderr.String(), c.want) {
			t.Errorf("%v: got %d, %s", c.args, status, &stderr)
		}
	}
}

// startDemo runs the demo until the test ends, and returns its URL and what it prints after that.
func startDemo(t *testing.T, stderr io.Writer, args ...string) (url string, lines *bufio.Scanner) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	screen, stdout := io.Pipe()
	ended := make(chan int, 1)
	go func() {
		ended <- run(ctx, append([]string{"--demo", "--listen", "127.0.0.1:0"}, args...), nil, stdout, stderr)
		stdout.Close()
	}()
	t.Cleanup(func() {
		cancel()
		if status := <-ended; status != 0 {
			t.Errorf("got status %d", status)
		}
	})
	lines = bufio.NewScanner(screen)
	if !lines.Scan() {
		t.Fatal("it does not serve")
	}
	return lines.Text(), lines
}

// The demo serves until it is interrupted, and prints where, and the code of the sign-in.
func TestRun_Demo(t *testing.T) {
	url, lines := startDemo(t, io.Discard)
	go func() { _, _ = http.Post(url+"/sign-in/code", "application/x-www-form-urlencoded", nil) }()
	lines.Scan()
	if code, ok := strings.CutPrefix(lines.Text(), "code sent by SMS: "); !ok || len(code) < 4 {
		t.Errorf("got %q", lines.Text())
	}
}

// Acceptance: a policy is changed without a restart: by a file, which is applied when the program
// starts and whenever it changes. A file with a mistake changes nothing.
func TestStory_WebAppConfiguration(t *testing.T) {
	path := filepath.Join(t.TempDir(), "policy.yaml")
	write := func(text string) {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("apis: {crossmark: {defaults: {breaker: {consecutive: 2}}}}")
	var log journal
	url, _ := startDemo(t, &log, "--policy", path)
	changed := func() string {
		r, err := http.Get(url + "/status/status.json")
		if err != nil {
			t.Fatal(err)
		}
		defer r.Body.Close()
		var state struct {
			APIs []struct {
				Name    string
				Changes json.RawMessage
			}
		}
		if err := json.NewDecoder(r.Body).Decode(&state); err != nil {
			t.Fatal(err)
		}
		for _, api := range state.APIs {
			if api.Name == "crossmark" {
				return string(api.Changes)
			}
		}
		return ""
	}
	until := func(done func() bool) {
		for !done() {
			if err := t.Context().Err(); err != nil {
				t.Fatal(err)
			}
		}
	}
	if got := changed(); !strings.Contains(got, "breaker.consecutive") {
		t.Errorf("changed at the beginning: %s", got)
	}
	write("apis: {crossmark: {defaults: {breker: 1}}}")
	until(func() bool { return strings.Contains(log.String(), "configuration refused") })
	if got := log.String(); !strings.Contains(got, path+`:1:31: `) || !strings.Contains(got, "did you mean") {
		t.Errorf("log: %s", got)
	}
	if got := changed(); !strings.Contains(got, "breaker.consecutive") {
		t.Errorf("changed after a mistake: %s", got)
	}
	if r, err := http.Get(url + "/health/ready"); err != nil {
		t.Fatal(err)
	} else if body, _ := io.ReadAll(r.Body); r.Body.Close() != nil || !strings.Contains(string(body), `"warn"`) {
		t.Errorf("health after a mistake: %s", body)
	}
	write("apis: {crossmark: {defaults: {retry: {attempts: 2}}}}")
	until(func() bool {
		got := changed()
		return strings.Contains(got, "retry.attempts") && !strings.Contains(got, "breaker.consecutive")
	})
}
