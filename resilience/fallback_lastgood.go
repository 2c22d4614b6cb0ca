package resilience

// This file keeps the last successful responses of operations whose fallback returns them.

import (
	"crypto/sha256"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/textproto"
	"slices"
	"strings"
	"time"

	"github.com/resgen/resgen/resilience/internal/lastgood"
	"github.com/resgen/resgen/resilience/policy"
)

// wantsLastGood reports whether responses of the call are kept for a fallback.
func (k *call) wantsLastGood() bool {
	f := k.fallback()
	return f != nil && f.maxAge > 0
}

// updateLastGood keeps the response of a call for later calls, and drops the responses that are out
// of date: the one to the same request, if the server refuses it now, and after a change those to
// all requests for what was changed (RFC 9111, section 4.4).
func (k *call) updateLastGood(o *outcome) {
	cache, wanted := k.route.caller.stale, k.wantsLastGood()
	switch {
	case o.ok() && wanted:
		k.keepLastGood(o)
	case cache.Empty():
	case k.route.policy.Idempotency != policy.Safe && !wanted:
		if o.ok() || o.fault.OfItems() || o.failure.MayHaveApplied {
			cache.DropTarget(k.target())
		}
	case !o.ok() && o.failure.Kind == KindAPI && !degradable(o.failure):
		if id, ok := k.identity(); ok {
			cache.Drop(id)
		}
	}
}

// target returns what a request is about: its URL without the query.
func (k *call) target() string {
	u := k.request.url()
	return u.Scheme + "://" + u.Host + u.EscapedPath()
}

// keepLastGood keeps the response of a call for later calls.
func (k *call) keepLastGood(o *outcome) {
	want, _ := successOutcome(k.route.op, o.status, contentType(o.header))
	if want == nil || want.Decode == nil || o.varies || o.absent {
		return
	}
	if id, ok := k.identity(); ok {
		r := lastgood.Response[decodeFunc]{At: time.Now(), Target: k.target(), Body: o.body, Decode: want.Decode}
		k.route.caller.stale.Keep(id, r)
	}
}

// lastGood returns the value of the response that is kept for the request of the call, and its age.
func (k *call) lastGood(maxAge time.Duration) (value any, age time.Duration, ok bool) {
	id, ok := k.identity()
	if !ok {
		return nil, 0, false
	}
	r, age, ok := k.route.caller.stale.Get(id, maxAge)
	if !ok {
		return nil, 0, false
	}
	value, err := r.Decode(r.Body, nil)
	return value, age, err == nil
}

// identity returns a hash of everything that makes the request: operation, URL, headers with those
// of parameters and options, and body. A random idempotency key does not count, because every call
// has another one. ok is false if the body cannot be read again.
func (k *call) identity() (id lastgood.ID, ok bool) {
	q := &k.request
	h := sha256.New()
	fmt.Fprintf(h, "%q %q\n", k.route.op.ID, q.url().String())
	key := textproto.CanonicalMIMEHeaderKey(k.route.policy.Key.Header)
	header := q.fields.header()
	for _, name := range slices.Sorted(maps.Keys(header)) {
		if name != key || !q.random {
			fmt.Fprintf(h, "%q %q\n", name, header[name])
		}
	}
	if q.payload == nil {
		return lastgood.ID(h.Sum(nil)), true
	}
	if q.payload.OneShot {
		return id, false
	}
	body, err := q.payload.Open()
	if err != nil {
		return id, false
	}
	defer body.Close()
	if _, err := io.Copy(h, body); err != nil {
		return id, false
	}
	return lastgood.ID(h.Sum(nil)), true
}

// varies reports whether a response depends on headers of the request that only middleware knows,
// as its Vary header says (RFC 9111, section 4.1). Such a response is not kept, because a later
// request cannot be compared with this one before it is sent. The cookies of the jar belong to the
// account.
func (x *exchange) varies(response http.Header) bool {
	if x.signed == nil {
		return false // a middleware responded
	}
	sent, known := x.unsigned(), x.call.request.fields.header()
	for _, line := range response.Values("Vary") {
		for name := range strings.SplitSeq(line, ",") {
			name = textproto.CanonicalMIMEHeaderKey(strings.TrimSpace(name))
			switch {
			case name == "*":
				return true
			case name == "Cookie" && x.call.route.caller.jar != nil:
			case !slices.Equal(sent[name], known[name]):
				return true
			}
		}
	}
	return false
}
