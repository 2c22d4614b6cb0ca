// This file is where calls begin and end: Call, Do and CallResult are thin shells over one core, [Caller.do].

package resilience

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"reflect"
	"time"

	"github.com/resgen/resgen/resilience/internal/redact"
	"github.com/resgen/resgen/resilience/policy"
	"github.com/resgen/resgen/resilience/wire"
)

// Call makes a call and returns the decoded answer. Every error is an [*Error]. With one of [KindPartial] there is an answer beside it: see [ErrPartial].
func Call[T any](ctx context.Context, c *Caller, op *Operation, in wire.Input, opts ...CallOption) (T, error) {
	got, err := c.do(ctx, op, in, opts)
	if err != nil {
		value, _ := got.value.(T) // of a batch of which some items failed
		return value, err
	}
	return typed[T](c, op, got)
}

// typed returns the value of an answer as what it is declared to be.
func typed[T any](c *Caller, op *Operation, got answer) (T, error) {
	value, ok := got.value.(T)
	if !ok && (got.value != nil || reflect.TypeFor[T]().Kind() != reflect.Interface) { // null is a value of type any
		return value, c.mismatch(op, fmt.Sprintf("the answer decodes to %T, and %T is due", got.value, value))
	}
	return value, nil
}

// Do makes a call whose answer has no value. Every error is an [*Error].
func Do(ctx context.Context, c *Caller, op *Operation, in wire.Input, opts ...CallOption) error {
	_, err := c.do(ctx, op, in, opts)
	return err
}

// CallResult makes a call that has several kinds of answers. build turns the status and the decoded body, nil if there is none, into the
// result. A fallback may answer with a result or with the body of one. Every error is an [*Error].
func CallResult[R any](ctx context.Context, c *Caller, op *Operation, in wire.Input, build func(status int, body any) R, opts ...CallOption) (R, error) {
	got, err := c.do(ctx, op, in, opts)
	if err != nil && got.value == nil {
		var none R
		return none, err
	}
	return result(got, build), err
}

// result is an answer as build has it. A fallback may have made it already.
func result[R any](got answer, build func(status int, body any) R) R {
	if ready, ok := got.value.(R); ok && got.degraded {
		return ready
	}
	return build(got.status, got.value)
}

// mismatch is the error of an answer that does not have the type of the result.
func (c *Caller) mismatch(op *Operation, note string) *Error {
	return &Error{API: c.api.Name, Operation: op.ID, Kind: KindContract, MayHaveApplied: true, Stopped: StopFinal, note: note}
}

// An answer is what a successful call returns.
type answer struct {
	status   int
	value    any
	degraded bool // a fallback gave it
	header   http.Header
	url      url.URL // that was asked, as the arguments make it
}

// A call is one logical call with all its attempts.
type call struct {
	route      *route
	ctx        context.Context // the caller's
	set        callSettings
	request    request
	batch      *batch // nil: all attempts ask for the same
	begun      time.Time
	deadline   time.Time // of all attempts and waits; zero: none
	own        bool      // the deadline is the caller's own and says nothing about the server
	contextual bool      // the deadline is that of the caller's context
	limit      int       // most attempts

	ledger ledger
}

// do makes a call.
func (c *Caller) do(ctx context.Context, op *Operation, in wire.Input, opts []CallOption) (answer, error) {
	k := &call{ctx: ctx, begun: time.Now()}
	if c.closed.Load() || !c.runtime.enter() {
		k.route = &route{caller: c, op: op}
		return k.refuse(KindClosed, nil)
	}
	defer c.runtime.leave()
	k.route = c.route(op)
	for _, o := range opts {
		o(&k.set)
	}
	if err := ctx.Err(); err != nil {
		return k.refuse(kindOfContext(err), err)
	}
	if k.route.unsigned {
		return k.refuse(KindCredential, fmt.Errorf("it needs a credential for %s; pass WithCredential to New", missing(op)))
	}
	if err := k.prepare(in); err != nil {
		return k.refuse(KindInvalidRequest, err)
	}
	k.route.hold(k.begun.UnixNano())
	defer k.route.letGo()
	return k.end(k.run())
}

// refuse ends a call that was never tried.
func (k *call) refuse(kind Kind, cause error) (answer, error) {
	e := &Error{API: k.route.caller.api.Name, Operation: k.route.op.ID, Kind: kind, Elapsed: time.Since(k.begun), cause: redact.Error(cause, nil)}
	if k.set.info != nil {
		*k.set.info = Info{Elapsed: e.Elapsed}
	}
	return answer{}, e
}

// prepare checks the options and encodes the request, once for all attempts.
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
		return fmt.Errorf("%s: the call walks no pages; leave it out", k.set.walk.option)
	}
	k.bound(p.Timeout.Overall)
	if err := k.request.encode(k.route, in, &k.set); err != nil {
		return err
	}
	k.ledger.init()
	return nil
}

// mostAttempts is the most that a policy or an option may ask for.
const mostAttempts = 100

// bound sets the deadline: the policy's, the option's or the context's, whichever comes first.
func (k *call) bound(overall time.Duration) {
	if k.set.timed {
		overall, k.own = k.set.timeout, true
	}
	if overall > 0 {
		k.deadline = k.begun.Add(overall)
	}
	if d, ok := k.ctx.Deadline(); ok && (k.deadline.IsZero() || d.Before(k.deadline)) {
		k.deadline, k.own, k.contextual = d, true, true
	}
}

// left returns the time until the deadline; ok is false if there is none.
func (k *call) left() (d time.Duration, ok bool) {
	if k.deadline.IsZero() {
		return 0, false
	}
	return time.Until(k.deadline), true
}

// within returns the wait, or the time until the deadline or until the request is of no use any more if that is shorter.
func (k *call) within(wait time.Duration) time.Duration {
	if !k.set.sendBy.IsZero() {
		wait = min(wait, time.Until(k.set.sendBy)-1)
	}
	if left, ok := k.left(); ok {
		return min(wait, left-1) // a wait that ends with the deadline is useless
	}
	return wait
}

// repeatable reports whether the request may be sent again after a failure that does not prove that it was not run.
func (k *call) repeatable() bool {
	if k.limit <= 1 || k.request.oneShot() {
		return false
	}
	switch k.route.policy.Idempotency {
	case policy.Safe, policy.Idempotent:
		return true
	case policy.Keyed:
		return k.request.key != ""
	case policy.Conditional:
		return k.request.conditional()
	}
	return false
}

// run makes the attempts. The first goes straight through the gate; only if it asks for another does failsafe's executor take over, with
// the first as its first.
func (k *call) run() *outcome {
	if k.hedged() {
		return k.loop(nil)
	}
	o := k.try(k.ctx, false)
	if !k.next(o) {
		return o
	}
	return k.loop(o)
}

// end turns the last outcome into the result of the call, or into its error, or asks the fallback.
func (k *call) end(o *outcome) (answer, error) {
	elapsed := time.Since(k.begun)
	if o.panicked != nil {
		panic(o.panicked)
	}
	k.settle(o)
	if o.fault != faultNone || o.failed {
		o.failure = k.failure(o, elapsed)
		if !o.fault.ofItems() {
			o = k.fallenBack(o)
		}
	} else if k.route.caller.stale.wants(k) {
		k.route.caller.stale.keep(k, o)
	}
	k.inform(o, elapsed)
	k.tellEnd(o.failure, elapsed)
	if o.failure != nil && !o.fault.ofItems() {
		return answer{}, o.failure
	}
	got := answer{o.status, o.value, o.degraded, o.header, k.request.url}
	if o.failure != nil {
		return got, o.failure
	}
	return got, nil
}
