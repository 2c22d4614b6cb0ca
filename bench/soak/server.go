package main

import (
	"bufio"
	"compress/gzip"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync/atomic"
	"time"
)

const good = `{"id":"4711","name":"umbrella","tags":["rain","storm"]}`

// A handler handles a request in one way.
type handler func(w http.ResponseWriter, r *http.Request)

// faulty lists the server's responses, used in turn. A third of them are failures.
var faulty = []handler{
	well, well, status(500), well, throttled, well, well, reset, well, well, cut, well, chunked, well, status(503),
	well,
	well, hang, well, status(404), well, page, well, brokenGzip, well, drip, well, closed, well, well, status(502),
	zipped,
}

// A service is the faulty server. For two of every ten seconds it responds only with 503, so that
// circuits open and close.
type service struct {
	begun    time.Time
	requests atomic.Int64
	open     atomic.Int64 // open connections
}

// Time of the outage within every ten seconds.
const (
	outagePeriod = 10 * time.Second
	outageFrom   = 7 * time.Second
	outageTo     = 9 * time.Second
)

// down reports whether the outage is in progress at a time after the start.
func down(t time.Duration) bool {
	t %= outagePeriod
	return outageFrom <= t && t < outageTo
}

func (s *service) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/connections" {
		fmt.Fprint(w, s.open.Load())
		return
	}
	_, _ = io.Copy(io.Discard, r.Body)
	if down(time.Since(s.begun)) {
		status(http.StatusServiceUnavailable)(w, r)
		return
	}
	faulty[int(s.requests.Add(1))%len(faulty)](w, r)
}

// count tracks the number of open connections.
func (s *service) count(_ net.Conn, state http.ConnState) {
	switch state {
	case http.StateNew:
		s.open.Add(1)
	case http.StateClosed, http.StateHijacked:
		s.open.Add(-1)
	}
}

// serve serves until stdin is closed, that is until the parent process ends. It first prints its
// URL.
func serve() error {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Println("http://" + l.Addr().String())
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		os.Exit(0)
	}()
	s := &service{begun: time.Now()}
	return (&http.Server{Handler: s, ConnState: s.count}).Serve(l)
}

func well(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("X-Request-Id", "4711")
	_, _ = io.WriteString(w, good)
}

func status(code int) handler {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(code)
		_, _ = io.WriteString(w, `{"code":"BUSY","message":"`+strings.Repeat("come back later ", 200)+`"}`)
	}
}

func throttled(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Retry-After-Ms", "5")
	status(http.StatusTooManyRequests)(w, r)
}

func page(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/html")
	_, _ = io.WriteString(w, "<!DOCTYPE html><title>Sign in</title>"+strings.Repeat("<p>sign in</p>", 100))
}

func zipped(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	if !strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		_, _ = io.WriteString(w, good)
		return
	}
	w.Header().Set("Content-Encoding", "gzip")
	z := gzip.NewWriter(w)
	_, _ = io.WriteString(z, good)
	_ = z.Close()
}

func brokenGzip(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Encoding", "gzip")
	_, _ = io.WriteString(w, "not compressed at all")
}

// hang sends no response until the client cancels.
func hang(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }

// chunked sends a body of unknown length.
func chunked(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	_, _ = io.WriteString(w, good[:20])
	w.(http.Flusher).Flush()
	_, _ = io.WriteString(w, good[20:])
}

// drip sends half a body and then nothing until the client cancels.
func drip(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", strconv.Itoa(len(good)))
	_, _ = io.WriteString(w, good[:20])
	w.(http.Flusher).Flush()
	<-r.Context().Done()
}

// cut closes the connection within the body.
func cut(w http.ResponseWriter, r *http.Request) {
	hijacked(w, func(c *net.TCPConn, b *bufio.ReadWriter) {
		fmt.Fprintf(
			b,
			"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s",
			len(good),
			good[:20],
		)
		_ = b.Flush()
	})
}

// reset resets the connection instead of responding.
func reset(w http.ResponseWriter, _ *http.Request) {
	hijacked(w, func(c *net.TCPConn, _ *bufio.ReadWriter) { _ = c.SetLinger(0) })
}

// closed closes the connection instead of responding.
func closed(w http.ResponseWriter, _ *http.Request) {
	hijacked(w, func(*net.TCPConn, *bufio.ReadWriter) {})
}

// hijacked passes the raw connection to do and closes it.
func hijacked(w http.ResponseWriter, do func(*net.TCPConn, *bufio.ReadWriter)) {
	c, b, err := w.(http.Hijacker).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	do(c.(*net.TCPConn), b)
	_ = c.Close()
}
