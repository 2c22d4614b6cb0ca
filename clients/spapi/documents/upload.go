package documents

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"sync"

	"github.com/resgen/resgen/resilience/wire"
)

// Upload writes a document to a pre-signed URL. contentType must be exactly the one with which the
// URL was requested. The body is read from its beginning for each attempt and determines the
// length; it is not used after Upload has returned. If the URL has expired, Upload returns an
// [*Error] with reason [Expired]; request a new URL and upload again. Retries overwrite the
// document with the same bytes.
func (c *Client) Upload(ctx context.Context, url, contentType string, body io.ReadSeeker) error {
	document, err := documentOf(body)
	if err != nil {
		return err
	}
	for n := 1; ; n++ {
		again, failure := c.put(ctx, url, contentType, document)
		if failure == nil {
			return nil
		}
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		failure.Attempts = n
		if !again || n >= c.attempts() {
			return failure
		}
		if err := c.pause(ctx, n); err != nil {
			return err
		}
	}
}

// documentOf returns the document as a payload, which every attempt reads independently.
func documentOf(body io.ReadSeeker) (*wire.Payload, error) {
	if _, err := body.Seek(0, io.SeekEnd); err != nil {
		return nil, fmt.Errorf("document: cannot determine the length: %w", err)
	}
	if _, err := body.Seek(0, io.SeekStart); err != nil {
		return nil, fmt.Errorf("document: cannot seek to the beginning: %w", err)
	}
	p, err := (&wire.Body{Format: wire.Binary}).Encode(body)
	if err == nil && p.OneShot {
		return nil, fmt.Errorf("document: %w", wire.ErrConsumed)
	}
	return p, err
}

// put sends the document once. again reports whether another attempt may succeed.
func (c *Client) put(
	ctx context.Context, url, contentType string, document *wire.Payload,
) (again bool, failure *Error) {
	content, err := document.Open()
	if err != nil {
		return false, &Error{Reason: Unreachable, note: "its source cannot be read", cause: err}
	}
	defer func() { _ = content.Close() }()
	ctx, w := c.watched(ctx)
	defer w.end()
	read := &reading{r: content, w: w}
	resp, err := c.send(ctx, target{
		method: http.MethodPut,
		url:    url,
		header: http.Header{"Content-Type": {contentType}},
		body:   read,
		length: document.Length,
	})
	if broken := read.failure(); broken != nil {
		if err == nil {
			_ = resp.Body.Close()
		}
		return false, &Error{Reason: Unreachable, note: "its source cannot be read", cause: broken}
	}
	if e := final(err); e != nil {
		return false, e
	}
	if err != nil {
		return true, &Error{Reason: reasonOf(err), cause: err}
	}
	if resp.StatusCode/100 == 2 {
		_ = resp.Body.Close()
		return false, nil
	}
	r := refused(resp)
	return r.again, r.failure(1)
}

// A reading is a body whose reads restart the idle timeout. The round tripper may read it after it
// has returned.
type reading struct {
	r io.Reader
	w *watch

	mu  sync.Mutex
	err error // of the source, not the network
}

func (b *reading) Read(p []byte) (int, error) {
	b.w.moved()
	n, err := b.r.Read(p)
	if err != nil && err != io.EOF {
		b.mu.Lock()
		b.err = err
		b.mu.Unlock()
	}
	return n, err
}

// failure returns the error of the source, or nil.
func (b *reading) failure() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.err
}
