package conntrace

import (
	"errors"
	"fmt"
	"io"
)

// errGone ends the reading of a body for a connection that was closed at its age.
var errGone = errors.New("the connection was closed at its age")

// A Body notes when the caller's own reader of the body fails, which is not a fault of the server.
// As long as nothing was read, closing it has no effect until Settle is called, so that it can be
// sent on another connection.
type Body struct {
	io.ReadCloser
	Trace *Trace

	read, closed, settled bool // guarded by the mutex of the trace
}

// Read implements [io.Reader].
func (b *Body) Read(p []byte) (int, error) {
	if !b.begin() {
		return 0, errGone
	}
	n, err := b.ReadCloser.Read(p)
	if err != nil && err != io.EOF {
		b.Trace.mu.Lock()
		b.Trace.bodyErr = fmt.Errorf("reading the request's body: %w", err)
		b.Trace.mu.Unlock()
	}
	return n, err
}

// begin notes that the body is read. It returns false if that is for a connection that is gone.
func (b *Body) begin() bool {
	b.Trace.mu.Lock()
	defer b.Trace.mu.Unlock()
	if b.Trace.current.gone {
		return false
	}
	b.read = true
	return true
}

// Close implements [io.Closer].
func (b *Body) Close() error {
	b.Trace.mu.Lock()
	b.closed = true
	later := !b.read && !b.settled
	b.Trace.mu.Unlock()
	if later {
		return nil
	}
	return b.ReadCloser.Close()
}

// Unread reports whether nothing of the body was read.
func (b *Body) Unread() bool {
	b.Trace.mu.Lock()
	defer b.Trace.mu.Unlock()
	return !b.read
}

// Settle is called when the body is not sent on another connection any more. It closes the body if
// that was put off.
func (b *Body) Settle() {
	b.Trace.mu.Lock()
	b.settled = true
	late := b.closed && !b.read
	b.Trace.mu.Unlock()
	if late {
		_ = b.ReadCloser.Close()
	}
}
