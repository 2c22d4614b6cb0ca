package breaker

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/resgen/resgen/resilience/internal/saturate"
)

// This file writes the machine of a shared circuit as text for a store, and reads it.

// A revision is a version of the machine of a shared circuit. Times of its machine are those of
// the process that holds it; in the text they are those of the store.
type revision struct {
	machine machine
	number  uint64 // incremented by each change
}

// newRevision returns what a store without a text holds.
func newRevision() revision { return revision{machine: newMachine()} }

// before reports whether r is older than o.
func (r *revision) before(o *revision) bool {
	if r.machine.generation != o.machine.generation {
		return r.machine.generation < o.machine.generation
	}
	return r.number < o.number
}

// textVersion is the version of the text. A process that does not know the version of a text uses
// its own circuit.
const textVersion = 1

// A sharedText is the JSON form of a revision.
type sharedText struct {
	Version    int           `json:"v"`
	Number     uint64        `json:"n"`
	State      State         `json:"state"`
	Generation uint64        `json:"gen"`
	Until      time.Duration `json:"until,omitempty"`
	Relapses   int           `json:"relapses,omitempty"`
	Leases     []sharedLease `json:"leases,omitempty"`
	LastLease  uint64        `json:"lease,omitempty"`
	Wins       int           `json:"wins,omitempty"`
	SlowWins   int           `json:"slow,omitempty"`
	Culprit    string        `json:"failed,omitempty"` // process that failed last
	Others     bool          `json:"others,omitempty"`
	Grace      time.Duration `json:"grace,omitempty"`
}

type sharedLease struct {
	ID  uint64        `json:"id"`
	End time.Duration `json:"end"`
}

// text returns the text of a revision. offset is the time of the store less that of the process.
func (r *revision) text(offset time.Duration) string {
	m := r.machine.shifted(offset)
	t := sharedText{
		Version: textVersion, Number: r.number, State: m.state, Generation: m.generation, Until: m.until,
		Relapses: m.relapses, LastLease: m.lastLease, Wins: m.wins, SlowWins: m.slowWins,
		Culprit: m.culprit.account, Others: m.culprit.others, Grace: m.culprit.until,
	}
	for _, l := range m.leases {
		t.Leases = append(t.Leases, sharedLease{ID: l.id, End: l.end})
	}
	text, err := json.Marshal(t)
	if err != nil {
		panic(err) // strings and numbers only
	}
	return string(text)
}

// readRevision reads a text of a store.
func readRevision(text string, offset time.Duration) (revision, error) {
	if text == "" {
		return newRevision(), nil
	}
	var t sharedText
	if err := json.Unmarshal([]byte(text), &t); err != nil {
		return revision{}, fmt.Errorf("shared circuit: %w", err)
	}
	if t.Version != textVersion {
		return revision{}, fmt.Errorf("shared circuit: version %d is not known; use one version in a fleet", t.Version)
	}
	if t.State != Closed && t.State != Open && t.State != HalfOpen {
		return revision{}, errors.New("shared circuit: it has no state")
	}
	m := machine{
		state: t.State, generation: t.Generation, until: t.Until, relapses: t.Relapses, lastLease: t.LastLease,
		wins: t.Wins, slowWins: t.SlowWins,
		culprit: culprit{account: t.Culprit, known: t.Culprit != "", others: t.Others, until: t.Grace},
	}
	for _, l := range t.Leases {
		m.leases = append(m.leases, lease{id: l.ID, end: l.End})
	}
	return revision{machine: m.shifted(-offset), number: t.Number}, nil
}

// shifted returns the machine with all its times moved.
func (m machine) shifted(by time.Duration) machine {
	if m.state == Open {
		m.until = moved(m.until, by)
	}
	if m.culprit.known {
		m.culprit.until = moved(m.culprit.until, by)
	}
	leases := m.leases
	m.leases = nil
	for _, l := range leases {
		m.leases = append(m.leases, lease{id: l.id, end: moved(l.end, by)})
	}
	return m
}

// moved returns a time that is moved, which may make it negative.
func moved(t, by time.Duration) time.Duration {
	if by > 0 && t > math.MaxInt64-by {
		return math.MaxInt64
	}
	return t + by
}

// atMost returns the machine with no time later than the longest from now: the clock of a store may
// have jumped.
func (m machine) atMost(now, longest time.Duration) machine {
	latest := saturate.Add(now, longest)
	m.until, m.culprit.until = min(m.until, latest), min(m.culprit.until, latest)
	for i := range m.leases {
		m.leases[i].end = min(m.leases[i].end, latest)
	}
	return m
}
