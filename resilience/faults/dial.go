package faults

import (
	"context"
	"net"
	"os"
	"sync"
	"syscall"
)

// A Dial is the result of an attempt to connect through [Server.DialContext].
type Dial string

// The dials.
const (
	DialOK      Dial = ""            // it connects
	DialRefused Dial = "refused"     // connection refused
	DialHang    Dial = "hang"        // no response until the caller's context ends
	DialNoHost  Dial = "no-host"     // the host name does not exist
	DialDNS     Dial = "dns-timeout" // the name server times out
)

// A dialScript holds the results of the next dials.
type dialScript struct {
	mu     sync.Mutex
	script []Dial
	count  int
}

// FailDials sets the results of the next calls of [Server.DialContext]. Later calls connect.
func (s *Server) FailDials(script ...Dial) {
	s.dials.mu.Lock()
	defer s.dials.mu.Unlock()
	s.dials.script = script
}

// Dials returns the number of calls of [Server.DialContext], including failed ones.
func (s *Server) Dials() int {
	s.dials.mu.Lock()
	defer s.dials.mu.Unlock()
	return s.dials.count
}

// take returns the next dial of the script.
func (d *dialScript) take() Dial {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.count++
	if len(d.script) == 0 {
		return DialOK
	}
	next := d.script[0]
	d.script = d.script[1:]
	return next
}

// next fails as scripted, with the errors of the net package.
func (d *dialScript) next(ctx context.Context, address string) error {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		host = address
	}
	switch d.take() {
	case DialRefused:
		return dialError(os.NewSyscallError("connect", syscall.ECONNREFUSED))
	case DialHang:
		<-ctx.Done()
		return dialError(timeoutError{ctx.Err()})
	case DialNoHost:
		return dialError(&net.DNSError{Err: "no such host", Name: host, IsNotFound: true})
	case DialDNS:
		return dialError(&net.DNSError{Err: "server misbehaving", Name: host, IsTemporary: true, IsTimeout: true})
	}
	return nil
}

func dialError(err error) error { return &net.OpError{Op: "dial", Net: "tcp", Err: err} }

// A timeoutError wraps a context error like the net package does.
type timeoutError struct{ error }

func (timeoutError) Timeout() bool   { return true }
func (timeoutError) Temporary() bool { return true }
func (e timeoutError) Unwrap() error { return e.error }
