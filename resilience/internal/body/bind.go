package body

// This file makes the reads of any body end with a context.

import (
	"context"
	"io"
	"net/http"
	"sync"
	"time"
)

// closeWait is how long a body is given to end by itself, before it is closed during a read.
const closeWait = 50 * time.Millisecond

// mostAhead is the size of one read.
const mostAhead = 32 << 10

// Bind returns a body with the content of rc whose reads end with ctx, even if those of rc do not.
// Its Close may be called during a Read and does not wait for it. A panic of rc continues in the
// reader.
func Bind(ctx context.Context, rc io.ReadCloser) io.ReadCloser {
	return &bound{ctx: ctx, rc: rc, closed: make(chan struct{})}
}

// bound reads a body on another goroutine.
type bound struct {
	ctx    context.Context
	rc     io.ReadCloser
	buffer []byte
	ready  []byte // read and not yet returned
	err    error  // after ready

	closing sync.Once
	closed  chan struct{}

	mu      sync.Mutex
	reading chan struct{} // closed when the read in progress ends; nil: there is none
}

// result is what a read of the body returned.
type result struct {
	n        int
	err      error
	panicked any
}

// Read implements [io.Reader].
func (b *bound) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	if len(b.ready) == 0 && b.err == nil {
		b.fetch(len(p))
	}
	n := copy(p, b.ready)
	b.ready = b.ready[n:]
	if len(b.ready) > 0 {
		return n, nil
	}
	return n, b.err
}

// fetch reads up to size bytes of the body.
func (b *bound) fetch(size int) {
	if size = min(size, mostAhead); len(b.buffer) < size {
		b.buffer = make([]byte, size)
	}
	ended, ok := b.begin()
	if !ok {
		b.err = http.ErrBodyReadAfterClose
		return
	}
	results := make(chan result, 1)
	go func() {
		defer close(ended)
		results <- readOnce(b.rc, b.buffer[:size])
	}()
	select {
	case r := <-results:
		if r.panicked != nil {
			panic(r.panicked)
		}
		b.ready, b.err = b.buffer[:r.n], r.err
	case <-b.ctx.Done():
		b.err = context.Cause(b.ctx)
	case <-b.closed:
		b.err = http.ErrBodyReadAfterClose
	}
}

// begin notes that a read begins. ok is false if the body is closed.
func (b *bound) begin() (ended chan struct{}, ok bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	select {
	case <-b.closed:
		return nil, false
	default:
	}
	b.reading = make(chan struct{})
	return b.reading, true
}

// readOnce reads once, and returns a panic as a value.
func readOnce(r io.Reader, p []byte) (x result) {
	defer func() {
		if v := recover(); v != nil {
			x.panicked = v
		}
	}()
	x.n, x.err = r.Read(p)
	return x
}

// Close implements [io.Closer].
func (b *bound) Close() error {
	b.closing.Do(func() {
		b.mu.Lock()
		close(b.closed)
		reading := b.reading
		b.mu.Unlock()
		if reading != nil {
			select {
			case <-reading:
			default:
				go b.closeAfter(reading)
				return
			}
		}
		_ = b.rc.Close()
	})
	return nil
}

// closeAfter closes the body when the read in progress has ended, or during it if it does not end.
func (b *bound) closeAfter(reading chan struct{}) {
	t := time.NewTimer(closeWait)
	defer t.Stop()
	select {
	case <-reading:
	case <-t.C:
	}
	_ = b.rc.Close()
}
