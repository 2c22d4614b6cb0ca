package resilience

import (
	"context"
	"net/http"

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
	Attempt   int         // from 1
	Hedge     bool        // it is a copy of a slow request
}

// OperationFrom returns the call that a request belongs to, from the context of the request. It
// works in middleware, in a round tripper given to [WithTransport] and in [Credential.Sign]. ok is
// false for other contexts.
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

// chain wraps the innermost round tripper with middleware, the first outermost.
func chain(list []Middleware, last http.RoundTripper) http.RoundTripper {
	for i := len(list) - 1; i >= 0; i-- {
		last = list[i](last)
	}
	return last
}
