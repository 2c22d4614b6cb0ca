package resilience

// This file connects an attempt with what net/http reports about its request: which connection it
// gets, how long it waits for one, and why no response came.

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptrace"
	"sync/atomic"
	"time"

	"github.com/resgen/resgen/resilience/internal/bound"
	"github.com/resgen/resgen/resilience/internal/conntrace"
	"github.com/resgen/resgen/resilience/internal/fault"
	"github.com/resgen/resgen/resilience/internal/gate"
	"github.com/resgen/resgen/resilience/internal/pool"
)

// connecting is the search of an attempt for a connection.
type connecting struct {
	first  *pool.First // the connection that the attempt opens as the first to its host, or nil
	wanted bool        // the pool counts the search
	wait   *connWait   // for a connection that others use; nil: there is none
	waited time.Duration
}

// A connWait is a wait for a connection that others use.
type connWait struct {
	begin time.Time
	timer *time.Timer // ends it
}

// An attemptContext is the context of an attempt. Its values include the attempt, and the functions
// that net/http calls for its request.
type attemptContext struct {
	bound.Bound
	exchange *exchange

	hooks atomic.Pointer[httptrace.ClientTrace] // made when net/http first asks for them
}

// Value implements [context.Context].
func (c *attemptContext) Value(key any) any {
	switch key {
	case exchangeKey{}:
		return c.exchange
	case conntrace.HooksKey:
		return c.trace()
	}
	return c.Bound.Value(key)
}

// trace returns the hooks of the attempt. They are called before those of the caller, if there are
// any.
func (c *attemptContext) trace() *httptrace.ClientTrace {
	if t := c.hooks.Load(); t != nil {
		return t
	}
	x := c.exchange
	c.hooks.CompareAndSwap(nil, conntrace.Join(conntrace.Hooks{
		GetConn: x.getConn, GotConn: x.gotConn, WroteHeaders: x.trace.WroteHeaders, Answered: x.trace.Answered,
	}, httptrace.ContextClientTrace(&c.Bound)))
	return c.hooks.Load()
}

// begin sets the context of the attempt, which ends at the limit of the attempt.
func (x *exchange) begin(ctx context.Context, now time.Time) {
	x.ctx.exchange = x
	x.ctx.Start(ctx, now, x.limit, x.call.route.stream)
	_, x.trace.Pooled = x.call.route.pool.(*pool.Pool)
}

// join waits for the first connection to the host of a request if another attempt opens it. The
// wait is one for a dial.
func (x *exchange) join(r *http.Request) {
	p, ok := x.call.route.pool.(*pool.Pool)
	if !ok || r.URL.Scheme != "https" || x.connecting.first != nil || p.Knows(r.URL.Host) {
		return
	}
	x.trace.Lookup()
	x.trace.Dial()
	x.connecting.first = p.Join(&x.ctx, r.URL.Host)
}

// getConn is called before net/http looks for a connection. A wait for one that others use is
// bounded like that for a place in the bulkhead.
func (x *exchange) getConn(string) {
	if !x.trace.Lookup() {
		x.ctx.Cancel()
		return
	}
	p, ok := x.call.route.pool.(*pool.Pool)
	if !ok || x.connecting.wanted {
		return
	}
	c := &x.connecting
	c.wanted = true
	if p.Want() {
		c.wait = &connWait{time.Now(), time.AfterFunc(x.call.poolWait(), x.endWait)}
	}
}

// dialing is called when the pool begins to open a connection. The context has the values of the
// context of the request that needs the connection.
func dialing(ctx context.Context) {
	if x, ok := ctx.Value(exchangeKey{}).(*exchange); ok {
		x.trace.Dial()
	}
}

// poolWait returns how long an attempt may wait for a connection that others use.
func (k *call) poolWait() time.Duration {
	wait, limit := k.route.policy.Bulkhead.MaxWait, k.waitLimit()
	for _, t := range [...]time.Time{limit.Deadline, limit.SendBy} {
		if !t.IsZero() {
			wait = min(wait, time.Until(t)-1)
		}
	}
	return wait
}

// endWait ends an attempt that has waited too long for a connection.
func (x *exchange) endWait() {
	if x.trace.GiveUp() {
		x.ctx.Cancel()
	}
}

// gotConn is called with the connection that a request is about to be written to.
func (x *exchange) gotConn(info httptrace.GotConnInfo) {
	x.connecting.first.End(true)
	x.found()
	if !x.trace.Connect(info) {
		x.ctx.Cancel()
	}
}

// found ends the search for a connection.
func (x *exchange) found() {
	c := &x.connecting
	c.first.End(false)
	if !c.wanted {
		return
	}
	c.wanted = false
	x.call.route.pool.(*pool.Pool).Found()
	if w := c.wait; w != nil {
		w.timer.Stop()
		c.wait, c.waited = nil, c.waited+time.Since(w.begin)
	}
}

// starved reports whether less than half of the attempt's time was left to the server, because the
// attempt waited for a connection that others used.
func (x *exchange) starved() bool {
	return x.connecting.waited > 0 && x.connecting.waited > x.limit/2
}

// allowSend reports whether the request may be handed to the connection pool. An error says why
// not.
func (x *exchange) allowSend(r *http.Request) error {
	allowed, again := x.trace.AllowSend(r.Header)
	switch {
	case !allowed:
		return fault.ErrSecondSend
	case again && !x.payForResend():
		return fault.ErrUnpaid
	}
	return nil
}

// unsent reports whether nothing of a request that failed was sent because its connection had
// reached its maximum age.
func (x *exchange) unsent(err error) bool {
	retired := x.trace.Retired()
	return (retired || fault.NeverSent(err)) && x.ctx.Err() == nil
}

// guard returns a request whose body can be sent on another connection as long as nothing of it was
// sent: one that GetBody opens again, unless middleware has replaced the body, or one that is not
// read too early.
func (x *exchange) guard(r *http.Request) *http.Request {
	if r.Body == nil || r.Body == http.NoBody || r.GetBody != nil && r.Body == x.built {
		return r
	}
	if b, ok := r.Body.(*conntrace.Body); ok && b.Trace == &x.trace {
		return r
	}
	next := new(*r)
	next.Body, next.GetBody = &conntrace.Body{ReadCloser: r.Body, Trace: &x.trace}, nil
	return next
}

// payForResend takes the permits for a request that middleware sends again. They are not returned,
// because the server may count what was written.
func (x *exchange) payForResend() bool {
	w := x.call.waitLimit()
	p := gate.ForResend(&x.call.route.Guards, w.Cost)
	if ref := p.TakePermits(&x.ctx, &w, time.Now()); ref != nil {
		p.GiveBack()
		return false
	}
	return true
}

// unanswered returns the outcome of an attempt whose request failed with an error.
func (x *exchange) unanswered(err error) *outcome {
	f, err := x.faultOf(err)
	o := x.lost(f, err)
	switch {
	case f == fault.Bulkhead:
		o.origin, o.retryAfter = fromGate, x.call.route.policy.Bulkhead.MaxWait
	case o.fault == fault.TLS:
		o.note = fault.TLSNote(err)
	}
	return o
}

// faultOf returns the fault of an error that came instead of a response, and the error to report.
// After a stale connection a call expects that others are in order.
func (x *exchange) faultOf(err error) (fault.Fault, error) {
	var s *signError
	switch {
	case errors.Is(err, ErrClosed):
		return fault.Closed, err
	case errors.As(err, &s):
		return fault.Credential, err
	}
	var h *headerError
	if errors.As(err, &h) {
		return fault.Invalid, err
	}
	f, err := x.trace.SendFault(err)
	if x.signed != nil {
		err = fault.ViaProxy(f, err, pool.ProxyOf(x.call.route.pool, x.signed))
	}
	p, ok := x.call.route.pool.(*pool.Pool)
	again := fault.Again(f)
	switch {
	case again != f:
		expected := !ok || p.Stale(x.trace.Taken())
		if first := x.call.ledger.firstStale(); !first || !expected {
			f = again
		}
	case ok && f == fault.Reset:
		p.Broke()
	}
	return f, err
}
