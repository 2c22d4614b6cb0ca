package resilience_test

// This file tests what many accounts of one runtime share, and what each has alone.

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/resgen/resgen/resilience"
	"github.com/resgen/resgen/resilience/faults"
	"github.com/resgen/resgen/resilience/policy"
	"github.com/resgen/resgen/resilience/wire"
)

// accountAPI returns an API with an operation whose requests have the name of the account in X-Key.
func accountAPI(p policy.Policy) (*resilience.API, *resilience.Operation) {
	op := operation("GET", policy.Safe)
	op.Security = []resilience.Requirement{{{Scheme: "k"}}}
	return &resilience.API{
		Name: "items", Defaults: p, Operations: []*resilience.Operation{op},
		Schemes: []resilience.Scheme{{Name: "k", Kind: "apiKey", Parameter: "X-Key"}},
	}, op
}

// tenants returns a function that returns the caller of an account.
func tenants(t testing.TB, url string, r *resilience.Runtime, api *resilience.API) func(string) *resilience.Caller {
	callers := map[string]*resilience.Caller{}
	return func(account string) *resilience.Caller {
		if callers[account] == nil {
			c, err := resilience.NewCaller(api, resilience.WithBaseURL(url), resilience.WithRuntime(r),
				resilience.WithLogger(quiet), resilience.WithCredential(key{account, account}))
			if err != nil {
				t.Fatal(err)
			}
			callers[account] = c
		}
		return callers[account]
	}
}

// circuits returns the states of all circuits by key.
func circuits(r *resilience.Runtime) map[string]resilience.CircuitState {
	states := map[string]resilience.CircuitState{}
	for _, g := range r.Snapshot().Gates {
		for _, c := range g.Circuits {
			states[c.Key] = c.State
		}
	}
	return states
}

// An outage of a host is noticed once, however many accounts call it, and ends for all of them.
func TestAccounts_Outage(t *testing.T) {
	var down sync.Map
	down.Store("is", true)
	url, n := serve(t, func(_ int, w http.ResponseWriter, _ *http.Request) {
		if _, ok := down.Load("is"); ok {
			reply(w, 503, "{}")
			return
		}
		reply(w, 200, good)
	})
	r := resilience.NewRuntime(resilience.WithRuntimeLogger(quiet))
	defer r.Close()
	p := quick()
	p.Breaker.Open, p.Breaker.Jitter = 200*time.Millisecond, -1
	api, op := accountAPI(p)
	tenant := tenants(t, url, r, api)
	var callers []*resilience.Caller
	for i := range 200 {
		callers = append(callers, tenant(fmt.Sprint("account", i)))
	}
	var group sync.WaitGroup
	for i := range 50 {
		group.Go(func() {
			for j := range 16 {
				_, _ = get(t, callers[(i+50*j)%200], op)
			}
		})
	}
	group.Wait()
	if sent := n.Load(); sent > 80 {
		t.Errorf("%d requests for 800 calls, want at most 80", sent)
	}
	down.Delete("is")
	for deadline := time.Now().Add(10 * time.Second); ; {
		ok := 0
		for _, c := range callers {
			if _, err := get(t, c, op); err == nil {
				ok++
			}
		}
		if ok == len(callers) {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("%d of 200 accounts succeed", ok)
		}
	}
}

// One account that fails opens its own circuit and no other.
func TestAccounts_OneSickOfMany(t *testing.T) {
	url, _ := serve(t, func(_ int, w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("X-Key") == "sick" {
			reply(w, 500, "{}")
			return
		}
		reply(w, 200, good)
	})
	r := resilience.NewRuntime(resilience.WithRuntimeLogger(quiet))
	defer r.Close()
	p := quick()
	p.Retry.Attempts, p.Breaker.MinCalls, p.Breaker.Consecutive = 1, 5, 3
	api, op := accountAPI(p)
	tenant := tenants(t, url, r, api)
	var failed []string
	call := func(account string) error {
		_, err := get(t, tenant(account), op)
		if err != nil && account != "sick" {
			failed = append(failed, account)
		}
		return err
	}
	_ = call("first")
	opened := 0
	for i := range 4000 {
		if i%10 == 0 && errors.Is(call("sick"), resilience.ErrCircuitOpen) {
			opened++
		}
		_ = call(fmt.Sprint("account", i))
	}
	if len(failed) > 0 || opened < 390 {
		t.Errorf("%d healthy calls failed; the circuit rejected the sick account %d times", len(failed), opened)
	}
	states := circuits(r)
	host := strings.TrimPrefix(url, "http://")
	if len(states) != 2 || states["items "+host] != resilience.CircuitClosed ||
		states["items "+host+" sick"] != resilience.CircuitOpen {
		t.Errorf("circuits %v", states)
	}
	var owners []string
	for _, g := range r.Snapshot().Gates {
		if len(g.Circuits) > 0 {
			owners = append(owners, g.Account)
		}
	}
	if !slices.Equal(owners, []string{"", "sick"}) {
		t.Errorf("the circuits belong to %q, want the host and the sick account", owners)
	}
	if !r.ResetCircuit("items "+host+" sick") || errors.Is(call("sick"), resilience.ErrCircuitOpen) {
		t.Error("the circuit of an account cannot be reset")
	}
}

// Neither an open circuit nor an empty bucket is forgotten, however many other accounts call.
func TestAccounts_NothingIsForgotten(t *testing.T) {
	var sent int
	answer := resilience.RoundTripperFunc(func(r *http.Request) (*http.Response, error) {
		sent++
		status := 204
		if r.Header.Get("X-Key") == "sick" {
			status = 500
		}
		return &http.Response{StatusCode: status, Body: http.NoBody, Request: r}, nil
	})
	r := resilience.NewRuntime(resilience.WithRuntimeLogger(quiet))
	defer r.Close()
	p := quick()
	p.Retry.Attempts, p.Breaker.Open, p.Breaker.Scope = 1, time.Hour, policy.ScopeAccount
	p.Breaker.Consecutive, p.Rate.PerSecond, p.Rate.Burst, p.Rate.MaxWait = 2, 1e-6, 3, time.Second
	api, op := accountAPI(p)
	op.Success[0].Status, op.Success[0].Decode = 204, nil
	call := func(account string) error {
		c, err := resilience.NewCaller(api, resilience.WithBaseURL("http://a.test"), resilience.WithRuntime(r),
			resilience.WithLogger(quiet), resilience.WithTransport(answer), resilience.WithCredential(key{account,
				account}))
		if err != nil {
			t.Fatal(err)
		}
		return resilience.Do(t.Context(), c, op, wire.Args())
	}
	for range 3 {
		_, _ = call("sick"), call("busy")
	}
	for i := range 10_000 {
		if err := call(fmt.Sprint("account", i)); err != nil {
			t.Fatal(err)
		}
	}
	before := sent
	if err := call("sick"); !errors.Is(err, resilience.ErrCircuitOpen) {
		t.Errorf("open circuit: %v", err)
	}
	if err := call("busy"); !errors.Is(err, resilience.ErrRateLimited) {
		t.Errorf("empty bucket: %v", err)
	}
	if sent != before {
		t.Errorf("%d requests, want none", sent-before)
	}
}

// Limits that differ from those of the API are the operation's own.
func TestRoute_OwnLimits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := memory(t, faults.OK(good).In(10*time.Second))
		one, two, three := operation("GET", policy.Safe), operation("GET", policy.Safe), operation("GET", policy.Safe)
		two.ID, three.ID = "two", "three"
		two.Policy.Bulkhead.Max, two.Policy.Retry.Budget.Tokens = 1, 7
		three.Policy.Bulkhead.MaxWait = time.Second // the same places, and a shorter wait
		p := steady()
		p.Bulkhead.Max, p.Bulkhead.MaxWait = 2, 5*time.Second
		c := callerOf(t, b, &resilience.API{Name: "items", Defaults: p,
			Operations: []*resilience.Operation{one, two, three}})
		results := make(chan string, 6)
		for _, op := range []*resilience.Operation{two, two, one, one, one, three} {
			go func() {
				begin := time.Now()
				_, err := get(t, c, op)
				results <- fmt.Sprintf("%s %s after %s", op.ID, observe(err).kind, time.Since(begin))
			}()
			synctest.Wait()
		}
		var got []string
		for range 6 {
			got = append(got, <-results)
		}
		slices.Sort(got)
		want := []string{
			"op bulkhead-full after 5s", "op ok after 10s", "op ok after 10s",
			"three bulkhead-full after 1s", "two bulkhead-full after 5s", "two ok after 10s",
		}
		if !slices.Equal(got, want) {
			t.Errorf("got  %q\nwant %q", got, want)
		}
		g := b.runtime.Snapshot().Gates[0]
		if g.Bulkhead.Max != 2 || len(g.Bulkheads) != 1 || g.Bulkheads[0].Max != 1 ||
			g.Bulkheads[0].Key != "items faults.test operation two" {
			t.Errorf("bulkheads: %+v and %+v", g.Bulkhead, g.Bulkheads)
		}
		if g.Budget.Size != 500 || len(g.Budgets) != 1 || g.Budgets[0].Size != 7 {
			t.Errorf("budgets: %+v and %+v", g.Budget, g.Budgets)
		}
	})
}

// A bulkhead of each account is inside that of the API.
func TestRoute_BulkheadOfAnAccount(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := memory(t, faults.OK(good).In(10*time.Second))
		p := steady()
		p.Bulkhead.Max, p.Bulkhead.MaxWait = 3, time.Second
		api, op := accountAPI(p)
		op.Policy.Bulkhead = policy.Bulkhead{Max: 2, Scope: policy.ScopeAccount}
		tenant := tenants(t, b.URL, b.runtime, api)
		results := make(chan string, 6)
		for _, account := range []string{"a", "a", "a", "b", "b"} {
			go func() {
				_, err := get(t, tenant(account), op)
				results <- account + " " + observe(err).kind
			}()
			synctest.Wait()
		}
		if inUse := b.runtime.Snapshot().Gates[0].Bulkhead.InUse; inUse != 3 {
			t.Errorf("%d places of all accounts are in use, want 3", inUse)
		}
		var got []string
		for range 5 {
			got = append(got, <-results)
		}
		slices.Sort(got)
		if want := []string{"a bulkhead-full", "a ok", "a ok", "b bulkhead-full", "b ok"}; !slices.Equal(got, want) {
			t.Errorf("got %q, want %q", got, want)
		}
		for _, g := range b.runtime.Snapshot().Gates {
			for _, s := range append(g.Bulkheads, g.Bulkhead) {
				if s.InUse != 0 {
					t.Errorf("%s: %d places in use at the end", s.Key, s.InUse)
				}
			}
		}
	})
}

// The cool-down of a circuit is at least the wait that the server requires.
func TestCircuit_RetryAfter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := memory(t, faults.Status(503).With("Retry-After", "70"), faults.Status(503))
		p := steady()
		p.Breaker.Consecutive, p.Retry.Attempts = 2, 1
		op := operation("GET", policy.Safe)
		c := b.client(t, p, op)
		_, _ = get(t, c, op)
		_, err := get(t, c, op)
		if e := failed(t, err); e.RetryAfter != 70*time.Second || e.Kind != resilience.KindAPI {
			t.Errorf("the call that opened the circuit: %v, retry after %s", err, e.RetryAfter)
		}
		_, err = get(t, c, op)
		if e := failed(t, err); e.Kind != resilience.KindCircuitOpen || e.RetryAfter != 70*time.Second {
			t.Errorf("the next call: %v, retry after %s", err, e.RetryAfter)
		}
	})
}

// A panic of an observer while the circuit becomes half-open takes nothing.
func TestObserver_PanicAtHalfOpen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		panics := true
		b := configured(t, faults.Config{Script: []faults.Step{faults.Status(500), faults.OK(good)}},
			resilience.WithObserver(func(e resilience.Event) {
				if e.Kind == resilience.EventTransition && e.Transition.To == resilience.CircuitHalfOpen && panics {
					panics = false
					panic("an observer")
				}
			}))
		p := steady()
		p.Breaker.Consecutive, p.Breaker.Successes, p.Retry.Attempts = 1, 1, 1
		p.Bulkhead.Max, p.Rate.PerSecond, p.Rate.Burst = 1, 1, 5
		op := operation("GET", policy.Safe)
		c := b.client(t, p, op)
		_, _ = get(t, c, op)
		time.Sleep(30 * time.Second)
		func() {
			defer func() {
				if recover() == nil {
					t.Error("the panic is swallowed")
				}
			}()
			_, _ = get(t, c, op)
		}()
		s := b.runtime.Snapshot()
		if g := s.Gates[0]; g.Bulkhead.InUse != 0 || g.Circuits[0].Probes != 0 || g.Buckets[0].Tokens != 5 ||
			s.InFlight != 0 {
			t.Errorf("%d in flight: %+v", s.InFlight, g)
		}
		if _, err := get(t, c, op); err != nil || b.circuit().State != resilience.CircuitClosed {
			t.Errorf("the next call: %v, the circuit is %s", err, b.circuit().State)
		}
	})
}
