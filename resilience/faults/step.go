package faults

import (
	"bytes"
	"compress/gzip"
	"net/http"
	"strings"
	"time"
)

// A Step is how one request is answered. The zero value is 200 with an empty body. The With methods
// and their kin return changed copies, so that a step can be built in one line and kept.
type Step struct {
	Status  int         // 0 is 200
	Headers http.Header // Date and Content-Length are added; a nil value leaves a header out
	Body    []byte

	Delay   time.Duration // before anything is answered, after the request was read
	Hints   int           // so many 103 Early Hints go before the answer
	Piece   int           // the body is sent in pieces of so many bytes; 0: in one
	Pause   time.Duration // between two pieces
	Chunked bool          // HTTP/1.1: no Content-Length
	Last    bool          // HTTP/1.1: Connection: close, and it is closed

	Fault Fault
	At    int // where a fault within the body strikes: after so many bytes; 0: after half of them

	Applied bool              // the request's work was done; only recorded
	Note    map[string]string // further members of the record
}

// OK answers 200 with a JSON body.
func OK(body string) Step { return JSON(http.StatusOK, body) }

// JSON answers a status with a JSON body. The work counts as done if the status is below 300.
func JSON(status int, body string) Step {
	return Status(status).With("Content-Type", "application/json").WithBody(body)
}

// Status answers a status without a body. The work counts as done if the status is below 300.
func Status(status int) Step { return Step{Status: status, Applied: status < 300} }

// HTML answers a status with a page, as a proxy or a sign-in does.
func HTML(status int) Step {
	return Status(status).With("Content-Type", "text/html; charset=utf-8").
		WithBody("<!DOCTYPE html>\n<html><head><title>Sign in</title></head><body>Please sign in.</body></html>\n").
		BeforeWork()
}

// Redirect answers a redirection.
func Redirect(status int, location string) Step { return Status(status).With("Location", location) }

// Fail fails. Where the fault lets a part of an answer through, it is that of [OK] with a JSON
// object of about 60 bytes. The work counts as done if headers get through.
func Fail(f Fault) Step {
	s := OK(`{"id":"4711","name":"an answer that is long enough to be cut"}`)
	s.Fault, s.Applied = f, f.answered()
	return s
}

// Bomb answers 200 with a JSON string of so many bytes that is compressed to about a thousandth.
func Bomb(size int) Step {
	return OK(`"` + strings.Repeat("0", max(0, size-2)) + `"`).Gzip()
}

// Repeat returns a script of n times the same step.
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

// Without leaves out a header, also Date or Content-Length.
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

// Trickle sends the body in pieces of so many bytes with a pause between them.
func (s Step) Trickle(piece int, pause time.Duration) Step {
	s.Piece, s.Pause = piece, pause
	return s
}

// Gzip compresses the body and says so.
func (s Step) Gzip() Step {
	s.Body = compressed(s.Body)
	return s.With("Content-Encoding", "gzip")
}

// Cut sets where a fault within the body strikes: after so many bytes.
func (s Step) Cut(at int) Step {
	s.At = at
	return s
}

// AfterWork marks the request's work as done, though the answer is a failure.
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

// cut returns how many bytes of the body are sent before the fault strikes.
func (s Step) cut(body []byte) int {
	if s.At > 0 {
		return min(s.At, len(body))
	}
	return len(body) / 2
}

// payload returns the body as it is sent, with the faults of content codings.
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

// coded reports whether the answer says that it is compressed though the step's own headers do not.
func (s Step) coded() bool { return s.Fault == BadGzip || s.Fault == PlainGzip }

func compressed(body []byte) []byte {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	w.Write(body) // neither can fail: a bytes.Buffer takes everything
	w.Close()
	return b.Bytes()
}
