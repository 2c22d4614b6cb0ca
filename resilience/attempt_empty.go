package resilience

// This file reads successes whose body is not the declared one: there is none, or the document does
// not declare the status.

import (
	"bytes"
	"errors"
	"net/http"
	"slices"

	"github.com/resgen/resgen/resilience/internal/fault"
	"github.com/resgen/resgen/resilience/wire"
)

// hasNoContent reports whether a response with the status never has a body (RFC 9110, sections
// 15.3.5 and 15.3.6).
func hasNoContent(status int) bool {
	return status == http.StatusNoContent || status == http.StatusResetContent
}

// mayBeEmpty reports whether a response says in its headers that it is empty, with a status which
// means that the server has done something, or will do it, and need not return a value.
func mayBeEmpty(resp *http.Response) bool {
	return (resp.StatusCode == http.StatusCreated || resp.StatusCode == http.StatusAccepted) && resp.ContentLength == 0
}

// withoutContent makes a response without content a success although a body is declared. The caller
// gets the zero value. Strict clients get an error, and so does the repeated part of a batch,
// because nothing is known about its items.
func (x *exchange) withoutContent(o *outcome) {
	if x.call.route.caller.set.strict || x.call.batch != nil {
		o.cause = cause{fault: fault.Empty, err: wire.ErrEmptyBody}
		return
	}
	o.absent = true
	x.report.Drifts = []wire.Drift{{Kind: wire.DriftMissing, Count: 1}}
}

// declares reports whether an outcome is declared for a status, and not only the most similar one.
func declares(want *wire.Outcome, status int) bool {
	return want.Status == status || want.Status == status/100 || want.Status == 0
}

// readUndeclared keeps the body of a success with a status that is not declared, where no declared
// success has a body, if the caller uses WithInfo. The call succeeds without it.
func (x *exchange) readUndeclared(o *outcome, want *wire.Outcome, decodeErr error) {
	if x.call.set.info == nil || decodeErr != nil || hasNoContent(o.status) || want != nil && declares(want, o.status) {
		return
	}
	buf := x.call.route.caller.runtime.buffer()
	defer x.call.route.caller.runtime.recycle(buf)
	if tooLarge, err := x.body.ReadAll(buf, x.call.route.policy.Response.MaxBytes); err == nil && !tooLarge {
		o.raw = bytes.Clone(buf.Bytes())
	}
}

// undecodable ends the reading of a body that could not be decoded. It is a failure, except that no
// content may be allowed, and that the body of an undeclared status need not fit.
func (x *exchange) undecodable(o *outcome, resp *http.Response, want *wire.Outcome, data []byte, err error) {
	empty := len(data) == 0 && errors.Is(err, wire.ErrEmptyBody)
	if empty && mayBeEmpty(resp) {
		x.withoutContent(o)
		return
	}
	f := x.decodeFault(err, resp)
	if empty && endsWithConnection(resp) {
		f = fault.BodyCut
	}
	if len(data) > 0 && x.mayMisfit(o, want) && (f == fault.Contract || f == fault.Empty) {
		o.absent, o.raw = true, bytes.Clone(data)
		reason := "the body of an undeclared status fits no declared one"
		x.report.Drifts = []wire.Drift{{Kind: wire.DriftType, Reason: reason, Count: 1}}
		return
	}
	o.body = kept(data)
	o.cause = cause{fault: f, err: contractCause(err)}
}

// mayMisfit reports whether the body need not be of the declared type, because the status is not
// declared.
func (x *exchange) mayMisfit(o *outcome, want *wire.Outcome) bool {
	return !x.call.route.caller.set.strict && x.call.batch == nil && !declares(want, o.status)
}

// isOtherType reports whether the whole value is of another type than declared, such as an array
// instead of an object. A value that was kept nevertheless is not one of the declared type.
func isOtherType(drifts []wire.Drift) bool {
	return slices.ContainsFunc(drifts, func(d wire.Drift) bool {
		return d.Path == "" && (d.Kind == wire.DriftType || d.Kind == wire.DriftVariant)
	})
}
