package demo

import (
	"net"
	"net/http"
	"sync"
	"time"
)

// Serve serves h on a local address; 127.0.0.1:0 selects a free port. It returns the base URL and a
// function that stops the server. That closes all connections and waits for the handlers, so that
// what they write to can be closed next.
func Serve(address string, h http.Handler) (url string, stop func() error, err error) {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return "", nil, err
	}
	handlers := &gate{next: h}
	server := &http.Server{Handler: handlers, ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = server.Serve(listener) }()
	stop = func() error {
		err := server.Close()
		handlers.close()
		return err
	}
	return "http://" + listener.Addr().String(), stop, nil
}

// A gate is a handler that can be closed. [http.Server.Close] does not wait for handlers.
type gate struct {
	next http.Handler

	mu     sync.RWMutex // held for reading while a handler runs
	closed bool
}

// ServeHTTP implements [http.Handler].
func (g *gate) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	g.mu.RLock()
	defer g.mu.RUnlock()
	if g.closed {
		panic(http.ErrAbortHandler)
	}
	g.next.ServeHTTP(w, r)
}

// close waits for the handlers that run and admits no others.
func (g *gate) close() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.closed = true
}
