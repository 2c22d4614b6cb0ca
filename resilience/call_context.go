package resilience

import (
	"context"
	"errors"
)

// An endError is why a context ended: its error, and the cause that was given for it.
type endError struct{ err, cause error }

// errorOf returns why a context ended, so that errors.Is finds both its error and its cause.
func errorOf(ctx context.Context) error {
	err, cause := ctx.Err(), context.Cause(ctx)
	if cause == nil || errors.Is(err, cause) {
		return err
	}
	return &endError{err, cause}
}

func (e *endError) Error() string   { return e.err.Error() + ": " + e.cause.Error() }
func (e *endError) Unwrap() []error { return []error{e.err, e.cause} }

// ended returns why an attempt ended with ctx, which may be that of a hedge.
func (k *call) ended(ctx context.Context) error {
	if k.ctx.Err() != nil {
		ctx = k.ctx
	}
	return errorOf(ctx)
}

// kindOfContext returns the kind of the error of a context: canceled, or out of time. The cause
// that was given does not matter.
func kindOfContext(err error) Kind {
	if errors.Is(err, context.DeadlineExceeded) {
		return KindTimeout
	}
	return KindCanceled
}
