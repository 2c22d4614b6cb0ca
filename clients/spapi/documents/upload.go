package documents

import (
	"context"
	"fmt"
	"io"
	"net/http"
)

// Upload writes a document to a pre-signed URL. contentType must be exactly the one with which the
// URL was requested. The body is read from its beginning for each attempt and determines the
// length. If the URL has expired, Upload returns an [*Error] with reason [Expired]; request a new
// URL and upload again. Retries overwrite the document with the same bytes.
func (c *Client) Upload(ctx context.Context, url, contentType string, body io.ReadSeeker) error {
	length, err := body.Seek(0, io.SeekEnd)
	if err != nil {
		return fmt.Errorf("document: cannot determine the length: %w", err)
	}
	for n := 1; ; n++ {
		if _, err := body.Seek(0, io.SeekStart); err != nil {
			return fmt.Errorf("document: cannot seek to the beginning: %w", err)
		}
		again, failure := c.put(ctx, url, contentType, body, length)
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

// put sends the document once. again reports whether another attempt may succeed.
func (c *Client) put(
	ctx context.Context,
	url, contentType string,
	body io.Reader,
	length int64,
) (again bool, failure *Error) {
	ctx, w := c.watched(ctx)
	defer w.end()
	read := &reading{r: body, w: w}
	resp, err := c.send(
		ctx,
		target{
			method: http.MethodPut,
			url:    url,
			header: http.Header{"Content-Type": {contentType}},
			body:   read,
			length: length,
		},
	)
	if read.err != nil {
		return false, &Error{Reason: Unreachable, note: "its source cannot be read", cause: read.err}
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

// A reading is a body whose reads restart the idle timeout.
type reading struct {
	r   io.Reader
	w   *watch
	err error // of the source, not the network
}

func (b *reading) Read(p []byte) (int, error) {
	b.w.moved()
	n, err := b.r.Read(p)
	if err != nil && err != io.EOF {
		b.err = err
	}
	return n, err
}
