package resilience

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"

	"github.com/resgen/resgen/resilience/internal/bound"
	"github.com/resgen/resgen/resilience/internal/gate"
	"github.com/resgen/resgen/resilience/internal/redact"
)

// Stream is a response that is read while it arrives. It must be closed, which releases the
// connection and the place in the bulkhead. Reading is bounded by the caller's context and the
// policy's idle timeout, not by the timeouts of attempt and call. A Stream must be read by one
// goroutine at a time; Close may be called from any.
type Stream struct {
	Status        int
	Header        http.Header
	ContentType   string
	ContentLength int64 // -1: unknown

	exchange *exchange
	bound    *bound.Bound
	pass     gate.Admission
	idle     time.Duration

	endsWithConnection bool // the end of the connection is that of the body

	mu     sync.Mutex
	timer  *time.Timer
	late   bool
	closed bool
}

// newStream returns the stream of a response, which keeps the runtime open until it is closed.
func newStream(x *exchange, o *outcome, resp *http.Response) *Stream {
	runtime := x.call.route.caller.runtime
	s := &Stream{
		Status: o.status, Header: o.header, ContentType: contentType(o.header),
		ContentLength: resp.ContentLength,
		exchange:      x, bound: &x.ctx.Bound, idle: x.call.route.policy.Timeout.Idle,
		endsWithConnection: endsWithConnection(resp),
	}
	if x.body.Decoded() {
		s.ContentLength = -1
	}
	x.call.opened = s
	runtime.inFlight.Add(1)
	runtime.streams.Add(1)
	return s
}

// Format prints the status and the content type, since the request behind the stream has secrets.
func (s *Stream) Format(f fmt.State, _ rune) {
	_, _ = fmt.Fprintf(f, "stream of status %d, %s", s.Status, s.ContentType)
}

// hold makes the stream responsible for the places that the attempt has taken.
func (s *Stream) hold(p gate.Admission) { s.pass = p.WithoutPermit() }

// Read implements [io.Reader]. An error other than io.EOF is an [*Error]: [KindTimeout] if no data
// came within the idle timeout, [KindTransport] if the connection broke. There are no retries.
func (s *Stream) Read(p []byte) (int, error) {
	s.arm()
	n, err := s.exchange.body.Read(p)
	s.disarm()
	if err == nil || err == io.EOF {
		return n, err
	}
	return n, s.failure(err)
}

// arm starts the idle timer.
func (s *Stream) arm() {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.idle <= 0 || s.closed:
	case s.timer == nil:
		s.timer = time.AfterFunc(s.idle, s.expire)
	default:
		s.timer.Reset(s.idle)
	}
}

func (s *Stream) disarm() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.timer != nil {
		s.timer.Stop()
	}
}

// expire ends a read that waits too long.
func (s *Stream) expire() {
	s.mu.Lock()
	s.late = true
	s.mu.Unlock()
	s.bound.Cancel()
}

// failure converts the error of a read.
func (s *Stream) failure(err error) *Error {
	s.mu.Lock()
	late := s.late
	s.mu.Unlock()
	k := s.exchange.call
	e := &Error{
		API: k.route.caller.api.Name, Operation: k.route.op.ID, Kind: KindTransport, Status: s.Status,
		MayHaveApplied: true, Stopped: StopFinal, Elapsed: time.Since(k.start),
	}
	e.cause = redact.Error(err, s.exchange.secrets())
	switch {
	case late:
		e.Kind, e.cause = KindTimeout, context.DeadlineExceeded
	case k.ctx.Err() != nil:
		e.Kind, e.cause = kindOfContext(k.ctx.Err()), redact.Error(errorOf(k.ctx), s.exchange.secrets())
	case errors.Is(err, context.Canceled):
		e.Kind = KindClosed
	}
	return e
}

// Close releases what the stream holds. It always returns nil and may be called more than once.
func (s *Stream) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil
	}
	s.closed = true
	if s.timer != nil {
		s.timer.Stop()
	}
	defer s.leave() // also if closing a body of the caller or of middleware panics
	s.bound.Cancel()
	if s.exchange.sent != nil {
		defer s.exchange.sent.Close()
	}
	s.exchange.body.Abandon()
	return nil
}

// leave gives back the place in the bulkhead and in the runtime.
func (s *Stream) leave() {
	s.exchange.trace.Release()
	s.pass.LeavePlaces()
	runtime := s.exchange.call.route.caller.runtime
	runtime.streams.Add(-1)
	runtime.leave()
}
