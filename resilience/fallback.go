package resilience

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"slices"
	"sync"
	"time"

	"github.com/resgen/resgen/resilience/wire"
)

// Fallback makes the result of a call that failed because of the service: open circuit, throttling,
// timeout, broken connection, 5xx, or a response that does not match the document. It is not used
// for other failures: a 4xx response, a 2xx that is a failure by the policy, a canceled call, or an
// invalid request. A result of a fallback is counted as degraded; see [Info]. The zero Fallback
// makes no result.
type Fallback struct {
	answer func(ctx context.Context, e *Error) (any, error)
	maxAge time.Duration // of a kept response; 0: not FallbackLastGood
}

// FallbackValue returns a fallback with a fixed result. All calls share v, which must not be
// changed.
func FallbackValue[T any](v T) Fallback {
	return Fallback{answer: func(context.Context, *Error) (any, error) { return v, nil }}
}

// FallbackFunc returns a fallback with the result of f. If f returns an error, the call returns its
// own error.
func FallbackFunc[T any](f func(ctx context.Context, e *Error) (T, error)) Fallback {
	return Fallback{answer: func(ctx context.Context, e *Error) (any, error) { return f(ctx, e) }}
}

// FallbackLastGood returns a fallback with the last successful response to the same request that is
// not older than maxAge, which must be more than 0. Each client keeps up to 256 responses of up to
// 1 MiB.
func FallbackLastGood(maxAge time.Duration) Fallback { return Fallback{maxAge: maxAge} }

// checkFallbacks returns an error for each fallback of an unknown operation, or of one that cannot
// have it.
func (c *Caller) checkFallbacks() []error {
	var problems []error
	add := func(format string, args ...any) { problems = append(problems, fmt.Errorf(format, args...)) }
	streams := func(o wire.Outcome) bool { return o.Stream }
	for id, f := range c.set.fallbacks {
		i := slices.IndexFunc(c.api.Operations, func(op *Operation) bool { return op.ID == id })
		switch {
		case i < 0:
			add("WithFallback: the API has no operation %q", id)
		case f.answer == nil && f.maxAge <= 0:
			add("WithFallback: the fallback of %s makes no result; FallbackLastGood needs an age of more than 0", id)
		case f.maxAge > 0 && slices.ContainsFunc(c.api.Operations[i].Success, streams):
			add("WithFallback: %s streams its response, which is not kept; use FallbackFunc", id)
		}
	}
	return problems
}

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
	return k.runFallback(o)
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
		value, age, ok := k.route.caller.stale.get(k, f.maxAge)
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

const (
	mostKept    = 256     // responses
	largestKept = 1 << 20 // bytes
)

// lastGood keeps successful responses as bytes, so that each call decodes a separate value.
type lastGood struct {
	mu    sync.Mutex
	kept  map[[32]byte]*keptResponse
	order [][32]byte // oldest first
}

type keptResponse struct {
	at     time.Time
	body   []byte
	decode func([]byte, *wire.Report) (any, error)
}

func newLastGood() *lastGood { return &lastGood{kept: map[[32]byte]*keptResponse{}} }

// wants reports whether responses of the call are kept.
func (l *lastGood) wants(k *call) bool {
	f := k.fallback()
	return f != nil && f.maxAge > 0
}

// keep stores the response of a call.
func (l *lastGood) keep(k *call, o *outcome) {
	want := outcomeFor(k.route.op.Success, o.status, o.header.Get("Content-Type"))
	if want == nil || want.Decode == nil || len(o.body) > largestKept {
		return
	}
	id, ok := k.request.identity(k.route.op.ID)
	if !ok {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.kept[id] == nil {
		l.order = append(l.order, id)
	}
	l.kept[id] = &keptResponse{at: time.Now(), body: o.body, decode: want.Decode}
	if len(l.order) > mostKept {
		delete(l.kept, l.order[0])
		l.order = l.order[1:]
	}
}

// get returns the value kept for the request of a call.
func (l *lastGood) get(k *call, maxAge time.Duration) (value any, age time.Duration, ok bool) {
	id, ok := k.request.identity(k.route.op.ID)
	if !ok {
		return nil, 0, false
	}
	l.mu.Lock()
	a := l.kept[id]
	l.mu.Unlock()
	if a == nil {
		return nil, 0, false
	}
	if age = time.Since(a.at); age > maxAge {
		return nil, 0, false
	}
	value, err := a.decode(a.body, nil)
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
