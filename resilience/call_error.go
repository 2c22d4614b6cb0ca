// This file has the one error type of calls. kind.go has its kinds and sentinels, scrub.go keeps secrets out of its text.

package resilience

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// An Error is why a call failed. Every failure of [Call], [Do] and [CallResult] is one:
//
//	var failure *resilience.Error
//	if errors.As(err, &failure) && failure.MayHaveApplied { … }
//
// Its text, and that of any error it unwraps to, holds no header, query or credential.
type Error struct {
	API       string // [API.Name]
	Operation string // [Operation.ID]
	Kind      Kind
	Status    int    // the last answer's status; 0: no answer came
	RequestID string // what the server calls this request; empty if it did not say

	Attempts   []Attempt     // what was tried, in order; empty: nothing was sent
	RetryAfter time.Duration // how long to wait before a further call makes sense; 0: unknown
	Elapsed    time.Duration // from the beginning of the call to its end
	Stopped    Stop          // why no further attempt followed

	// MayHaveApplied tells that the server may have run the request at least once: an answer was lost, cut or late, or the server
	// failed while it worked. It is false if nothing was written, or if every attempt was refused.
	MayHaveApplied bool

	Body   []byte // what came of the answer's body, at most 64 KiB; it may hold anything the server wrote
	Detail any    // the body as the document declares it for this status, or nil; see [Detail]

	Walk *Walk // how far a walk over pages had come; nil: the call was none of a walk

	// Items are the parts of the request that were not done, where an answer of 2xx tells of each: with [KindPartial] the failed items of a batch,
	// all others succeeded; with a whole answer that is a failure, the errors that stand in it.
	Items []FailedItem

	cause error // scrubbed
	note  string
}

// An Attempt is one request of a call, as seen from outside.
type Attempt struct {
	Number  int           // from 1
	Status  int           // 0: no answer came
	Reason  string        // in a word or two why it failed: "status 503", "connection refused"; empty: it did not
	Wait    time.Duration // the wait before it: back-off or Retry-After
	Latency time.Duration // from its start to its end, waits for a permit included
	Writes  int           // requests that were written; more than 1 if net/http sent again by itself on a connection that had gone stale
	Reused  bool          // it went over a connection that had served before
	Hedge   bool          // a copy sent beside a slow request
}

// Stop is why a call ended without a further attempt.
type Stop string

// The reasons to stop. The zero Stop belongs to calls that never started.
const (
	StopFinal      Stop = "final"       // the outcome is one that a repeat does not change, or must not
	StopAttempts   Stop = "attempts"    // the policy's attempts were used up
	StopBudget     Stop = "budget"      // the retry budget is spent
	StopDeadline   Stop = "deadline"    // the next wait would not have fitted the deadline
	StopRetryAfter Stop = "retry-after" // the server asked for a longer wait than the policy allows
	StopCircuit    Stop = "circuit"     // the circuit opened under the call
	StopLimit      Stop = "limit"       // no permit of the rate limit or no place in the bulkhead for a further attempt
	StopBody       Stop = "body"        // the request's body can be read once only
	StopClosed     Stop = "closed"      // the runtime was closed under the call
	StopPage       Stop = "page"        // the page's token would have expired before a further attempt
)

// Error returns one line: API, operation, what happened, how often it was tried, and what to do.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.API + ": " + e.Operation + ": ")
	if e.Walk != nil {
		b.WriteString(e.Walk.String() + ": ")
	}
	b.WriteString(e.what())
	if n := len(e.Attempts); n > 1 {
		fmt.Fprintf(&b, " after %d attempts", n)
	}
	if e.RequestID != "" {
		b.WriteString(" (request id " + e.RequestID + ")")
	}
	if e.Stopped == StopBudget {
		b.WriteString("; the retry budget is spent")
	}
	if e.RetryAfter > 0 {
		fmt.Fprintf(&b, "; try again in %s", e.RetryAfter.Round(time.Millisecond))
	}
	if e.MayHaveApplied {
		b.WriteString("; the server may have run the request")
	}
	return b.String()
}

// what says what happened, without the call's circumstances.
func (e *Error) what() string {
	text := e.Kind.text()
	if e.Status != 0 {
		text = fmt.Sprintf("status %d", e.Status)
	}
	if e.note != "" {
		text += ": " + e.note
	}
	if e.cause != nil {
		text += ": " + e.cause.Error()
	}
	return text
}

// Unwrap returns the last real error: of the network, of the decoder, of the context. It may be nil.
func (e *Error) Unwrap() error { return e.cause }

// Is reports whether target is the sentinel of the error's kind. A call that ended because the retry budget is spent is
// [ErrBudget] as well as what its last attempt was; an empty answer is [ErrContract] as well as [ErrEmptyBody]; a walk over pages that ended
// because a page's token did is [ErrPageTokenExpired] as well as why; a batch of which some items failed is [ErrThrottled] as well as
// [ErrPartial] if all of those were throttled.
func (e *Error) Is(target error) bool {
	switch target {
	case e.Kind.sentinel():
		return true
	case ErrBudget:
		return e.Stopped == StopBudget
	case ErrContract:
		return e.Kind == KindEmptyBody
	case ErrPageTokenExpired:
		return e.Walk != nil && e.Walk.Expired
	case ErrThrottled:
		return e.Kind == KindPartial && allThrottled(e.Items)
	}
	return false
}

// Detail returns the decoded error body of err as a T. It is false if err is no [*Error], its status is not declared, or its
// body was not what the document declares. Generated code declares pointers, and Detail finds T behind *T as well.
func Detail[T any](err error) (T, bool) {
	var zero T
	var e *Error
	if !errors.As(err, &e) {
		return zero, false
	}
	switch v := e.Detail.(type) {
	case T:
		return v, true
	case *T:
		if v != nil {
			return *v, true
		}
	}
	return zero, false
}
