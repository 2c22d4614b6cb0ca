package pool

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"testing"
	"time"

	"github.com/resgen/resgen/resilience/policy"
)

// dialed returns a pool over pipes and a connection that it dialed.
func dialed(t *testing.T, p policy.Transport) (*Pool, *Conn, net.Conn) {
	t.Helper()
	near, far := net.Pipe()
	pl := New(p, func(context.Context, string, string) (net.Conn, error) { return near, nil }, nil)
	c, err := pl.DialContext(t.Context(), "tcp", "host:80")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pl.Close)
	return pl, Of(c), far
}

func TestAge(t *testing.T) {
	for _, c := range []struct {
		random float64
		want   time.Duration
	}{{0, time.Minute}, {0.5, 90 * time.Second}, {1, 2 * time.Minute}} {
		if got := age(2*time.Minute, c.random); got != c.want {
			t.Errorf("age(2m, %v) = %v, want %v", c.random, got, c.want)
		}
	}
}

func TestTLSConfig(t *testing.T) {
	if c := tlsConfig(nil); c.MinVersion != tls.VersionTLS12 || c.ClientSessionCache == nil {
		t.Errorf("default: version %x, cache %v", c.MinVersion, c.ClientSessionCache)
	}
	own := &tls.Config{MinVersion: tls.VersionTLS13, ServerName: "a"}
	if c := tlsConfig(own); c == own || c.MinVersion != tls.VersionTLS13 || c.ServerName != "a" {
		t.Errorf("a configuration that sets the version must be copied: %+v", c)
	}
}

func TestPool_Close(t *testing.T) {
	pl, c, _ := dialed(t, policy.Transport{})
	if pl.Size() != 1 {
		t.Fatalf("size %d, want 1", pl.Size())
	}
	c.Use()
	pl.Close()
	if pl.Size() != 0 {
		t.Errorf("size %d after Close, want 0", pl.Size())
	}
	if _, err := c.Write([]byte("x")); err == nil {
		t.Error("a connection in use is open after Close")
	}
	if _, err := pl.DialContext(t.Context(), "tcp", "host:80"); !errors.Is(err, ErrClosed) {
		t.Errorf("dial after Close: %v, want ErrClosed", err)
	}
}

func TestPool_DialTimeout(t *testing.T) {
	pl := New(policy.Transport{DialTimeout: time.Millisecond},
		func(ctx context.Context, _, _ string) (net.Conn, error) {
			<-ctx.Done()
			return nil, ctx.Err()
		}, nil)
	defer pl.Close()
	if _, err := pl.DialContext(t.Context(), "tcp", "host:80"); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v, want DeadlineExceeded", err)
	}
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

func TestConn_Retire(t *testing.T) {
	pl, c, _ := dialed(t, policy.Transport{})
	if c.Use() {
		t.Error("a new connection is retired")
	}
	c.Use()
	c.Retire()
	c.Release()
	if pl.Size() != 1 {
		t.Fatal("closed while it has a user")
	}
	if !c.Use() {
		t.Error("Use of a retired connection must report that it is the last")
	}
	c.Release()
	if pl.Size() != 1 {
		t.Fatal("closed while it has a user")
	}
	c.Release()
	if pl.Size() != 0 {
		t.Error("a retired connection without users must be closed")
	}

	idle, c2, _ := dialed(t, policy.Transport{})
	c2.Retire()
	if idle.Size() != 0 {
		t.Error("an idle connection must be closed when it is retired")
	}
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
