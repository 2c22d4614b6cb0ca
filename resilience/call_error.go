package resilience

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/resgen/resgen/resilience/internal/redact"
	"github.com/resgen/resgen/resilience/internal/rule"
	"github.com/resgen/resgen/resilience/internal/success"
	"github.com/resgen/resgen/resilience/wire"
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

	// Code and Message are what the body of a failure with an error status reports, wherever APIs
	// usually write it. They are cut to 100 and 300 bytes and have no secrets of the request.
	// Empty: unknown.
	Code, Message string

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
	reads bool // the operation only reads, so that it does not matter whether it was run
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
	Writes  int           // requests written; more than 1 only if a transport of the program sends again by itself
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
// What is not known is left out. Characters that are not printable are escaped.
func (e *Error) Error() string {
	var b strings.Builder
	for _, part := range []string{e.API, e.Operation, e.progress(), e.what()} {
		if part != "" && b.Len() > 0 {
			b.WriteString(": ")
		}
		b.WriteString(part)
	}
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
	if e.MayHaveApplied && !e.reads {
		b.WriteString("; the server may have run the request")
	}
	return redact.Line(b.String())
}

// progress describes how far an iteration over pages got.
func (e *Error) progress() string {
	if e.Walk == nil {
		return ""
	}
	return e.Walk.String()
}

// what describes what happened, without the attempts.
func (e *Error) what() string {
	var parts []string
	status := strings.TrimSpace(fmt.Sprintf("status %d %s", e.Status, e.Code))
	switch {
	case e.Status != 0 && e.Kind == KindCanceled:
		parts = append(parts, e.Kind.text()+" after "+status)
	case e.Status != 0:
		parts = append(parts, status)
	case e.Kind != 0 || e.note == "" && e.cause == nil:
		parts = append(parts, e.Kind.text())
	}
	for _, part := range []string{e.Message, e.note} {
		if part != "" {
			parts = append(parts, part)
		}
	}
	if e.cause != nil {
		parts = append(parts, e.cause.Error())
	}
	return strings.Join(parts, ": ")
}

// Bounds of what an error quotes of a response, in bytes.
const (
	longestCode    = 100
	longestMessage = 300
)

// report fills in what the body of a failure reports. Secrets are removed.
func (e *Error) report(body []byte, secrets []string) {
	var v any
	if len(body) == 0 || wire.Unmarshal(body, &v) != nil {
		return
	}
	code, message := rule.Reported(v, e.Status)
	e.Code = redact.Code(code, secrets, longestCode)
	e.Message = redact.Excerpt(message, secrets, longestMessage)
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
