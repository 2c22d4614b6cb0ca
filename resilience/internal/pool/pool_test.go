package pool

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"testing"
	"time"

	"github.com/resgen/resgen/resilience/policy"
)

// dialed returns a pool over pipes and a connection that it dialed.
func dialed(t *testing.T, p policy.Transport) (*Pool, *Conn, net.Conn) {
	t.Helper()
	near, far := net.Pipe()
	pl := New(p, Dialing{Dial: func(context.Context, string, string) (net.Conn, error) { return near, nil }}, nil)
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
	c.Use(false)
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
		Dialing{Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
			<-ctx.Done()
			return nil, ctx.Err()
		}}, nil)
	defer pl.Close()
	if _, err := pl.DialContext(t.Context(), "tcp", "host:80"); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v, want DeadlineExceeded", err)
	}
}

func TestPool_Began(t *testing.T) {
	type key struct{}
	var seen any
	failed := errors.New("no")
	pl := New(policy.Transport{}, Dialing{
		Dial:  func(context.Context, string, string) (net.Conn, error) { return nil, failed },
		Began: func(ctx context.Context) { seen = ctx.Value(key{}) },
	}, nil)
	defer pl.Close()
	_, err := pl.DialContext(context.WithValue(t.Context(), key{}, "me"), "tcp", "host:80")
	if !errors.Is(err, failed) || seen != "me" {
		t.Errorf("got %v, context with %v", err, seen)
	}
}

func TestPool_Want(t *testing.T) {
	pl, c, _ := dialed(t, policy.Transport{MaxConns: 2})
	want := func(crowded bool, state string) {
		t.Helper()
		if got := pl.Want(); got != crowded {
			t.Errorf("%s: crowded %v, want %v", state, got, crowded)
		}
		pl.Found()
	}
	want(false, "no other request")
	c.Use(false)
	c.Use(false)
	want(false, "one connection in use")
	pl.Want()
	want(true, "one in use and one request that looks")
	pl.Found()
	c.Release()
	want(false, "still one in use")
	pl.Want()
	c.Release()
	want(false, "none in use and one request that looks")

	free, _, _ := dialed(t, policy.Transport{})
	if first, second := free.Want(), free.Want(); first || second {
		t.Error("a pool without a limit is crowded")
	}
}

func TestPool_WantCountsConnections(t *testing.T) {
	pl, c, _ := dialed(t, policy.Transport{MaxConns: 1})
	c.Use(true)
	c.Use(true)
	for _, want := range []bool{true, true, false} {
		if got := pl.Want(); got != want {
			t.Errorf("crowded %v, want %v", got, want)
		}
		pl.Found()
		c.Release()
	}
}

// A dial that ends after Close leaves no connection open; one that is in progress ends.
func TestPool_CloseDuringDial(t *testing.T) {
	near, far := net.Pipe()
	began, proceed := make(chan struct{}), make(chan struct{})
	pl := New(policy.Transport{}, Dialing{Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		close(began)
		<-ctx.Done()
		<-proceed
		return near, nil
	}}, nil)
	done := make(chan error)
	go func() {
		_, err := pl.DialContext(t.Context(), "tcp", "host:80")
		done <- err
	}()
	<-began
	pl.Close()
	close(proceed)
	if err := <-done; !errors.Is(err, ErrClosed) {
		t.Errorf("got %v, want ErrClosed", err)
	}
	if _, err := far.Read(make([]byte, 1)); !errors.Is(err, io.EOF) {
		t.Errorf("the connection is open: %v", err)
	}
}

func TestPool_Retire(t *testing.T) {
	pl, c, _ := dialed(t, policy.Transport{})
	c.Use(false)
	pl.Retire()
	if pl.Size() != 1 {
		t.Error("the connection was closed although a request uses it")
	}
	c.Release()
	if pl.Size() != 0 {
		t.Error("the connection is open after its last request")
	}
	near, _ := net.Pipe()
	pl.dial = func(context.Context, string, string) (net.Conn, error) { return near, nil }
	later, err := pl.DialContext(t.Context(), "tcp", "host:80")
	if err != nil || !Of(later).Use(false).Last {
		t.Errorf("a connection of a retired pool serves more than one request, %v", err)
	}
}
