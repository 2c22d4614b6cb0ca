package resilience

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/resgen/resgen/resilience/internal/success"
)

// Error describes why a call failed. Every error of [Call], [Do] and [CallResult] is an *Error:
//
//	var failure *resilience.Error
//	if errors.As(err, &failure) && failure.MayHaveApplied { … }
//
// Neither its text nor that of an error it wraps contains headers, queries or credentials.
type Error struct {
	API       string // [API.Name]
	Operation string // [Operation.ID]
	Kind      Kind
	Status    int    // of the last response; 0: there was none
	RequestID string // the server's id of the request; empty: unknown

	Attempts []Attempt     // in order; empty: nothing was sent
	Elapsed  time.Duration // of the call, from start to end
	Stopped  Stop          // why no further attempt was made

	// RetryAfter is how long to wait before the next call; 0: unknown. If the server asks for more
	// than retry.max-retry-after, it is that.
	RetryAfter time.Duration

	// MayHaveApplied reports that the server may have run the request at least once: a response was
	// lost, cut off or late, or the server failed while it worked. It is false if nothing was
	// written, or if every attempt was refused.
	MayHaveApplied bool

	Body   []byte // beginning of the response body, at most 64 KiB; it may contain secrets
	Detail any    // decoded body if it is declared for this status, or nil; see [Detail]

	Walk *Walk // progress of an iteration over pages; nil: the call did not belong to one

	// Items are the failed items of a batch with [KindPartial]; all other items succeeded. If a 2xx
	// response is a failure as a whole, they are the errors in it.
	Items []FailedItem

	cause error // without secrets
	note  string
}

// FailedItem is a part of a request that failed although the response has a status of 2xx: an item
// of a batch, or an error in a response that is a failure as a whole. The success keys of the
// policy say where they are.
type FailedItem struct {
	Index     int    // position in the list of the response, from 0; success.request names the list of the request
	Status    int    // HTTP status of the item; 0: none
	Word      string // status of the item if it is not a number, for example "ClientError"
	Code      string // of its first error, as the server wrote it; empty: none
	Message   string // of its first error; it may hold anything that the server wrote
	Throttled bool   // the item was refused because there were too many requests; it can be tried again later
}

// String returns the index, status and code of the item, without its message.
func (i FailedItem) String() string { return success.Item(i).String() }

// Attempt describes one attempt of a call.
type Attempt struct {
	Number  int           // from 1
	Status  int           // 0: there was no response
	Reason  string        // why it failed, for example "status 503" or "stale connection"; empty: it succeeded
	Wait    time.Duration // before the attempt: backoff or Retry-After
	Latency time.Duration // from start to end, including waits for a permit
	Writes  int           // requests written; more than 1 if net/http retried by itself on a stale connection
	Reused  bool          // the connection had served an earlier request
	Hedge   bool          // it is a copy of a slow request
}

// Stop is why a call ended without another attempt.
type Stop string

// The reasons to stop. The zero Stop belongs to calls that made no attempt.
const (
	StopFinal      Stop = "final"       // a retry would not change the outcome, or is not allowed
	StopAttempts   Stop = "attempts"    // all attempts were made
	StopBudget     Stop = "budget"      // the retry budget is spent
	StopDeadline   Stop = "deadline"    // the next wait would have exceeded the deadline
	StopRetryAfter Stop = "retry-after" // the server requires a longer wait than the policy allows
	StopCircuit    Stop = "circuit"     // the circuit opened during the call
	StopLimit      Stop = "limit"       // no permit of the rate limit, or no place in the bulkhead, for another attempt
	StopBody       Stop = "body"        // the request body can be read only once
	StopClosed     Stop = "closed"      // the runtime was closed during the call
	StopPage       Stop = "page"        // the page's token would have expired before another attempt
)

// Error returns one line: API, operation, what happened, the number of attempts, and what to do.
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
	switch after := e.RetryAfter.Round(time.Millisecond); {
	case e.RetryAfter <= 0:
	case e.Stopped == StopRetryAfter:
		fmt.Fprintf(&b, "; the server asks to wait longer than %s", after)
	default:
		fmt.Fprintf(&b, "; try again in %s", after)
	}
	if e.MayHaveApplied {
		b.WriteString("; the server may have run the request")
	}
	return b.String()
}

// what describes what happened, without the attempts.
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

// Unwrap returns the last error of the network, the decoder or the context. It may be nil.
func (e *Error) Unwrap() error { return e.cause }

// Is reports whether target is the sentinel error of the kind. In addition,
//   - [ErrBudget] matches if the retry budget was used up,
//   - [ErrClosed] matches if the client or its runtime was closed before another attempt,
//   - [ErrContract] matches an empty response,
//   - [ErrPageTokenExpired] matches if an iteration ended because the token of a page expired,
//   - [ErrThrottled] matches a batch whose failed items were all throttled.
func (e *Error) Is(target error) bool {
	switch target {
	case e.Kind.sentinel():
		return true
	case ErrBudget:
		return e.Stopped == StopBudget
	case ErrClosed:
		return e.Stopped == StopClosed
	case ErrContract:
		return e.Kind == KindEmptyBody
	case ErrPageTokenExpired:
		return e.Walk != nil && e.Walk.Expired
	case ErrThrottled:
		return e.Kind == KindPartial && allThrottled(e.Items)
	}
	return false
}

// Detail returns the decoded error body of err as a T. ok is false if err is not an [*Error], its
// status is not declared, or its body does not match the document. Generated code declares
// pointers; Detail finds T behind *T as well.
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

// allThrottled reports whether all failed items were throttled.
func allThrottled(items []FailedItem) bool {
	return !slices.ContainsFunc(items, func(i FailedItem) bool { return !i.Throttled })
}
