package resilience

import "fmt"

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
	if k.fallback() == nil || !degradable(o.failure) || k.ctx.Err() != nil {
		return o
	}
	if degraded := k.fallBack(o); k.ctx.Err() == nil {
		return degraded
	}
	return o
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
	degraded := &outcome{call: k, fallback: &fallbackInfo{replaced: o}, response: response{
		status: o.status, header: o.header, shown: o.shown, requestID: o.requestID,
	}}
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
	return degraded
}
