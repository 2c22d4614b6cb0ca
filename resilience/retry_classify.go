package resilience

// This file decides, as a pure function over two tables, what an outcome means: whether the request
// may be sent again and after which backoff, what it says about the health of the server, and
// whether the request may have been run.

import (
	"slices"

	"github.com/resgen/resgen/resilience/internal/breaker"
	"github.com/resgen/resgen/resilience/policy"
)

// fault is what went wrong with an attempt, apart from the status of the response.
type fault uint8

const (
	faultNone          fault = iota // there is a response: its status decides
	faultDial                       // no connection: refused, no route, timeout
	faultDNS                        // the host does not exist
	faultTLS                        // certificate or protocol of the server is wrong
	faultUnsent                     // connected, but no byte was written
	faultIdle                       // the same on a reused connection: it was closed while idle
	faultRefused                    // HTTP/2: the server did not process the request (REFUSED_STREAM, GOAWAY)
	faultReset                      // the connection broke before the headers of a response
	faultStale                      // the same on a reused connection: it was probably closed while idle
	faultTimeout                    // no response within the attempt's timeout
	faultProtocol                   // the response is not valid HTTP
	faultBodyCut                    // the body ended early
	faultBodyTimeout                // the body did not end within the attempt's timeout
	faultEncoding                   // the content coding is corrupt
	faultTooLarge                   // the body is larger than the policy allows
	faultHTML                       // HTML instead of data, from a proxy or a sign-in
	faultContract                   // the body does not match the document
	faultEmpty                      // no body although one is declared
	faultDeclared                   // a 2xx that is a failure by the policy's success rule
	faultThrottled                  // the same, because there were too many requests
	faultItems                      // a 2xx with failed items
	faultSomeThrottled              // the same, and some were throttled and can be retried
	faultAllThrottled               // the same, and all items were throttled: nothing was done
	faultRedirects                  // more redirects than the policy allows
	faultCanceled                   // the caller canceled, or its own deadline passed
	faultLocal                      // a mistake in this program, for example a middleware that sent twice
	faultCredential                 // the request could not be signed
	faultCircuit                    // the circuit denied the attempt
	faultRateLimited                // the rate limit denied the attempt
	faultBulkhead                   // the bulkhead denied the attempt
	faultClosed                     // the runtime is closed
	faultPanic                      // a middleware, credential or decoder panicked
	faultCount
)

// cutShort reports whether the fault may be due to a cancellation by the caller: there is no
// complete response.
func (f fault) cutShort() bool {
	switch f {
	case faultNone, faultTooLarge, faultHTML, faultContract, faultEmpty, faultDeclared, faultThrottled:
		return false
	}
	return !f.ofItems()
}

// ofItems reports whether the response has a value and some of its items failed.
func (f fault) ofItems() bool {
	return f == faultItems || f == faultSomeThrottled || f == faultAllThrottled
}

// faultNames are the texts of faults in [Attempt.Reason].
var faultNames = [faultCount]string{
	faultDial:          "no connection",
	faultDNS:           "unknown host",
	faultTLS:           "TLS",
	faultUnsent:        "connection closed before sending",
	faultIdle:          "idle connection closed",
	faultRefused:       "refused by HTTP/2",
	faultReset:         "connection reset",
	faultStale:         "stale connection",
	faultTimeout:       "timeout",
	faultProtocol:      "protocol",
	faultBodyCut:       "body cut",
	faultBodyTimeout:   "body timeout",
	faultEncoding:      "content coding",
	faultTooLarge:      "too large",
	faultHTML:          "page instead of data",
	faultContract:      "contract",
	faultEmpty:         "empty body",
	faultDeclared:      "failure by rule",
	faultThrottled:     "throttled by rule",
	faultItems:         "failed items",
	faultSomeThrottled: "throttled items",
	faultAllThrottled:  "throttled items",
	faultRedirects:     "redirects",
	faultCanceled:      "canceled",
	faultLocal:         "round tripper",
	faultCredential:    "credential",
	faultCircuit:       "circuit open",
	faultRateLimited:   "rate limit",
	faultBulkhead:      "bulkhead full",
	faultClosed:        "closed",
	faultPanic:         "panic",
}

// retryRule says whether an outcome is followed by another attempt.
type retryRule uint8

const (
	never  retryRule = iota
	always           // while attempts, budget and deadline allow
	once             // at most once a call
)

// row is what an outcome means.
type row struct {
	repeatable retryRule // for a repeatable operation
	other      retryRule // for all others
	wait       waitClass
	verdict    breaker.Verdict
	applied    bool // the server may have run the request
	kind       Kind
}

// faults is the table of faults.
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

// statuses is the table of failures with a specific status. Others are classified by statusRow.
var statuses = map[int]row{
	401: {never, never, waitNone, breaker.Success, false, KindAPI}, // renewal of credentials is decided elsewhere
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
	redirection   = row{never, never, waitNone, breaker.Success, true, KindAPI} // 303 See Other is sent after the work
	misplaced     = row{never, never, waitNone, breaker.Failure, true, KindTransport}
)

// statusRow returns the row of the status of a failure.
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

// observation is everything that decides what an outcome means.
type observation struct {
	fault      fault
	status     int
	failed     bool // there is a response, and its status is a failure
	written    bool // a byte of the request may have been written
	repeatable bool // the class allows it, and the body can be sent again
	noRetry    bool // the response has the header x-should-retry: false
	retryAfter bool // the response says how long to wait
}

// decision is what an outcome means for the call, the circuit and the caller.
type decision struct {
	retry   retryRule
	wait    waitClass
	verdict breaker.Verdict
	applied bool
	kind    Kind
}

// classify returns what an outcome means.
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

// declared returns the row with what the policy declares about its status.
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
