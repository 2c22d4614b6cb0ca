package faults

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// serve1 answers the requests of an HTTP/1.1 connection until a request or its fault ends it.
func serve1(s *Server, c *serverConn, in *bufio.Reader) {
	for {
		r, data, err := readRequest(c, in)
		if err != nil {
			return
		}
		s.busy(c)
		step := s.decide(c, r, data)
		if !s.pause(step.Delay) || !answer1(s, c, r, step) || r.Close {
			return
		}
		s.rest(c)
	}
}

// readRequest reads a request with its body.
func readRequest(c *serverConn, in *bufio.Reader) (*http.Request, []byte, error) {
	r, err := http.ReadRequest(in)
	if err != nil {
		return nil, nil, err
	}
	if strings.EqualFold(r.Header.Get("Expect"), "100-continue") {
		if _, err := io.WriteString(c, "HTTP/1.1 100 Continue\r\n\r\n"); err != nil {
			return nil, nil, err
		}
	}
	data, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, nil, err
	}
	r.Body = io.NopCloser(bytes.NewReader(data))
	return r, data, nil
}

// answer1 answers a request and reports whether the connection can be reused.
func answer1(s *Server, c *serverConn, r *http.Request, step Step) bool {
	if !hints(c, step.Hints) {
		return false
	}
	switch step.Fault {
	case Reset:
		c.reset()
	case Close, GoAway, Refuse, ResetStream:
		// the caller closes the connection
	case Hang, BlackHole:
		c.drain()
	case Garbage:
		io.WriteString(c, "\x16\x03\x01 this is not HTTP\r\n\r\n")
	case Flood:
		hints(c, -1)
	default:
		return message1(s, c, r, step)
	}
	return false
}

// hints sends n 103 Early Hints, or if n is negative as many as the client reads. It reports
// whether the connection still works.
func hints(c *serverConn, n int) bool {
	for i := 0; i != n; i++ {
		if _, err := io.WriteString(
			c, "HTTP/1.1 103 Early Hints\r\nLink: </style.css>; rel=preload\r\n\r\n",
		); err != nil {
			return false
		}
	}
	return true
}

// message1 sends a response with headers and reports whether the connection can be reused.
func message1(s *Server, c *serverConn, r *http.Request, step Step) bool {
	body := step.payload()
	chunked := step.Chunked || step.Fault == CutChunked
	head := head1(step, body, chunked)
	switch step.Fault {
	case ResetHeaders:
		c.Write(head[:len(head)/2])
		c.reset()
		return false
	case CutStatus:
		c.Write(head[:len("HTTP/1.1 2")])
		return false
	case CutHeader:
		c.Write(head[:bytes.IndexByte(head, '\n')+len("\nCo")])
		return false
	}
	if _, err := c.Write(head); err != nil {
		return false
	}
	if !hasBody(r.Method, step.status()) {
		return !step.Last
	}
	end := len(body)
	if step.Fault.cutsBody() {
		end = step.cut(body)
	}
	if !body1(s, c, body[:end], step, chunked) {
		return false
	}
	return finish1(c, step, chunked)
}

// finish1 completes a response after its body was sent as far as the fault allows.
func finish1(c *serverConn, step Step, chunked bool) bool {
	switch step.Fault {
	case ResetBody:
		c.reset()
	case HangBody:
		c.drain()
	case CutLength, CutChunked, CutClose, TwoLengths, HugeHeaders, ExtraBody:
		// the caller closes the connection
	default:
		if chunked {
			io.WriteString(c, "0\r\n\r\n")
		}
		return !step.Last
	}
	return false
}

// cutsBody reports whether the fault occurs within the body.
func (f Fault) cutsBody() bool {
	switch f {
	case ResetBody, HangBody, CutLength, CutChunked, CutClose:
		return true
	}
	return false
}

// body1 sends a body in pieces.
func body1(s *Server, c *serverConn, body []byte, step Step, chunked bool) bool {
	for i, piece := range pieces(body, step.Piece) {
		if i > 0 && !s.pause(step.Pause) {
			return false
		}
		if chunked {
			piece = fmt.Appendf(nil, "%x\r\n%s\r\n", len(piece), piece)
		}
		if _, err := c.Write(piece); err != nil {
			return false
		}
	}
	return true
}

// pieces splits a body into pieces of size bytes; 0 means one piece.
func pieces(body []byte, size int) [][]byte {
	if size <= 0 {
		size = max(1, len(body))
	}
	var all [][]byte
	for len(body) > 0 {
		n := min(size, len(body))
		all = append(all, body[:n])
		body = body[n:]
	}
	return all
}

// head1 returns the status line and the headers.
func head1(step Step, body []byte, chunked bool) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "HTTP/1.1 %d %s\r\n", step.status(), http.StatusText(step.status()))
	headers(step, time.Now()).Write(&b)
	_, stated := step.Headers["Content-Length"]
	switch {
	case step.Fault == CutClose:
		b.WriteString("Connection: close\r\n")
	case chunked:
		b.WriteString("Transfer-Encoding: chunked\r\n")
	case !stated && !bodiless(step.status()):
		fmt.Fprintf(&b, "Content-Length: %d\r\n", declaredLength(step, body))
	}
	if step.Fault == TwoLengths {
		fmt.Fprintf(&b, "Content-Length: %d\r\n", len(body)+1)
	}
	if step.Last {
		b.WriteString("Connection: close\r\n")
	}
	if step.Fault == HugeHeaders {
		pad := "X-Pad: " + strings.Repeat("x", 1<<16) + "\r\n"
		b.WriteString(strings.Repeat(pad, 11<<20/len(pad)))
	}
	b.WriteString("\r\n")
	return b.Bytes()
}

// declaredLength returns the Content-Length of a body.
func declaredLength(step Step, body []byte) int {
	if step.Fault == ExtraBody {
		return len(step.Body)
	}
	return len(body)
}

// headers returns the step's headers and the default ones.
func headers(step Step, now time.Time) http.Header {
	h := step.Headers.Clone()
	if h == nil {
		h = http.Header{}
	}
	if _, stated := h["Date"]; !stated {
		h.Set("Date", now.UTC().Format(http.TimeFormat))
	}
	if step.coded() {
		h.Set("Content-Encoding", "gzip")
	}
	return h
}

// contentLength returns the Content-Length header of a body.
func contentLength(step Step, body []byte) string { return strconv.Itoa(declaredLength(step, body)) }

// hasBody reports whether the response to a request has a body.
func hasBody(method string, status int) bool { return method != http.MethodHead && !bodiless(status) }

// bodiless reports whether a status never has a body.
func bodiless(status int) bool {
	return status == http.StatusNoContent || status == http.StatusNotModified || status < 200
}
