package resilience

import (
	"context"
	"net/http"
	"net/url"

	"github.com/resgen/resgen/resilience/policy"
)

// send hands the request to the middleware and follows redirects, as far as the policy lets it. It returns the answer or the outcome of
// having none.
func (t *transit) send(req *http.Request) (*http.Response, *outcome) {
	k := t.call
	for hops := 0; ; hops++ {
		resp, err := k.route.send.RoundTrip(req)
		if resp == nil && err == nil {
			err = errNoResponse
		}
		if err != nil {
			if t.bound.late.Load() {
				err = context.DeadlineExceeded // HTTP/2 tells of the cancellation, not of its cause
			}
			return nil, t.lost(t.faultOf(err))
		}
		target := k.follow(req, resp)
		if target == nil {
			return resp, nil
		}
		drain(resp.Body)
		if hops >= k.route.policy.Redirects.Max {
			o := t.lost(faultRedirects, nil)
			o.note = "too many redirects"
			return nil, o
		}
		next, err := k.redirected(req, resp.StatusCode, target, t.replay)
		if err != nil {
			return nil, t.lost(faultLocal, err)
		}
		t.reset(next)
		req = next
	}
}

// faultOf names the fault of an error that came instead of an answer, and returns the error to tell.
func (t *transit) faultOf(err error) (fault, error) {
	var s *signError
	if as(err, &s) {
		return faultCredential, err
	}
	t.mu.Lock()
	handed, refused, unpaid, bodyErr := t.handed, t.refused, t.unpaid, t.bodyErr
	t.mu.Unlock()
	switch {
	case bodyErr != nil:
		return faultLocal, bodyErr
	case !handed:
		return faultLocal, err // a middleware did not let it through
	case refused:
		return faultRefused, errRefused
	case unpaid:
		return faultStale, errUnpaid
	}
	return sendFault(err, t.passage()), err
}

// follow returns where a redirect leads, or nil if the answer is none or is not to be followed: only for safe operations, within the origin,
// and only if the policy says so.
func (k *call) follow(req *http.Request, resp *http.Response) *url.URL {
	p := &k.route.policy
	switch resp.StatusCode {
	case 301, 302, 303, 307, 308:
	default:
		return nil
	}
	if p.Redirects.Max <= 0 || p.Idempotency != policy.Safe {
		return nil
	}
	to, err := req.URL.Parse(resp.Header.Get("Location"))
	if err != nil || resp.Header.Get("Location") == "" || !sameOrigin(req.URL, to) {
		return nil
	}
	to.Fragment, to.RawFragment, to.User = "", "", nil
	return to
}

// sameOrigin compares scheme, host and port. A credential never leaves its origin, and a change of scheme is a change of origin.
func sameOrigin(a, b *url.URL) bool {
	return a.Scheme == b.Scheme && a.Hostname() == b.Hostname() && port(a) == port(b)
}

func port(u *url.URL) string {
	switch {
	case u.Port() != "":
		return u.Port()
	case u.Scheme == "https":
		return "443"
	}
	return "80"
}

// redirected returns the request to the redirect's target: what 307 and 308 ask for with method and body, after others a GET.
func (k *call) redirected(req *http.Request, status int, to *url.URL, replay bool) (*http.Request, error) {
	q, method := k.request, req.Method
	q.url = *to
	if status < 307 && method != http.MethodHead {
		method = http.MethodGet
		q.payload = nil
		q.header = cloneHeader(q.header)
		delete(q.header, "Content-Type")
	}
	next, err := q.build(method, replay)
	if err != nil {
		return nil, err
	}
	return next.WithContext(req.Context()), nil
}

// reset makes the transit ready for one more request.
func (t *transit) reset(next *http.Request) {
	t.decorate(next)
	t.mu.Lock()
	defer t.mu.Unlock()
	t.settleConn()
	t.passes++
	t.looked = false
}
