package body

import (
	"bytes"
	"errors"
	"io"
	"math"
	"net/http"
	"sync/atomic"
	"time"
)

// Bounds on bodies that do not decide an outcome.
const (
	mostRest = 64 << 10               // read of what follows, so that the connection can serve again
	restTime = 50 * time.Millisecond  // for it
	quiet    = 250 * time.Millisecond // without data, until the body of a failure is taken to have ended
	longest  = time.Second            // for the body of a failure
)

// ErrUnfinished is returned for the body of a failure that did not end in time.
var ErrUnfinished = errors.New("the body did not end")

// A Body is the body of a response. It is read by one goroutine. The zero Body is empty.
type Body struct {
	raw     io.ReadCloser
	coded   *coded // its codings; nil: it has none
	ended   bool   // raw was read to its end
	bounded bool   // at most left bytes are read
	left    int64
	wait    *wait // bounds the time; nil: the context does
}

// coded are the content codings of a body, which are removed.
type coded struct {
	names  []string
	reader io.Reader // without them; nil: nothing was read yet
}

// Of returns the body of a response whose Body is rc; nil is an empty body. Reads of rc must end
// with the context of the request, and its Close may be called during a Read: see [Bind].
func Of(rc io.ReadCloser) Body {
	if rc == http.NoBody {
		return Body{}
	}
	return Body{raw: rc}
}

// Read implements [io.Reader]. It returns the body without the content codings that Decode was
// called for.
func (b *Body) Read(p []byte) (int, error) {
	if b.bounded {
		if b.left <= 0 {
			return 0, io.EOF
		}
		p = p[:min(int64(len(p)), b.left)]
	}
	n, err := b.readDecoded(p)
	b.left -= int64(n)
	return n, err
}

// readDecoded reads the body without its content codings.
func (b *Body) readDecoded(p []byte) (int, error) {
	if b.coded == nil {
		return b.readRaw(p)
	}
	if b.coded.reader == nil {
		b.coded.reader = b.decode()
	}
	return b.coded.reader.Read(p)
}

// readRaw reads the body as it was sent.
func (b *Body) readRaw(p []byte) (int, error) {
	if b.raw == nil {
		return 0, io.EOF
	}
	n, err := b.raw.Read(p)
	b.ended = b.ended || err == io.EOF
	if n > 0 && b.wait != nil {
		b.wait.extend()
	}
	return n, err
}

// ReadAll reads the whole body into buf. If it has more than limit bytes, ReadAll reads one byte
// more than that and returns tooLarge. A limit of 0 or less is none. Nothing must have been read
// before.
func (b *Body) ReadAll(buf *bytes.Buffer, limit int64) (tooLarge bool, err error) {
	if bound, ok := b.raw.(*Bound); ok {
		return b.readBound(bound, buf, limit)
	}
	return b.readAll(buf, limit)
}

func (b *Body) readAll(buf *bytes.Buffer, limit int64) (tooLarge bool, err error) {
	b.bounded = limit > 0 && limit < math.MaxInt64
	b.left = limit + 1
	_, err = buf.ReadFrom(b)
	return err == nil && b.bounded && b.left <= 0, err
}

// ReadStart reads up to limit bytes into buf, for a response whose status says all that must be
// known. It returns [ErrUnfinished] if the body pauses or takes too long.
func (b *Body) ReadStart(buf *bytes.Buffer, limit int64) error {
	if b.raw == nil {
		return nil
	}
	b.bounded, b.left = true, limit
	b.wait = newWait(b.raw)
	_, err := buf.ReadFrom(b)
	if late := b.wait.stop(); err != nil && late {
		return ErrUnfinished
	}
	return err
}

// Close closes the body. If it was not read to its end, Close reads what is there of the rest, so
// that the connection can serve again.
func (b *Body) Close() {
	if b.raw == nil {
		return
	}
	if !b.ended {
		t := time.AfterFunc(restTime, func() { _ = b.raw.Close() })
		_, _ = io.CopyN(io.Discard, b.raw, mostRest)
		t.Stop()
	}
	_ = b.raw.Close()
}

// Abandon closes the body without reading further.
func (b *Body) Abandon() {
	if b.raw != nil {
		_ = b.raw.Close()
	}
}

// A wait closes a body that pauses or takes too long.
type wait struct {
	timer *time.Timer
	end   time.Time
	late  atomic.Bool
}

func newWait(c io.Closer) *wait {
	w := &wait{end: time.Now().Add(longest)}
	w.timer = time.AfterFunc(quiet, func() {
		w.late.Store(true)
		_ = c.Close()
	})
	return w
}

// extend notes that data came.
func (w *wait) extend() {
	if !w.late.Load() {
		w.timer.Reset(min(quiet, time.Until(w.end)))
	}
}

// stop ends the wait and reports whether it closed the body.
func (w *wait) stop() (late bool) {
	w.timer.Stop()
	return w.late.Load()
}
