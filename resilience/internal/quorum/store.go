package quorum

import (
	"context"
	"time"

	"github.com/resgen/resgen/resilience/internal/breaker"
)

// A Store is what a fleet shares. It has one cell for each circuit, with a text and the votes that
// were cast for that text, and a clock.
type Store interface {
	// Exchange reports ballots and returns what the store then knows about each, in the same order.
	Exchange(ctx context.Context, ballots []Ballot) ([]breaker.Count, error)

	// Swap replaces the text of a circuit and removes all votes, if the text is still the old one.
	// It returns what the store then knows.
	Swap(ctx context.Context, c Change) (now breaker.Count, swapped bool, err error)
}

// A Ballot is the ballot of a process about the circuit with a key.
type Ballot struct {
	Key     string
	Process string
	breaker.Ballot
}

// A Change is a change of the text of the circuit with a key.
type Change struct{ Key, Old, New string }

// Lapse is how long a process counts after its last ballot.
const Lapse = 5 * time.Second
