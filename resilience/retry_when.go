package resilience

import (
	"net/http"
	"strings"

	"github.com/resgen/resgen/resilience/internal/fault"
)

// A Failure is an attempt that failed, as the function of [WithRetryWhen] sees it. Header, Body and
// Detail must not be changed.
type Failure struct {
	Operation string // [Operation.ID]
	Attempt   int    // number of the attempt, from 1
	Kind      Kind
	Status    int         // of the response; 0: there was none
	Header    http.Header // of the response, or nil
	Body      []byte      // beginning of its body, at most 64 KiB
	Detail    any         // decoded body if it is declared for this status, or nil
	Retry     bool        // what the policy decides
}

// WithRetryWhen makes f decide which failures are retried, among those after which the operation
// may be repeated; f returns [Failure.Retry] to leave the choice to the policy. It cannot make an
// unsafe operation repeatable, and attempts, budget, deadline and circuit limit its retries too. It
// is not called for a response with the header x-should-retry: false, for a batch of which some
// items failed, or for an error of the program itself, such as a canceled call.
//
// Calls may use f at the same time. Rules of the policy (retry.when) are preferable where they
// suffice: they are shown by resgen explain and compared by resgen check.
func WithRetryWhen(f func(Failure) bool) Option { return func(s *settings) { s.retryWhen = f } }

// choose lets the function of the client decide whether an outcome is retried.
func (k *call) choose(o *outcome) {
	f, d := k.route.caller.set.retryWhen, &o.decision
	switch {
	case f == nil, o.ok(), !o.real(), !o.fault.Ruled(), o.forbidsRetry(),
		d.Retry == fault.Never && !k.repeatable():
		return
	}
	retry := d.Retry == fault.Always || d.Retry == fault.Once && !k.ledger.hasReason(o)
	chosen := f(Failure{
		Operation: k.route.op.ID, Attempt: o.attempt.Number, Kind: d.kind, Status: o.status, Header: o.header,
		Body: o.body, Detail: o.detail, Retry: retry,
	})
	switch {
	case !chosen:
		d.Retry = fault.Never
	case !retry:
		d.Retry = fault.Always
		if d.Wait == fault.WaitNone {
			d.Wait = fault.WaitServer
		}
	}
}

// forbidsRetry reports whether the response says that the request must not be sent again.
func (o *outcome) forbidsRetry() bool {
	return strings.EqualFold(o.header.Get("X-Should-Retry"), "false")
}
