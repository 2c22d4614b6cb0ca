package conntrace

import (
	"errors"
	"fmt"
	"io"
)

// errGone ends the reading of a body for a connection that was closed at its age.
var errGone = errors.New("the connection was closed at its age")

// A Body notes when the caller's own reader of the body fails, which is not a fault of the server.
// While the connection is one that was closed at its age, it is neither read nor closed, so that it
// can be sent on another one.
type Body struct {
	io.ReadCloser
	Trace *Trace
}

// Read implements [io.Reader].
func (b *Body) Read(p []byte) (int, error) {
	if b.Trace.gone() {
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

// Close implements [io.Closer].
func (b *Body) Close() error {
	if b.Trace.gone() {
		return nil
	}
	return b.ReadCloser.Close()
}

func (t *Trace) gone() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.current.gone
}
