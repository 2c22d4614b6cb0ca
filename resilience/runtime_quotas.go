package resilience

// This file shares the quotas of a runtime with other processes; see [WithStore].

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/resgen/resgen/resilience/internal/limit"
)

// storeContact is the longest wait of [NewRuntime] for the first contact with a store.
const storeContact = 250 * time.Millisecond

// shareQuotas connects the buckets of the runtime with the store.
func (r *Runtime) shareQuotas(process string) *limit.Link {
	link := limit.NewLink(r.store, process, r.storeWait, r.quotasChanged)
	r.gates.ShareQuotas(link)
	link.Meet(storeContact)
	return link
}

// leaveQuotas gives back the permits that the runtime holds. It waits for the store as long as
// calls do.
func (r *Runtime) leaveQuotas(link *limit.Link) {
	link.Close()
	ctx, cancel := context.WithTimeout(context.Background(), r.storeWait)
	defer cancel()
	done := make(chan struct{})
	go func() {
		defer close(done)
		var leaving sync.WaitGroup
		for _, g := range r.gates.All() {
			for _, b := range g.Buckets() {
				leaving.Go(func() { b.Leave(ctx) })
			}
		}
		leaving.Wait()
	}()
	select {
	case <-done:
	case <-ctx.Done():
	}
}

// quotasChanged logs that the store cannot be used, or can again.
func (r *Runtime) quotasChanged(down bool, err error) {
	if down {
		r.logger().LogAttrs(context.Background(), slog.LevelWarn,
			"quotas are not shared, the store cannot be used; this process uses its part of each",
			slog.Any("error", err))
		return
	}
	r.logger().LogAttrs(context.Background(), slog.LevelInfo, "quotas are shared again")
}
