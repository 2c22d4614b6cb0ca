package conntrace

import (
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http/httptrace"
	"os"
	"time"

	"github.com/resgen/resgen/resilience/internal/pool"
)

// connection describes the connection that a request uses.
type connection struct {
	net       net.Conn
	conn      *pool.Conn // nil: not a connection of a pool of this program
	mark      int64      // writes to conn before the request
	connected bool
	reused    bool
	idle      bool      // it had served before, and no other request used it
	taken     time.Time // when it was idle
	http2     bool
	last      bool // it must serve no further request
	gone      bool // it was closed at its age before the request was written
	wrote     bool // headers were written, as net/http reports
	answered  bool // a byte of a response was read
}

// connect returns the connection that net/http reports and marks it as used.
func connect(info httptrace.GotConnInfo) connection {
	c := connection{
		net: info.Conn, conn: pool.Of(info.Conn), connected: true,
		reused: info.Reused, idle: info.WasIdle, http2: speaksHTTP2(info.Conn),
	}
	if c.conn != nil {
		use := c.conn.Use(c.http2)
		c.idle = c.idle && use.Alone
		c.last, c.gone = use.Last, use.Gone
		c.mark = c.conn.Writes()
	}
	if c.idle {
		c.taken = time.Now()
	}
	return c
}

// speaksHTTP2 reports whether a connection speaks HTTP/2.
func speaksHTTP2(c net.Conn) bool {
	secure, ok := c.(*tls.Conn)
	return ok && secure.ConnectionState().NegotiatedProtocol == "h2"
}

// peerEnded reports whether the error with which reading ended is due to the peer.
func peerEnded(err error) bool {
	return err != nil && !errors.Is(err, net.ErrClosed) && !errors.Is(err, io.ErrClosedPipe) &&
		!errors.Is(err, os.ErrDeadlineExceeded)
}

// beneath returns the connection beneath TLS, which can be closed without waiting for the peer.
func beneath(c net.Conn) net.Conn {
	if secure, ok := c.(*tls.Conn); ok {
		return secure.NetConn()
	}
	return c
}

// stoodIdle reports whether the connection was idle and no other request has used it since.
func (c *connection) stoodIdle() bool { return c.idle && (c.conn == nil || !c.conn.Shared()) }

// sent reports whether the request was written, as far as that is certain: requests of other calls
// are written to the same HTTP/2 connection. net/http reports headers as written even if that
// failed because the connection was gone.
func (c *connection) sent() bool {
	if c.gone {
		return false
	}
	if c.conn != nil && !c.http2 {
		return c.written()
	}
	return c.wrote
}

// written reports whether a byte of the request may have been written.
func (c *connection) written() bool {
	if c.conn != nil {
		return c.conn.Writes() != c.mark
	}
	return c.wrote
}

// failure returns how reading from the connection ended, or nil if that is unknown.
func (c *connection) failure() error {
	if c.conn == nil {
		return nil
	}
	return c.conn.Failure()
}

// ended reports whether the peer has ended the connection. The request must have failed: the
// connection is closed. What a TLS connection has noticed is found by reading once more.
func (c *connection) ended() bool {
	if c.http2 || c.net == nil {
		return false
	}
	if peerEnded(c.failure()) {
		return true
	}
	secure, ok := c.net.(*tls.Conn)
	if !ok {
		return false
	}
	_ = beneath(secure).Close()
	_, err := secure.Read(make([]byte, 1))
	return errors.Is(err, io.EOF)
}
