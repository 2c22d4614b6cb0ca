package wire

// This file reads bodies from readers of the caller. Readings of one body may overlap: net/http may
// still read the body of an attempt whose response came early.

import (
	"io"
	"sync"
	"sync/atomic"
	"time"
)

// closeWait is how long Close of a body waits for a Read that is in progress.
const closeWait = 50 * time.Millisecond

// An opened is one reading of a body. After Close it does not use the caller's reader, so that the
// caller may use it again.
type opened struct {
	r      io.Reader
	turn   chan struct{} // has a value while r is in use
	closed atomic.Bool
}

func newOpened(r io.Reader) *opened { return &opened{r: r, turn: make(chan struct{}, 1)} }

// Read implements [io.Reader].
func (o *opened) Read(p []byte) (int, error) {
	o.turn <- struct{}{}
	defer func() { <-o.turn }()
	if o.closed.Load() {
		return 0, io.ErrClosedPipe
	}
	return o.r.Read(p)
}

// Close implements [io.Closer]. A Read that takes longer than closeWait is not waited for.
func (o *opened) Close() error {
	o.closed.Store(true)
	select {
	case o.turn <- struct{}{}:
		<-o.turn
		return nil
	default:
	}
	t := time.NewTimer(closeWait)
	defer t.Stop()
	select {
	case o.turn <- struct{}{}:
		<-o.turn
	case <-t.C:
	}
	return nil
}

// A seekerAt reads a seeker at any offset. It is safe for concurrent use.
type seekerAt struct {
	mu     sync.Mutex
	seeker io.ReadSeeker
	at     int64 // position of the seeker; -1: unknown
}

// ReadAt is like [io.ReaderAt.ReadAt], but may return fewer bytes than len(p) without an error.
func (s *seekerAt) ReadAt(p []byte, offset int64) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.at != offset {
		s.at = -1
		if _, err := s.seeker.Seek(offset, io.SeekStart); err != nil {
			return 0, err
		}
	}
	n, err := s.seeker.Read(p)
	s.at = offset + int64(n)
	return n, err
}
