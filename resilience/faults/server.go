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
	Script  []Step              // the answers in order of arrival; the last one is repeated
	Handle  func(*Request) Step // takes the script's place; called by many goroutines at a time
	Address string              // where to listen; empty: 127.0.0.1 and a free port
	Pipe    bool                // listen in memory: only [Server.DialContext] gets there
	TLS     bool                // with a certificate that only [Server.CertPool] knows
	HTTP2   bool                // HTTP/2 where the client asks for it: by ALPN with TLS, by prior knowledge without
	Log     io.Writer           // takes each [Record] as a line of JSON as soon as its answer is decided
}

// A Server is a running server. Close ends it.
type Server struct {
	URL string // http://127.0.0.1:41234, or a name that only DialContext knows if it listens in memory

	config   Config
	listener net.Listener
	tls      *tls.Config
	pool     *x509.CertPool
	dials    dialScript

	ctx    context.Context // ends with Close
	cancel context.CancelFunc
	work   sync.WaitGroup

	mu      sync.Mutex
	changed *sync.Cond // connections come and go
	open    map[*serverConn]bool
	made    int
	read    int // requests read
	records []Record
	logErr  error
}

// New starts a server of HTTP/1.1 on the loopback interface that answers with the steps in their
// order and then repeats the last. It panics if the machine lets nobody listen there.
func New(script ...Step) *Server { return Config{Script: script}.mustStart() }

// InMemory starts a server like that of [New] that is reached through memory.
func InMemory(script ...Step) *Server { return Config{Script: script, Pipe: true}.mustStart() }

func (c Config) mustStart() *Server {
	s, err := c.Start()
	if err != nil {
		panic(err)
	}
	return s
}

// Start starts the server. It fails if the address cannot be listened on.
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

// pipeHost is the name of servers in memory. The top-level domain is reserved for tests (RFC 6761).
const pipeHost = "faults.test"

// listen opens the listener and composes the URL.
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

// Close ends the listener and all connections and waits until nothing of the server is left.
// Calling it again does nothing. The error is the first one of writing the log.
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

// Records returns the requests that reached the server so far, in order of arrival.
func (s *Server) Records() []Record {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Record(nil), s.records...)
}

// Count returns how many requests reached the server so far.
func (s *Server) Count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.records)
}

// Connections returns how many connections were made so far and how many of them are open.
func (s *Server) Connections() (made, open int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.made, len(s.open)
}

// AwaitConnections waits until at most so many connections are open, or the context ends.
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

// CloseIdle closes all connections on which no request is being answered, as a server or a proxy
// does with idle ones.
func (s *Server) CloseIdle() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for c, idle := range s.open {
		if idle {
			c.raw.Close()
		}
	}
}

// DialContext connects to the server, whatever address says; or it fails as [Server.FailDials] has
// set. It fits http.Transport.
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

// Transport returns a new transport that reaches the server and trusts its certificate. Its idle
// connections are the caller's to close.
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

// CertPool returns the pool that knows the server's certificate; nil without TLS.
func (s *Server) CertPool() *x509.CertPool { return s.pool }

// A serverConn is a connection as the server has it.
type serverConn struct {
	net.Conn          // what HTTP is read from and written to
	raw      net.Conn // what lies below TLS, or the same
	number   int
	requests int // read so far
}

// reset ends the connection with a reset, so far as its kind has such a thing.
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

// drain reads until the other side is gone or the server closes.
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

// admit notes a connection, unless the server is closing.
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

// serve speaks HTTP on a connection until it ends.
func (s *Server) serve(c *serverConn) {
	defer s.forget(c)
	defer func() { c.Close() }() // of TLS if there is, which says good-bye
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

// forget notes that a connection is gone.
func (s *Server) forget(c *serverConn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.open, c)
	s.changed.Broadcast()
}

// busy notes that a request is being answered on a connection.
func (s *Server) busy(c *serverConn) { s.mark(c, false) }

// rest notes that no request is being answered on a connection any more.
func (s *Server) rest(c *serverConn) { s.mark(c, true) }

func (s *Server) mark(c *serverConn, idle bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := s.open[c]; ok {
		s.open[c] = idle
	}
}

// decide chooses the answer to a request and records both.
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

// pause waits, and reports false if the server closes meanwhile.
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
