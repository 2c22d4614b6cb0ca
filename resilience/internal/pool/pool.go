package pool

import (
	"context"
	"crypto/tls"
	"errors"
	"maps"
	"math/rand/v2"
	"net"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/resgen/resgen/resilience/policy"
)

// Settings that no policy changes.
const (
	keepAlive       = 15 * time.Second // between probes of an idle TCP connection
	continueTimeout = time.Second      // for 100 Continue
	mostHeaderBytes = 1 << 20          // of an answer, interim ones included
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
	busy    atomic.Int64 // connections that requests use
	wanted  atomic.Int64 // requests that look for a connection
	dials   atomic.Int64 // in progress
	health  health
	firsts  firsts
	dial    Dialer
	began   func(context.Context)
	timeout time.Duration // of a dial; 0: no limit
	maxAge  time.Duration
	ctx     context.Context // ends with the pool; a dial may outlive its request, but not the pool
	cancel  context.CancelFunc

	mu      sync.Mutex
	conns   map[*Conn]struct{}
	retired bool
	closed  bool
}

// Dialing is how connections are opened.
type Dialing struct {
	Dial  Dialer                // nil: opens TCP connections
	Began func(context.Context) // called before Dial with the values of the request's context; may be nil
}

// New returns a pool. A nil config is a default configuration that accepts TLS 1.2 and later.
func New(p policy.Transport, d Dialing, config *tls.Config) *Pool {
	dial := d.Dial
	if dial == nil {
		dial = (&net.Dialer{KeepAlive: keepAlive}).DialContext
	}
	ctx, cancel := context.WithCancel(context.Background())
	pl := &Pool{
		dial: dial, began: d.Began, timeout: p.DialTimeout, maxAge: p.MaxAge,
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
		OnProxyConnectResponse: checkConnect,
		HTTP2: &http.HTTP2Config{
			SendPingTimeout: p.Ping, PingTimeout: p.PingTimeout, WriteByteTimeout: writeTimeout,
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
	p.dials.Add(1)
	defer p.dials.Add(-1)
	if p.began != nil {
		p.began(ctx)
	}
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

// register adds a connection. It returns false if the pool is closed.
func (p *Pool) register(c *Conn) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return false
	}
	p.conns[c] = struct{}{}
	c.retired = p.retired
	return true
}

// remove removes a connection that was closed.
func (p *Pool) remove(c *Conn) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.conns, c)
}

// schedule calls retire when a connection that is used for the first time has reached its age. It
// returns nil if connections do not age. The age counts from the first use, so that a slow
// handshake does not use it up.
func (p *Pool) schedule(retire func()) *time.Timer {
	if p.maxAge <= 0 {
		return nil
	}
	return time.AfterFunc(age(p.maxAge, rand.Float64()), retire)
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
	conns := slices.Collect(maps.Keys(p.conns))
	p.mu.Unlock()
	p.CloseIdleConnections()
	for _, c := range conns {
		_ = c.Close()
	}
}

// Retire closes each connection when it becomes idle. Requests can still be sent; each of them is
// the only one of its connection.
func (p *Pool) Retire() {
	p.mu.Lock()
	p.retired = true
	conns := slices.Collect(maps.Keys(p.conns))
	p.mu.Unlock()
	for _, c := range conns {
		c.Retire()
	}
	p.CloseIdleConnections()
}

// Want notes that a request looks for a connection, and reports whether it may have to wait because
// others use as many connections as the policy allows. Found must be called when the search ends.
func (p *Pool) Want() (crowded bool) {
	wanted := p.wanted.Add(1)
	return p.MaxConnsPerHost > 0 && p.busy.Load()+wanted > int64(p.MaxConnsPerHost)
}

// Found notes that a request that called Want no longer looks for a connection.
func (p *Pool) Found() { p.wanted.Add(-1) }

// idle reports whether no connection is open or being opened.
func (p *Pool) idle() bool { return p.dials.Load() == 0 && p.Size() == 0 }

// Size returns how many connections are open.
func (p *Pool) Size() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.conns)
}
