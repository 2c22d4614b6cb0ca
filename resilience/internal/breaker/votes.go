package breaker

import "github.com/resgen/resgen/resilience/policy"

// This file has what the shared circuit of a fleet adds to the machine: each process judges for
// itself, and the shared circuit opens when enough of them agree.

// votes are what the processes of a fleet make of a server.
type votes struct {
	members int // live processes with calls in the window
	open    int // those of them whose circuits are open
}

// fewestOpen is the number of processes that must agree: one process alone may have a broken
// network.
const fewestOpen = 2

// carried reports whether at least half of the processes, and at least two, are open.
func (v votes) carried() bool { return v.open >= fewestOpen && 2*v.open >= v.members }

// voted opens a closed machine if the votes demand it. Its generation is then at least that of the
// event, so that it can be made later than all generations that a store may have lost.
func voted(m machine, b *policy.Breaker, e event) (machine, reply) {
	if m.state != Closed || !e.votes.carried() {
		return m, reply{}
	}
	m = m.open(b, e)
	m.culprit = culprit{}
	m.generation = max(m.generation, e.ticket.generation)
	return m, reply{reason: reasonFleet}
}

// recovered closes a machine whose generation a process has closed by probes that it made without
// contact to its fleet.
func recovered(m machine, e event) (machine, reply) {
	if m.state == Closed || e.ticket.generation != m.generation {
		return m, reply{}
	}
	return m.enter(Closed), reply{reason: reasonProbed}
}
