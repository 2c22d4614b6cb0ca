package faults

// This file implements HTTP/2 frame by frame, because the server of net/http cannot misbehave. It
// starts with [serve2].

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"net/http"
	"net/url"
	"sync"
	"time"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"
)

// frameSize is the default limit for frames.
const frameSize = 16 << 10

// firstWindow is the initial flow-control window in bytes (RFC 9113, section 6.9.2).
const firstWindow = 65535

// isPreface reports whether a connection begins with the HTTP/2 preface.
func isPreface(in *bufio.Reader) bool {
	start, err := in.Peek(4) // shorter than any request
	return err == nil && string(start) == http2.ClientPreface[:4]
}

// An h2conn is an HTTP/2 connection.
type h2conn struct {
	server *Server
	conn   *serverConn
	framer *http2.Framer
	ctx    context.Context // ends with the connection

	mu      sync.Mutex // guards the fields below and writing
	changed *sync.Cond
	hole    bool // nothing is sent any more
	last    uint32
	away    bool  // GOAWAY was sent: streams above last are ignored
	window  int64 // number of bytes that the peer accepts on this connection
	initial int64 // the same for a new stream
	streams map[uint32]*h2stream
	block   bytes.Buffer
	encoder *hpack.Encoder
}

// An h2stream is a request being read or its response being written.
type h2stream struct {
	id     uint32
	window int64
	header *http2.MetaHeadersFrame
	data   []byte
	ctx    context.Context // canceled when the peer resets the stream
	cancel context.CancelFunc
}

// serve2 answers the requests of an HTTP/2 connection until the client or the server closes it.
func serve2(s *Server, c *serverConn, in *bufio.Reader) {
	preface := make([]byte, len(http2.ClientPreface))
	if _, err := io.ReadFull(in, preface); err != nil || string(preface) != http2.ClientPreface {
		return
	}
	ctx, cancel := context.WithCancel(s.ctx)
	h := &h2conn{
		server:  s,
		conn:    c,
		ctx:     ctx,
		window:  firstWindow,
		initial: firstWindow,
		streams: map[uint32]*h2stream{},
	}
	h.changed = sync.NewCond(&h.mu)
	h.framer = http2.NewFramer(c, in)
	h.framer.ReadMetaHeaders = hpack.NewDecoder(4096, nil)
	h.encoder = hpack.NewEncoder(&h.block)
	defer context.AfterFunc(ctx, h.wake)()
	defer cancel()
	h.write(func() error { return h.framer.WriteSettings() })
	for {
		f, err := h.framer.ReadFrame()
		if err != nil {
			return
		}
		h.frame(f)
	}
}

// wake wakes goroutines that wait for a window so that they check the connection.
func (h *h2conn) wake() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.changed.Broadcast()
}

// write writes frames under the lock, unless the connection is a black hole.
func (h *h2conn) write(frames func() error) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.hole {
		return io.ErrClosedPipe
	}
	return frames()
}

// frame handles one frame of the client.
func (h *h2conn) frame(f http2.Frame) {
	switch f := f.(type) {
	case *http2.SettingsFrame:
		h.settings(f)
	case *http2.PingFrame:
		if !f.IsAck() {
			h.write(func() error { return h.framer.WritePing(true, f.Data) })
		}
	case *http2.WindowUpdateFrame:
		h.widen(f.StreamID, int64(f.Increment))
	case *http2.RSTStreamFrame:
		if st := h.stream(f.StreamID); st != nil {
			st.cancel()
		}
	case *http2.MetaHeadersFrame:
		h.begin(f)
	case *http2.DataFrame:
		h.data(f)
	}
}

// settings applies and acknowledges the client's settings.
func (h *h2conn) settings(f *http2.SettingsFrame) {
	if f.IsAck() {
		return
	}
	h.mu.Lock()
	if v, ok := f.Value(http2.SettingInitialWindowSize); ok {
		for _, st := range h.streams {
			st.window += int64(v) - h.initial
		}
		h.initial = int64(v)
	}
	h.mu.Unlock()
	h.write(func() error { return h.framer.WriteSettingsAck() })
}

// widen adds to the window of a stream, or of the connection if the stream is 0.
func (h *h2conn) widen(id uint32, n int64) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if st := h.streams[id]; st != nil {
		st.window += n
	}
	if id == 0 {
		h.window += n
	}
	h.changed.Broadcast()
}

func (h *h2conn) stream(id uint32) *h2stream {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.streams[id]
}

// begin handles the headers of a request.
func (h *h2conn) begin(f *http2.MetaHeadersFrame) {
	if st := h.stream(f.StreamID); st != nil { // trailers
		h.answer(st)
		return
	}
	h.mu.Lock()
	if h.hole || h.away && f.StreamID > h.last {
		h.mu.Unlock()
		return
	}
	st := &h2stream{id: f.StreamID, window: h.initial, header: f}
	st.ctx, st.cancel = context.WithCancel(h.ctx)
	h.streams[st.id] = st
	h.mu.Unlock()
	context.AfterFunc(st.ctx, h.wake)
	if f.StreamEnded() {
		h.answer(st)
	}
}

// data handles a part of a request's body and replenishes the windows.
func (h *h2conn) data(f *http2.DataFrame) {
	st := h.stream(f.StreamID)
	if n := uint32(f.Length); n > 0 {
		h.write(func() error { return h.framer.WriteWindowUpdate(0, n) })
		if st != nil && !f.StreamEnded() {
			h.write(func() error { return h.framer.WriteWindowUpdate(st.id, n) })
		}
	}
	if st == nil {
		return
	}
	st.data = append(st.data, f.Data()...)
	if f.StreamEnded() {
		h.answer(st)
	}
}

// answer answers a completely read request in its own goroutine.
func (h *h2conn) answer(st *h2stream) {
	r := st.request()
	h.server.busy(h.conn)
	step := h.server.decide(h.conn, r, st.data)
	h.server.work.Go(func() {
		defer h.end(st)
		if h.pause(st, step.Delay) {
			h.reply(st, r, step)
		}
	})
}

// end removes a stream.
func (h *h2conn) end(st *h2stream) {
	st.cancel()
	h.mu.Lock()
	delete(h.streams, st.id)
	idle := len(h.streams) == 0
	h.mu.Unlock()
	if idle && h.ctx.Err() == nil {
		h.server.rest(h.conn)
	}
}

// request returns the request in the form of net/http.
func (st *h2stream) request() *http.Request {
	f := st.header
	target := f.PseudoValue("path")
	u, err := url.ParseRequestURI(target)
	if err != nil {
		u = &url.URL{Path: target}
	}
	r := &http.Request{
		Method: f.PseudoValue("method"), URL: u, RequestURI: target, Host: f.PseudoValue("authority"),
		Proto: "HTTP/2.0", ProtoMajor: 2, Header: http.Header{},
		Body: io.NopCloser(bytes.NewReader(st.data)), ContentLength: int64(len(st.data)),
	}
	for _, field := range f.RegularFields() {
		r.Header.Add(field.Name, field.Value)
	}
	return r
}

// pause sleeps for d. It returns false if the stream ends earlier.
func (h *h2conn) pause(st *h2stream, d time.Duration) bool {
	if d <= 0 {
		return st.ctx.Err() == nil
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-st.ctx.Done():
		return false
	}
}
