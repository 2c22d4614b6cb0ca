package batch

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/resgen/resgen/resilience"
)

// An Outcome is the result for one item.
type Outcome string

// The outcomes.
const (
	Done       Outcome = "done"
	AlreadySo  Outcome = "already_so"  // there was nothing to do, see [ErrAlreadySo]
	Refused    Outcome = "refused"     // the server refused the item
	Failed     Outcome = "failed"      // for good, and nothing was done
	RetryLater Outcome = "retry_later" // nothing was done, and a later run may succeed
	Unknown    Outcome = "unknown"     // it may have been done or not
	NotTried   Outcome = "not_tried"   // nothing was sent
)

// Outcomes returns all outcomes, best first.
func Outcomes() []Outcome {
	return []Outcome{Done, AlreadySo, Refused, Failed, RetryLater, Unknown, NotTried}
}

// Final reports whether a later run of the same job does not process the item again.
func (o Outcome) Final() bool { return o == Done || o == AlreadySo || o == Refused || o == Failed }

// OK reports whether the goal is reached.
func (o Outcome) OK() bool { return o == Done || o == AlreadySo }

// ErrAlreadySo is returned by the function of [Run] if there was nothing to do for the item, for
// example because what it should delete does not exist.
var ErrAlreadySo = errors.New("already so")

// As returns an error for which the item has outcome o, for any err. The function of [Run] returns
// it if it knows more than the error says.
func As(o Outcome, err error) error { return &marked{o, err} }

// marked is an error with the outcome that the function has chosen.
type marked struct {
	outcome Outcome
	err     error
}

func (m *marked) Error() string {
	if m.err == nil {
		return string(m.outcome)
	}
	return m.err.Error()
}

func (m *marked) Unwrap() error { return m.err }

// panicked is the error of a function that panicked.
type panicked struct{ value any }

func (p *panicked) Error() string { return fmt.Sprintf("the function panicked: %v", p.value) }

// OutcomeOf returns the outcome that [Run] derives from an error of its function.
func OutcomeOf(err error) Outcome { return classify(err, false) }

// classify returns the outcome of an item from the error of the function. reads means that the
// function only reads, so that it does not matter whether a request was run.
func classify(err error, reads bool) Outcome {
	var m *marked
	var e *resilience.Error
	var p *panicked
	switch {
	case err == nil:
		return Done
	case errors.As(err, &m):
		return m.outcome
	case errors.Is(err, ErrAlreadySo):
		return AlreadySo
	case errors.As(err, &e):
		return classifyCall(e, reads)
	case errors.As(err, &p), errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return unlessReads(reads)
	}
	return Failed
}

// afterChange returns the error of a function of which an earlier call has changed something. That
// the last call did nothing does not mean that the item may be processed again.
func afterChange(err error) error {
	var m *marked
	if errors.As(err, &m) {
		return err
	}
	switch classify(err, false) {
	case RetryLater, NotTried:
		return As(Unknown, fmt.Errorf("an earlier call of the function succeeded: %w", err))
	}
	return err
}

// unlessReads returns Unknown, or for a function that only reads RetryLater.
func unlessReads(reads bool) Outcome {
	if reads {
		return RetryLater
	}
	return Unknown
}

// classifyCall returns the outcome of an item whose call failed.
func classifyCall(e *resilience.Error, reads bool) Outcome {
	switch e.Kind {
	case resilience.KindCircuitOpen, resilience.KindCanceled, resilience.KindClosed, resilience.KindCredential:
		if e.MayHaveApplied {
			return unlessReads(reads)
		}
		return NotTried
	case resilience.KindPartial:
		if errors.Is(e, resilience.ErrThrottled) {
			return RetryLater
		}
		return Refused
	case resilience.KindAPI:
		if e.Status/100 == 2 {
			return Refused
		}
	}
	switch {
	case e.MayHaveApplied:
		return unlessReads(reads)
	case passing(e):
		return RetryLater
	case e.Kind == resilience.KindAPI:
		return Refused
	}
	return Failed
}

// passing reports whether the reason of a failure may pass.
func passing(e *resilience.Error) bool {
	switch e.Kind {
	case resilience.KindTransport, resilience.KindTimeout, resilience.KindThrottled, resilience.KindRateLimited,
		resilience.KindBulkheadFull:
		return true
	}
	switch e.Status {
	case http.StatusRequestTimeout, http.StatusTooEarly, http.StatusTooManyRequests:
		return true
	}
	return e.Status >= 500 && e.Status != http.StatusNotImplemented || errors.Is(e, resilience.ErrPageTokenExpired)
}

// down returns the call's error if it was not made because a circuit is open or a sign-in is
// unavailable. To wait for it does not count as an attempt.
func down(err error) *resilience.Error {
	var m *marked
	var e *resilience.Error
	if errors.As(err, &m) || !errors.As(err, &e) || e.MayHaveApplied {
		return nil
	}
	if e.Kind == resilience.KindCircuitOpen || errors.Is(e, resilience.ErrSignInUnavailable) {
		return e
	}
	return nil
}

// throttled reports whether the server or a local limit asks for fewer calls.
func throttled(err error) bool {
	return errors.Is(err, resilience.ErrThrottled) || errors.Is(err, resilience.ErrRateLimited) ||
		errors.Is(err, resilience.ErrBulkheadFull)
}
