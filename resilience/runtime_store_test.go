package resilience_test

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/resgen/resgen/resilience"
	"github.com/resgen/resgen/resilience/faults"
	"github.com/resgen/resgen/resilience/fleet"
	"github.com/resgen/resgen/resilience/internal/quorum"
	"github.com/resgen/resgen/resilience/policy"
)

// circuitStore is a store in memory that keeps circuits only.
type circuitStore struct {
	quorum.Memory
	mu   sync.Mutex
	gone error
}

func (s *circuitStore) Draw(context.Context, string, fleet.Draw) (fleet.Grant, error) {
	return fleet.Grant{}, errors.ErrUnsupported
}

func (s *circuitStore) Exchange(ctx context.Context, ballots []fleet.Ballot) ([]fleet.Count, error) {
	s.mu.Lock()
	gone := s.gone
	s.mu.Unlock()
	if gone != nil {
		return nil, gone
	}
	return s.Memory.Exchange(ctx, ballots)
}

// A crew is some processes and the server that they call.
type crew struct {
	store *circuitStore
	calls []func() error

	mu   sync.Mutex
	down bool
	sent int // requests of all processes
}

// newCrew starts processes, which end with the test.
func newCrew(t *testing.T, size int, p policy.Policy) *crew {
	g := &crew{store: &circuitStore{}}
	begin := time.Now()
	g.store.Clock = func() time.Duration { return 1_800_000_000*time.Second + time.Since(begin) }
	s, err := faults.Config{Pipe: true, Handle: g.handle}.Start()
	if err != nil {
		t.Fatal(err)
	}
	op := operation("GET", policy.Safe)
	for range size {
		r := resilience.NewRuntime(resilience.WithRuntimeLogger(quiet), resilience.WithDial(s.DialContext),
			resilience.WithStore(g.store))
		c := client(t, s.URL, p, op, resilience.WithRuntime(r))
		g.calls = append(g.calls, func() error {
			_, err := get(t, c, op)
			return err
		})
		t.Cleanup(func() { r.Close() })
	}
	t.Cleanup(func() { s.Close() })
	return g
}

func (g *crew) handle(*faults.Request) faults.Step {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.sent++
	if g.down {
		return faults.Status(http.StatusInternalServerError)
	}
	return faults.OK(good)
}

func (g *crew) set(down bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.down, g.sent = down, 0
}

// run makes calls of all processes for a time, one after the other, and returns the number of
// requests that reached the server and of calls that succeeded.
func (g *crew) run(d, every time.Duration) (sent, succeeded int) {
	g.mu.Lock()
	g.sent = 0
	g.mu.Unlock()
	for end := time.Now().Add(d); time.Now().Before(end); time.Sleep(every) {
		for _, call := range g.calls {
			if call() == nil {
				succeeded++
			}
		}
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.sent, succeeded
}

// unaided is a policy without retries and limits, with exact cool-downs of 30 s.
func unaided() policy.Policy {
	p := policy.Default()
	p.Retry.Attempts, p.Rate.Enabled = 1, policy.Off
	p.Breaker.MinCalls, p.Breaker.Jitter, p.Breaker.Growth = 10, -1, 1
	return p
}

// During an outage, eight processes send one probe per cool-down, and all go on as soon as one has
// succeeded.
func TestWithStore_OneProbeOfAllProcesses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newCrew(t, 8, unaided())
		g.run(10*time.Second, 100*time.Millisecond)
		g.set(true)
		g.run(30*time.Second, 100*time.Millisecond) // the circuits open
		if sent, ok := g.run(10*time.Minute, 100*time.Millisecond); sent < 19 || sent > 20 || ok != 0 {
			t.Errorf("%d requests in 20 cool-downs, %d succeeded", sent, ok)
		}
		g.set(false)
		g.run(31*time.Second, 100*time.Millisecond)
		if sent, ok := g.run(10*time.Second, 100*time.Millisecond); sent != 800 || ok != 800 {
			t.Errorf("%d requests of 800 calls after the outage, %d succeeded", sent, ok)
		}
	})
}

// A process whose network is broken does not stop the others.
func TestWithStore_OneBrokenNetwork(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newCrew(t, 3, unaided())
		healthy := g.calls[1:]
		broken, broke := g.calls[0], 0
		g.calls = []func() error{func() error {
			g.set(true)
			defer g.set(false)
			broke++
			return broken()
		}}
		for range 100 {
			g.run(100*time.Millisecond, 100*time.Millisecond)
			for _, call := range healthy {
				if err := call(); err != nil {
					t.Fatalf("a healthy process after %d calls of the broken one: %v", broke, err)
				}
			}
		}
		if err := broken(); !errors.Is(err, resilience.ErrCircuitOpen) {
			t.Errorf("the broken process: %v", err)
		}
	})
}

// A runtime says in its snapshot what its circuits have to do with those of others.
func TestWithStore_Snapshot(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := &circuitStore{Memory: quorum.Memory{Clock: func() time.Duration { return time.Hour }}}
		b := configured(t, faults.Config{Handle: func(*faults.Request) faults.Step { return faults.Status(500) }},
			resilience.WithStore(store))
		op := operation("GET", policy.Safe)
		c := b.client(t, unaided(), op)
		b.run(t, c, op, 10)
		time.Sleep(2 * time.Second)
		if got := b.circuit().Fleet; got != (resilience.FleetCircuit{Shared: true, Processes: 1, Open: 1}) {
			t.Errorf("alone: %+v", got)
		}
		key := b.circuit().Key
		other := fleet.Ballot{Circuit: key, Process: "other", Calls: time.Hour, Open: true}
		if _, err := store.Exchange(t.Context(), []fleet.Ballot{other}); err != nil {
			t.Fatal(err)
		}
		time.Sleep(2 * time.Second)
		if got := b.circuit(); !got.Fleet.Follows || !got.Fleet.Shared || got.Fleet.Processes != 2 {
			t.Errorf("with another: %+v", got.Fleet)
		}
		store.mu.Lock()
		store.gone = errors.New("gone")
		store.mu.Unlock()
		time.Sleep(2 * time.Second)
		if got := b.circuit(); got.Fleet.Follows || got.Fleet.Shared || got.State != resilience.CircuitOpen {
			t.Errorf("without the store: %+v", got)
		}
	})
}

// run makes calls.
func (b bench) run(t *testing.T, c *resilience.Caller, op *resilience.Operation, n int) {
	t.Helper()
	for range n {
		if _, err := get(t, c, op); err == nil {
			t.Fatal("a call succeeded")
		}
	}
}
