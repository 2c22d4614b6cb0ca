package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/resgen/resgen/clients/spapi"
	"github.com/resgen/resgen/generated/spapi/listingsitems"
	"github.com/resgen/resgen/resilience"
	"github.com/resgen/resgen/resilience/auth"
	"github.com/resgen/resgen/resilience/policy"
	"github.com/resgen/resgen/resilience/policy/policyfile"
	"github.com/resgen/resgen/resilience/redisstore"
)

// jobVariable is the environment variable that makes a process a worker. Its value is a [job].
const jobVariable = "FLEET_JOB"

// A job is what a worker does.
type job struct {
	Name     string        `json:"name"`
	API      string        `json:"api"`             // URL of the stand-in
	Redis    string        `json:"redis,omitempty"` // address; empty: nothing is shared
	Rate     float64       `json:"rate"`
	Burst    int           `json:"burst"`
	Reserve  int           `json:"reserve"`
	CoolDown time.Duration `json:"coolDown"`
}

// A report is what a worker writes to its standard output several times a second.
type report struct {
	Circuit string `json:"circuit"`
	Shared  bool   `json:"shared"` // the store can be reached
	Done    uint64 `json:"done"`   // calls that succeeded
	Open    uint64 `json:"open"`   // calls that an open circuit rejected
	Failed  uint64 `json:"failed"` // other failures
}

// callers is the number of calls that a worker makes at a time.
const callers = 8

// work runs a worker until its standard input ends, that is, until the process that started it ends
// or lets it go. It returns the exit status.
func work(text string, stdin io.Reader, stdout, stderr io.Writer) int {
	var j job
	if err := json.Unmarshal([]byte(text), &j); err != nil {
		fmt.Fprintln(stderr, "fleet:", err)
		return 2
	}
	ctx, cancel := context.WithCancel(context.Background())
	go func() {
		_, _ = io.Copy(io.Discard, stdin)
		cancel()
	}()
	if err := j.run(ctx, stdout, stderr); err != nil {
		fmt.Fprintln(stderr, "fleet:", err)
		return 1
	}
	return 0
}

// run makes calls until ctx ends.
func (j *job) run(ctx context.Context, stdout, stderr io.Writer) error {
	log := slog.New(slog.NewTextHandler(stderr, &slog.HandlerOptions{Level: slog.LevelError}))
	opts := []resilience.RuntimeOption{resilience.WithRuntimeLogger(log)}
	if j.Redis != "" {
		client := redis.NewClient(&redis.Options{Addr: j.Redis})
		defer client.Close()
		opts = append(opts, resilience.WithStore(redisstore.New(client, redisstore.WithPrefix("fleet:"))))
	}
	runtime := resilience.NewRuntime(opts...)
	defer runtime.Close()
	account, err := spapi.New(spapi.Config{
		LWA: spapi.LWA{ClientID: "demo", ClientSecret: auth.NewSecret("demo"), RefreshToken: auth.NewSecret("demo"),
			Endpoint: j.API + "/auth/o2/token"},
		BaseURL: j.API, Application: j.Name, Version: "1", Runtime: runtime,
	})
	if err != nil {
		return err
	}
	defer account.Close()
	config, err := j.config()
	if err != nil {
		return err
	}
	client, err := listingsitems.New(
		append(account.Options(), resilience.WithLogger(log), resilience.WithConfig(config))...)
	if err != nil {
		return err
	}
	w := worker{client: client, runtime: runtime}
	var all sync.WaitGroup
	for range callers {
		all.Go(func() { w.call(ctx) })
	}
	w.report(ctx, json.NewEncoder(stdout))
	all.Wait()
	return nil
}

// config returns the policies of the job: one quota and one circuit, and no retries, so that each
// call is one request.
func (j *job) config() (*policy.Config, error) {
	reserve := j.Reserve
	if reserve == 0 {
		reserve = -1 // none
	}
	config, found := policyfile.DecodeConfig("fleet", fmt.Appendf(nil, `apis:
  listingsitems:
    defaults:
      retry: {attempts: 1}
      timeout: {attempt: 2s}
      breaker: {failure-rate: 0.5, min-calls: 5, consecutive: 5, window: 10s, open: %s, growth: 1, jitter: -1}
    operations:
      getListingsItem: {rate: {per-second: %g, burst: %d, reserve: %d, max-wait: 1m}}
`, j.CoolDown, j.Rate, j.Burst, reserve))
	return config, found.Err()
}

// A worker makes calls and counts their outcomes.
type worker struct {
	client  listingsitems.Operations
	runtime *resilience.Runtime

	mu     sync.Mutex
	counts report
}

// call makes calls one after the other until ctx ends.
func (w *worker) call(ctx context.Context) {
	params := listingsitems.GetListingsItemParams{MarketplaceIDs: []string{"ATVPDKIKX0DER"}}
	for ctx.Err() == nil {
		_, err := w.client.GetListingsItem(ctx, "DEMOSELLER", "DEMO-1", params)
		if ctx.Err() == nil {
			w.count(err)
		}
		if err != nil {
			pause(ctx, 20*time.Millisecond)
		}
	}
}

// count counts the outcome of a call.
func (w *worker) count(err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case err == nil:
		w.counts.Done++
	case errors.Is(err, resilience.ErrCircuitOpen):
		w.counts.Open++
	default:
		w.counts.Failed++
	}
}

// report writes reports until ctx ends.
func (w *worker) report(ctx context.Context, to *json.Encoder) {
	for ctx.Err() == nil {
		if to.Encode(w.state()) != nil {
			return
		}
		pause(ctx, 200*time.Millisecond)
	}
}

// state returns the present report.
func (w *worker) state() report {
	w.mu.Lock()
	r := w.counts
	w.mu.Unlock()
	for _, g := range w.runtime.Snapshot().Gates {
		for _, c := range g.Circuits {
			if g.API == "listingsitems" && g.Account == "" {
				r.Circuit, r.Shared = string(c.State), c.Fleet.Shared
			}
		}
	}
	return r
}

// pause waits for d or until ctx ends.
func pause(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}
