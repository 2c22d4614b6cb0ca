package batch

// This file processes one item: run.item. An item whose outcome is unknown is verified first. Then
// the function of WithPrecheck is called, and the function of Run, before and after which the
// journal is written.

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/resgen/resgen/resilience"
	"github.com/resgen/resgen/resilience/policy"
)

// pollInterval is the shortest wait for a circuit or a sign-in.
const pollInterval = 50 * time.Millisecond

// A visit is the processing of an item in one pass.
type visit[T any] struct {
	*run[T]
	*entry[T]
	ctx    context.Context // of the calls
	soft   context.Context // of waits
	pace   pace
	placed bool
	waited time.Duration
}

// item processes an item and reports whether another pass makes sense.
func (r *run[T]) item(ctx, soft context.Context, e *entry[T], epoch int) (again bool) {
	v := &visit[T]{run: r, entry: e, ctx: ctx, soft: soft, pace: pace{epoch: epoch}, placed: true}
	defer func() {
		if v.placed {
			r.places.leave(v.pace)
		}
	}()
	if time.Until(e.at) > r.patience || !v.waitUntil(e.at) {
		return !e.last
	}
	before := e.row.Outcome
	v.process()
	if e.row.Outcome != NotTried || before == NotTried {
		r.count(e.row.Outcome)
	}
	return v.again()
}

// again reports whether another pass may change the outcome.
func (v *visit[T]) again() bool {
	switch {
	case v.last || v.row.Outcome.Final():
		return false
	case v.row.Outcome == Unknown:
		return v.record.unknown() && (v.check != nil || v.repeatable())
	case v.row.Outcome == NotTried:
		return v.failure == nil || down(v.failure) != nil
	}
	return true
}

// process verifies an item whose outcome is unknown, and calls the function unless it was done. At
// the end of the last pass, it verifies what is unknown then.
func (v *visit[T]) process() {
	if v.record.unknown() && (!v.begin() || !v.verify()) {
		return
	}
	if !v.call() {
		return
	}
	if v.last && v.record.unknown() && v.check != nil {
		v.verify()
	}
}

// verify finds out whether the item was done, and reports whether the function may be called.
func (v *visit[T]) verify() bool {
	if v.check == nil {
		return v.repeatable() || v.settle(Unknown)
	}
	var done bool
	ok := v.patiently(func() (err error) {
		done, err = v.checked()
		return err
	})
	switch {
	case !ok && v.failure != nil:
		v.row.Reason = "cannot be verified: " + oneLine(v.failure)
		return v.settle(Unknown)
	case !ok:
		return false
	case done:
		v.row.Reason, v.row.Verified = "", true
		return v.settle(Done)
	}
	v.row.Verified = true
	v.settle(RetryLater)
	return true
}

// checked calls the function for verification.
func (v *visit[T]) checked() (done bool, err error) {
	defer recovered(&err)
	return v.check(v.ctx, v.value)
}

// recovered turns a panic into an error. It must be deferred.
func recovered(err *error) {
	if p := recover(); p != nil {
		*err = &panicked{p}
	}
}

// call calls the functions and settles the item. It returns false if the function of [Run] was not
// called.
func (v *visit[T]) call() bool {
	var outcome Outcome
	maybe := v.record.unknown()
	begun, wanted := true, true
	v.patiently(func() error {
		err := v.look()
		if wanted = err == nil; !wanted {
			return err
		}
		if begun = v.begin(); !begun {
			return nil
		}
		err = v.invoke()
		outcome = classify(err, v.class == policy.Safe)
		if down(err) != nil && !maybe { // nothing was sent, so the item is not in progress while it waits
			v.row.Reason = oneLine(err)
			v.settle(NotTried)
		}
		return err
	})
	if !wanted {
		return v.decide(maybe)
	}
	if !begun {
		return false
	}
	v.row.Reason, v.row.Verified = "", false
	if v.failure != nil && outcome != Done {
		v.row.Reason = oneLine(v.failure)
	}
	if maybe && !outcome.OK() {
		outcome = Unknown // an earlier request may have been applied, even if this one was not
	}
	v.settle(outcome)
	return true
}

// look calls the function of [WithPrecheck].
func (v *visit[T]) look() (err error) {
	if v.precheck == nil {
		return nil
	}
	w, ctx := newWatch(v.ctx, v.record.IdempotencyKey, v.places)
	defer func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		v.paced(w, err)
	}()
	defer recovered(&err)
	return v.precheck(ctx, v.value)
}

// decide settles an item for which the function of [WithPrecheck] returned an error. Only an
// outcome that is final is recorded: nothing was begun. It returns false.
func (v *visit[T]) decide(maybe bool) bool {
	outcome := classify(v.failure, true)
	v.row.Reason, v.row.Verified = oneLine(v.failure), false
	switch {
	case outcome.OK():
		v.row.Reason = ""
	case maybe:
		outcome = Unknown
	case v.ctx.Err() != nil:
		outcome = NotTried
	}
	if outcome.Final() {
		return v.begin() && v.settle(outcome)
	}
	v.row.Outcome = outcome
	return false
}

// invoke calls the function.
func (v *visit[T]) invoke() (err error) {
	w, ctx := newWatch(v.ctx, v.record.IdempotencyKey, v.places)
	defer func() {
		if v.observed(w, err) && !v.repeatable() {
			err = afterChange(err)
		}
		if down(err) == nil {
			v.row.Attempts++
		}
	}()
	defer recovered(&err)
	return v.fn(ctx, v.value)
}

// observed takes over what the calls of the function did, and reports whether one that may change
// something succeeded. Copies of slow requests may still run.
func (v *visit[T]) observed(w *watch, err error) (changed bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	v.row.Requests += w.requests
	if w.status != 0 {
		v.row.Status, v.row.RequestID = w.status, w.requestID
	}
	v.paced(w, err)
	return w.changed
}

// paced notes whether calls waited or were throttled, and when the next may be made. The mutex of
// the watch must be locked.
func (v *visit[T]) paced(w *watch, err error) {
	v.pace.waited = v.pace.waited || w.waited
	v.pace.throttled = v.pace.throttled || w.throttled || throttled(err)
	var e *resilience.Error
	if errors.As(err, &e) && e.RetryAfter > 0 {
		v.at = time.Now().Add(e.RetryAfter)
	}
}

// begin records that the item is about to be processed, and reports whether that succeeded.
func (v *visit[T]) begin() bool {
	if v.ctx.Err() != nil || v.soft.Err() != nil {
		return false
	}
	record, ok, err := v.journal.Begin(v.ctx, v.row.Key, newKey())
	switch {
	case err != nil:
		if v.ctx.Err() == nil {
			v.fail(err)
		}
		return false
	case !ok:
		v.row.Result, v.row.Earlier = record.Result, record.Result.Outcome.Final()
		if !v.row.Earlier {
			v.row.Outcome, v.row.Reason = NotTried, "another process is processing the item"
		}
		return false
	}
	v.record = record
	return true
}

// settle records an outcome. It returns false, so that callers can return its result.
func (v *visit[T]) settle(o Outcome) bool {
	v.row.Outcome = o
	v.record.Begun, v.record.Result = false, v.row.Result
	if err := v.journal.Finish(context.WithoutCancel(v.ctx), v.row.Key, v.row.Result); err != nil {
		v.fail(err)
	}
	return false
}

// patiently calls f again while a circuit is open or a sign-in is unavailable, and sets the error
// of the last call. It returns false if f failed or was not called.
func (v *visit[T]) patiently(f func() error) bool {
	for {
		v.failure = f()
		e := down(v.failure)
		if e == nil {
			if classify(v.failure, false).Final() {
				v.outage.over(time.Now())
			}
			return v.failure == nil
		}
		wait := max(e.RetryAfter, pollInterval)
		if v.waited+wait > v.patience || v.outage.lasted(time.Now())+wait > v.patience {
			return false
		}
		v.waited += wait
		if !v.waitUntil(time.Now().Add(wait)) {
			return false
		}
	}
}

// waitUntil waits without a place. It returns false if no further call must be made.
func (v *visit[T]) waitUntil(t time.Time) bool {
	wait := time.Until(t)
	if wait <= 0 {
		return true
	}
	v.pace.waited = true
	v.places.pause()
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-v.soft.Done():
	}
	epoch, err := v.places.resume(v.soft)
	v.placed, v.pace.epoch = err == nil, epoch
	return v.placed
}

// oneLine returns the text of an error in one line.
func oneLine(err error) string { return strings.Join(strings.Fields(err.Error()), " ") }
