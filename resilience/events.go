package resilience

import (
	"context"
	"log/slog"
	"time"

	"github.com/resgen/resgen/resilience/internal/breaker"
	"github.com/resgen/resgen/resilience/wire"
)

// An EventKind is the kind of an [Event].
type EventKind string

// The kinds of events.
const (
	EventAttempt    EventKind = "attempt"    // an attempt ended
	EventRepeat     EventKind = "repeat"     // another attempt will follow after Wait
	EventCall       EventKind = "call"       // a call ended; Err is nil if it succeeded or is Degraded
	EventDegraded   EventKind = "degraded"   // a fallback replaced a failure
	EventTransition EventKind = "transition" // a circuit changed its state
	EventDrift      EventKind = "drift"      // a response differs from the document; see Drifts
	EventObserved   EventKind = "observed"   // a limit or circuit whose mode is observe would have denied an attempt
)

// An Event is passed to observers, see [WithObserver]. Which fields are set depends on its kind.
type Event struct {
	Kind       EventKind
	API        string
	Operation  *Operation    // nil for transitions
	Account    string        // not secret
	Attempt    Attempt       // of attempts and repeats
	Wait       time.Duration // of repeats; of observed attempts: the wait that would have been required
	Elapsed    time.Duration // of calls
	At         time.Time     // of calls: when they ended
	Err        *Error        // of calls that failed, and of degraded
	Degraded   bool          // of calls and degraded: a fallback made the result
	Cause      *Error        // of calls and degraded, if Degraded: the failure that the fallback replaced
	Age        time.Duration // of calls and degraded, if a fallback returned a kept response: how old it is
	Transition *Transition   // of transitions
	Drifts     []wire.Drift  // of drifts; without values of the response
}

// logger returns the runtime's logger.
func (r *Runtime) logger() *slog.Logger {
	if r.log != nil {
		return r.log
	}
	return slog.Default()
}

// emit calls the observers.
func (r *Runtime) emit(e Event) {
	for _, o := range r.observers.all() {
		o.f(e)
	}
}

// circuitChanged reports that a circuit changed its state. It is called once for each change.
func (r *Runtime) circuitChanged(change breaker.Transition) {
	t := transitionOf(change)
	message := "circuit " + string(t.To)
	if t.Observed {
		message += ", observed only"
	}
	r.logger().LogAttrs(context.Background(), slog.LevelWarn, message,
		slog.String("circuit", t.Circuit), slog.String("from", string(t.From)),
		slog.String("reason", t.Reason), slog.Duration("cool_down", t.CoolDown))
	r.emit(Event{Kind: EventTransition, Transition: &t})
}
