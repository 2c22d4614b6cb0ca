package resilience

// This file iterates over the events and the JSON values of a response that is read while it
// arrives.

import (
	"cmp"
	"context"
	"errors"
	"io"
	"iter"
	"math/rand/v2"
	"net/http"
	"reflect"
	"time"

	"github.com/resgen/resgen/resilience/internal/fault"
	"github.com/resgen/resgen/resilience/internal/gate"
	"github.com/resgen/resgen/resilience/internal/records"
	"github.com/resgen/resgen/resilience/media"
	"github.com/resgen/resgen/resilience/policy"
	"github.com/resgen/resgen/resilience/wire"
)

// A ServerEvent is a server-sent event whose data is a T.
type ServerEvent[T any] struct {
	ID   string // of this event, or of the last one that had one
	Name string // "message" if the server sends none
	Data T
}

// ServerEvents makes a call whose response is a stream of server-sent events, and iterates over
// them:
//
//	for event, err := range client.ListenStream(ctx) { … }
//
// The data of an event is decoded as JSON, except if T is string. An error ends the iteration; it
// is an [*Error]. The stream ends where the server ends it, and before the data [DONE], with which
// many servers mark the end.
//
// If the connection breaks after an event with an id, the call of a safe or idempotent operation is
// repeated with that id in the header Last-Event-ID, as often as the policy allows attempts. The id
// of a caller who sets the header counts like that of an event. Each event that arrives allows as
// many again. The server may set the wait before a reconnection; otherwise it is the back-off of
// the policy. There is no reconnection if that wait is longer than retry.max-retry-after. A
// reconnection takes from the retry budget.
//
// The sequence can be used more than once; each time it starts a new call.
func ServerEvents[T any](
	ctx context.Context, c *Caller, op *Operation, in wire.Input, opts ...CallOption,
) iter.Seq2[ServerEvent[T], error] {
	return func(yield func(ServerEvent[T], error) bool) {
		l := newListener(ctx, c, op, in, opts)
		if err := l.run(func(e records.Event) (bool, error) {
			data, end, err := decodeData[T](l, e.Data)
			if end || err != nil {
				return false, err
			}
			return yield(ServerEvent[T]{ID: e.ID, Name: e.Name, Data: data}, nil), nil
		}); err != nil {
			yield(ServerEvent[T]{}, err)
		}
	}
}

// Values makes a call whose response is a stream of JSON values, one per line or a JSON text
// sequence, and iterates over them. An error ends the iteration; it is an [*Error]. The sequence
// can be used more than once; each time it starts a new call.
func Values[T any](
	ctx context.Context, c *Caller, op *Operation, in wire.Input, opts ...CallOption,
) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		l := newListener(ctx, c, op, in, opts)
		var none T
		if err := l.open(); err != nil {
			yield(none, err)
			return
		}
		defer l.stream.Close()
		values := records.NewValues(l.stream, l.limit(), media.IsSequence(l.stream.ContentType))
		for {
			text, err := values.Next()
			if err == io.EOF {
				return
			}
			var value T
			if err == nil {
				value, err = decodeRecord[T](l, text)
			}
			if err != nil {
				yield(none, l.failure(err))
				return
			}
			if !yield(value, nil) {
				return
			}
		}
	}
}

// endOfEvents is the data with which many servers mark the end of a stream of JSON values.
const endOfEvents = "[DONE]"

// decodeData decodes the data of an event. end is true for the mark of the end.
func decodeData[T any](l *listener, text string) (data T, end bool, err error) {
	if s, ok := any(text).(T); ok && reflect.TypeFor[T]().Kind() == reflect.String {
		return s, false, nil
	}
	if text == endOfEvents {
		return data, true, nil
	}
	data, err = decodeRecord[T](l, []byte(text))
	return data, false, err
}

// decodeRecord decodes a JSON value of a stream and reports where it differs from the document.
func decodeRecord[T any](l *listener, text []byte) (T, error) {
	var report wire.Report
	decoded, err := wire.JSONAs[T](text, &report)
	l.stream.exchange.call.reportDrift(l.stream.Status, report.Drifts)
	if err == nil && l.caller.set.strict {
		err = firstMismatch(report.Drifts)
	}
	value, _ := decoded.(T)
	if err != nil {
		return value, l.failure(err)
	}
	return value, nil
}

// A listener reads the stream of one iteration, over several connections if need be.
type listener struct {
	ctx    context.Context
	caller *Caller
	op     *Operation
	in     wire.Input
	opts   []CallOption
	stream *Stream
	lastID string
	retry  time.Duration // wait before a reconnection, if the server sets it; 0: it does not
	broken int           // connections that broke since the last event
}

func newListener(ctx context.Context, c *Caller, op *Operation, in wire.Input, opts []CallOption) *listener {
	return &listener{ctx: ctx, caller: c, op: op, in: in, opts: opts}
}

// limit returns the maximum size of a record.
func (l *listener) limit() int64 { return l.stream.exchange.call.route.policy.Response.MaxBytes }

// open makes the call that returns the stream.
func (l *listener) open() error {
	opts := l.opts
	if l.lastID != "" {
		opts = append(opts[:len(opts):len(opts)], WithHeader(lastEventID, l.lastID))
	}
	s, err := Call[*Stream](l.ctx, l.caller, l.op, l.in, opts...)
	l.stream = s
	if err == nil {
		sent := s.exchange.call.request.fields
		l.lastID = sent.get(http.CanonicalHeaderKey(lastEventID)) // the caller may have set the first one
	}
	return err
}

const lastEventID = "Last-Event-ID"

// run passes each event to use until the stream ends, use returns false, or an error occurs.
func (l *listener) run(use func(records.Event) (bool, error)) error {
	for {
		if err := l.open(); err != nil {
			return err
		}
		done, err := l.listen(use)
		if done || !l.mayReconnect(err) {
			return err
		}
		if waitErr := l.rest(); waitErr != nil {
			return waitErr
		}
	}
}

// listen reads the events of one connection. done is true if the iteration ends, with err or
// without; otherwise the connection broke.
func (l *listener) listen(use func(records.Event) (bool, error)) (done bool, err error) {
	s := l.stream
	defer s.Close()
	if s.Status == 204 {
		return true, nil // the server wants no reconnection
	}
	if s.ContentType != "" && !media.IsEvents(s.ContentType) {
		return true, l.mismatch(media.Base(s.ContentType) + " received, want text/event-stream")
	}
	events := records.NewEvents(s, l.limit(), l.lastID)
	for {
		e, err := events.Next()
		l.retry = cmp.Or(events.Retry(), l.retry)
		if err == nil {
			l.lastID, l.broken = e.ID, 0
			more, err := use(e)
			if err != nil || !more {
				return true, err
			}
			continue
		}
		var broken *Error
		switch {
		case err == io.EOF && !(events.Cut() && s.endsWithConnection):
			return true, nil
		case err == io.EOF:
			return false, l.failure(io.ErrUnexpectedEOF)
		case errors.As(err, &broken):
			return false, err
		}
		return true, l.failure(err)
	}
}

// mayReconnect reports whether the stream can be continued after an error. It takes the price of
// that from the budget.
func (l *listener) mayReconnect(err error) bool {
	k := l.stream.exchange.call
	class := k.route.policy.Idempotency
	var e *Error
	if l.lastID == "" || class != policy.Safe && class != policy.Idempotent || k.request.oneShot() ||
		!errors.As(err, &e) || e.Kind != KindTransport && e.Kind != KindTimeout || l.ctx.Err() != nil ||
		k.tooLong(l.retry) {
		return false
	}
	if l.broken++; l.broken >= k.limit {
		return false
	}
	_, ok := k.route.Budget.Spend(e.Kind == KindTimeout)
	return ok
}

// rest waits before a reconnection. The call that opened the stream has ended, so that an error is
// only returned.
func (l *listener) rest() error {
	k := l.stream.exchange.call
	wait := fault.Delay(k.route.policy.Retry, fault.WaitConnection, l.broken, l.retry, rand.Float64())
	if d := gate.Rest(l.ctx, wait, l.caller.closing()); d != nil {
		return k.rejection(kindOfDenial(l.ctx, d), d.Err)
	}
	return nil
}

// kindOfDenial returns the kind of the error of a wait that ended early.
func kindOfDenial(ctx context.Context, d *gate.Denial) Kind {
	if err := ctx.Err(); err != nil {
		return kindOfContext(err)
	}
	return kindOf(d.Fault, 0)
}

func (l *listener) mismatch(note string) *Error {
	e := l.caller.mismatch(l.op, note)
	e.Status = l.stream.Status
	return e
}

// failure returns the error of a record that cannot be read.
func (l *listener) failure(err error) error {
	var known *Error
	if errors.As(err, &known) {
		return known
	}
	e := l.mismatch("")
	e.cause = contractCause(err)
	switch {
	case errors.Is(err, records.ErrTooLarge):
		e.Kind = KindTooLarge
	case err == io.ErrUnexpectedEOF:
		e.Kind = KindTransport
	}
	return e
}
