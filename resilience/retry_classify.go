// This file decides, as one pure function over two tables, what an outcome means: may the request be sent again, after which back-off,
// what does it say about the server's health, may the request have been run. signal.go turns what Go reports into a fault.

package resilience

import (
	"slices"

	"github.com/resgen/resgen/resilience/internal/breaker"
	"github.com/resgen/resgen/resilience/policy"
)

// A fault is what went wrong with an attempt, if it was not the status of the answer.
type fault uint8

const (
	faultNone          fault = iota // an answer came: its status decides
	faultDial                       // no connection: refused, no route, out of time before there was one
	faultDNS                        // the name does not exist
	faultTLS                        // the certificate or the protocol of the other side is wrong
	faultUnsent                     // a connection, but not one byte was written to it
	faultIdle                       // the same on a connection that had served before: it was closed while idle
	faultRefused                    // HTTP/2: the server said that it did not process the request (REFUSED_STREAM, GOAWAY)
	faultReset                      // the connection broke before the headers of an answer
	faultStale                      // the same on a connection that had served before: it was probably closed while idle
	faultTimeout                    // no answer within the attempt's time
	faultProtocol                   // what came is not HTTP, or out of bounds
	faultBodyCut                    // the body ended early
	faultBodyTimeout                // the body did not end within the attempt's time
	faultEncoding                   // the content coding is broken: gzip
	faultTooLarge                   // the body is larger than the policy allows
	faultHTML                       // a page where data is due: a proxy or a sign-in answered
	faultContract                   // the body is not what the document declares
	faultEmpty                      // no body where one is due
	faultDeclared                   // a 2xx that the policy's success rule calls a failure
	faultThrottled                  // a 2xx that says that there were too many requests
	faultItems                      // a 2xx that tells of items that failed
	faultSomeThrottled              // the same, and some of them can be asked for again because they were throttled
	faultAllThrottled               // the same, and all of them were throttled: nothing was done
	faultRedirects                  // more redirects than the policy allows, or one that leads astray
	faultCanceled                   // the caller gave up, or the caller's own time was over
	faultLocal                      // this side's doing: a transport of the caller's that returned nothing, a middleware that sent twice
	faultCredential                 // the request could not be signed
	faultCircuit                    // the circuit refused the attempt
	faultRateLimited                // the rate limit refused the attempt
	faultBulkhead                   // the bulkhead refused the attempt
	faultClosed                     // the runtime is closed
	faultPanic                      // middleware, credential or decoder panicked
	faultCount
)

// cutShort reports whether the fault may be the doing of a caller who gave up: no answer, or not all of it.
func (f fault) cutShort() bool {
	switch f {
	case faultNone, faultTooLarge, faultHTML, faultContract, faultEmpty, faultDeclared, faultThrottled:
		return false
	}
	return !f.ofItems()
}

// ofItems reports whether the call has a value, of which some items failed.
func (f fault) ofItems() bool {
	return f == faultItems || f == faultSomeThrottled || f == faultAllThrottled
}

// faultNames say in a word or two what went wrong; they stand in [Attempt.Reason].
var faultNames = [faultCount]string{
	faultDial: "no connection", faultDNS: "unknown host", faultTLS: "TLS", faultUnsent: "connection closed before sending",
	faultIdle: "idle connection closed", faultRefused: "refused by HTTP/2", faultReset: "connection reset", faultStale: "stale connection", faultTimeout: "timeout",
	faultProtocol: "protocol", faultBodyCut: "body cut", faultBodyTimeout: "body timeout", faultEncoding: "content coding",
	faultTooLarge: "too large", faultHTML: "page instead of data", faultContract: "contract", faultEmpty: "empty body",
	faultDeclared: "failure by rule", faultThrottled: "throttled by rule", faultItems: "failed items",
	faultSomeThrottled: "throttled items", faultAllThrottled: "throttled items", faultRedirects: "redirects", faultCanceled: "canceled", faultLocal: "round tripper",
	faultCredential: "credential", faultCircuit: "circuit open", faultRateLimited: "rate limit", faultBulkhead: "bulkhead full",
	faultClosed: "closed", faultPanic: "panic",
}

// retryRule says whether an outcome is followed by another attempt.
type retryRule uint8

const (
	never  retryRule = iota
	always           // as long as attempts, budget and deadline allow
	once             // at most once a call
)

// A row says what an outcome means.
type row struct {
	repeatable retryRule // for an operation that may be repeated
	other      retryRule // for one that may not
	wait       waitClass
	verdict    breaker.Verdict
	applied    bool // the server may have run the request
	kind       Kind
}

// faults is the table of what is no status.
var faults = [faultCount]row{
	faultDial:        {always, always, waitConnection, breaker.Failure, false, KindTransport},
	faultDNS:         {never, never, waitNone, breaker.Failure, false, KindTransport},
	faultTLS:         {never, never, waitNone, breaker.Failure, false, KindTransport},
	faultUnsent:      {always, always, waitConnection, breaker.Failure, false, KindTransport},
	faultIdle:        {always, always, waitNone, breaker.Ignored, false, KindTransport},
	faultRefused:     {always, always, waitConnection, breaker.Ignored, false, KindTransport},
	faultReset:       {always, never, waitConnection, breaker.Failure, true, KindTransport},
	faultStale:       {once, never, waitNone, breaker.Ignored, true, KindTransport},
	faultTimeout:     {always, never, waitServer, breaker.Failure, true, KindTimeout},
	faultProtocol:    {never, never, waitNone, breaker.Failure, true, KindTransport},
	faultBodyCut:     {always, never, waitServer, breaker.Failure, true, KindTransport},
	faultBodyTimeout: {always, never, waitServer, breaker.Failure, true, KindTimeout},
	faultEncoding:    {once, never, waitServer, breaker.Failure, true, KindTransport},
	faultTooLarge:    {never, never, waitNone, breaker.Ignored, true, KindTooLarge},
	faultHTML:        {never, never, waitNone, breaker.Failure, true, KindContract},
	faultContract:    {never, never, waitNone, breaker.Ignored, true, KindContract},
	faultEmpty:       {never, never, waitNone, breaker.Ignored, true, KindEmptyBody},
	faultDeclared:    {never, never, waitNone, breaker.Success, false, KindAPI},
	faultThrottled:   {always, always, waitThrottle, breaker.Ignored, false, KindThrottled},
	faultItems:       {never, never, waitNone, breaker.Success, true, KindPartial},
	faultRedirects:   {never, never, waitNone, breaker.Failure, false, KindTransport},
	faultCanceled:    {never, never, waitNone, breaker.Ignored, true, KindCanceled},
	faultLocal:       {never, never, waitNone, breaker.Ignored, true, KindTransport},
	faultCredential:  {never, never, waitNone, breaker.Ignored, false, KindCredential},
	faultCircuit:     {never, never, waitNone, breaker.Ignored, false, KindCircuitOpen},
	faultRateLimited: {never, never, waitNone, breaker.Ignored, false, KindRateLimited},
	faultBulkhead:    {never, never, waitNone, breaker.Ignored, false, KindBulkheadFull},
	faultClosed:      {never, never, waitNone, breaker.Ignored, false, KindClosed},
	faultPanic:       {never, never, waitNone, breaker.Failure, true, 0},

	faultSomeThrottled: {always, never, waitThrottle, breaker.Ignored, true, KindPartial},
	faultAllThrottled:  {always, always, waitThrottle, breaker.Ignored, false, KindPartial},
}

// statuses is the table of statuses that mean something of their own. Others go by their hundred: see statusRow.
var statuses = map[int]row{
	401: {never, never, waitNone, breaker.Success, false, KindAPI}, // a credential that can be renewed is tried again outside this table
	408: {always, always, waitServer, breaker.Failure, false, KindAPI},
	421: {once, once, waitNone, breaker.Ignored, false, KindAPI},
	425: {always, always, waitServer, breaker.Ignored, false, KindAPI},
	429: {always, always, waitThrottle, breaker.Ignored, false, KindThrottled},
	501: {never, never, waitNone, breaker.Success, false, KindAPI},
	505: {never, never, waitNone, breaker.Success, false, KindAPI},
}

var (
	serverFailure = row{always, never, waitServer, breaker.Failure, true, KindAPI}
	refusal       = row{never, never, waitNone, breaker.Success, false, KindAPI}
	redirection   = row{never, never, waitNone, breaker.Success, true, KindAPI} // See Other comes after the work
	misplaced     = row{never, never, waitNone, breaker.Failure, true, KindTransport}
)

// statusRow returns the row of a status that is a failure.
func statusRow(status int) row {
	if r, ok := statuses[status]; ok {
		return r
	}
	switch {
	case status >= 500:
		return serverFailure
	case status >= 400, status == 304, status == 307, status == 308:
		return refusal
	case status >= 300:
		return redirection
	}
	return misplaced
}

// An observation is all that decides what an outcome means.
type observation struct {
	fault      fault
	status     int
	failed     bool // an answer came, and its status is a failure
	written    bool // a byte of the request may have been written
	repeatable bool // by its class, and its body can be sent again
	noRetry    bool // the server said so: x-should-retry: false
	retryAfter bool // the server said when to come back
}

// A decision is what an outcome means for the call, the circuit and the caller.
type decision struct {
	retry   retryRule
	wait    waitClass
	verdict breaker.Verdict
	applied bool
	kind    Kind
}

// classify decides what an outcome means.
func classify(o observation, p *policy.Policy) decision {
	if o.fault == faultNone && !o.failed {
		return decision{verdict: breaker.Success}
	}
	r := faults[o.fault]
	if o.fault == faultNone {
		r = declared(statusRow(o.status), o, p)
	}
	d := decision{retry: r.other, wait: r.wait, verdict: r.verdict, applied: r.applied && o.written, kind: r.kind}
	if o.repeatable {
		d.retry = r.repeatable
	}
	if o.noRetry {
		d.retry = never
	}
	if contractFault(o.fault) && p.Breaker.Contract == policy.On {
		d.verdict = breaker.Failure
	}
	return d
}

// declared returns the row with what the policy says about its status.
func declared(r row, o observation, p *policy.Policy) row {
	switch {
	case slices.Contains(p.Retry.Refused, o.status):
		r.repeatable, r.other, r.applied = always, always, false
	case o.status == 423 && o.retryAfter:
		r.repeatable, r.other = always, always
	case slices.Contains(p.Retry.Statuses, o.status) && r.repeatable == never:
		r.repeatable = always
	default:
		return r
	}
	if r.wait == waitNone {
		r.wait = waitServer
	}
	return r
}

func contractFault(f fault) bool { return f == faultContract || f == faultEmpty }
