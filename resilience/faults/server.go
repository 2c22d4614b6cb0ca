package faults

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
	"time"
)

// A Config describes a server. The zero value answers every request with 200 and an empty body,
// over HTTP/1.1 on a free port of the loopback interface.
type Config struct {
	Script  []Step              // responses in order of arrival; the last one is repeated
	Handle  func(*Request) Step // used instead of Script; must be safe for concurrent use
	Address string              // address to listen on; empty: 127.0.0.1 and a free port
	Pipe    bool                // listen in memory; connect with [Server.DialContext]
	TLS     bool                // use a self-signed certificate; see [Server.CertPool]
	HTTP2   bool                // HTTP/2 if the client requests it: by ALPN with TLS, by prior knowledge without
	Log     io.Writer           // receives each [Record] as a line of JSON when the response is determined
}

// A Server is a running server. It must be closed.
type Server struct {
	URL string // for example http://127.0.0.1:41234, or for in-memory servers a name that only DialContext resolves

	config   Config
	listener net.Listener
	tls      *tls.Config
	pool     *x509.CertPool
	dials    dialScript

	ctx    context.Context // canceled by Close
	cancel context.CancelFunc
	work   sync.WaitGroup

	mu      sync.Mutex
	changed *sync.Cond // signaled when connections open and close
	open    map[*serverConn]bool
	made    int
	read    int // number of requests read
	records []Record
	logErr  error
}

// New starts an HTTP/1.1 server on the loopback interface that answers with the steps in order and
// then repeats the last. It panics if it cannot listen.
func New(script ...Step) *Server { return Config{Script: script}.mustStart() }

// InMemory starts a server like [New] that listens in memory.
func InMemory(script ...Step) *Server { return Config{Script: script, Pipe: true}.mustStart() }

func (c Config) mustStart() *Server {
	s, err := c.Start()
	if err != nil {
		panic(err)
	}
	return s
}

// Start starts the server. It returns an error if it cannot listen on the address.
func (c Config) Start() (*Server, error) {
	s := &Server{config: c, open: map[*serverConn]bool{}}
	s.changed = sync.NewCond(&s.mu)
	s.ctx, s.cancel = context.WithCancel(context.Background())
	if err := s.secure(); err != nil {
		return nil, err
	}
	if err := s.listen(); err != nil {
		return nil, err
	}
	s.work.Go(s.accept)
	return s, nil
}

// pipeHost is the name of in-memory servers. Its top-level domain is reserved for tests (RFC 6761).
const pipeHost = "faults.test"

// listen opens the listener and sets the URL.
func (s *Server) listen() error {
	scheme := "http://"
	if s.config.TLS {
		scheme = "https://"
	}
	if s.config.Pipe {
		s.listener, s.URL = NewPipe(), scheme+pipeHost
		return nil
	}
	address := s.config.Address
	if address == "" {
		address = "127.0.0.1:0"
	}
	l, err := net.Listen("tcp", address)
	if err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	s.listener, s.URL = l, scheme+l.Addr().String()
	return nil
}

// Close closes the listener and all connections and waits until all goroutines of the server have
// ended. Further calls have no effect. The error is the first one from writing the log.
func (s *Server) Close() error {
	s.cancel()
	s.listener.Close()
	s.mu.Lock()
	for c := range s.open {
		c.raw.Close()
	}
	s.mu.Unlock()
	s.work.Wait()
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.logErr
}

// Records returns the requests received so far, in order of arrival.
func (s *Server) Records() []Record {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Record(nil), s.records...)
}

// Count returns the number of requests received so far.
func (s *Server) Count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.records)
}

// Connections returns the number of connections made so far and of those that are open.
func (s *Server) Connections() (made, open int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.made, len(s.open)
}

// AwaitConnections waits until no more than most connections are open or ctx ends.
func (s *Server) AwaitConnections(ctx context.Context, most int) error {
	stop := context.AfterFunc(ctx, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.changed.Broadcast()
	})
	defer stop()
	s.mu.Lock()
	defer s.mu.Unlock()
	for len(s.open) > most {
		if ctx.Err() != nil {
			return fmt.Errorf("%d connections are open: %w", len(s.open), ctx.Err())
		}
		s.changed.Wait()
	}
	return nil
}

// CloseIdle closes all connections without a request in progress, as servers and proxies do with
// idle connections.
func (s *Server) CloseIdle() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for c, idle := range s.open {
		if idle {
			c.raw.Close()
		}
	}
}

// DialContext connects to the server; address is ignored. It fails as set by [Server.FailDials]. It
// can be used as DialContext of an http.Transport.
func (s *Server) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	if err := s.dials.next(ctx, address); err != nil {
		return nil, err
	}
	if p, ok := s.listener.(*Pipe); ok {
		return p.DialContext(ctx, network, address)
	}
	var d net.Dialer
	return d.DialContext(ctx, "tcp", s.listener.Addr().String())
}

// Transport returns a new transport that connects to the server and trusts its certificate. The
// caller must close its idle connections.
func (s *Server) Transport() *http.Transport {
	t := &http.Transport{DialContext: s.DialContext, MaxIdleConnsPerHost: 64}
	if s.config.TLS {
		t.TLSClientConfig = &tls.Config{RootCAs: s.pool}
	}
	if s.config.HTTP2 {
		t.Protocols = new(http.Protocols)
		t.Protocols.SetHTTP2(true)
		t.Protocols.SetUnencryptedHTTP2(!s.config.TLS)
	}
	return t
}

// CertPool returns a pool with the server's certificate, or nil without TLS.
func (s *Server) CertPool() *x509.CertPool { return s.pool }

// A serverConn is a connection of the server.
type serverConn struct {
	net.Conn          // used for HTTP
	raw      net.Conn // the connection below TLS, or the same one
	number   int
	requests int // number of requests read
}

// reset resets the connection if its kind supports that.
func (c *serverConn) reset() {
	switch raw := c.raw.(type) {
	case *net.TCPConn:
		raw.SetLinger(0)
		raw.Close()
	case *pipeConn:
		raw.reset()
	default:
		raw.Close()
	}
}

// drain reads until the peer closes the connection or the server closes.
func (c *serverConn) drain() { io.Copy(io.Discard, c.Conn) }

// accept serves connections until the listener is closed.
func (s *Server) accept() {
	for {
		raw, err := s.listener.Accept()
		if err != nil {
			return
		}
		if c := s.admit(raw); c != nil {
			s.work.Go(func() { s.serve(c) })
		}
	}
}

// admit registers a connection unless the server is closing.
func (s *Server) admit(raw net.Conn) *serverConn {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ctx.Err() != nil {
		raw.Close()
		return nil
	}
	s.made++
	c := &serverConn{Conn: raw, raw: raw, number: s.made}
	s.open[c] = true
	return c
}

// serve serves HTTP on a connection until it ends.
func (s *Server) serve(c *serverConn) {
	defer s.forget(c)
	defer func() { c.Close() }() // the TLS connection, if any, so that close_notify is sent
	proto, ok := s.handshake(c)
	if !ok {
		return
	}
	in := bufio.NewReader(c)
	if s.config.HTTP2 && (proto == "h2" || !s.config.TLS && isPreface(in)) {
		serve2(s, c, in)
		return
	}
	serve1(s, c, in)
}

// forget unregisters a connection.
func (s *Server) forget(c *serverConn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.open, c)
	s.changed.Broadcast()
}

// busy marks a connection as having a request in progress.
func (s *Server) busy(c *serverConn) { s.mark(c, false) }

// rest marks a connection as idle.
func (s *Server) rest(c *serverConn) { s.mark(c, true) }

func (s *Server) mark(c *serverConn, idle bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := s.open[c]; ok {
		s.open[c] = idle
	}
}

// decide selects the response to a request and records both.
func (s *Server) decide(c *serverConn, r *http.Request, data []byte) Step {
	request := &Request{Request: r, Data: data, Conn: c.number, Time: time.Now()}
	s.mu.Lock()
	s.read++
	request.Number = s.read
	request.Reused = c.requests > 0
	c.requests++
	s.mu.Unlock()
	step := s.answer(request)
	s.mu.Lock()
	defer s.mu.Unlock()
	record := newRecord(request, step)
	s.records = append(s.records, record)
	if s.config.Log != nil {
		s.logErr = errors.Join(s.logErr, writeRecord(s.config.Log, record))
	}
	return step
}

// answer returns the step for a request.
func (s *Server) answer(r *Request) Step {
	switch script := s.config.Script; {
	case s.config.Handle != nil:
		return s.config.Handle(r)
	case len(script) == 0:
		return Step{Applied: true}
	default:
		return script[min(r.Number, len(script))-1]
	}
}

// pause sleeps for d. It returns false if the server closes earlier.
func (s *Server) pause(d time.Duration) bool {
	if d <= 0 {
		return s.ctx.Err() == nil
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-s.ctx.Done():
		return false
	}
}
