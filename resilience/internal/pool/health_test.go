package pool

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/resgen/resgen/resilience/policy"
)

// answering opens pipes to a server that answers each request with 204.
var answering = Dialing{Dial: func(context.Context, string, string) (net.Conn, error) {
	near, far := net.Pipe()
	go func() {
		r := bufio.NewReader(far)
		for {
			if _, err := http.ReadRequest(r); err != nil {
				_ = far.Close()
				return
			}
			_, _ = io.WriteString(far, "HTTP/1.1 204 No Content\r\n\r\n")
		}
	}()
	return near, nil
}}

// visit sends a request.
func visit(t *testing.T, pl *Pool) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), "GET", "http://host.test/", nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := pl.RoundTrip(r); err != nil {
		t.Fatal(err)
	}
	synctest.Wait()
}

func TestPool_StaleClosesIdleConnections(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		pl := New(policy.Transport{MaxIdle: 9}, answering, nil)
		defer pl.Close()
		stale := func(left int, when string) {
			t.Helper()
			visit(t, pl)
			if !pl.Stale(time.Now()) {
				t.Errorf("%s: not stale", when)
			}
			synctest.Wait()
			if pl.Size() != left {
				t.Errorf("%s: %d idle connections, want %d", when, pl.Size(), left)
			}
		}
		stale(0, "first")
		stale(1, "again")
		time.Sleep(10*time.Second - 1)
		stale(1, "before 10 s")
		time.Sleep(time.Nanosecond)
		stale(0, "after 10 s")
		stale(1, "again")
	})
}

func TestPool_Broke(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		pl := New(policy.Transport{MaxIdle: 9}, answering, nil)
		defer pl.Close()
		visit(t, pl)
		before := time.Now()
		time.Sleep(time.Nanosecond)
		pl.Broke()
		broke := time.Now()
		for _, c := range []struct {
			taken time.Time
			want  bool
		}{
			{broke, false}, {broke.Add(time.Second - 1), false}, {broke.Add(time.Second), true}, {before, true},
		} {
			if got := pl.Stale(c.taken); got != c.want {
				t.Errorf("%s after a connection broke: %v, want %v", c.taken.Sub(broke), got, c.want)
			}
			if !c.want && pl.Size() != 1 {
				t.Error("idle connections were closed")
			}
		}
	})
}
