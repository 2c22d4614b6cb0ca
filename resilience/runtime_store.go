package resilience

import (
	"context"
	"crypto/rand"
	"log/slog"
	"time"

	"github.com/resgen/resgen/resilience/fleet"
	"github.com/resgen/resgen/resilience/internal/breaker"
	"github.com/resgen/resgen/resilience/internal/quorum"
)

// WithStore makes the runtime share its circuits with other processes. Each process judges for
// itself. Once at least half of the processes that had calls in the window of the policy, and at
// least two, have opened a circuit, it is open for all, and of all processes together one probe, or
// breaker.probes, is sent per cool-down. Circuits of single accounts, and states that an operator
// has forced, are those of one process.
//
// Calls do not wait for the store, apart from those that would be a probe, which wait for at most
// 20 ms. While the store cannot be reached, each process has its own circuits.
func WithStore(s fleet.Store) RuntimeOption { return func(r *Runtime) { r.store = s } }

// storePatience is the longest wait of a call for the store.
const storePatience = 20 * time.Millisecond

// shareCircuits connects the circuits of the runtime with those of other processes until Close.
func (r *Runtime) shareCircuits() {
	r.exchanger = quorum.New(quorum.Settings{
		Store: r.store, Process: rand.Text(), Patience: storePatience, Circuits: r.sharedCircuits,
		Changed: r.storeChanged,
	})
	r.gates.Share(r.exchanger.Fleet())
	go r.exchanger.Run()
}

// sharedCircuits returns the circuits of all hosts.
func (r *Runtime) sharedCircuits() []*breaker.Breaker {
	var list []*breaker.Breaker
	for _, g := range r.gates.All() {
		list = append(list, g.Circuits()...)
	}
	return list
}

// storeChanged logs that the store cannot be reached, or can again.
func (r *Runtime) storeChanged(err error) {
	if err == nil {
		r.logger().LogAttrs(context.Background(), slog.LevelInfo, "circuits are shared again")
		return
	}
	r.logger().LogAttrs(context.Background(), slog.LevelWarn, "circuits are not shared, the store cannot be used",
		slog.Any("error", err))
}
