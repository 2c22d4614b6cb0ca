package main

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"net/http"
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

// The demo serves until it is interrupted, and prints where, and the code of the sign-in.
func TestRun_Demo(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	screen, stdout := io.Pipe()
	ended := make(chan int, 1)
	go func() {
		ended <- run(ctx, []string{"--demo", "--listen", "127.0.0.1:0"}, nil, stdout, io.Discard)
	}()
	lines := bufio.NewScanner(screen)
	lines.Scan()
	url := lines.Text()
	go func() { _, _ = http.Post(url+"/sign-in/code", "application/x-www-form-urlencoded", nil) }()
	lines.Scan()
	if code, ok := strings.CutPrefix(lines.Text(), "code sent by SMS: "); !ok || len(code) < 4 {
		t.Errorf("got %q", lines.Text())
	}
	cancel()
	if status := <-ended; status != 0 {
		t.Errorf("got status %d", status)
	}
}
