package resilience

import (
	"context"
	"io"
	"net/http"

	"github.com/resgen/resgen/resilience/internal/body"
	"github.com/resgen/resgen/resilience/internal/conntrace"
	"github.com/resgen/resgen/resilience/internal/fault"
	"github.com/resgen/resgen/resilience/internal/pool"
	"github.com/resgen/resgen/resilience/internal/switching"
	"github.com/resgen/resgen/resilience/policy"
)

// Middleware wraps the sending of an attempt. It sees each attempt before it is signed and each
// response before it is read, including redirects; [OperationFrom] returns the call. It may change
// the headers of the request, respond itself, or return an error. It must pass the request on with
// its own context or one derived from it.
//
// Sending a request twice works only if the operation may be repeated; otherwise the second one
// fails without being sent. A panic ends the call and continues in the caller; all permits are
// released.
type Middleware func(next http.RoundTripper) http.RoundTripper

// RoundTripperFunc adapts a function to [http.RoundTripper], for writing a [Middleware].
type RoundTripperFunc func(*http.Request) (*http.Response, error)

// RoundTrip calls f.
func (f RoundTripperFunc) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// CallInfo describes the call that a request belongs to.
type CallInfo struct {
	API       string
	Operation *Operation  // must not be changed
	Auth      policy.Auth // of the effective policy: which credential the operation needs
	Account   string      // of the client's credentials; not a secret
	Server    string      // scheme and host of the operation's server, for example https://api.example.com
	Attempt   int         // from 1; 0 when the call begins
	Hedge     bool        // it is a copy of a slow request
}

// OperationFrom returns the call that a request belongs to, from the context of the request. It
// works in middleware, in a round tripper given to [WithTransport] and in [Credential.Sign]. ok is
// false for other contexts.
func OperationFrom(ctx context.Context) (CallInfo, bool) {
	x, ok := ctx.Value(exchangeKey{}).(sending)
	if !ok {
		return CallInfo{}, false
	}
	return x.info(), true
}

// exchangeKey is the context key of the attempt that a request belongs to.
type exchangeKey struct{}

// sending is an attempt as middleware and the sender see it. Middleware is between the attempt and
// the sender, so the attempt reaches the sender in the context of the request.
type sending interface {
	info() CallInfo
	// received returns the body of a response as one whose reads end with the context of the
	// request. heeds reports whether they do so by themselves.
	received(r *http.Request, body io.ReadCloser, heeds bool) io.ReadCloser
	allowSend(r *http.Request) error // why it may not be handed to the connection pool, or nil
	found()                          // it has a connection or needs none
	join(r *http.Request)            // waits for the first connection to its host
	guard(r *http.Request) *http.Request
	unsent(err error) bool // nothing of it was sent because its connection had reached its maximum age
	sign(r *http.Request) error
	check(r *http.Request) error       // why it must not be sent, or nil
	withdraw()                         // the request is not sent after all
	waiter(ctx context.Context) waiter // how a credential may wait for a sign-in
}

// chain wraps the innermost round tripper with middleware, the first outermost.
func chain(list []Middleware, last http.RoundTripper) http.RoundTripper {
	for i := len(list) - 1; i >= 0; i-- {
		last = list[i](last)
	}
	return last
}

// sender is the innermost round tripper of an attempt, inside all middleware.
type sender struct {
	pool http.RoundTripper
}

// RoundTrip signs and sends a request, unless it was sent before and must not be sent again.
func (s *sender) RoundTrip(r *http.Request) (*http.Response, error) {
	x, ok := r.Context().Value(exchangeKey{}).(sending)
	if !ok {
		closeBody(r)
		return nil, fault.ErrNoCall
	}
	if err := x.allowSend(r); err != nil {
		closeBody(r)
		return nil, err
	}
	err := x.sign(r)
	if err == nil {
		err = x.check(r)
	}
	if err != nil {
		x.withdraw()
		closeBody(r)
		return nil, err
	}
	resp, err := s.send(x, r)
	switch {
	case err != nil:
		return resp, err
	case resp == nil:
		return nil, fault.ErrNoResponse
	}
	if err := switching.Check(r, resp); err != nil {
		return nil, err
	}
	resp.Body = x.received(r, resp.Body, s.heeds())
	return resp, nil
}

// heeds reports whether the bodies of responses heed the context of the request.
func (s *sender) heeds() bool {
	switch s.pool.(type) {
	case *pool.Pool, *http.Transport:
		return true
	}
	return false
}

// Bounded wraps t for requests that are sent without a call. Reads of the bodies of its responses
// end with the context of the request, even if those of t do not. An unrequested response with
// status 101 is an error and its connection is closed. Calls do the same by themselves.
func Bounded(t http.RoundTripper) http.RoundTripper { return body.Transport{Next: t} }

// send sends a request, and again on another connection as long as nothing of it was sent because
// its connection had reached its maximum age.
func (s *sender) send(x sending, r *http.Request) (*http.Response, error) {
	defer x.found()
	r = x.guard(r)
	if b, ok := r.Body.(*conntrace.Body); ok {
		defer b.Settle()
	}
	x.join(r)
	for {
		resp, err := s.pool.RoundTrip(r)
		if err == nil || !x.unsent(err) {
			return resp, err
		}
		next, ok := unread(r)
		if !ok {
			return nil, err
		}
		r = next
	}
}

// unread returns a request with the whole body of r, of which nothing was sent.
func unread(r *http.Request) (next *http.Request, ok bool) {
	if r.Body == nil || r.Body == http.NoBody {
		return r, true
	}
	if b, guarded := r.Body.(*conntrace.Body); guarded {
		return r, b.Unread()
	}
	body, err := r.GetBody()
	if err != nil {
		return nil, false
	}
	next = new(*r)
	next.Body = body
	return next, true
}

func closeBody(r *http.Request) {
	if r.Body != nil {
		_ = r.Body.Close()
	}
}
