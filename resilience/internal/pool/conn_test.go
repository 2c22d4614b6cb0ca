package pool

import (
	"crypto/tls"
	"errors"
	"io"
	"net"
	"testing"
	"testing/synctest"
	"time"

	"github.com/resgen/resgen/resilience/policy"
)

// use reports a use of a connection in words.
func use(c *Conn) string {
	text := ""
	u := c.Use(false)
	for _, w := range []struct {
		is   bool
		word string
	}{{u.Alone, "alone "}, {u.Last, "last "}, {u.Gone, "gone "}} {
		if w.is {
			text += w.word
		}
	}
	return text
}

func TestConn_Writes(t *testing.T) {
	_, c, far := dialed(t, policy.Transport{})
	go func() {
		b := make([]byte, 1)
		_, _ = far.Read(b)
		_ = far.Close()
	}()
	if _, err := c.Write([]byte("x")); err != nil || c.Writes() != 1 {
		t.Errorf("%d writes, %v, want 1", c.Writes(), err)
	}
	for c.Conn != nil {
		if _, err := c.Write([]byte("y")); err != nil {
			break
		}
	}
	if c.Writes() != 1 {
		t.Errorf("%d writes after one that failed, want 1", c.Writes())
	}
}

func TestConn_Failure(t *testing.T) {
	_, c, far := dialed(t, policy.Transport{})
	if c.Failure() != nil {
		t.Error("a new connection has failed")
	}
	_ = far.Close()
	for range 2 {
		if _, err := c.Read(make([]byte, 1)); err == nil {
			t.Error("want an error")
		}
		_ = c.Close()
	}
	if !errors.Is(c.Failure(), io.EOF) {
		t.Errorf("got %v, want the first error", c.Failure())
	}
}

func TestConn_Retire(t *testing.T) {
	pl, c, _ := dialed(t, policy.Transport{})
	if got := use(c); got != "alone " {
		t.Errorf("first use: %s", got)
	}
	if got := use(c); got != "" {
		t.Errorf("second use: %s", got)
	}
	c.Retire()
	c.Release()
	if pl.Size() != 1 {
		t.Fatal("closed while it has a user")
	}
	if got := use(c); got != "last " {
		t.Errorf("use of a retired connection: %s", got)
	}
	c.Release()
	if pl.Size() != 1 {
		t.Fatal("closed while it has a user")
	}
	c.Release()
	if pl.Size() != 0 {
		t.Error("a retired connection without users must be closed")
	}
	if got := use(c); got != "alone last gone " {
		t.Errorf("use of a closed connection: %s", got)
	}
	if n, err := c.Write([]byte("x")); n != 0 || !errors.Is(err, net.ErrClosed) || c.Writes() != 0 {
		t.Errorf("writing to it: %d, %v", n, err)
	}
	c.Release()
}

func TestConn_Shared(t *testing.T) {
	_, c, _ := dialed(t, policy.Transport{})
	shared := func(want bool, when string) {
		t.Helper()
		if c.Shared() != want {
			t.Errorf("%s: %v", when, c.Shared())
		}
	}
	shared(false, "new")
	c.Use(true)
	shared(false, "one request")
	c.Use(true)
	shared(true, "two requests")
	c.Release()
	shared(true, "after the second")
	c.Release()
	c.Use(true)
	shared(false, "a request after it was idle")
	c.Release()
}

// The peer closes an HTTP/1.1 connection after its last request.
func TestConn_LastRequest(t *testing.T) {
	for _, shared := range []bool{false, true} {
		pl, c, far := dialed(t, policy.Transport{})
		c.Use(shared)
		c.Retire()
		if u := c.Use(shared); !u.Last || u.Gone {
			t.Errorf("shared %v: last request: %+v", shared, u)
		}
		if u := c.Use(shared); !u.Last || u.Gone == shared {
			t.Errorf("shared %v: request after the last one: %+v", shared, u)
		}
		go func() { _, _ = far.Read(make([]byte, 1)) }()
		if _, err := c.Write([]byte("x")); (err == nil) != shared {
			t.Errorf("shared %v: writing: %v", shared, err)
		}
		for range 3 {
			c.Release()
		}
		if pl.Size() != 0 {
			t.Errorf("shared %v: open", shared)
		}
	}
}

func TestConn_RetireIdle(t *testing.T) {
	pl, c, _ := dialed(t, policy.Transport{})
	c.Retire()
	if pl.Size() != 1 {
		t.Error("closed before its first use, perhaps in the TLS handshake")
	}
	if got := use(c); got != "alone last " {
		t.Errorf("first use: %s", got)
	}
	c.Release()
	if pl.Size() != 0 {
		t.Error("an idle connection must be closed when it is retired")
	}
}

func TestConn_Age(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		pl, c, _ := dialed(t, policy.Transport{MaxAge: time.Minute})
		time.Sleep(time.Hour)
		if pl.Size() != 1 {
			t.Error("the age counts before the first use")
		}
		c.Use(false)
		c.Release()
		c.Use(false)
		c.Release()
		time.Sleep(30*time.Second - 1)
		if pl.Size() != 1 {
			t.Error("closed before half the age")
		}
		time.Sleep(30*time.Second + 1)
		if pl.Size() != 0 {
			t.Error("open after its age")
		}
	})
}

func TestOf(t *testing.T) {
	_, c, _ := dialed(t, policy.Transport{})
	if Of(tls.Client(c, &tls.Config{})) != c {
		t.Error("a connection under TLS is not found")
	}
	if near, _ := net.Pipe(); Of(near) != nil {
		t.Error("a connection of another transport is found")
	}
}
