package resilience

import (
	"context"
	"errors"
	"io"
	"net/http"
	"sync"
	"time"

	"github.com/resgen/resgen/resilience/internal/breaker"
	"github.com/resgen/resgen/resilience/internal/redact"
)

// A Stream is an answer that is read while it comes. It must be closed, which gives back the connection and the place in the bulkhead.
// Reading it is bounded by the caller's context and by the policy's idle timeout, not by the timeouts of attempt and call.
// It is for one goroutine, but Close may be called from any.
type Stream struct {
	Status        int
	Header        http.Header
	ContentType   string
	ContentLength int64 // -1: unknown

	body     io.ReadCloser
	exchange *exchange
	bound    *bound
	pass     pass
	idle     time.Duration

	mu     sync.Mutex
	timer  *time.Timer
	late   bool
	closed bool
}

func newStream(x *exchange, resp *http.Response) *Stream {
	s := &Stream{
		Status: resp.StatusCode, Header: resp.Header, ContentType: resp.Header.Get("Content-Type"), ContentLength: resp.ContentLength,
		body: resp.Body, exchange: x, bound: x.bound, idle: x.call.route.policy.Timeout.Idle,
	}
	x.call.route.caller.runtime.inFlight.Add(1)
	return s
}

// hold makes the stream responsible for what the attempt has taken.
func (s *Stream) hold(x *exchange, p pass) {
	s.exchange, s.pass = x, p
	s.pass.permit = breaker.Permit{}
	s.pass.tokens = 0
}

// Read reads. An error other than io.EOF is an [*Error]: [KindTimeout] after a silence longer than the idle timeout, [KindTransport] if the
// body broke off. Nothing is read again.
func (s *Stream) Read(p []byte) (int, error) {
	s.arm()
	n, err := s.body.Read(p)
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
		s.timer = time.AfterFunc(s.idle, s.silence)
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

// silence ends a read that waits for too long.
func (s *Stream) silence() {
	s.mu.Lock()
	s.late = true
	s.mu.Unlock()
	s.bound.cancel()
}

// failure turns the error of a read into one of the call.
func (s *Stream) failure(err error) *Error {
	s.mu.Lock()
	late := s.late
	s.mu.Unlock()
	k := s.exchange.call
	e := &Error{API: k.route.caller.api.Name, Operation: k.route.op.ID, Kind: KindTransport, Status: s.Status, MayHaveApplied: true, Stopped: StopFinal}
	e.Elapsed = time.Since(k.start)
	e.cause = redact.Error(err, s.exchange.secrets())
	switch {
	case late:
		e.Kind, e.cause = KindTimeout, context.DeadlineExceeded
	case k.ctx.Err() != nil:
		e.Kind, e.cause = kindOfContext(k.ctx.Err()), k.ctx.Err()
	case errors.Is(err, context.Canceled):
		e.Kind = KindClosed
	}
	return e
}

// Close gives back all the stream holds. It may be called more than once and always returns nil.
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
	s.bound.cancel()
	_ = s.body.Close()
	s.exchange.trace.release()
	s.pass.leavePlace()
	s.exchange.call.route.caller.runtime.leave()
	return nil
}
