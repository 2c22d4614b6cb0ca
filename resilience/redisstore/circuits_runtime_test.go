package redisstore_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/resgen/resgen/resilience"
	"github.com/resgen/resgen/resilience/policy"
	"github.com/resgen/resgen/resilience/redisstore"
	"github.com/resgen/resgen/resilience/redisstore/redistest"
	"github.com/resgen/resgen/resilience/wire"
)

// coolDown is that of the circuits in these tests.
const coolDown = 500 * time.Millisecond

// A team is eight runtimes, each with a separate connection to Redis, that call one server
// without a break.
type team struct {
	runtimes []*resilience.Runtime
	down     atomic.Bool
	sent     atomic.Int64 // requests that reached the server
	failed   atomic.Int64 // calls that failed for another reason than the server or an open circuit
}

func startTeam(t *testing.T, server *redistest.Server) *team {
	g := &team{}
	api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		g.sent.Add(1)
		w.Header().Set("Content-Type", "application/json")
		if g.down.Load() {
			w.WriteHeader(http.StatusInternalServerError)
		}
		_, _ = io.WriteString(w, "{}")
	}))
	ctx, cancel := context.WithCancel(context.Background())
	var calls sync.WaitGroup
	for range 8 {
		client := server.Client()
		r := resilience.NewRuntime(resilience.WithStore(redisstore.New(client)),
			resilience.WithRuntimeLogger(slog.New(slog.DiscardHandler)))
		g.runtimes = append(g.runtimes, r)
		call := caller(t, api.URL, r)
		calls.Go(func() {
			for ctx.Err() == nil {
				g.count(call(ctx))
			}
		})
		t.Cleanup(func() { client.Close() })
	}
	t.Cleanup(func() {
		cancel()
		calls.Wait()
		for _, r := range g.runtimes {
			r.Close()
		}
		api.Close()
		if n := g.failed.Load(); n > 0 {
			t.Errorf("%d calls failed that should not", n)
		}
	})
	return g
}

// caller returns a function that makes a call and then waits for a few milliseconds.
func caller(t *testing.T, url string, r *resilience.Runtime) func(context.Context) error {
	p := policy.Default()
	p.Retry.Attempts, p.Rate.Enabled = 1, policy.Off
	p.Breaker = policy.Breaker{
		Enabled: policy.On, Mode: policy.ModeEnforce, FailureRate: -1, Consecutive: 3, Window: time.Minute,
		Open: coolDown, MaxOpen: coolDown, Growth: 1, Jitter: -1, Probes: 1, Successes: 1,
	}
	op := &resilience.Operation{
		ID: "read", Method: http.MethodGet, Path: "/", Policy: policy.Policy{Idempotency: policy.Safe},
		Success: []wire.Outcome{{Status: 200, Media: "application/json", Decode: wire.JSONAs[*struct{}]}},
	}
	c, err := resilience.NewCaller(&resilience.API{Name: "api", Defaults: p, Operations: []*resilience.Operation{op}},
		resilience.WithBaseURL(url), resilience.WithLogger(slog.New(slog.DiscardHandler)), resilience.WithRuntime(r),
		resilience.WithoutCredential())
	if err != nil {
		t.Fatal(err)
	}
	return func(ctx context.Context) error {
		_, err := resilience.Call[*struct{}](ctx, c, op, wire.Args())
		select {
		case <-ctx.Done():
		case <-time.After(5 * time.Millisecond):
		}
		return err
	}
}

// count counts a call that failed for a reason that does not belong to the test.
func (g *team) count(err error) {
	var e *resilience.Error
	if err == nil || errors.Is(err, context.Canceled) || errors.Is(err, resilience.ErrCircuitOpen) ||
		errors.As(err, &e) && e.Status == http.StatusInternalServerError {
		return
	}
	g.failed.Add(1)
}

// await waits until the circuits of all runtimes are as they should be.
func (g *team) await(t *testing.T, what string, good func(resilience.CircuitSnapshot) bool) {
	t.Helper()
	all := func() bool {
		for _, r := range g.runtimes {
			gates := r.Snapshot().Gates
			if len(gates) == 0 || len(gates[0].Circuits) == 0 || !good(gates[0].Circuits[0]) {
				return false
			}
		}
		return true
	}
	awaitThat(t, what, all)
}

// awaitThat waits until something is true.
func awaitThat(t *testing.T, what string, holds func() bool) {
	t.Helper()
	limit := time.After(time.Minute)
	for !holds() {
		select {
		case <-limit:
			t.Fatalf("%s: not within a minute", what)
		case <-time.After(5 * time.Millisecond):
		}
	}
}

func follows(c resilience.CircuitSnapshot) bool { return c.Fleet.Follows }

func closed(c resilience.CircuitSnapshot) bool {
	return c.State == resilience.CircuitClosed && c.Fleet.Shared && !c.Fleet.Follows
}

// In an outage, eight processes send one probe per cool-down, and all go on after it.
func TestStore_Circuits_OneProbeOfEightProcesses(t *testing.T) {
	g := startTeam(t, redistest.Start(t))
	g.await(t, "closed at first", closed)
	g.down.Store(true)
	g.await(t, "open for all", follows)
	begin, before := time.Now(), g.sent.Load()
	const probes = 6
	awaitThat(t, "six probes", func() bool { return g.sent.Load() >= before+probes })
	if took := time.Since(begin); took < (probes-1)*coolDown*9/10 {
		t.Errorf("%d probes within %s, with a cool-down of %s", g.sent.Load()-before, took, coolDown)
	}
	g.down.Store(false)
	g.await(t, "closed again", closed)
}

// A store that does not answer stops no process: each has its own circuit until it is back.
func TestStore_Circuits_ServerPaused(t *testing.T) {
	server := redistest.Start(t)
	g := startTeam(t, server)
	g.down.Store(true)
	g.await(t, "open for all", follows)
	server.Pause()
	g.await(t, "without the store", func(c resilience.CircuitSnapshot) bool { return !c.Fleet.Shared })
	g.down.Store(false)
	g.await(t, "closed without the store", func(c resilience.CircuitSnapshot) bool {
		return c.State == resilience.CircuitClosed && !c.Fleet.Shared
	})
	server.Resume()
	g.await(t, "shared again", closed)
	g.down.Store(true)
	g.await(t, "open for all again", follows)
	g.down.Store(false)
	g.await(t, "closed at last", closed)
}
