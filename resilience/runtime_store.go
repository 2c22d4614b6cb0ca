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

// WithStore makes the runtime share its quotas and circuits with other processes: with all runtimes
// that have the same store. Module redisstore has one.
//
// A rate limit of a policy is then that of all processes together, and a Retry-After holds the
// calls of all. The processes take turns, and within a process calls are served in the order of
// their arrival. The bulkheads, the retry budgets and the pauses of an operator remain those of one
// process. [NewRuntime] waits for the first contact with the store for at most a quarter of a
// second, and calls wait for it for at most 20 ms, see [WithStoreWait]. While it cannot be used,
// each process uses its part of every quota, by the number of processes that were there last; see
// [BucketSnapshot].
//
// Each process judges servers for itself. Once at least half of the processes that had calls in the
// window of the policy, and at least two, have opened a circuit, it is open for all, and of all
// processes together one probe, or breaker.probes, is sent per cool-down. Circuits of single
// accounts, and states that an operator has forced, are those of one process. Only calls that would
// be a probe wait for the store. While it cannot be used, each process has its own circuits.
func WithStore(s fleet.Store) RuntimeOption {
	// Programs without this option need not link what shares quotas and circuits.
	return func(r *Runtime) { r.store, r.joinStore = s, (*Runtime).share }
}

// WithStoreWait sets for how long calls, and [Runtime.Close], wait for the store. The default is
// 20 ms, the minimum a millisecond. It should be longer than the store usually takes.
func WithStoreWait(d time.Duration) RuntimeOption {
	return func(r *Runtime) { r.storeWait = max(d, time.Millisecond) }
}

// storeWait is the longest wait of a call for the store by default.
const storeWait = 20 * time.Millisecond

// share connects the runtime with other processes until leave is called.
func (r *Runtime) share() (leave func()) {
	process := rand.Text()
	circuits, quotas := r.shareCircuits(process), r.shareQuotas(process)
	return func() {
		circuits.Close()
		r.leaveQuotas(quotas)
	}
}

// shareCircuits connects the circuits of the runtime with those of other processes.
func (r *Runtime) shareCircuits(process string) *quorum.Exchanger {
	e := quorum.New(quorum.Settings{
		Store: r.store, Process: process, Patience: r.storeWait, Circuits: r.sharedCircuits,
		Changed: r.storeChanged,
	})
	r.gates.Share(e.Fleet())
	go e.Run()
	return e
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
