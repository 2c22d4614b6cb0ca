package fleet

import (
	"context"
	"time"
)

// Circuits keep the votes of processes about servers, and the shared circuits that follow from
// them. There is a cell for each circuit: a text that only the processes understand, and the votes
// that were cast for that text. Processes compute the next text themselves, so that every store has
// the same circuits.
type Circuits interface {
	// Exchange casts ballots and returns what the store then knows about the circuit of each, in
	// the same order.
	Exchange(ctx context.Context, ballots []Ballot) ([]Count, error)

	// Swap replaces the text of a circuit and removes all its votes, if the text is still the old
	// one. It returns what the store then knows.
	Swap(ctx context.Context, c Change) (count Count, swapped bool, err error)
}

// A Ballot says how a process judges a server. It replaces the previous ballot of the process.
type Ballot struct {
	Circuit string        // key of the circuit, the same in all processes
	Process string        // identifies the process and its runtime
	State   string        // the text that the process knows; the vote counts only if it is the present one
	Open    bool          // its own circuit is open: a vote for opening the shared one
	Calls   time.Duration // for how long the process counts as one with calls, [Lapse] at most; 0: it has none
}

// A Count is what a store knows about a circuit.
type Count struct {
	Now     time.Duration // time of the store since 1970
	State   string        // the text; empty: none
	Members int           // processes with calls
	Open    int           // those of them that voted for opening, for this text
}

// A Change is a change of the text of a circuit. The empty text is that of a circuit that has none.
type Change struct{ Circuit, Old, New string }

// Lapse is how long a process counts as one with calls after its last [Ballot].
const Lapse = 5 * time.Second
