package batch

import (
	"fmt"
	"time"
)

// A Stop says when a run ends early. Items in progress are finished; those that remain are not
// tried. A zero field is ignored.
type Stop struct {
	FailureRate float64       // share of tried items that are neither done nor already so
	MinItems    int           // tried items before FailureRate applies; 0: 20
	Failures    int           // number of such items
	Count       int           // number of items to process in this run
	After       time.Duration // duration of the run; items that wait do not wait longer
}

// defaultMinItems is the default of [Stop.MinItems].
const defaultMinItems = 20

// A StoppedError is returned by [Run] if a rule of [Stop] ended the run.
type StoppedError struct{ Reason string }

func (e *StoppedError) Error() string {
	return "batch: stopped: " + e.Reason + "; run it again to continue"
}

// A tally counts the items that a run has tried.
type tally struct {
	tried  int
	failed int // tried, but neither done nor already so
}

// add counts an outcome. An item that was not tried says nothing about the others.
func (t tally) add(o Outcome) tally {
	if o == NotTried {
		return t
	}
	t.tried++
	if !o.OK() {
		t.failed++
	}
	return t
}

// reason returns why a run must stop, or "".
func (s Stop) reason(t tally) string {
	least := s.MinItems
	if least <= 0 {
		least = defaultMinItems
	}
	switch {
	case s.Failures > 0 && t.failed >= s.Failures:
		return fmt.Sprintf("%d items failed", t.failed)
	case s.FailureRate > 0 && t.tried >= least && float64(t.failed) >= s.FailureRate*float64(t.tried):
		return fmt.Sprintf("%d of %d items failed", t.failed, t.tried)
	}
	return ""
}

// err returns an error if the rules make no sense.
func (s Stop) err() error {
	if s.FailureRate < 0 || s.FailureRate > 1 || s.MinItems < 0 || s.Failures < 0 || s.Count < 0 || s.After < 0 {
		return fmt.Errorf("batch: stop rules %+v: want no negative number, and a rate of at most 1", s)
	}
	return nil
}
