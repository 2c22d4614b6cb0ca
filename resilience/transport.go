// This file has the connection pool: a net/http transport with the settings of a policy, whose connections are counted, age, and can all be closed.

package resilience

import (
	"context"
	"crypto/tls"
	"errors"
	"math/rand/v2"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/resgen/resgen/resilience/policy"
)

// Settings of the pool that no policy changes.
const (
	keepAlive       = 15 * time.Second // between probes of an idle TCP connection
	continueTimeout = time.Second      // for 100 Continue
	mostHeaderBytes = 1 << 20          // of an answer, interim ones included
	pingTimeout     = 5 * time.Second  // for the answer to an HTTP/2 ping
	writeTimeout    = 10 * time.Second // without progress in writing an HTTP/2 frame
	sessionCache    = 64               // TLS sessions kept for resumption
)

// errPoolClosed is what a dial ends with that outlives the pool.
var errPoolClosed = errors.New("the connection pool is closed")

// A dialer opens connections, like [net.Dialer.DialContext].
type dialer func(ctx context.Context, network, address string) (net.Conn, error)

// A pool is a transport that knows its connections.
type pool struct {
	*http.Transport
	dial    dialer
	timeout time.Duration // of a dial; 0: none
	maxAge  time.Duration
	ctx     context.Context // ends with the pool: dials go on when their request was given up, but not beyond this
	cancel  context.CancelFunc

	mu     sync.Mutex
	conns  map[*conn]struct{}
	closed bool
}

// newPool returns a pool. A nil dial opens TCP connections; config may be nil.
func newPool(p policy.Transport, dial dialer, config *tls.Config) *pool {
	if dial == nil {
		dial = (&net.Dialer{KeepAlive: keepAlive}).DialContext
	}
	ctx, cancel := context.WithCancel(context.Background())
	pl := &pool{dial: dial, timeout: p.DialTimeout, maxAge: p.MaxAge, ctx: ctx, cancel: cancel, conns: map[*conn]struct{}{}}
	pl.Transport = &http.Transport{
		Proxy:                  http.ProxyFromEnvironment,
		DialContext:            pl.open,
		TLSClientConfig:        tlsConfig(config),
		TLSHandshakeTimeout:    p.TLSTimeout,
		MaxIdleConnsPerHost:    p.MaxIdle,
		MaxConnsPerHost:        p.MaxConns,
		IdleConnTimeout:        p.IdleTimeout,
		ExpectContinueTimeout:  continueTimeout,
		MaxResponseHeaderBytes: mostHeaderBytes,
		ForceAttemptHTTP2:      true,
		HTTP2:                  &http.HTTP2Config{SendPingTimeout: p.Ping, PingTimeout: pingTimeout, WriteByteTimeout: writeTimeout},
	}
	return pl
}

// tlsConfig returns a configuration that resumes sessions and accepts nothing below TLS 1.2 unless the caller's says so.
func tlsConfig(config *tls.Config) *tls.Config {
	c := &tls.Config{}
	if config != nil {
		c = config.Clone()
	}
	if c.MinVersion == 0 {
		c.MinVersion = tls.VersionTLS12
	}
	if c.ClientSessionCache == nil {
		c.ClientSessionCache = tls.NewLRUClientSessionCache(sessionCache)
	}
	return c
}

// open opens a connection and enters it into the pool's book.
func (p *pool) open(ctx context.Context, network, address string) (net.Conn, error) {
	ctx, cancel := limited(ctx, p.timeout)
	defer cancel()
	defer context.AfterFunc(p.ctx, cancel)()
	raw, err := p.dial(ctx, network, address)
	if err != nil {
		return nil, err
	}
	c := &conn{Conn: raw, pool: p}
	if !p.enter(c) {
		_ = raw.Close()
		return nil, errPoolClosed
	}
	return c, nil
}

// limited returns a context that ends after a time, 0 for none.
func limited(ctx context.Context, d time.Duration) (context.Context, context.CancelFunc) {
	if d <= 0 {
		return context.WithCancel(ctx)
	}
	return context.WithTimeout(ctx, d)
}

// enter books a connection and starts its age. It is false if the pool was closed in the meantime.
func (p *pool) enter(c *conn) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return false
	}
	p.conns[c] = struct{}{}
	if p.maxAge > 0 {
		c.timer = time.AfterFunc(age(p.maxAge, rand.Float64()), c.retire)
	}
	return true
}

// age spreads the age that connections reach, so that they do not all end together: from half of the longest to the longest.
func age(longest time.Duration, random float64) time.Duration {
	return longest/2 + time.Duration(random*float64(longest/2))
}

// close closes all connections, whether they are in use or not, and refuses new ones.
func (p *pool) close() {
	p.cancel()
	p.mu.Lock()
	p.closed = true
	conns := make([]*conn, 0, len(p.conns))
	for c := range p.conns {
		conns = append(conns, c)
	}
	p.mu.Unlock()
	p.CloseIdleConnections()
	for _, c := range conns {
		_ = c.Close()
	}
}

// size returns how many connections are open.
func (p *pool) size() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.conns)
}

// A conn is a connection of a pool. It counts what is written, which tells whether a request that failed was sent, and it knows when it is in
// use, so that it can be closed at its age without hurting anybody.
type conn struct {
	net.Conn
	pool   *pool
	timer  *time.Timer
	writes atomic.Int64 // calls of Write, but for those that wrote nothing

	mu      sync.Mutex
	users   int
	retired bool
}

// Write counts and writes. It counts first: the answer to a write may be read, and the count with it, before Write returns.
func (c *conn) Write(b []byte) (int, error) {
	c.writes.Add(1)
	n, err := c.Conn.Write(b)
	if n == 0 {
		c.writes.Add(-1)
	}
	return n, err
}

// Close closes the connection and takes it out of the pool's book.
func (c *conn) Close() error {
	c.pool.mu.Lock()
	delete(c.pool.conns, c)
	if c.timer != nil {
		c.timer.Stop()
	}
	c.pool.mu.Unlock()
	return c.Conn.Close()
}

// use notes that an attempt has the connection. It reports true if this is to be its last.
func (c *conn) use() (last bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.users++
	return c.retired
}

// release ends use, and closes a retired connection that nobody uses any more.
func (c *conn) release() {
	c.mu.Lock()
	c.users--
	end := c.retired && c.users == 0
	c.mu.Unlock()
	if end {
		_ = c.Close()
	}
}

// retire closes the connection if it is idle, else as soon as it is.
func (c *conn) retire() {
	c.mu.Lock()
	c.retired = true
	end := c.users == 0
	c.mu.Unlock()
	if end {
		_ = c.Close()
	}
}

// pooled returns the pool's own connection beneath what net/http reports, or nil if it is not of this package.
func pooled(c net.Conn) *conn {
	for {
		switch x := c.(type) {
		case *conn:
			return x
		case interface{ NetConn() net.Conn }:
			c = x.NetConn()
		default:
			return nil
		}
	}
}
