package resilience

import (
	"crypto/sha256"
	"fmt"
	"io"
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
	case KindCanceled, KindInvalidRequest, KindCredential, KindClosed:
		return false
	case KindAPI:
		return e.Status >= 500
	}
	return true
}

// fallBack returns the outcome that the fallback makes, or o if it makes none.
func (k *call) fallBack(o *outcome) *outcome {
	f := k.fallback()
	degraded := &outcome{call: k, response: response{status: o.status, header: o.header}}
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
	k.reportDegraded(o.failure)
	return degraded
}

// wantsLastGood reports whether responses of the call are kept for a fallback.
func (k *call) wantsLastGood() bool {
	f := k.fallback()
	return f != nil && f.maxAge > 0
}

// keepLastGood keeps the response of a call for later calls.
func (k *call) keepLastGood(o *outcome) {
	want := outcomeFor(k.route.op.Success, o.status, o.header.Get("Content-Type"))
	if want == nil || want.Decode == nil {
		return
	}
	if id, ok := k.request.identity(k.route.op.ID); ok {
		r := lastgood.Response[decodeFunc]{At: time.Now(), Body: o.body, Decode: want.Decode}
		k.route.caller.stale.Keep(id, r)
	}
}

// lastGood returns the value of the response that is kept for the request of the call, and its age.
func (k *call) lastGood(maxAge time.Duration) (value any, age time.Duration, ok bool) {
	id, ok := k.request.identity(k.route.op.ID)
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

// identity returns a hash of operation, URL and body. ok is false if the body cannot be read again.
func (q *request) identity(operation string) (id [32]byte, ok bool) {
	h := sha256.New()
	fmt.Fprintf(h, "%s\n%s\n", operation, q.url.String())
	if q.payload != nil {
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
	}
	return [32]byte(h.Sum(nil)), true
}
