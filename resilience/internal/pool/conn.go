package pool

import (
	"net"
	"sync"
	"sync/atomic"
	"time"
)

// A Conn is a connection of a pool. It counts what is written, which shows whether a request that
// failed was sent. It knows whether it is in use, so that it can be closed at its age between
// requests. It is safe for concurrent use.
type Conn struct {
	net.Conn
	pool   *Pool
	writes atomic.Int64
	gone   atomic.Bool // closed at its age; nothing may be written

	mu      sync.Mutex
	users   int
	shared  bool        // by several requests since it was idle
	timer   *time.Timer // of the age; nil before the first use
	used    bool        // by a request; the TLS handshake is over
	retired bool
	last    bool // the last request has begun
	failure error
}

// A Use is what a request learns about the connection that it got.
type Use struct {
	Alone bool // no other request uses the connection
	Last  bool // the connection has reached its age and must serve no further request
	Gone  bool // it was closed at its age already: nothing can be written to it
}

// Writes returns how many calls of Write have written something, including those that are running.
func (c *Conn) Writes() int64 { return c.writes.Load() }

// Write writes to the connection. It counts the write before it starts: the response may be read
// before Write returns.
func (c *Conn) Write(b []byte) (int, error) {
	if c.gone.Load() {
		return 0, net.ErrClosed
	}
	c.writes.Add(1)
	n, err := c.Conn.Write(b)
	if n == 0 {
		c.writes.Add(-1)
	}
	return n, err
}

// Read reads from the connection and keeps its first error.
func (c *Conn) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	if err != nil {
		c.mu.Lock()
		if c.failure == nil {
			c.failure = err
		}
		c.mu.Unlock()
	}
	return n, err
}

// Failure returns the error with which reading ended: io.EOF, or that of a broken connection. It
// returns nil as long as the connection is open.
func (c *Conn) Failure() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.failure
}

// Close closes the connection and removes it from the pool.
func (c *Conn) Close() error {
	c.mu.Lock()
	if c.timer != nil {
		c.timer.Stop()
	}
	c.mu.Unlock()
	c.pool.remove(c)
	return c.Conn.Close()
}

// Use notes that a request uses the connection. Every call of Use must be followed by one of
// Release. The peer closes an HTTP/1.1 connection after its last request, so that it is gone for
// others, even if net/http does not know that yet; requests that share an HTTP/2 connection can all
// be the last.
func (c *Conn) Use(shared bool) Use {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.users++
	if !c.used {
		c.used, c.timer = true, c.pool.schedule(c.Retire)
	}
	if c.users == 1 {
		c.pool.busy.Add(1)
	}
	c.shared = c.users > 1
	if c.last && !shared {
		c.gone.Store(true)
	}
	c.last = c.last || c.retired
	return Use{Alone: c.users == 1, Last: c.retired, Gone: c.gone.Load()}
}

// Shared reports whether several requests have used the connection at the same time since it was
// idle.
func (c *Conn) Shared() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.shared
}

// Release ends a use. It closes a retired connection that has no other user.
func (c *Conn) Release() {
	c.mu.Lock()
	c.users--
	if c.users == 0 {
		c.pool.busy.Add(-1)
	}
	c.unlock()
}

// Retire closes the connection when it becomes idle, but not before its first use. net/http may
// have chosen it for a request that has not called Use yet; that request learns that the connection
// is gone.
func (c *Conn) Retire() {
	c.mu.Lock()
	c.retired = true
	c.unlock()
}

// unlock unlocks the connection, and closes it if it is retired and idle.
func (c *Conn) unlock() {
	end := c.retired && c.used && c.users == 0
	if end {
		c.gone.Store(true)
	}
	c.mu.Unlock()
	if end {
		_ = c.Close()
	}
}

// Of returns the Conn beneath a connection that net/http reports, or nil if it does not belong to a
// pool of this package.
func Of(c net.Conn) *Conn {
	for {
		switch x := c.(type) {
		case *Conn:
			return x
		case interface{ NetConn() net.Conn }:
			c = x.NetConn()
		default:
			return nil
		}
	}
}
