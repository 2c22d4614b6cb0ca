package faults

import (
	"io"
	"net"
	"os"
	"sync"
	"syscall"
	"time"
)

// A stream is one direction of an in-memory connection: a bounded buffer with deadlines at both
// ends.
type stream struct {
	mu       sync.Mutex
	changed  *sync.Cond
	data     []byte
	finished error // set when the writer has closed: the error for the reader after the buffered data; nil: still open
	stopped  bool  // the reader has closed
	readBy   deadline
	writeBy  deadline
}

// A deadline is a time and the timer that wakes waiting goroutines.
type deadline struct {
	at    time.Time // zero: none
	timer *time.Timer
}

// passed reports whether the deadline has passed.
func (d *deadline) passed() bool { return !d.at.IsZero() && !time.Now().Before(d.at) }

// stop ends the timer.
func (d *deadline) stop() {
	if d.timer != nil {
		d.timer.Stop()
		d.timer = nil
	}
}

func newStream() *stream {
	s := &stream{}
	s.changed = sync.NewCond(&s.mu)
	return s
}

// read waits for data.
func (s *stream) read(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for {
		switch {
		case s.stopped:
			return 0, opError("read", net.ErrClosed)
		case s.readBy.passed():
			return 0, opError("read", os.ErrDeadlineExceeded)
		case len(s.data) > 0:
			n := copy(p, s.data)
			s.data = s.data[n:]
			s.changed.Broadcast()
			return n, nil
		case s.finished == io.EOF:
			return 0, io.EOF
		case s.finished != nil:
			return 0, opError("read", s.finished)
		case len(p) == 0:
			return 0, nil
		}
		s.changed.Wait()
	}
}

// write waits for room.
func (s *stream) write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	sent := 0
	for {
		switch {
		case s.finished != nil:
			return sent, opError("write", net.ErrClosed)
		case s.writeBy.passed():
			return sent, opError("write", os.ErrDeadlineExceeded)
		case s.stopped:
			return sent, opError("write", os.NewSyscallError("write", syscall.EPIPE))
		}
		n := min(len(p)-sent, pipeBuffer-len(s.data))
		s.data = append(s.data, p[sent:sent+n]...)
		sent += n
		s.changed.Broadcast()
		if sent == len(p) {
			return sent, nil
		}
		s.changed.Wait()
	}
}

// finish closes the writer's end. The reader gets the error after the buffered data, as from a
// socket on Linux.
func (s *stream) finish(why error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.finished != nil {
		return
	}
	s.finished = why
	s.writeBy.stop()
	s.changed.Broadcast()
}

// stop closes the reader's end.
func (s *stream) stop() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stopped = true
	s.data = nil
	s.readBy.stop()
	s.changed.Broadcast()
}

// setDeadline sets one of the stream's deadlines; the zero time means none.
func (s *stream) setDeadline(d *deadline, t time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	d.stop()
	d.at = t
	if wait := time.Until(t); !t.IsZero() && wait > 0 {
		d.timer = time.AfterFunc(wait, s.wake)
	}
	s.changed.Broadcast()
}

// wake wakes waiting goroutines so that they check their deadlines.
func (s *stream) wake() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.changed.Broadcast()
}

func opError(op string, err error) error {
	return &net.OpError{Op: op, Net: "pipe", Source: pipeAddr{}, Addr: pipeAddr{}, Err: err}
}
