package faults

import (
	"bytes"
	"compress/gzip"
	"net/http"
	"strings"
	"time"
)

// A Step describes the response to one request. The zero value is 200 with an empty body. The
// methods return modified copies, so that steps can be built in one expression and reused.
type Step struct {
	Status  int         // 0 is 200
	Headers http.Header // Date and Content-Length are added; a nil value leaves a header out
	Body    []byte

	Delay   time.Duration // before the response, after the request was read
	Hints   int           // number of 103 Early Hints before the response
	Piece   int           // size of the pieces in which the body is sent, in bytes; 0: one piece
	Pause   time.Duration // between two pieces
	Chunked bool          // HTTP/1.1: no Content-Length
	Last    bool          // HTTP/1.1: send Connection: close and close it

	Fault Fault
	At    int // number of body bytes before a fault within the body; 0: half of them

	Applied bool              // whether the request's work was done; only recorded
	Note    map[string]string // further members of the record
}

// OK responds with 200 and a JSON body.
func OK(body string) Step { return JSON(http.StatusOK, body) }

// JSON responds with a status and a JSON body. The work counts as done if the status is below 300.
func JSON(status int, body string) Step {
	return Status(status).With("Content-Type", "application/json").WithBody(body)
}

// Status responds with a status and no body. The work counts as done if the status is below 300.
func Status(status int) Step { return Step{Status: status, Applied: status < 300} }

// HTML responds with a status and an HTML page, like a proxy or a sign-in page.
func HTML(status int) Step {
	return Status(status).With("Content-Type", "text/html; charset=utf-8").
		WithBody("<!DOCTYPE html>\n<html><head><title>Sign in</title></head><body>Please sign in.</body></html>\n").
		BeforeWork()
}

// Redirect responds with a redirect.
func Redirect(status int, location string) Step { return Status(status).With("Location", location) }

// Fail fails. Faults that send a part of a response use that of [OK] with a JSON object of about 60
// bytes. The work counts as done if headers are sent.
func Fail(f Fault) Step {
	s := OK(`{"id":"4711","name":"an answer that is long enough to be cut"}`)
	s.Fault, s.Applied = f, f.answered()
	return s
}

// Bomb responds with 200 and a JSON string of size bytes, compressed to about a thousandth.
func Bomb(size int) Step {
	return OK(`"` + strings.Repeat("0", max(0, size-2)) + `"`).Gzip()
}

// Repeat returns a script with n copies of a step.
func Repeat(n int, s Step) []Step {
	script := make([]Step, n)
	for i := range script {
		script[i] = s
	}
	return script
}

// With adds a header.
func (s Step) With(name, value string) Step {
	s.Headers = s.Headers.Clone()
	if s.Headers == nil {
		s.Headers = http.Header{}
	}
	s.Headers.Add(name, value)
	return s
}

// Without removes a header; Date and Content-Length can be removed as well.
func (s Step) Without(name string) Step {
	s.Headers = s.Headers.Clone()
	if s.Headers == nil {
		s.Headers = http.Header{}
	}
	s.Headers[http.CanonicalHeaderKey(name)] = nil
	return s
}

// WithBody sets the body.
func (s Step) WithBody(body string) Step {
	s.Body = []byte(body)
	return s
}

// In delays the answer.
func (s Step) In(d time.Duration) Step {
	s.Delay = d
	return s
}

// Trickle sends the body in pieces of piece bytes with a pause between them.
func (s Step) Trickle(piece int, pause time.Duration) Step {
	s.Piece, s.Pause = piece, pause
	return s
}

// Gzip compresses the body and sets Content-Encoding.
func (s Step) Gzip() Step {
	s.Body = compressed(s.Body)
	return s.With("Content-Encoding", "gzip")
}

// Cut sets the number of body bytes that are sent before a fault within the body.
func (s Step) Cut(at int) Step {
	s.At = at
	return s
}

// AfterWork marks the request's work as done although the response is a failure.
func (s Step) AfterWork() Step {
	s.Applied = true
	return s
}

// BeforeWork marks the request's work as not done.
func (s Step) BeforeWork() Step {
	s.Applied = false
	return s
}

// WithNote adds a member to the record of the request.
func (s Step) WithNote(name, value string) Step {
	note := map[string]string{name: value}
	for n, v := range s.Note {
		if n != name {
			note[n] = v
		}
	}
	s.Note = note
	return s
}

// status returns the status that is sent.
func (s Step) status() int {
	if s.Status == 0 {
		return http.StatusOK
	}
	return s.Status
}

// cut returns the number of body bytes that are sent before the fault.
func (s Step) cut(body []byte) int {
	if s.At > 0 {
		return min(s.At, len(body))
	}
	return len(body) / 2
}

// payload returns the body as sent, including faults of content codings.
func (s Step) payload() []byte {
	switch s.Fault {
	case BadGzip:
		body := compressed(s.Body)
		body[len(body)-8] ^= 0xff // the first byte of the checksum
		return body
	case ExtraBody:
		return append(bytes.Clone(s.Body), "surplus"...)
	}
	return s.Body
}

// coded reports whether the response declares a compression that the step's own headers do not.
func (s Step) coded() bool { return s.Fault == BadGzip || s.Fault == PlainGzip }

func compressed(body []byte) []byte {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	w.Write(body) // writing to a bytes.Buffer cannot fail
	w.Close()
	return b.Bytes()
}
