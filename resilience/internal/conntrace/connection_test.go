package conntrace

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"
	"testing"
	"time"

	"github.com/resgen/resgen/resilience/internal/fault"
	"github.com/resgen/resgen/resilience/internal/pool"
)

// secure returns a connection to a TLS server with the given protocol.
func secure(t *testing.T, proto string) *tls.Conn {
	t.Helper()
	s := httptest.NewUnstartedServer(http.NotFoundHandler())
	s.EnableHTTP2 = true
	s.StartTLS()
	t.Cleanup(s.Close)
	roots := x509.NewCertPool()
	roots.AddCert(s.Certificate())
	dialer := tls.Dialer{Config: &tls.Config{RootCAs: roots, NextProtos: []string{proto}}}
	c, err := dialer.DialContext(t.Context(), "tcp", s.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c.(*tls.Conn)
}

// An HTTP/2 connection is used by others as well and must not be closed to keep net/http from
// sending a request again.
func TestTrace_PreventsResendOverHTTP2(t *testing.T) {
	for proto, want := range map[string]fault.Fault{"h2": fault.Refused, "http/1.1": fault.Stale} {
		c := secure(t, proto)
		tr := sent(false, true)
		tr.current.http2 = proto == "h2"
		if tr.Connect(httptrace.GotConnInfo{Conn: c}) {
			t.Errorf("%s: net/http may use another connection", proto)
		}
		if _, err := c.Write([]byte("x")); (err == nil) != (proto == "h2") {
			t.Errorf("%s: writing to the connection: %v", proto, err)
		}
		if f, _ := tr.SendFault(context.Canceled); f != want {
			t.Errorf("%s: %v, want %v", proto, f, want)
		}
	}
	for proto, want := range map[string]bool{"h2": true, "http/1.1": false} {
		if tr := traced(false, httptrace.GotConnInfo{Conn: secure(t, proto)}); tr.current.http2 != want {
			t.Errorf("%s: HTTP/2 %v", proto, tr.current.http2)
		}
	}
}

// What TLS has read of the end of a connection shows that a response is incomplete.
func TestTrace_IncompleteResponseOverTLS(t *testing.T) {
	for _, ended := range []bool{false, true} {
		c := secure(t, "http/1.1")
		if ended {
			_, _ = c.Write([]byte("x\r\n\r\n"))                     // the server answers 400 and closes
			_ = c.SetReadDeadline(time.Now().Add(10 * time.Second)) // at most
			for {
				if _, err := c.Read(make([]byte, 512)); err != nil {
					break
				}
			}
		}
		tr := traced(false, httptrace.GotConnInfo{Conn: c})
		tr.WroteHeaders()
		want := fault.Protocol
		if ended {
			want = fault.Reset
		}
		if f, _ := tr.SendFault(errBroken); f != want {
			t.Errorf("ended %v: %v, want %v", ended, f, want)
		}
	}
}

func TestTrace_ReleasesConnections(t *testing.T) {
	near, far := pooled(t)
	c := pool.Of(near)
	info := httptrace.GotConnInfo{Conn: near, Reused: true, WasIdle: true}
	tr := traced(false, info)
	tr.Lookup()
	if !c.Use(true).Alone {
		t.Error("the connection is in use after a search for another one")
	}
	c.Release()
	writeTo(t, near, far)
	tr = traced(false, info)
	if tr.Progress().Written {
		t.Error("writes of an earlier request count")
	}
	tr.Release()
	tr.Release()
	if !c.Use(true).Alone {
		t.Error("the connection was not released once")
	}
}

// net/http reports headers as written to an HTTP/2 connection that is gone.
func TestTrace_SentOnAnotherConnection(t *testing.T) {
	near, _ := pooled(t)
	c := pool.Of(near)
	c.Use(true)
	c.Retire()
	c.Release()
	for _, retired := range []bool{false, true} {
		tr := traced(false, httptrace.GotConnInfo{Conn: near})
		tr.current.http2 = true
		tr.WroteHeaders()
		if retired && !tr.Retired() {
			t.Error("want that the request can be sent on another connection")
		}
		if !tr.Lookup() || !tr.Connect(httptrace.GotConnInfo{}) {
			t.Errorf("retired %v: the request gets no other connection", retired)
		}
	}
}

func TestTrace_Taken(t *testing.T) {
	before := time.Now()
	tr := sent(false, true)
	taken := tr.Taken()
	if taken.Before(before) || taken.After(time.Now()) {
		t.Errorf("taken %s", taken)
	}
	if tr.Lookup(); !tr.Taken().Equal(taken) {
		t.Errorf("after a resend that was prevented: %s, want %s", tr.Taken(), taken)
	}
	if tr := traced(false, httptrace.GotConnInfo{Reused: true}); !tr.Taken().IsZero() {
		t.Errorf("a connection in use was taken %s", tr.Taken())
	}
}

func TestPeerEnded(t *testing.T) {
	for err, want := range map[error]bool{
		nil: false, net.ErrClosed: false, errBroken: true, errors.ErrUnsupported: true,
	} {
		if got := peerEnded(err); got != want {
			t.Errorf("%v: %v", err, got)
		}
	}
}
