package pool

import (
	"context"
	"crypto/tls"
	"errors"
	"math/rand/v2"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/resgen/resgen/resilience/policy"
)

// Settings that no policy changes.
const (
	keepAlive       = 15 * time.Second // between probes of an idle TCP connection
	continueTimeout = time.Second      // for 100 Continue
	mostHeaderBytes = 1 << 20          // of an answer, interim ones included
	pingTimeout     = 5 * time.Second  // for the answer to an HTTP/2 ping
	writeTimeout    = 10 * time.Second // without progress in writing an HTTP/2 frame
	sessionCache    = 64               // TLS sessions kept for resumption
)

// ErrClosed is returned by a dial that ends after the pool was closed.
var ErrClosed = errors.New("the connection pool is closed")

// A Dialer opens connections, like [net.Dialer.DialContext].
type Dialer func(ctx context.Context, network, address string) (net.Conn, error)

// A Pool is a transport that keeps track of its connections. It is safe for concurrent use.
type Pool struct {
	*http.Transport
	dial    Dialer
	timeout time.Duration // of a dial; 0: no limit
	maxAge  time.Duration
	ctx     context.Context // ends with the pool; a dial may outlive its request, but not the pool
	cancel  context.CancelFunc

	mu     sync.Mutex
	conns  map[*Conn]struct{}
	closed bool
}

// New returns a pool. A nil dial opens TCP connections. A nil config is a default configuration
// that accepts TLS 1.2 and later.
func New(p policy.Transport, dial Dialer, config *tls.Config) *Pool {
	if dial == nil {
		dial = (&net.Dialer{KeepAlive: keepAlive}).DialContext
	}
	ctx, cancel := context.WithCancel(context.Background())
	pl := &Pool{
		dial: dial, timeout: p.DialTimeout, maxAge: p.MaxAge,
		ctx: ctx, cancel: cancel, conns: map[*Conn]struct{}{},
	}
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
		HTTP2: &http.HTTP2Config{
			SendPingTimeout: p.Ping, PingTimeout: pingTimeout, WriteByteTimeout: writeTimeout,
		},
	}
	return pl
}

// tlsConfig returns a configuration that resumes sessions and requires TLS 1.2 unless the given one
// sets another version.
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

// open opens a connection and registers it.
func (p *Pool) open(ctx context.Context, network, address string) (net.Conn, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(p.ctx, cancel)()
	if p.timeout > 0 {
		var stop context.CancelFunc
		ctx, stop = context.WithTimeout(ctx, p.timeout)
		defer stop()
	}
	raw, err := p.dial(ctx, network, address)
	if err != nil {
		return nil, err
	}
	c := &Conn{Conn: raw, pool: p}
	if !p.register(c) {
		_ = raw.Close()
		return nil, ErrClosed
	}
	return c, nil
}

// register adds a connection and starts its age. It returns false if the pool is closed.
func (p *Pool) register(c *Conn) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return false
	}
	p.conns[c] = struct{}{}
	if p.maxAge > 0 {
		c.timer = time.AfterFunc(age(p.maxAge, rand.Float64()), c.Retire)
	}
	return true
}

// age returns the age at which a connection is closed: between half of the longest and the longest,
// so that connections do not all end together. The argument random is in [0, 1).
func age(longest time.Duration, random float64) time.Duration {
	return longest/2 + time.Duration(random*float64(longest/2))
}

// Close closes all connections, also those in use, and makes later dials fail with [ErrClosed].
func (p *Pool) Close() {
	p.cancel()
	p.mu.Lock()
	p.closed = true
	conns := make([]*Conn, 0, len(p.conns))
	for c := range p.conns {
		conns = append(conns, c)
	}
	p.mu.Unlock()
	p.CloseIdleConnections()
	for _, c := range conns {
		_ = c.Close()
	}
}

// Size returns how many connections are open.
func (p *Pool) Size() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.conns)
}
