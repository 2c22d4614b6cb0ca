package fault

// This file converts the errors of Go to faults.

import (
	"compress/gzip"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"syscall"

	"github.com/resgen/resgen/resilience/internal/switching"
)

// ErrNoResponse is for a round tripper that returned neither a response nor an error.
var ErrNoResponse = errors.New("the round tripper returned neither a response nor an error")

// ErrSecondSend is for middleware that sends a request again that must not be repeated.
var ErrSecondSend = errors.New("a round tripper sent the request a second time, " +
	"which this operation does not allow; set retries in the policy")

// ErrNoCall is for middleware that replaced the request's context.
var ErrNoCall = errors.New("the request does not have the context of the call; " +
	"middleware must derive its context from that of the request")

// ErrRefused is for a request that an HTTP/2 server did not process, if the attempt was canceled to
// prevent net/http's retry.
var ErrRefused = errors.New("the server did not process the HTTP/2 stream")

// ErrUnpaid is for a request that middleware sends again although the rate limit has no permit.
var ErrUnpaid = errors.New("a round tripper sent the request again, for which the rate limit has no permit")

// ErrNoConnection is for a request that waited too long for a connection that others use.
var ErrNoConnection = errors.New("all connections are in use; raise transport.max-conns in the policy")

// Broken returns the error of a connection that broke before the response. The cause may be nil.
func Broken(cause error) error {
	if cause == nil {
		cause = io.EOF
	}
	return fmt.Errorf("the connection broke before the response: %w", cause)
}

// A PanicError is a panic as an error.
type PanicError struct{ Value any }

func (p PanicError) Error() string { return "a function of the caller panicked" }

// Progress is how far a request got.
type Progress struct {
	Connected bool // there was a connection
	Idle      bool // the connection had served before and was idle
	Written   bool // a byte may have been written to it
	Answered  bool // a byte of a response was read
}

// OfSend returns the fault of an error that came instead of the headers of a response.
func OfSend(err error, p Progress) Fault {
	switch {
	case errors.Is(err, ErrNoResponse), errors.Is(err, ErrSecondSend), errors.Is(err, ErrNoCall):
		return Local
	case errors.Is(err, ErrUnpaid):
		return RateLimited
	case errors.Is(err, switching.ErrUnrequested):
		return Protocol
	case refusedStream(err):
		return Refused
	case isTLS(err):
		return TLS
	case isDNS(err):
		return DNS
	case isDial(err):
		return Dial
	case !p.Connected:
		return ofDial(err)
	case IsTimeout(err) && p.Written:
		return Timeout
	case !p.Written && p.Idle:
		return Idle
	case !p.Written:
		return Unsent
	case isBroken(err) && p.Idle && !p.Answered:
		return Stale
	case isBroken(err), isGoAway(err):
		return Reset
	}
	return Protocol
}

// ofDial returns the fault of an error without a connection.
func ofDial(err error) Fault {
	if refusedByProxy(err) {
		return Proxy
	}
	return Dial
}

// OfBody returns the fault of an error that came instead of the end of a body.
func OfBody(err error) Fault {
	switch {
	case IsTimeout(err):
		return BodyTimeout
	case errors.Is(err, gzip.ErrHeader), errors.Is(err, gzip.ErrChecksum), isFlate(err):
		return Encoding
	}
	return BodyCut
}

// isFlate reports whether compressed data is corrupt. The type of the error is internal to each
// decompressor; its text is stable.
func isFlate(err error) bool { return strings.Contains(err.Error(), "flate: corrupt input") }

// IsTimeout reports whether the error is a timeout.
func IsTimeout(err error) bool {
	var t interface{ Timeout() bool }
	return errors.Is(err, context.DeadlineExceeded) || errors.As(err, &t) && t.Timeout()
}

// isDNS reports whether the host does not exist. Other failures of name servers are temporary: see
// isDial.
func isDNS(err error) bool {
	var d *net.DNSError
	return errors.As(err, &d) && d.IsNotFound && !d.IsTemporary && !d.IsTimeout
}

func isDial(err error) bool {
	var op *net.OpError
	var d *net.DNSError
	return errors.As(err, &op) && op.Op == "dial" || errors.As(err, &d) || errors.Is(err, syscall.ECONNREFUSED)
}

// isTLS reports whether the two sides do not trust or understand each other, which a retry does not
// change.
func isTLS(err error) bool {
	var cert *tls.CertificateVerificationError
	var unknown x509.UnknownAuthorityError
	var name x509.HostnameError
	var invalid x509.CertificateInvalidError
	var record tls.RecordHeaderError
	var alert tls.AlertError
	var remote *net.OpError
	return errors.As(err, &cert) || errors.As(err, &unknown) || errors.As(err, &name) || errors.As(err, &invalid) ||
		errors.As(err, &record) || errors.As(err, &alert) || errors.As(err, &remote) && remote.Op == "remote error" ||
		strings.Contains(err.Error(), "server gave HTTP response to HTTPS client")
}

// TLSNote returns what a user can do about an error of the TLS protocol, or "".
func TLSNote(err error) string {
	var record tls.RecordHeaderError
	var op *net.OpError
	if errors.As(err, &op) && op.Op == "proxyconnect" {
		return ""
	}
	if errors.As(err, &record) || strings.Contains(err.Error(), "server gave HTTP response to HTTPS client") {
		return "the server does not speak TLS; use http in the base URL"
	}
	return ""
}

// isBroken reports whether the connection ended before the response. For some cases net/http has no
// error value, only a text.
func isBroken(err error) bool {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.ErrClosedPipe) ||
		errors.Is(err, net.ErrClosed) ||
		errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE) || errors.Is(err, syscall.ECONNABORTED) {
		return true
	}
	text := err.Error()
	return strings.Contains(text, "server closed idle connection") ||
		strings.Contains(text, "transport connection broken: EOF") ||
		strings.Contains(text, "connection reset by peer") || strings.Contains(text, "broken pipe") ||
		strings.Contains(text, "client connection lost") ||
		strings.Contains(text, "http2: client connection force closed")
}

// streamError has the shape of net/http's HTTP/2 stream error, so that errors.As fills it.
type streamError struct {
	StreamID uint32
	Code     uint32
	Cause    error
}

func (e streamError) Error() string { return "stream error" }

// refusedStreamCode is an error code of HTTP/2 (RFC 9113, section 7).
const refusedStreamCode = 7

// refusedStream reports whether an HTTP/2 server did not process the request. net/http retries such
// requests by itself unless their body cannot be sent again; for that case it has only a text.
func refusedStream(err error) bool {
	var s streamError
	if errors.As(err, &s) {
		return s.Code == refusedStreamCode
	}
	text := err.Error()
	return strings.Contains(text, "http2: Transport: cannot retry err [") &&
		!strings.Contains(text, "PROTOCOL_ERROR") ||
		strings.Contains(text, "received Server's graceful shutdown GOAWAY") ||
		NeverSent(err)
}

// NeverSent reports whether net/http could not use an HTTP/2 connection that was closed meanwhile.
// It has closed the body of the request, but sent nothing.
func NeverSent(err error) bool {
	return strings.Contains(err.Error(), "cannot rewind body after connection loss")
}

// isGoAway reports whether an HTTP/2 connection ended during the request, which may have been
// processed.
func isGoAway(err error) bool {
	var s streamError
	return errors.As(err, &s) || strings.Contains(err.Error(), "server sent GOAWAY and closed the connection")
}
