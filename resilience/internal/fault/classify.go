package fault

import (
	"slices"

	"github.com/resgen/resgen/resilience/internal/breaker"
	"github.com/resgen/resgen/resilience/policy"
)

// A Repeat says whether an outcome is followed by another attempt.
type Repeat uint8

const (
	Never  Repeat = iota
	Always        // while attempts, budget and deadline allow
	Once          // at most once in a call
)

// row is what an outcome means.
type row struct {
	repeatable Repeat // for a repeatable operation
	other      Repeat // for all others
	wait       Wait
	verdict    breaker.Verdict
	applied    bool // the server may have run the request
}

// faults is the table of faults.
var faults = [Count]row{
	Dial:        {Always, Always, WaitConnection, breaker.Failure, false},
	DNS:         {Never, Never, WaitNone, breaker.Failure, false},
	Proxy:       {Never, Never, WaitNone, breaker.Failure, false},
	TLS:         {Never, Never, WaitNone, breaker.Failure, false},
	Unsent:      {Always, Always, WaitConnection, breaker.Failure, false},
	Idle:        {Always, Always, WaitNone, breaker.Ignored, false},
	Refused:     {Always, Always, WaitConnection, breaker.Ignored, false},
	Reset:       {Always, Never, WaitConnection, breaker.Failure, true},
	Stale:       {Always, Never, WaitNone, breaker.Ignored, true},
	Timeout:     {Always, Never, WaitServer, breaker.Failure, true},
	Protocol:    {Never, Never, WaitNone, breaker.Failure, true},
	BodyCut:     {Always, Never, WaitServer, breaker.Failure, true},
	BodyTimeout: {Always, Never, WaitServer, breaker.Failure, true},
	Encoding:    {Once, Never, WaitServer, breaker.Failure, true},
	TooLarge:    {Never, Never, WaitNone, breaker.Ignored, true},
	HTML:        {Never, Never, WaitNone, breaker.Failure, true},
	Contract:    {Never, Never, WaitNone, breaker.Ignored, true},
	Empty:       {Never, Never, WaitNone, breaker.Ignored, true},
	Declared:    {Never, Never, WaitNone, breaker.Success, false},
	Throttled:   {Always, Always, WaitThrottle, breaker.Ignored, false},
	Items:       {Never, Never, WaitNone, breaker.Success, true},
	Redirects:   {Never, Never, WaitNone, breaker.Failure, false},
	Canceled:    {Never, Never, WaitNone, breaker.Ignored, true},
	Local:       {Never, Never, WaitNone, breaker.Ignored, true},
	Invalid:     {Never, Never, WaitNone, breaker.Ignored, false},
	Credential:  {Never, Never, WaitNone, breaker.Ignored, false},
	Circuit:     {Never, Never, WaitNone, breaker.Ignored, false},
	RateLimited: {Never, Never, WaitNone, breaker.Ignored, false},
	Bulkhead:    {Never, Never, WaitNone, breaker.Ignored, false},
	Closed:      {Never, Never, WaitNone, breaker.Ignored, false},
	Panic:       {Never, Never, WaitNone, breaker.Failure, true},

	SomeThrottled: {Always, Never, WaitThrottle, breaker.Ignored, true},
	AllThrottled:  {Always, Always, WaitThrottle, breaker.Ignored, false},
}

// statuses is the table of failures with a specific status. Others are classified by statusRow.
var statuses = map[int]row{
	401: {Never, Never, WaitNone, breaker.Success, false}, // renewal of credentials is decided elsewhere
	408: {Always, Always, WaitServer, breaker.Failure, false},
	421: {Once, Once, WaitNone, breaker.Ignored, false},
	425: {Always, Always, WaitServer, breaker.Ignored, false},
	429: {Always, Always, WaitThrottle, breaker.Ignored, false},
	501: {Never, Never, WaitNone, breaker.Success, false},
	505: {Never, Never, WaitNone, breaker.Success, false},
}

var (
	serverFailure = row{Always, Never, WaitServer, breaker.Failure, true}
	refusal       = row{Never, Never, WaitNone, breaker.Success, false}
	redirection   = row{Never, Never, WaitNone, breaker.Success, true} // 303 See Other is sent after the work
	misplaced     = row{Never, Never, WaitNone, breaker.Failure, true}
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

// An Observation is everything that decides what an outcome means.
type Observation struct {
	Status     int
	Fault      Fault
	Failed     bool // there is a response, and its status is a failure
	Written    bool // a byte of the request may have been written
	Repeatable bool // the class allows it, and the body can be sent again
	NoRetry    bool // the response has the header x-should-retry: false
	RetryAfter bool // the response says how long to wait
	Ruled      Ruled
}

// Ruled is what the rules of the policy say about a failure: which of them match.
type Ruled struct {
	Throttled bool // throttled
	Retry     bool // retry.when
	Failure   bool // breaker.when.failure
	Ignore    bool // breaker.when.ignore
}

// A Decision is what an outcome means for the call, the circuit and the caller.
type Decision struct {
	Retry   Repeat
	Wait    Wait
	Verdict breaker.Verdict
	Applied bool
}

// Classify returns what an outcome means.
func Classify(o Observation, p *policy.Policy) Decision {
	if o.Fault == None && !o.Failed {
		return Decision{Verdict: breaker.Success}
	}
	r := faults[o.Fault]
	if o.Fault == None {
		r = declared(statusRow(o.Status), o, p)
	}
	r = r.ruled(o)
	d := Decision{Retry: r.other, Wait: r.wait, Verdict: r.verdict, Applied: r.applied && o.Written}
	if o.Repeatable {
		d.Retry = r.repeatable
	}
	if o.NoRetry {
		d.Retry = Never
	}
	switch {
	case o.Ruled.Ignore:
		d.Verdict = breaker.Ignored
	case o.Ruled.Failure, contractFault(o.Fault) && p.Breaker.Contract == policy.On:
		d.Verdict = breaker.Failure
	}
	return d
}

// ruled returns the row with what the rules of the policy say about retries. Throttling with a
// status of 4xx is a refusal, which proves that the request was not run, like 429. No rule makes
// another request repeatable.
func (r row) ruled(o Observation) row {
	switch {
	case o.Ruled.Throttled && o.Status/100 == 4:
		return statuses[429]
	case o.Ruled.Throttled:
		r.repeatable, r.wait, r.verdict = Always, WaitThrottle, breaker.Ignored
	case o.Ruled.Retry && r.repeatable == Never:
		r.repeatable = Always
		if r.wait == WaitNone {
			r.wait = WaitServer
		}
	}
	return r
}

// declared returns the row with what the policy declares about its status.
func declared(r row, o Observation, p *policy.Policy) row {
	switch {
	case slices.Contains(p.Retry.Refused, o.Status):
		r.repeatable, r.other, r.applied = Always, Always, false
	case o.Status == 423 && o.RetryAfter:
		r.repeatable, r.other = Always, Always
	default:
		return r
	}
	if r.wait == WaitNone {
		r.wait = WaitServer
	}
	return r
}

func contractFault(f Fault) bool { return f == Contract || f == Empty }
