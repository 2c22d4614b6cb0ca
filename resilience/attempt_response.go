package resilience

// This file reads a response: completely, within bounds, as the type that the document declares for
// its status.

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"time"

	"github.com/resgen/resgen/resilience/internal/advice"
	"github.com/resgen/resgen/resilience/internal/fault"
	"github.com/resgen/resgen/resilience/internal/pool"
	"github.com/resgen/resgen/resilience/internal/redact"
	"github.com/resgen/resgen/resilience/internal/success"
	"github.com/resgen/resgen/resilience/media"
	"github.com/resgen/resgen/resilience/wire"
)

// keptBody is how much of the body of a failure is kept, in bytes.
const keptBody = 64 << 10

// fail sets why the attempt failed. Secrets are removed from err.
func (o *outcome) fail(f fault.Fault, err error, note string) {
	o.cause = cause{fault: f, err: redact.Error(err, o.auth.secrets), note: note}
}

// receive reads the response and releases its connection.
func (x *exchange) receive(resp *http.Response) *outcome {
	o := x.newOutcome()
	o.status, o.header = resp.StatusCode, resp.Header
	if o.header == nil {
		o.header = http.Header{}
	}
	defer func() {
		switch {
		case o.stream != nil:
		case o.status == http.StatusSwitchingProtocols:
			x.body.Abandon() // it is the connection
		default:
			x.body.Close()
		}
	}()
	x.readHeaders(o)
	decodeErr := x.decodeContent(o)
	if want, ok := successOutcome(x.call.route.op, o.status, contentType(o.header)); ok {
		x.readSuccess(o, resp, want, decodeErr)
	} else {
		o.failed = true
		x.readFailure(o, decodeErr)
	}
	x.examine(o)
	x.identify(o)
	x.classify(o)
	if o.status == http.StatusTooManyRequests || o.throttled {
		x.call.route.Throttled(x.call.route.caller.account, o.retryAfter)
	}
	x.pauseRetries(o)
	return o
}

// keepCookies keeps the cookies of a response.
func (x *exchange) keepCookies(h http.Header) {
	jar := x.call.route.caller.jar
	if jar == nil {
		return
	}
	if cookies := (&http.Response{Header: h}).Cookies(); len(cookies) > 0 {
		jar.SetCookies(x.signedURL(), cookies)
	}
}

// readHeaders reads quotas and the time to wait.
func (x *exchange) readHeaders(o *outcome) {
	if o.status >= 300 {
		o.retryAfter, _ = advice.RetryAfter(o.header, time.Now())
	}
	if r := x.call.route; len(r.Limits) > 0 && advice.StatesLimit(o.header) {
		r.Observe(advice.ReadQuota(o.header, time.Now()))
	}
}

// successOutcome returns the declared outcome for a response that is a success. ok is false if its
// status is a failure. A 2xx that is not declared is a success, read as the declared one with a
// body whose media type fits best.
func successOutcome(op *Operation, status int, contentType string) (want *wire.Outcome, ok bool) {
	want = outcomeFor(op.Success, status, contentType)
	if want != nil && (want.Status != 0 || status/100 == 2) {
		return want, true
	}
	if status/100 != 2 {
		return nil, false
	}
	if hasNoContent(status) {
		return bestFit(op.Success, contentType, anyOutcome), true
	}
	if want = bestFit(op.Success, contentType, hasBody); want == nil {
		want = bestFit(op.Success, contentType, anyOutcome)
	}
	return want, true
}

func anyOutcome(*wire.Outcome) bool { return true }

// hasBody reports whether a body is declared.
func hasBody(o *wire.Outcome) bool { return o.Decode != nil || o.Stream }

// outcomeFor returns the outcome declared for a status, else for its hundred, else the default;
// among several the one whose media type fits best. It returns nil if there is none.
func outcomeFor(list []wire.Outcome, status int, contentType string) *wire.Outcome {
	for _, want := range []int{status, status / 100, 0} {
		if best := bestFit(list, contentType, func(o *wire.Outcome) bool { return o.Status == want }); best != nil {
			return best
		}
	}
	return nil
}

// bestFit returns the eligible outcome whose media type fits best, or nil.
func bestFit(list []wire.Outcome, contentType string, eligible func(*wire.Outcome) bool) *wire.Outcome {
	var best *wire.Outcome
	for i := range list {
		o := &list[i]
		if eligible(o) && (best == nil || media.Match(o.Media, contentType) > media.Match(best.Media, contentType)) {
			best = o
		}
	}
	return best
}

// readSuccess reads the response of a success.
func (x *exchange) readSuccess(o *outcome, resp *http.Response, want *wire.Outcome, decodeErr error) {
	r := x.call.route
	switch {
	case r.op.Method == http.MethodHead:
		return
	case want == nil || !hasBody(want):
		x.readUndeclared(o, want, decodeErr)
		return
	case hasNoContent(o.status) && !want.Stream:
		x.withoutContent(o)
		return
	case decodeErr != nil:
		o.fail(fault.Contract, decodeErr, "")
		return
	case !want.Stream && isUndeclaredStream(want, o.header):
		o.fail(fault.Contract, nil, media.Base(contentType(o.header))+" received, want "+want.Media)
		return
	case want.Stream && !htmlType(want.Media, o.header):
		x.ctx.Keep()
		o.stream = newStream(x, o, resp)
		o.value = o.stream
		return
	}
	buf := r.caller.runtime.buffer()
	defer r.caller.runtime.recycle(buf)
	if x.readBody(o, buf, r.policy.Response.MaxBytes) {
		x.decode(o, resp, want, buf.Bytes())
	}
}

// isUndeclaredStream reports whether a stream of events came instead of a value. It may not end.
func isUndeclaredStream(want *wire.Outcome, h http.Header) bool {
	received := contentType(h)
	return media.IsEvents(received) && media.Match(want.Media, received) == media.None
}

// htmlType reports whether the response is an HTML page although something else is declared.
func htmlType(declared string, h http.Header) bool {
	return media.Base(contentType(h)) == "text/html" && media.Match(declared, "text/html") == media.None
}

// htmlBody reports whether a body is an HTML page although something else is declared.
func htmlBody(declared string, h http.Header, body []byte) bool {
	return media.HTMLBody(declared, contentType(h), body)
}

// decode decodes a body into the value of the call.
func (x *exchange) decode(o *outcome, resp *http.Response, want *wire.Outcome, data []byte) {
	k := x.call
	if htmlBody(want.Media, o.header, data) {
		o.auth.secrets = x.secrets()
		o.body = kept(data)
		o.fail(fault.HTML, nil, "HTML received, want "+want.Media+": "+redact.Snippet(data, o.auth.secrets))
		return
	}
	report := &x.report
	text, err := utf8Text(want, o.header, data, report)
	if err != nil {
		o.body = kept(data)
		o.fail(fault.Contract, err, "")
		return
	}
	data, ok := k.batch.merged(text, k.route.policy.Success.Items)
	if !ok {
		o.fail(fault.Contract, nil, "the response to a part of the batch has a different number of items")
		return
	}
	doubts := len(report.Drifts)
	value, err := want.Decode(data, report)
	if err == nil && x.mayMisfit(o, want) && isOtherType(report.Drifts[doubts:]) {
		err = firstMismatch(report.Drifts[doubts:])
	}
	if err == nil && k.route.caller.set.strict {
		err = firstMismatch(report.Drifts)
	}
	if err == nil {
		o.value = value
		x.applySuccessRule(o, data)
		return
	}
	x.undecodable(o, resp, want, data, err)
}

// decodeFault returns the fault of a decoder's error.
func (x *exchange) decodeFault(err error, resp *http.Response) fault.Fault {
	switch {
	case errors.Is(err, wire.ErrEmptyBody):
		return fault.Empty
	case errors.Is(err, io.ErrUnexpectedEOF) && endsWithConnection(resp) && !x.body.Decoded():
		return fault.BodyCut
	}
	return fault.Contract
}

// endsWithConnection reports whether the body has no declared length and ends where the
// connection ends, so that net/http cannot notice that it was cut.
func endsWithConnection(r *http.Response) bool {
	return r.ProtoMajor == 1 && r.ContentLength < 0 && len(r.TransferEncoding) == 0 && !r.Uncompressed
}

// contractCause returns a decoder's error without data of the response.
func contractCause(err error) error {
	var d *wire.DecodeError
	if errors.As(err, &d) {
		bare := *d
		if !errors.Is(err, io.ErrUnexpectedEOF) {
			bare.Err = nil
		}
		return &bare
	}
	return redact.Error(err, nil)
}

// applySuccessRule applies the policy's success rule to a decoded response.
func (x *exchange) applySuccessRule(o *outcome, data []byte) {
	k := x.call
	p := &k.route.policy
	r := success.Rules{Success: &p.Success, Throttled: p.Throttled}.Apply(o.status, data)
	o.fault, o.note, o.throttled = ruleFaults[r.Outcome], r.Note, r.Throttled
	o.items, o.refused = failedItems(r.Items), success.AllRefused(r.Items, r.Total)
	switch {
	case o.fault == fault.None:
		if k.wantsLastGood() {
			o.body, o.varies = bytes.Clone(data), x.varies(o.header)
		}
	case !o.fault.OfItems():
		o.detail, o.value, o.body = o.value, nil, kept(data)
	case o.fault == fault.SomeThrottled && !k.narrow(data, r.Items):
		o.fault = fault.Items
	}
}

// readFailure reads the response of a failure. The status counts even if the body cannot be read.
func (x *exchange) readFailure(o *outcome, err error) {
	r := x.call.route
	buf := r.caller.runtime.buffer()
	defer r.caller.runtime.recycle(buf)
	if err == nil && o.status != http.StatusSwitchingProtocols {
		err = x.body.ReadStart(buf, keptBody)
	}
	o.body = kept(buf.Bytes())
	if err != nil {
		o.auth.secrets = x.secrets()
		o.err = redact.Error(err, o.auth.secrets)
	}
	switch o.status {
	case http.StatusBadRequest:
		if wantsTLS(o.body) {
			o.fault, o.note = fault.TLS, "the server expects https; use https in the base URL"
		}
	case http.StatusMisdirectedRequest:
		x.trace.Retire()
		if p, ok := r.pool.(*pool.Pool); ok {
			p.CloseIdleConnections()
		}
	case http.StatusRequestTimeout:
		x.trace.Retire()
	}
	x.decodeFailure(o)
}

// decodeFailure decodes the body of a failure, if it is declared. What there is of an incomplete
// one may be enough.
func (x *exchange) decodeFailure(o *outcome) {
	want := outcomeFor(x.call.route.op.Failure, o.status, contentType(o.header))
	if want == nil || want.Decode == nil || htmlBody(want.Media, o.header, o.body) {
		return
	}
	var report wire.Report
	text, err := utf8Text(want, o.header, o.body, &report)
	if err != nil {
		return
	}
	doubts := len(report.Drifts)
	if detail, err := want.Decode(text, &report); err == nil && !isOtherType(report.Drifts[doubts:]) {
		o.detail = detail
	}
	if o.err == nil {
		x.report.Drifts = report.Drifts
	}
}

// examine lets the credentials examine the response.
func (x *exchange) examine(o *outcome) {
	if x.signed == nil {
		return // a middleware answered
	}
	for _, r := range x.call.route.renewers {
		a := &Rejection{Request: x.signed, Status: o.status, Header: o.header, Schemes: r.schemes}
		if !o.ok() {
			a.Body = o.body
		}
		if expiry := r.examine(a); expiry != NotExpired {
			o.auth.expiry = max(o.auth.expiry, expiry)
			o.auth.rejected = append(o.auth.rejected, rejected{renewable: r, rejection: a})
		}
	}
	if o.auth.expiry != NotExpired {
		o.auth.secrets = x.secrets()
	}
}

// tlsHints are texts of Go, nginx and Apache for a plain HTTP request to a TLS port.
var tlsHints = []string{
	"HTTP request to an HTTPS server", "plain HTTP request was sent to HTTPS port",
	"speaking plain HTTP to an SSL-enabled server port",
}

// wantsTLS reports whether a server says that it got a plain HTTP request on its TLS port.
func wantsTLS(body []byte) bool {
	for _, text := range tlsHints {
		if bytes.Contains(body, []byte(text)) {
			return true
		}
	}
	return false
}

// kept returns a copy of the beginning of a body.
func kept(data []byte) []byte {
	if len(data) == 0 {
		return nil
	}
	return bytes.Clone(data[:min(len(data), keptBody)])
}
