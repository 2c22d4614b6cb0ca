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
	timer  *time.Timer
	writes atomic.Int64

	mu      sync.Mutex
	users   int
	retired bool
}

// Writes returns how many calls of Write have written something, including those that are running.
func (c *Conn) Writes() int64 { return c.writes.Load() }

// Write writes to the connection. It counts the write before it starts: the response may be read
// before Write returns.
func (c *Conn) Write(b []byte) (int, error) {
	c.writes.Add(1)
	n, err := c.Conn.Write(b)
	if n == 0 {
		c.writes.Add(-1)
	}
	return n, err
}

// Close closes the connection and removes it from the pool.
func (c *Conn) Close() error {
	c.pool.mu.Lock()
	delete(c.pool.conns, c)
	if c.timer != nil {
		c.timer.Stop()
	}
	c.pool.mu.Unlock()
	return c.Conn.Close()
}

// Use notes that a request uses the connection. It returns true if the connection is retired, so
// that the request must be its last. Every call of Use must be followed by one of Release.
func (c *Conn) Use() (last bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.users++
	return c.retired
}

// Release ends a use. It closes a retired connection that has no other user.
func (c *Conn) Release() {
	c.mu.Lock()
	c.users--
	end := c.retired && c.users == 0
	c.mu.Unlock()
	if end {
		_ = c.Close()
	}
}

// Retire closes the connection when it becomes idle.
func (c *Conn) Retire() {
	c.mu.Lock()
	c.retired = true
	end := c.users == 0
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
