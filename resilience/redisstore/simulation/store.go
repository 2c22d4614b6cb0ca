package simulation

import (
	"context"
	"errors"
	"time"

	"github.com/resgen/resgen/resilience/fleet"
	"github.com/resgen/resgen/resilience/internal/limit"
	"github.com/resgen/resgen/resilience/internal/quorum"
)

// A store keeps what the fleet shares, far away: a request and its response take time. While it is
// silent, it answers nothing.
type store struct {
	server   *server // counts the requests, and has the clock of the simulation
	silent   span
	jumps    []jump
	quotas   *limit.Memory
	circuits *quorum.Memory
}

// A jump is a change of the clock of the store, for example because another server took over.
type jump struct {
	at time.Duration
	by time.Duration
}

func newStore(s *server, silent span, jumps []jump) *store {
	st := &store{server: s, silent: silent, jumps: jumps}
	st.quotas = limit.NewMemory(st.clock)
	st.circuits = &quorum.Memory{Clock: st.clock}
	return st
}

// clock returns the time of the store since 1970.
func (s *store) clock() time.Duration {
	now := s.server.now()
	t := 1_800_000_000*time.Second + now
	for _, j := range s.jumps {
		if now >= j.at {
			t += j.by
		}
	}
	return t
}

// errSilent is the error of a request without a response.
var errSilent = errors.New("the store does not answer")

// travel takes the time of one way, between 0.2 and 1 ms.
func (s *store) travel(ctx context.Context) error {
	if s.silent.has(s.server.now()) {
		_ = sleep(ctx.Done(), s.silent.to-s.server.now())
		return errSilent
	}
	return sleep(ctx.Done(), s.server.between(200*time.Microsecond, time.Millisecond))
}

// Draw implements [fleet.Quotas].
func (s *store) Draw(ctx context.Context, bucket string, d fleet.Draw) (fleet.Grant, error) {
	return remote(ctx, s, func() (fleet.Grant, error) { return s.quotas.Draw(ctx, bucket, d) })
}

// Exchange implements [fleet.Circuits].
func (s *store) Exchange(ctx context.Context, ballots []fleet.Ballot) ([]fleet.Count, error) {
	return remote(ctx, s, func() ([]fleet.Count, error) { return s.circuits.Exchange(ctx, ballots) })
}

// Swap implements [fleet.Circuits].
func (s *store) Swap(ctx context.Context, c fleet.Change) (fleet.Count, bool, error) {
	swapped := false
	count, err := remote(ctx, s, func() (fleet.Count, error) {
		var count fleet.Count
		var err error
		count, swapped, err = s.circuits.Swap(ctx, c)
		return count, err
	})
	return count, swapped, err
}

// remote makes a request that is run by do.
func remote[T any](ctx context.Context, s *store, do func() (T, error)) (T, error) {
	var zero T
	s.server.asked()
	if err := s.travel(ctx); err != nil {
		return zero, err
	}
	value, err := do()
	if err != nil {
		return zero, err
	}
	if err := s.travel(ctx); err != nil {
		return zero, err
	}
	return value, nil
}
