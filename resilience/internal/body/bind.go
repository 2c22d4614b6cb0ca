package body

// This file makes the reads of any body end with a context.

import (
	"bytes"
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
func Bind(ctx context.Context, rc io.ReadCloser) *Bound { return &Bound{ctx: ctx, rc: rc} }

// A Bound is a body whose reads end with a context. It reads another body on a goroutine. Its Close
// may be called during a Read and does not wait for it. A panic of the other body continues in the
// reader.
type Bound struct {
	ctx    context.Context
	rc     io.ReadCloser
	buffer []byte
	ready  []byte // read and not yet returned
	err    error  // after ready

	mu      sync.Mutex
	closed  bool
	closing chan struct{} // closed by Close; nil: nothing was read yet
	reading chan struct{} // closed when the read in progress ends; nil: there is none
}

// result is what a read of the body returned.
type result struct {
	n        int
	err      error
	panicked any
}

// Read implements [io.Reader].
func (b *Bound) Read(p []byte) (int, error) {
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
func (b *Bound) fetch(size int) {
	if size = min(size, mostAhead); len(b.buffer) < size {
		b.buffer = make([]byte, size)
	}
	ended, closing := b.begin()
	if ended == nil {
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
	case <-closing:
		b.err = http.ErrBodyReadAfterClose
	}
}

// begin notes that a read begins, which the caller must end by closing ended. It returns nil if the
// body is closed.
func (b *Bound) begin() (ended, closing chan struct{}) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed {
		return nil, nil
	}
	if b.closing == nil {
		b.closing = make(chan struct{})
	}
	b.reading = make(chan struct{})
	return b.reading, b.closing
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
func (b *Bound) Close() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed {
		return nil
	}
	b.closed = true
	if b.closing != nil {
		close(b.closing)
	}
	if b.reading != nil {
		select {
		case <-b.reading:
		default:
			go b.closeAfter(b.reading)
			return nil
		}
	}
	_ = b.rc.Close()
	return nil
}

// closeAfter closes the body when the read in progress has ended, or during it if it does not end.
func (b *Bound) closeAfter(reading <-chan struct{}) {
	t := time.NewTimer(closeWait)
	defer t.Stop()
	select {
	case <-reading:
	case <-t.C:
	}
	_ = b.rc.Close()
}

// A whole reads a body to its end on another goroutine. It is used again unless it is abandoned.
type whole struct {
	body     Body
	buf      bytes.Buffer
	limit    int64
	tooLarge bool
	err      error
	panicked any
	start    func()        // is read; kept because making it allocates
	done     chan struct{} // closed when the body was read; of one use, because channels belong to a synctest bubble
}

var wholes = sync.Pool{New: func() any {
	w := new(whole)
	w.start = w.read
	return w
}}

// mostKept is the size of a buffer above which a whole is not used again.
const mostKept = 1 << 20

// read reads the body. A panic is kept.
func (w *whole) read() {
	defer func() {
		w.panicked = recover()
		close(w.done)
	}()
	w.tooLarge, w.err = w.body.readAll(&w.buf, w.limit)
}

// readBound is ReadAll for a body that is bound to a context. One goroutine reads all of it.
func (b *Body) readBound(source *Bound, buf *bytes.Buffer, limit int64) (tooLarge bool, err error) {
	w := wholes.Get().(*whole)
	w.body, w.limit = Body{raw: source.rc, coded: b.coded}, limit
	done := make(chan struct{})
	w.done = done
	go w.start()
	select {
	case <-done:
	case <-source.ctx.Done():
		b.ended = true // nothing more is read
		source.abandon(done)
		return false, context.Cause(source.ctx)
	}
	b.ended = w.body.ended
	_, _ = buf.Write(w.buf.Bytes())
	tooLarge, err = w.tooLarge, w.err
	if w.panicked != nil {
		panic(w.panicked)
	}
	if w.body, w.done = (Body{}), nil; w.buf.Cap() <= mostKept {
		w.buf.Reset()
		wholes.Put(w)
	}
	return tooLarge, err
}

// abandon closes the body although it is read until done.
func (b *Bound) abandon(done <-chan struct{}) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.closed {
		b.closed = true
		go b.closeAfter(done)
	}
}
