package resilience

// This file starts and ends calls: Call, Do and CallResult use Caller.do. What happens between is
// in the attempt and retry files.

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"reflect"
	"time"

	"github.com/resgen/resgen/resilience/internal/gate"
	"github.com/resgen/resgen/resilience/internal/redact"
	"github.com/resgen/resgen/resilience/policy"
	"github.com/resgen/resgen/resilience/wire"
)

// Call makes a call and returns the decoded response. Every error is an [*Error]. With an error of
// [KindPartial] the response is returned too; see [ErrPartial]. If a response of status 204 or 205,
// or an empty one of status 201 or 202, comes where a body is declared, the result is the zero
// value of T, or a pointer to it.
func Call[T any](ctx context.Context, c *Caller, op *Operation, in wire.Input, opts ...CallOption) (T, error) {
	r, err := c.do(ctx, op, in, opts, returns{value: reflect.TypeFor[T]()})
	if err != nil {
		value, _ := r.value.(T) // of a batch of which some items failed
		return value, err
	}
	return typed[T](c, op, r)
}

// typed returns the value of a result as the declared type.
func typed[T any](c *Caller, op *Operation, r result) (T, error) {
	if r.absent {
		return zero[T](), nil
	}
	value, ok := r.value.(T)
	if !ok && (r.value != nil || reflect.TypeFor[T]().Kind() != reflect.Interface) { // any accepts null
		if s, ok := r.value.(*Stream); ok {
			_ = s.Close()
		}
		return value, c.mismatch(op, fmt.Sprintf("response decodes to %T, want %T", r.value, value))
	}
	return value, nil
}

// zero returns the zero value of T, or a pointer to one.
func zero[T any]() T {
	var none T
	if t := reflect.TypeFor[T](); t.Kind() == reflect.Pointer {
		none, _ = reflect.New(t.Elem()).Interface().(T)
	}
	return none
}

// Do makes a call whose response has no value. Every error is an [*Error].
func Do(ctx context.Context, c *Caller, op *Operation, in wire.Input, opts ...CallOption) error {
	_, err := c.do(ctx, op, in, opts, returns{})
	return err
}

// CallResult makes a call that has several kinds of responses. build converts the status and the
// decoded body, nil if there is none, to the result. A fallback may return a result or a body.
// Every error is an [*Error].
func CallResult[R any](
	ctx context.Context, c *Caller, op *Operation, in wire.Input,
	build func(status int, body any) R, opts ...CallOption,
) (R, error) {
	r, err := c.do(ctx, op, in, opts, returns{value: reflect.TypeFor[R](), built: true})
	if err != nil && r.value == nil {
		var none R
		return none, err
	}
	return built(r, build), err
}

// built returns what build makes of a result, or the value of a fallback that is built already.
func built[R any](r result, build func(status int, body any) R) R {
	if ready, ok := r.value.(R); ok && r.degraded {
		return ready
	}
	return build(r.status, r.value)
}

// mismatch returns the error of a response that does not have the declared type.
func (c *Caller) mismatch(op *Operation, note string) *Error {
	return &Error{
		API: c.api.Name, Operation: op.ID, Kind: KindContract, MayHaveApplied: true, Stopped: StopFinal, note: note,
	}
}

// result is what a successful call returns.
type result struct {
	status   int
	value    any
	absent   bool // the response has no value
	degraded bool // it comes from a fallback
	header   http.Header
	url      *url.URL // of a page, without what middleware and credentials changed; else nil
}

// call is one logical call with all its attempts.
type call struct {
	route    *route
	ctx      context.Context // of the caller
	set      *callSettings   // by the options; without options those of all such calls
	request  request
	batch    *batch // nil: the request is complete
	scope    *Scope // nil: none
	start    time.Time
	deadline deadline
	limit    int // most attempts
	cost     int // permits that an attempt takes
	input    wire.Input
	ledger   ledger
	opened   *Stream  // the last stream; nil once the caller has it
	first    exchange // the first attempt, so that most calls allocate none

	observers []func(Event) // of this call
}

// do makes a call.
func (c *Caller) do(
	ctx context.Context, op *Operation, in wire.Input, opts []CallOption, want returns,
) (result, error) {
	k := &call{ctx: ctx, start: time.Now(), set: &noSettings}
	if c.closed.Load() || !c.runtime.enter() {
		k.route = &route{caller: c, terms: &terms{op: op}}
		return k.reject(KindClosed, nil)
	}
	defer c.runtime.leave()
	k.route = c.route(op)
	k.observe()
	ctx = k.ctx
	k.set = settingsOf(opts)
	if err := ctx.Err(); err != nil {
		return k.reject(kindOfContext(err), errorOf(ctx))
	}
	if k.route.unsigned {
		err := fmt.Errorf("the operation needs a credential for %s; pass WithCredential to New", missing(op))
		return k.reject(KindCredential, err)
	}
	if err := k.checkFallback(want); err != nil {
		return k.reject(KindInvalidRequest, err)
	}
	if err := k.prepare(in); err != nil {
		return k.reject(KindInvalidRequest, err)
	}
	for !k.route.Retain(k.start.UnixNano()) {
		k.route = c.route(op) // the runtime has just removed one of its gates
	}
	defer k.route.Release()
	defer k.abandon()
	r, err := k.end(k.run())
	k.opened = nil
	return r, err
}

// abandon gives back what a call holds if an observer, a logger or another function of the caller
// panicked.
func (k *call) abandon() {
	k.ledger.refund(k.route.Budget)
	if k.opened != nil {
		_ = k.opened.Close()
	}
}

// reject ends a call before its first attempt.
func (k *call) reject(kind Kind, err error) (result, error) {
	e := k.rejection(kind, err)
	k.logFailure("call failed", &outcome{failure: e})
	ended := k.event(EventCall)
	ended.Elapsed, ended.Err = e.Elapsed, e
	k.emitOwn(ended)
	if k.set.info != nil {
		*k.set.info = Info{Elapsed: e.Elapsed}
	}
	return result{}, e
}

// rejection returns the error of a call for which no request is sent.
func (k *call) rejection(kind Kind, err error) *Error {
	return &Error{
		API: k.route.caller.api.Name, Operation: k.route.op.ID, Kind: kind, Elapsed: time.Since(k.start),
		cause: redact.Error(err, nil),
	}
}

// mostAttempts is the largest limit that a policy or an option may set.
const mostAttempts = 100

// prepare checks the options and encodes the request once for all attempts.
func (k *call) prepare(in wire.Input) error {
	p := &k.route.policy
	k.limit = min(max(p.Retry.Attempts, 1), mostAttempts)
	if k.set.limited {
		k.limit = k.set.attempts
	}
	if k.limit < 1 || k.limit > mostAttempts {
		return fmt.Errorf("WithAttempts: want 1 to %d, got %d", mostAttempts, k.limit)
	}
	if k.set.timed && k.set.timeout <= 0 {
		return fmt.Errorf("WithTimeout: want more than 0, got %s", k.set.timeout)
	}
	if k.set.walk.option != "" && !k.set.walking {
		return fmt.Errorf("%s: the call does not iterate over pages; remove the option", k.set.walk.option)
	}
	k.deadline.set(k.ctx, k.start, p.Timeout.Overall, k.set)
	k.input, k.scope = in, scopeOf(k.ctx)
	if err := k.request.encode(k.route, in, k.set, k.scope); err != nil {
		return err
	}
	k.setCost()
	k.ledger.init()
	return nil
}

// waitLimit returns the bounds of the call's waits for a permit or a place. Requests for pages and
// batches wait for permits until the deadline of the caller.
func (k *call) waitLimit() gate.WaitLimit {
	p := &k.route.policy
	return gate.WaitLimit{
		Deadline: k.deadline.caller, Overall: k.deadline.overall(), SendBy: k.set.sendBy,
		Patient: k.set.walking || p.Success.Items != "", Cost: float64(k.cost),
		Closed: k.route.caller.closing(),
	}
}

// end converts the last outcome to the result or the error of the call, or runs the fallback.
func (k *call) end(o *outcome) (result, error) {
	elapsed := k.elapsed(o)
	if o.panicked != nil {
		panic(o.panicked)
	}
	k.settle(o)
	if !o.ok() {
		o.failure = k.failure(o, elapsed)
	}
	k.updateLastGood(o)
	if !o.ok() && !o.fault.OfItems() {
		o = k.withFallback(o)
	}
	if k.set.info != nil {
		*k.set.info = k.info(o, elapsed)
	}
	k.reportEnd(o, elapsed)
	if o.failure == nil {
		return k.result(o), nil
	}
	if o.fault.OfItems() {
		return k.result(o), o.failure
	}
	return result{}, o.failure
}

// elapsed returns how long the call took that ends with an outcome.
func (k *call) elapsed(o *outcome) time.Duration {
	if o.ok() && !o.at.IsZero() {
		return o.at.Sub(k.start) // a success ends the call at once
	}
	return time.Since(k.start)
}

// result returns the result of an outcome.
func (k *call) result(o *outcome) result {
	r := result{status: o.status, value: o.value, absent: o.absent, degraded: o.fallback != nil, header: o.header}
	if k.set.walking {
		r.url = k.request.url()
	}
	return r
}

// failure returns the error of an outcome.
func (k *call) failure(o *outcome, elapsed time.Duration) *Error {
	attempts, applied, open := k.ledger.summary()
	e := &Error{
		API: k.route.caller.api.Name, Operation: k.route.op.ID, Kind: o.decision.kind,
		Status: o.status, RequestID: o.requestID, reads: k.route.policy.Idempotency == policy.Safe,
		Attempts: attempts, RetryAfter: o.retryAfter, Elapsed: elapsed, Stopped: o.plan.stop,
		MayHaveApplied: applied || open,
		Body:           o.body, Detail: o.detail, Items: o.items, note: o.note, cause: o.err,
	}
	if o.failed {
		e.report(o.body, o.auth.secrets)
	}
	return e
}

// info returns what [WithInfo] reports.
func (k *call) info(o *outcome, elapsed time.Duration) Info {
	attempts, _, _ := k.ledger.summary()
	info := Info{
		Status: o.status, Header: o.shown, RequestID: o.requestID, Attempts: attempts, Elapsed: elapsed,
		Degraded: o.fallback != nil, Body: o.raw,
	}
	if f := o.fallback; f != nil {
		info.Age = f.age
	}
	if limits := k.route.Limits; len(limits) > 0 {
		info.Quota = BucketSnapshot(limits[0].Bucket.Snapshot())
	}
	return info
}
