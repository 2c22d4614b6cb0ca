package faults

// This file sends the responses of HTTP/2 streams and their faults.

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"
)

// reply responds as the step describes.
func (h *h2conn) reply(st *h2stream, r *http.Request, step Step) {
	h.hints(st, step.Hints)
	switch step.Fault {
	case Reset, ResetHeaders:
		h.conn.reset()
	case Close, CutStatus, CutHeader:
		h.conn.raw.Close()
	case Garbage:
		h.write(func() error { _, err := h.conn.Write([]byte(strings.Repeat("this is not HTTP/2 ", 9))); return err })
	case Hang:
		<-st.ctx.Done()
	case BlackHole:
		h.swallow()
	case Flood:
		h.hints(st, -1)
	case GoAway:
		h.goAway(st)
	case Refuse:
		h.write(func() error { return h.framer.WriteRSTStream(st.id, http2.ErrCodeRefusedStream) })
	case ResetStream:
		h.write(func() error { return h.framer.WriteRSTStream(st.id, http2.ErrCodeInternal) })
	default:
		h.message(st, r, step)
	}
}

// swallow makes the connection a black hole: input is discarded and never answered.
func (h *h2conn) swallow() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.hole = true
	h.changed.Broadcast()
}

// goAway declares that this stream and all later ones are not processed.
func (h *h2conn) goAway(st *h2stream) {
	h.write(func() error {
		h.away, h.last = true, st.id-1
		return h.framer.WriteGoAway(h.last, http2.ErrCodeNo, nil)
	})
}

// hints sends n 103 Early Hints, or if n is negative as many as the client reads.
func (h *h2conn) hints(st *h2stream, n int) {
	for i := 0; i != n && st.ctx.Err() == nil; i++ {
		if h.headers(st, false, "103", http.Header{"Link": {"</style.css>; rel=preload"}}) != nil {
			return
		}
	}
}

// message sends a response with headers.
func (h *h2conn) message(st *h2stream, r *http.Request, step Step) {
	body := step.payload()
	head := headers(step, time.Now())
	if _, stated := head["Content-Length"]; !stated && !step.Chunked && step.Fault != CutChunked &&
		step.Fault != CutClose &&
		!bodiless(step.status()) {
		head.Set("Content-Length", contentLength(step, body))
	}
	if step.Fault == TwoLengths {
		head["Content-Length"] = []string{contentLength(step, body), strconv.Itoa(len(body) + 1)}
	}
	if step.Fault == HugeHeaders {
		head.Set("X-Pad", strings.Repeat("x", 11<<20))
	}
	if !hasBody(r.Method, step.status()) {
		body = nil
	}
	end := len(body)
	if step.Fault.cutsBody() {
		end = step.cut(body)
	}
	if h.headers(st, len(body) == 0, strconv.Itoa(step.status()), head) != nil || len(body) == 0 {
		return
	}
	h.body(st, step, body[:end])
}

// body sends a body as far as the fault allows.
func (h *h2conn) body(st *h2stream, step Step, body []byte) {
	for i, piece := range pieces(body, step.Piece) {
		if i > 0 && !h.pause(st, step.Pause) || !h.send(st, piece) {
			return
		}
	}
	switch step.Fault {
	case ResetBody:
		h.conn.reset()
	case HangBody:
		<-st.ctx.Done()
	default:
		h.write(func() error { return h.framer.WriteData(st.id, true, nil) })
	}
}

// send sends data as the windows allow and reports whether all of it was sent.
func (h *h2conn) send(st *h2stream, data []byte) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	for len(data) > 0 {
		n := min(int64(len(data)), frameSize, st.window, h.window)
		switch {
		case h.hole || st.ctx.Err() != nil:
			return false
		case n <= 0:
			h.changed.Wait()
			continue
		}
		if h.framer.WriteData(st.id, false, data[:n]) != nil {
			return false
		}
		data = data[n:]
		st.window -= n
		h.window -= n
	}
	return true
}

// headers sends a header block, in several frames if it is long.
func (h *h2conn) headers(st *h2stream, end bool, status string, header http.Header) error {
	return h.write(func() error {
		h.block.Reset()
		h.encoder.WriteField(hpack.HeaderField{Name: ":status", Value: status}) // writing to a buffer cannot fail
		for name, values := range header {
			for _, value := range values {
				h.encoder.WriteField(hpack.HeaderField{Name: strings.ToLower(name), Value: value})
			}
		}
		first := h.block.Next(frameSize)
		err := h.framer.WriteHeaders(http2.HeadersFrameParam{
			StreamID: st.id, BlockFragment: first, EndStream: end, EndHeaders: h.block.Len() == 0,
		})
		for err == nil && h.block.Len() > 0 {
			part := h.block.Next(frameSize)
			err = h.framer.WriteContinuation(st.id, h.block.Len() == 0, part)
		}
		return err
	})
}
