package resilience

import (
	"context"
	"net/http"

	"github.com/resgen/resgen/resilience/policy"
)

// A Middleware wraps the sending of an attempt. It sees each attempt before it is signed and each answer before it is read, redirects
// included, and learns from [OperationFrom] which call they belong to. It may change the request's headers, answer by itself, or fail
// the attempt with an error; it must pass the request on with its own context or one derived from it.
//
// Passing a request on twice works only where the operation may be repeated; otherwise the second one fails without being sent.
// A panic ends the call and goes on to the caller; all permits are given back.
type Middleware func(next http.RoundTripper) http.RoundTripper

// A RoundTripperFunc is a function as an [http.RoundTripper], for writing a [Middleware].
type RoundTripperFunc func(*http.Request) (*http.Response, error)

// RoundTrip calls f.
func (f RoundTripperFunc) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// CallInfo says which call a request belongs to.
type CallInfo struct {
	API       string
	Operation *Operation  // not to be changed
	Auth      policy.Auth // of the effective policy: which credential the operation takes
	Account   string      // of the client's credentials; no secret
	Attempt   int         // from 1
	Hedge     bool        // a copy sent beside a slow request
}

// OperationFrom returns the call that a request belongs to. It works in middleware, in a round tripper of one's own and in
// [Credential.Sign], with the request's context. It is false for requests of others.
func OperationFrom(ctx context.Context) (CallInfo, bool) {
	x, ok := ctx.Value(exchangeKey{}).(*exchange)
	if !ok {
		return CallInfo{}, false
	}
	r := x.call.route
	return CallInfo{
		API: r.caller.api.Name, Operation: r.op, Auth: r.policy.Auth, Account: r.caller.account,
		Attempt: x.number, Hedge: x.hedge,
	}, true
}

// chain puts middleware around the last round tripper.
func chain(list []Middleware, last http.RoundTripper) http.RoundTripper {
	for i := len(list) - 1; i >= 0; i-- {
		last = list[i](last)
	}
	return last
}
