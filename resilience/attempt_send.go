package resilience

// This file sends the request of an attempt: through the middleware, signed, to the connection
// pool, and along redirects as far as the policy allows them.

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"time"

	"github.com/resgen/resgen/resilience/internal/body"
	"github.com/resgen/resgen/resilience/internal/confidential"
	"github.com/resgen/resgen/resilience/internal/fault"
	"github.com/resgen/resgen/resilience/internal/paging"
	"github.com/resgen/resgen/resilience/policy"
)

// send returns the response, or the outcome of an attempt without one.
func (x *exchange) send(req *http.Request) (*http.Response, *outcome) {
	k := x.call
	p := &k.route.policy
	for hops := 0; ; hops++ {
		resp, err := k.route.send.RoundTrip(req)
		if resp == nil && err == nil {
			err = fault.ErrNoResponse
		}
		if err != nil {
			if x.ctx.Late() {
				err = context.DeadlineExceeded // HTTP/2 reports the cancellation and not its cause
			}
			return nil, x.unanswered(err)
		}
		x.accept(resp)
		x.keepCookies(resp.Header)
		target := redirectTarget(p, req, resp)
		if target == nil {
			return resp, nil
		}
		x.body.Close()
		if hops >= p.Redirects.Max {
			o := x.lost(fault.Redirects, nil)
			o.note = "too many redirects"
			return nil, o
		}
		next, err := k.request.redirected(req, resp.StatusCode, target)
		if err != nil {
			return nil, x.lost(fault.Local, err)
		}
		if x.sent != nil {
			defer func(c io.Closer) { _ = c.Close() }(x.sent)
		}
		x.watchBody(next)
		x.decorate(next)
		x.trace.AllowRedirect()
		req = next
	}
}

// info describes the attempt to middleware.
func (x *exchange) info() CallInfo {
	i := x.call.route.info()
	i.Attempt, i.Hedge = x.number, x.hedge
	return i
}

// withdraw notes that the request is not handed to the connection pool after all.
func (x *exchange) withdraw() { x.trace.Withdraw() }

// received returns the body of a response as one whose reads end with the context of the request.
func (x *exchange) received(r *http.Request, rc io.ReadCloser, heeds bool) io.ReadCloser {
	if !heeds && !body.Immediate(rc) {
		rc = body.Bind(r.Context(), rc)
	}
	x.heeding = rc
	return rc
}

// sign signs a request with all credentials that the operation needs. Closing the client ends it.
func (x *exchange) sign(r *http.Request) error {
	x.signed = r
	c, list := x.call.route.caller, x.call.route.signatures
	if len(list) == 0 {
		return nil
	}
	x.before.note(r, &c.runtime.unsigned)
	if !c.set.plaintext && !confidential.URL(r.URL) {
		return &signError{errPlainHTTP}
	}
	ctx := &closingContext{Context: r.Context(), caller: c}
	defer ctx.end()
	defer func(begin time.Time) { x.signTook += time.Since(begin) }(time.Now())
	for _, s := range list {
		if err := s.credential.Sign(ctx, r, s.scheme); err != nil {
			if c.shut() && r.Context().Err() == nil {
				return ErrClosed
			}
			x.signLate = r.Context().Err() != nil
			return &signError{classified(err)}
		}
	}
	return nil
}

// errPlainHTTP is for credentials that would be sent over plain http.
var errPlainHTTP = errors.New(
	"the URL is plain http, which shows credentials to others; use https, or pass WithPlainHTTP to New",
)

// waiter returns how a credential may wait for a sign-in on behalf of the attempt.
func (x *exchange) waiter(ctx context.Context) waiter {
	left := x.limit
	if end, ok := ctx.Deadline(); ok && (left <= 0 || time.Until(end) < left) {
		left = time.Until(end)
	}
	return waiter{closing: x.call.route.caller.runtime.ctx, by: waitUntil(time.Now(), left)}
}

// signError is an error of a credential.
type signError struct{ err error }

func (e *signError) Error() string { return "the credential cannot sign: " + e.err.Error() }
func (e *signError) Unwrap() error { return e.err }

// redirectTarget returns the URL of a redirect, or nil if the response is not a redirect or must
// not be followed: only those of safe operations are, within one origin, if the policy allows it.
func redirectTarget(p *policy.Policy, req *http.Request, resp *http.Response) *url.URL {
	switch resp.StatusCode {
	case 301, 302, 303, 307, 308:
	default:
		return nil
	}
	if p.Redirects.Max <= 0 || p.Idempotency != policy.Safe {
		return nil
	}
	to, err := req.URL.Parse(resp.Header.Get("Location"))
	if err != nil || resp.Header.Get("Location") == "" || !paging.SameOrigin(req.URL, to) {
		return nil
	}
	to.Fragment, to.RawFragment, to.User = "", "", nil
	return to
}

// redirected returns the request to the target of a redirect. Statuses 307 and 308 keep method and
// body; after others the request is a GET.
func (q request) redirected(req *http.Request, status int, to *url.URL) (*http.Request, error) {
	method := req.Method
	if status < 307 && method != http.MethodHead {
		method = http.MethodGet
		q.payload = nil
		q.fields = q.fields.without("Content-Type")
	}
	return q.build(req.Context(), method, to)
}
