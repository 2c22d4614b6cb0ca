package simulation

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/resgen/resgen/resilience"
	"github.com/resgen/resgen/resilience/policy"
	"github.com/resgen/resgen/resilience/wire"
)

// A scenario is what happens to a fleet.
type scenario struct {
	name, title string
	text        string // what happens, in one sentence

	length  time.Duration
	silent  span          // the store does not answer
	down    span          // the server is down
	jumps   []jump        // of the clock of the store
	restart time.Duration // when half of the processes are killed and as many are started; 0: never
}

const (
	perProcess = 1.0 // requests per second that the quota has for each process
	callers    = 2   // calls of a process at a time
	rest       = 200 * time.Millisecond
)

// A world is a fleet, the server that it calls and the store that it shares.
type world struct {
	server *server
	store  *store
	policy policy.Policy
	all    sync.WaitGroup

	mu     sync.Mutex
	failed map[string]int // calls that failed, by reason
}

// A process is a process of the fleet.
type process struct {
	world *world
	name  string
	late  bool // it was started later than the others
	ctx   context.Context
	end   context.CancelFunc
}

// run runs a scenario with a number of processes and returns what happened.
func (s *scenario) run(processes int) result {
	quota := perProcess * float64(processes)
	w := &world{server: newServer(quota, quota, s.down, 1), failed: map[string]int{}}
	w.store = newStore(w.server, s.silent, s.jumps)
	w.policy = policyOf(quota)
	running := make([]*process, processes)
	for i := range running {
		running[i] = w.start(fmt.Sprintf("process %d", i+1))
	}
	if s.restart > 0 {
		time.Sleep(s.restart)
		for i := range running[:processes/2] {
			running[i].end()
			running[i] = w.start(fmt.Sprintf("process %d, second", i+1))
			running[i].late = true
		}
	}
	time.Sleep(s.length - w.server.now())
	for _, p := range running {
		p.end()
	}
	w.all.Wait()
	time.Sleep(10 * time.Second) // for requests to the store that are still on their way
	return w.result(s, quota, running)
}

// policyOf returns the policy: one quota and one circuit for all.
func policyOf(quota float64) policy.Policy {
	p := policy.Default()
	p.Retry.Attempts = 1
	p.Rate = policy.Rate{
		Enabled: policy.On, PerSecond: quota, Burst: int(quota), Reserve: max(1, int(quota/20)),
		MaxWait: 10 * time.Minute, Floor: 1, Ceiling: 1, Learn: policy.Off,
	}
	p.Breaker.Consecutive, p.Breaker.Open, p.Breaker.Growth, p.Breaker.Jitter = 5, 10*time.Second, 1, -1
	return p
}

// start starts a process.
func (w *world) start(name string) *process {
	p := &process{world: w, name: name}
	p.ctx, p.end = context.WithCancel(context.Background())
	w.all.Go(p.run)
	return p
}

// run makes calls until the process is killed. Nothing that it holds is given back.
func (p *process) run() {
	quiet := slog.New(slog.DiscardHandler)
	runtime := resilience.NewRuntime(resilience.WithStore(p.world.store), resilience.WithRuntimeLogger(quiet))
	op := &resilience.Operation{
		ID: "read", Method: http.MethodGet, Path: "/", Policy: policy.Policy{Idempotency: policy.Safe},
		Success: []wire.Outcome{{Status: 200, Media: "application/json", Decode: wire.JSONAs[*struct{}]}},
	}
	api := &resilience.API{Name: "api", Defaults: p.world.policy, Operations: []*resilience.Operation{op}}
	caller, err := resilience.NewCaller(api, resilience.WithBaseURL("http://server.test"), resilience.WithLogger(quiet),
		resilience.WithoutCredential(), resilience.WithRuntime(runtime), resilience.WithTransport(p.world.server))
	if err != nil {
		panic(err) // nothing of it depends on a user
	}
	var all sync.WaitGroup
	for range callers {
		all.Go(func() { p.call(caller, op) })
	}
	all.Wait()
	runtime.Close()
}

// call makes calls one after the other.
func (p *process) call(c *resilience.Caller, op *resilience.Operation) {
	for p.ctx.Err() == nil {
		_, err := resilience.Call[*struct{}](p.ctx, c, op, wire.Args(), resilience.WithHeader(processHeader, p.name))
		if err != nil && p.ctx.Err() == nil {
			p.world.fail(err)
			_ = sleep(p.ctx.Done(), rest)
		}
	}
}

// fail counts a call that failed.
func (w *world) fail(err error) {
	kind := "other"
	var e *resilience.Error
	if errors.As(err, &e) {
		kind = e.Kind.String()
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.failed[kind]++
}
