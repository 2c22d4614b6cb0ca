package documents

// This file reads the stored bytes of a document, from several URLs if necessary.

import (
	"context"
	"crypto/md5"
	"encoding/base64"
	"errors"
	"fmt"
	"hash"
	"io"
	"net/http"
	"strings"

	"github.com/resgen/resgen/resilience/auth"
)

// A Location is the temporary location of a document.
type Location struct {
	URL     auth.Secret `json:"-"` // pre-signed
	Gzip    bool        // stored as gzip
	MD5     string      // base64 of the MD5 of the stored bytes; empty: unknown
	Charset string      // overrides the charset of the content type; [Binary]: no conversion
}

// Binary is the charset of documents that are not text or must not be converted.
const Binary = "binary"

// Format prints nothing about the URL for any verb.
func (l Location) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "location of a document") }

// Locate returns the current location of a document. It is called at the beginning of a download
// and again when the URL expires during it.
type Locate func(ctx context.Context) (Location, error)

// A source reads the stored bytes and continues after interruptions.
type source struct {
	client *Client
	ctx    context.Context
	locate Locate

	loc     Location
	located bool // loc was requested since the last byte
	urls    int  // locations requested since the last progress
	resp    *http.Response
	request context.Context // context of resp
	watch   *watch
	pending error // the error that ended resp, returned after the bytes before it
	offset  int64
	size    int64  // total size; -1: unknown
	etag    string // strong validator of the first response
	sum     hash.Hash
	fails   int   // failures since the last progress
	gained  int64 // bytes since the last progress
	err     error
}

func (c *Client) newSource(ctx context.Context, locate Locate) *source {
	return &source{client: c, ctx: ctx, locate: locate, size: -1, sum: md5.New()}
}

// open ensures that there is a response to read from.
func (s *source) open() error {
	for s.resp == nil {
		if s.loc.URL.IsZero() {
			loc, err := s.locate(s.ctx)
			if err != nil {
				return err
			}
			s.loc, s.located = loc, true
			s.urls++
		}
		if err := s.ask(); err != nil {
			return err
		}
	}
	return nil
}

// ask requests the missing bytes. It returns nil without a response if another request may succeed.
func (s *source) ask() error {
	ctx, w := s.client.watched(s.ctx)
	t := target{method: http.MethodGet, url: s.loc.URL.Reveal(), header: http.Header{"Accept-Encoding": {"identity"}}}
	if s.offset > 0 {
		t.header.Set("Range", fmt.Sprintf("bytes=%d-", s.offset))
		if s.etag != "" {
			t.header.Set("If-Match", s.etag)
		}
	}
	resp, err := s.client.send(ctx, t)
	if err != nil {
		w.end()
		if e := final(err); e != nil {
			return e
		}
		return s.failed(err)
	}
	if resp.StatusCode == http.StatusOK || resp.StatusCode == http.StatusPartialContent && s.offset > 0 {
		s.resp, s.request, s.watch = resp, ctx, w
		err := s.begin()
		w.rest() // the idle timeout excludes the caller's time
		return err
	}
	defer w.end()
	return s.refused(refused(resp))
}

// begin validates a response against the bytes read so far.
func (s *source) begin() error {
	etag := s.resp.Header.Get("ETag")
	if strings.HasPrefix(etag, "W/") {
		etag = ""
	}
	if s.offset == 0 {
		s.etag, s.size = etag, s.resp.ContentLength
		return nil
	}
	if etag != s.etag {
		return s.end(&Error{Reason: Changed, Status: s.resp.StatusCode})
	}
	skip := s.offset // the storage does not support ranges and sends everything again
	if s.resp.StatusCode == http.StatusPartialContent {
		if !strings.HasPrefix(s.resp.Header.Get("Content-Range"), fmt.Sprintf("bytes %d-", s.offset)) {
			return s.end(&Error{Reason: Changed, Status: s.resp.StatusCode})
		}
		skip = 0
	} else if s.etag == "" {
		return s.end(
			&Error{Reason: Changed, Status: s.resp.StatusCode, note: "the storage cannot tell that it is the same"},
		)
	}
	if _, err := io.CopyN(io.Discard, movingReader{s}, skip); err != nil {
		return s.cut(err)
	}
	return nil
}

// movingReader is a response body whose reads restart the idle timeout.
type movingReader struct{ s *source }

func (m movingReader) Read(p []byte) (int, error) {
	m.s.watch.moved()
	return m.s.resp.Body.Read(p)
}

// refused handles an error response: continue with a new URL, retry later, or fail.
func (s *source) refused(r refusal) error {
	switch {
	case r.expired && !s.located && s.urls < s.client.attempts():
		s.loc = Location{} // expired: request a new one
		return nil
	case r.status == http.StatusPreconditionFailed, r.status == http.StatusRequestedRangeNotSatisfiable:
		return &Error{Reason: Changed, Status: r.status}
	case !r.again:
		return r.failure(s.fails + 1)
	}
	s.fails++
	if s.fails >= s.client.attempts() {
		return r.failure(s.fails)
	}
	return s.client.pause(s.ctx, s.fails)
}

// failed handles a missing or interrupted response.
func (s *source) failed(err error) error {
	if s.ctx.Err() != nil {
		return context.Cause(s.ctx)
	}
	s.fails++
	if s.fails >= s.client.attempts() {
		return &Error{Reason: reasonOf(err), Attempts: s.fails, cause: err}
	}
	return s.client.pause(s.ctx, s.fails)
}

// cut drops an interrupted response.
func (s *source) cut(err error) error {
	cause := causeOf(s.request, bare(err))
	s.close()
	return s.failed(cause)
}

// end drops an unusable response.
func (s *source) end(err error) error {
	s.close()
	return err
}

func (s *source) close() {
	if s.resp != nil {
		_ = s.resp.Body.Close()
		s.watch.end()
		s.resp = nil
	}
}

// Read reads stored bytes. An error is final; recoverable ones are handled internally.
func (s *source) Read(p []byte) (int, error) {
	for s.err == nil {
		if s.pending != nil {
			err := s.pending
			s.pending = nil
			s.err = s.ended(err)
			continue
		}
		if s.err = s.open(); s.err != nil {
			break
		}
		s.watch.moved()
		n, err := s.resp.Body.Read(p)
		s.watch.rest()
		s.pending = err
		if n > 0 {
			if s.err = s.count(n); s.err != nil {
				break
			}
			_, _ = s.sum.Write(p[:n])
			return n, nil
		}
	}
	return 0, s.err
}

// count counts bytes that were read. Some bytes are not yet progress: a storage that breaks off
// after each byte must not be asked again without end.
func (s *source) count(n int) error {
	s.offset += int64(n)
	if most := s.client.maxBytes(); s.offset > most {
		return s.end(&Error{Reason: TooLarge, note: fmt.Sprintf("more than %d bytes are stored", most)})
	}
	s.located = false
	if s.gained += int64(n); s.gained >= progress {
		s.gained, s.fails, s.urls = 0, 0, 0
	}
	return nil
}

// ended distinguishes the end of the document, io.EOF, from the end of a response.
func (s *source) ended(err error) error {
	if !errors.Is(err, io.EOF) || s.size >= 0 && s.offset < s.size {
		return s.cut(err)
	}
	s.close()
	if want := s.loc.MD5; want != "" && want != base64.StdEncoding.EncodeToString(s.sum.Sum(nil)) {
		return &Error{Reason: Checksum}
	}
	return io.EOF
}
