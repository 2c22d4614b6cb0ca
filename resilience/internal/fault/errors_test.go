package fault

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"syscall"
	"testing"

	"github.com/resgen/resgen/resilience/internal/switching"
)

// h2Error has the fields of the stream errors of net/http.
type h2Error struct {
	StreamID uint32
	Code     uint32
	Cause    error
}

func (e h2Error) Error() string { return "stream error" }

func (e h2Error) As(target any) bool {
	s, ok := target.(*streamError)
	if ok {
		*s = streamError(e)
	}
	return ok
}

func TestOfSend(t *testing.T) {
	written := Progress{Connected: true, Written: true}
	idle := Progress{Connected: true, Written: true, Idle: true}
	answered := Progress{Connected: true, Written: true, Idle: true, Answered: true}
	busy := Progress{Connected: true}
	unwritten := Progress{Connected: true, Idle: true}
	other := errors.New("another error")
	goAway := errors.New("http2: server sent GOAWAY and closed the connection; LastStreamID=1")
	for _, c := range []struct {
		name string
		err  error
		p    Progress
		want Fault
	}{
		{"no response", ErrNoResponse, written, Local},
		{"second send", ErrSecondSend, written, Local},
		{"no call", ErrNoCall, Progress{}, Local},
		{"unpaid", ErrUnpaid, written, RateLimited},
		{"101", switching.ErrUnrequested, written, Protocol},

		{"refused stream", h2Error{Code: 7}, written, Refused},
		{"rewind after graceful shutdown", errors.New("http2: Transport: cannot retry err [http2: Transport received " +
			"Server's graceful shutdown GOAWAY] after Request.Body was written"), written, Refused},
		{"rewind after a refused stream", errors.New("http2: Transport: cannot retry err [stream error: stream ID 1; " +
			"REFUSED_STREAM] after Request.Body was written"), written, Refused},
		{"rewind after a protocol error", errors.New("http2: Transport: cannot retry err [stream error: stream ID 1; " +
			"PROTOCOL_ERROR] after Request.Body was written"), written, Protocol},
		{"rewind of a request that was never sent",
			errors.New("net/http: cannot rewind body after connection loss"), written, Refused},

		{"authority", x509.UnknownAuthorityError{}, Progress{}, TLS},
		{"host name", x509.HostnameError{Certificate: &x509.Certificate{}, Host: "a"}, Progress{}, TLS},
		{"expired", x509.CertificateInvalidError{}, Progress{}, TLS},
		{"verification", &tls.CertificateVerificationError{Err: other}, Progress{}, TLS},
		{"record", tls.RecordHeaderError{Msg: "x"}, Progress{}, TLS},
		{"alert", tls.AlertError(40), Progress{}, TLS},
		{"alert of the peer", &net.OpError{Op: "remote error", Err: other}, Progress{}, TLS},
		{"plain server", errors.New("http: server gave HTTP response to HTTPS client"), Progress{}, TLS},

		{"unknown host", &net.DNSError{IsNotFound: true}, Progress{}, DNS},
		{"name server failed", &net.DNSError{IsNotFound: true, IsTemporary: true}, Progress{}, Dial},
		{"name server late", &net.DNSError{IsTimeout: true}, Progress{}, Dial},
		{"dial", &net.OpError{Op: "dial", Err: other}, Progress{}, Dial},
		{"refused", syscall.ECONNREFUSED, Progress{}, Dial},
		{"dial of a round tripper of the program", &net.OpError{Op: "dial", Err: other}, busy, Dial},
		{"name server of the same", &net.DNSError{IsTimeout: true}, busy, Dial},
		{"refused by the same", syscall.ECONNREFUSED, busy, Dial},
		{"graceful shutdown", errors.New("http2: Transport received Server's graceful shutdown GOAWAY"), written,
			Refused},
		{"reset in the handshake", syscall.ECONNRESET, Progress{}, Dial},
		{"late handshake", context.DeadlineExceeded, Progress{}, Dial},
		{"anything without a connection", other, Progress{}, Dial},
		{"proxy refuses", &ConnectError{407}, Progress{}, Proxy},

		{"late", context.DeadlineExceeded, written, Timeout},
		{"late before writing", context.DeadlineExceeded, busy, Unsent},
		{"nothing written", io.EOF, busy, Unsent},
		{"nothing written, idle", io.EOF, unwritten, Idle},
		{"broken", io.EOF, written, Reset},
		{"broken, idle", io.EOF, idle, Stale},
		{"broken in the response, idle", io.ErrUnexpectedEOF, answered, Reset},
		{"goaway", goAway, written, Reset},
		{"goaway, idle", goAway, idle, Reset},
		{"stream reset, idle", h2Error{Code: 2}, idle, Reset},
		{"other", other, written, Protocol},
		{"other, idle", other, idle, Protocol},
	} {
		if got := OfSend(c.err, c.p); got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
	for _, broken := range []error{
		io.EOF, io.ErrUnexpectedEOF, io.ErrClosedPipe, net.ErrClosed,
		errno(syscall.ECONNRESET), errno(syscall.EPIPE), errno(syscall.ECONNABORTED),
		Broken(nil), Broken(syscall.ECONNRESET),
		errors.New("http: server closed idle connection"),
		errors.New("net/http: HTTP/1.x transport connection broken: EOF"),
		errors.New("read tcp: connection reset by peer"), errors.New("write tcp: broken pipe"),
		errors.New("http2: client connection lost"),
		errors.New("http2: client connection force closed via ClientConn.Close"),
	} {
		if got := OfSend(fmt.Errorf("wrapped: %w", broken), idle); got != Stale {
			t.Errorf("%v: %v, want %v", broken, got, Stale)
		}
	}
}

func TestNeverSent(t *testing.T) {
	if !NeverSent(errors.New("net/http: cannot rewind body after connection loss")) || NeverSent(io.EOF) {
		t.Error("want true for a body that cannot be rewound alone")
	}
}

func TestBroken(t *testing.T) {
	if err := Broken(nil); !errors.Is(err, io.EOF) || err.Error() != "the connection broke before the response: EOF" {
		t.Errorf("got %v", err)
	}
	if err := Broken(syscall.EPIPE); !errors.Is(err, syscall.EPIPE) || errors.Is(err, io.EOF) {
		t.Errorf("got %v", err)
	}
}

func TestIsTimeout(t *testing.T) {
	for err, want := range map[error]bool{
		context.DeadlineExceeded: true, os.ErrDeadlineExceeded: true, context.Canceled: false, io.EOF: false,
	} {
		if got := IsTimeout(&url.Error{Op: "Get", Err: err}); got != want {
			t.Errorf("%v: %v", err, got)
		}
	}
}

func TestTLSNote(t *testing.T) {
	const note = "the server does not speak TLS; use http in the base URL"
	for _, c := range []struct {
		err  error
		want string
	}{
		{tls.RecordHeaderError{}, note},
		{errors.New("http: server gave HTTP response to HTTPS client"), note},
		{&net.OpError{Op: "read", Err: tls.RecordHeaderError{}}, note},
		{&net.OpError{Op: "proxyconnect", Err: tls.RecordHeaderError{}}, ""},
		{x509.UnknownAuthorityError{}, ""},
	} {
		if got := TLSNote(c.err); got != c.want {
			t.Errorf("%v: %q", c.err, got)
		}
	}
}

func TestAgain(t *testing.T) {
	for f := range Count {
		want := f
		switch f {
		case Idle:
			want = Unsent
		case Stale:
			want = Reset
		}
		if got := Again(f); got != want {
			t.Errorf("%v: %v, want %v", f, got, want)
		}
	}
}

// errno is an error of the system with another text.
type errno syscall.Errno

func (errno) Error() string          { return "an error of the system" }
func (e errno) Is(target error) bool { return target == syscall.Errno(e) }
