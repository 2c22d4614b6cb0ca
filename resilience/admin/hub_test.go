package admin_test

import (
	"bufio"
	"context"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/resgen/resgen/resilience/faults"
)

// browse serves the handler in memory and returns a client.
func (w *world) browse() *http.Client {
	pipe := faults.NewPipe()
	server := &http.Server{Handler: w.handler}
	go func() { _ = server.Serve(pipe) }()
	transport := &http.Transport{DialContext: pipe.DialContext}
	w.t.Cleanup(func() {
		transport.CloseIdleConnections()
		server.Close()
	})
	return &http.Client{Transport: transport}
}

// events opens a stream and returns its data lines. The stream ends with the context.
func events(ctx context.Context, t *testing.T, c *http.Client) (int, <-chan string) {
	t.Helper()
	r, err := http.NewRequestWithContext(ctx, "GET", "http://admin.test/events", nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := c.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	lines := make(chan string, 1000)
	go func() {
		defer close(lines)
		defer resp.Body.Close()
		for s := bufio.NewScanner(resp.Body); s.Scan(); {
			if data, ok := strings.CutPrefix(s.Text(), "data: "); ok {
				lines <- data
			}
		}
	}()
	return resp.StatusCode, lines
}

func TestEvents_FollowTheCircuit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		c := w.client("a")
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		_, lines := events(ctx, t, w.browse())
		if first := <-lines; !strings.Contains(first, `"status":"pass"`) {
			t.Errorf("got %s", first)
		}
		time.Sleep(250 * time.Millisecond) // between two beats
		for len(lines) > 0 {
			<-lines
		}
		w.fail(c)
		begun := time.Now()
		next := <-lines
		if !strings.Contains(next, `"name":"shop","status":"fail"`) || time.Since(begun) > time.Second {
			t.Errorf("after %s: got %s", time.Since(begun), next)
		}
		time.Sleep(10 * time.Second)
		if n := len(lines); n < 18 || n > 22 {
			t.Errorf("%d events in 10 s, want two a second", n)
		}
		w.runtime.Close()
		last := ""
		for line := range lines {
			last = line
		}
		if !strings.Contains(last, `"status":"fail"`) {
			t.Errorf("after Close: got %s", last)
		}
	})
}

func TestEvents_ClientsAreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		client := w.browse()
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		for i := range 64 {
			if code, lines := events(ctx, t, client); code != 200 || <-lines == "" {
				t.Fatalf("client %d: got %d", i, code)
			}
		}
		if code, _ := events(ctx, t, client); code != http.StatusServiceUnavailable {
			t.Errorf("client 65: got %d, want 503", code)
		}
		cancel()
		synctest.Wait()
		ctx, cancel = context.WithCancel(t.Context())
		defer cancel()
		if code, lines := events(ctx, t, client); code != 200 || <-lines == "" {
			t.Errorf("after the others left: got %d", code)
		}
	})
}

// A client that does not read is dropped when the buffers between are full.
func TestEvents_SlowReadersAreDropped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.client("a")
		stuck := &stuckWriter{}
		r, _ := http.NewRequestWithContext(t.Context(), "GET", "/events", nil)
		begun := time.Now()
		w.handler.ServeHTTP(stuck, r) // returns when the write fails
		if time.Since(begun) > 6*time.Second {
			t.Errorf("dropped after %s", time.Since(begun))
		}
	})
}

// A stuckWriter is a response whose client does not read.
type stuckWriter struct{ deadline time.Time }

func (s *stuckWriter) Header() http.Header { return http.Header{} }
func (s *stuckWriter) WriteHeader(int)     {}

func (s *stuckWriter) SetWriteDeadline(t time.Time) error {
	s.deadline = t
	return nil
}

func (s *stuckWriter) Write([]byte) (int, error) {
	time.Sleep(time.Until(s.deadline))
	return 0, &net.OpError{Op: "write", Err: context.DeadlineExceeded}
}
