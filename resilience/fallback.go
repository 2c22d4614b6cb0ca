package resilience

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
)

// fallback returns the fallback of the call, or nil.
func (k *call) fallback() *Fallback {
	if k.set.fallback != nil {
		return k.set.fallback
	}
	return k.route.fallback
}

// checkFallback returns an error if the fallback cannot serve the call.
func (k *call) checkFallback(want returns) error {
	name, f := "WithFallback", k.fallback()
	if f == nil {
		return nil
	}
	if f == k.set.fallback {
		name = "WithCallFallback"
	}
	if err := f.check(k.route.op, want); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

// withFallback returns the outcome of the fallback, if the call has one for this failure, or o.
func (k *call) withFallback(o *outcome) *outcome {
	if k.fallback() == nil || !degradable(o.failure) {
		return o
	}
	return k.route.caller.runtime.loops.Fallback(k.ctx, o).(*outcome)
}

// degradable reports whether a failure is due to the service.
func degradable(e *Error) bool {
	switch e.Kind {
	case KindCanceled, KindInvalidRequest, KindClosed:
		return false
	case KindCredential:
		return signInState(e) == ErrSignInUnavailable
	case KindAPI:
		return e.Status >= 500
	}
	return true
}

// fallBack returns the outcome that the fallback makes, or o if it makes none.
func (k *call) fallBack(o *outcome) *outcome {
	f := k.fallback()
	degraded := &outcome{call: k, response: response{
		status: o.status, header: o.header, shown: o.shown, requestID: o.requestID,
	}}
	degraded.fallback.degraded = true
	if f.maxAge > 0 {
		value, age, ok := k.lastGood(f.maxAge)
		if !ok {
			return o
		}
		degraded.value, degraded.fallback.age = value, age
	} else {
		value, err := f.answer(k.ctx, o.failure)
		if err != nil {
			return o
		}
		degraded.value = value
	}
	degraded.fallback.replaced = o
	return degraded
}

// wantsLastGood reports whether responses of the call are kept for a fallback.
func (k *call) wantsLastGood() bool {
	f := k.fallback()
	return f != nil && f.maxAge > 0
}

// keepLastGood keeps the response of a call for later calls.
func (k *call) keepLastGood(o *outcome) {
	want, _ := successOutcome(k.route.op, o.status, o.header.Get("Content-Type"))
	if want == nil || want.Decode == nil || o.varies || o.absent {
		return
	}
	if id, ok := k.identity(); ok {
		r := lastgood.Response[decodeFunc]{At: time.Now(), Body: o.body, Decode: want.Decode}
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
	fmt.Fprintf(h, "%q %q\n", k.route.op.ID, q.url.String())
	key := textproto.CanonicalMIMEHeaderKey(k.route.policy.Key.Header)
	for _, name := range slices.Sorted(maps.Keys(q.header)) {
		if name != key || !q.random {
			fmt.Fprintf(h, "%q %q\n", name, q.header[name])
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
	sent, known := x.unsigned(), x.call.request.header
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
