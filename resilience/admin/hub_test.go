package admin_test

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
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
		if n := len(lines); n < 10 || n > 12 {
			t.Errorf("%d events in 10 s without a change, want one a second", n)
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

// Of 1,000 clients 64 get events, the others are refused at once, and nothing remains of any.
func TestEvents_ThousandClients(t *testing.T) {
	w := newWorld(t)
	w.client("a")
	server := httptest.NewUnstartedServer(w.handler)
	var connections atomic.Int32
	server.Config.ConnState = func(_ net.Conn, s http.ConnState) {
		switch s {
		case http.StateNew:
			connections.Add(1)
		case http.StateClosed:
			connections.Add(-1)
		}
	}
	server.Start()
	defer server.Close()
	crowd := func() {
		streams, refused := join(t, server.URL, 1000)
		if streams != 64 || refused != 936 {
			t.Errorf("%d streams and %d refused, want 64 and 936", streams, refused)
		}
		eventually(func() bool { return connections.Load() == 0 })
	}
	crowd() // the first one leaves what the runtime keeps of goroutines
	before, heap := runtime.NumGoroutine(), heapInUse()
	crowd()
	eventually(func() bool { return runtime.NumGoroutine() <= before }) // some end after their connections
	if after := runtime.NumGoroutine(); after > before {
		t.Errorf("%d goroutines before and %d after", before, after)
	}
	if more := heapInUse() - heap; more > 1<<20 {
		t.Errorf("%d bytes remain", more)
	}
}

// eventually waits until a condition is true, for 10 s at most.
func eventually(ok func() bool) {
	for begun := time.Now(); !ok() && time.Since(begun) < 10*time.Second; {
		runtime.Gosched()
	}
}

// join opens streams at the same time and leaves when all have a response. It returns how many have
// been opened, and how many were refused.
func join(t *testing.T, url string, n int) (streams, refused int32) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	transport := &http.Transport{DisableKeepAlives: true}
	var opened, denied atomic.Int32
	var answered, all sync.WaitGroup
	answered.Add(n)
	for range n {
		all.Go(func() {
			r, _ := http.NewRequestWithContext(ctx, "GET", url+"/events", nil)
			resp, err := transport.RoundTrip(r)
			if err != nil {
				t.Error(err)
				answered.Done()
				return
			}
			defer resp.Body.Close()
			switch {
			case resp.StatusCode == http.StatusOK:
				opened.Add(1)
			case resp.StatusCode == http.StatusServiceUnavailable && resp.Header.Get("Retry-After") == "10":
				denied.Add(1)
			default:
				t.Errorf("got %s", resp.Status)
			}
			answered.Done()
			_, _ = io.Copy(io.Discard, resp.Body)
		})
	}
	answered.Wait()
	cancel()
	all.Wait()
	return opened.Load(), denied.Load()
}

// heapInUse returns the size of all objects that are reachable, except for those in pools.
func heapInUse() int64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
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

// A stuckWriter is a response whose client neither reads nor sends.
type stuckWriter struct{ deadline, readDeadline time.Time }

func (s *stuckWriter) Header() http.Header { return http.Header{} }
func (s *stuckWriter) WriteHeader(int)     {}

func (s *stuckWriter) SetWriteDeadline(t time.Time) error {
	s.deadline = t
	return nil
}

func (s *stuckWriter) SetReadDeadline(t time.Time) error {
	s.readDeadline = t
	return nil
}

// errDeadline is the error of a connection whose deadline has passed.
var errDeadline = &net.OpError{Op: "write", Err: context.DeadlineExceeded}

func (s *stuckWriter) Write([]byte) (int, error) {
	time.Sleep(time.Until(s.deadline))
	return 0, errDeadline
}
