package conntrace

import (
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"sync"

	"github.com/resgen/resgen/resilience/internal/fault"
	"github.com/resgen/resgen/resilience/internal/pool"
)

// A Trace records the progress of a request. net/http reports from several goroutines.
type Trace struct {
	Replay bool        // net/http may send the request again by itself
	Header http.Header // of the request; it may be changed

	mu      sync.Mutex
	sends   int  // times that the request may still be handed to the pool
	handed  bool // it was handed to the pool
	earlier bool // so was an earlier request of the attempt
	asked   bool // net/http looked for a connection, so it reports what it writes
	looked  bool // the same for the request in progress; a redirect starts a new one
	current connection
	writes  int   // requests written to earlier connections
	unpaid  bool  // the rate limit had no permit for net/http's own retry
	resent  bool  // net/http sent a request again that the server may have run
	refused bool  // the server did not process the request, and net/http was kept from sending it again
	bodyErr error // from the caller's own reader of the request body
}

// connection describes the connection that a request uses.
type connection struct {
	conn      *pool.Conn // nil: not a connection of the runtime's pool
	mark      int64      // writes to conn before the request
	connected bool
	reused    bool
	wrote     bool // headers were written, as net/http reports
}

// Start prepares for a request. Replay reports whether net/http may send it again by itself.
func (t *Trace) Start(replay bool) { t.sends, t.Replay = 1, replay }

// written reports whether anything was written. On connections of the runtime's pool writes are
// counted; for others net/http's report has to do.
func (c *connection) written() bool {
	if c.conn != nil {
		return c.conn.Writes() != c.mark
	}
	return c.wrote
}

// Lookup notes that net/http looks for a connection, and reports whether it does so to send the
// request again.
func (t *Trace) Lookup() (again bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	again = t.looked && t.Replay && t.current.written()
	t.asked, t.looked = true, true
	return again
}

// DenyResend notes that the rate limit had no permit for a request that net/http sends again.
func (t *Trace) DenyResend() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.unpaid = true
}

// Connect notes the connection in use. It returns false if net/http is about to send again what it
// must not: it does so with requests without a body that an HTTP/2 server did not process.
func (t *Trace) Connect(info httptrace.GotConnInfo) (allowed bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	again := t.releaseConn()
	t.resent = t.resent || again && !speaksHTTP2(info.Conn)
	t.refused = t.refused || again && !t.Replay
	c := pool.Of(info.Conn)
	t.current = connection{conn: c, connected: true, reused: info.Reused}
	if c != nil {
		if c.Use() && t.Header != nil {
			t.Header["Connection"] = []string{"close"} // the connection has reached its age
		}
		t.current.mark = c.Writes()
	}
	return !again || t.Replay
}

// speaksHTTP2 reports whether a connection speaks HTTP/2. Over HTTP/2, net/http sends again only
// requests that the server did not process.
func speaksHTTP2(c net.Conn) bool {
	secure, ok := c.(*tls.Conn)
	return ok && secure.ConnectionState().NegotiatedProtocol == "h2"
}

// WroteHeaders is called when the headers were handed to the connection.
func (t *Trace) WroteHeaders() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.current.wrote = true
}

// AllowSend reports whether the request may be handed to the pool: once, and again only where a
// retry by net/http is allowed or a redirect follows.
func (t *Trace) AllowSend() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.sends == 0 && !t.Replay {
		return false
	}
	t.sends = max(0, t.sends-1)
	t.earlier, t.handed = t.handed, true
	return true
}

// Withdraw notes that the request was not handed to the pool after all.
func (t *Trace) Withdraw() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.handed = t.earlier
}

// AllowRedirect prepares for one more request, which follows a redirect.
func (t *Trace) AllowRedirect() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.releaseConn()
	t.sends++
	t.looked = false
}

// releaseConn releases the connection and reports whether anything was written to it. The lock is
// held.
func (t *Trace) releaseConn() (written bool) {
	if written = t.current.written(); written {
		t.writes++
	}
	if t.current.conn != nil {
		t.current.conn.Release()
		t.current.conn = nil
	}
	t.current.wrote = false
	return written
}

// Release ends the trace and releases its connection.
func (t *Trace) Release() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.releaseConn()
}

// Progress returns how far the request got. A round tripper other than net/http's reports nothing;
// then everything may have been sent.
func (t *Trace) Progress() fault.Progress {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.handed && !t.asked {
		return fault.Progress{Connected: true, Written: true}
	}
	c := &t.current
	return fault.Progress{Connected: c.connected, Reused: c.reused, Written: t.writes > 0 || c.written()}
}

// Counts returns the number of requests written, and whether the last connection had served before.
func (t *Trace) Counts() (writes int, reused bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	writes = t.writes
	if t.current.written() || t.handed && !t.asked {
		writes++
	}
	return writes, t.current.reused
}

// WasResent reports whether the server may have run an earlier copy of the request, though the
// response belongs to the last one.
func (t *Trace) WasResent() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.resent
}

// SendFault returns the fault of an error that came instead of a response, and the error to report.
func (t *Trace) SendFault(err error) (fault.Fault, error) {
	t.mu.Lock()
	handed, refused, unpaid, bodyErr := t.handed, t.refused, t.unpaid, t.bodyErr
	t.mu.Unlock()
	switch {
	case bodyErr != nil:
		return fault.Local, bodyErr
	case !handed:
		return fault.Local, err // a middleware did not pass it on
	case refused:
		return fault.Refused, fault.ErrRefused
	case unpaid:
		return fault.Stale, fault.ErrUnpaid
	}
	return fault.OfSend(err, t.Progress()), err
}

// Retire makes the connection serve no further request.
func (t *Trace) Retire() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.current.conn != nil {
		t.current.conn.Retire()
	}
}

// A Body notes when the caller's own reader of the body fails, which is not a fault of the
// server.
type Body struct {
	io.ReadCloser
	Trace *Trace
}

// Read implements [io.Reader].
func (w *Body) Read(p []byte) (int, error) {
	n, err := w.ReadCloser.Read(p)
	if err != nil && err != io.EOF {
		w.Trace.mu.Lock()
		w.Trace.bodyErr = fmt.Errorf("reading the request's body: %w", err)
		w.Trace.mu.Unlock()
	}
	return n, err
}
