package resilience_test

// This file holds the runtime to what policy.WorstCase computes: random calls never cost more, and
// servers that do their worst make each kind of call cost as much.

import (
	"context"
	"crypto/tls"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/resgen/resgen/resilience"
	"github.com/resgen/resgen/resilience/faults"
	"github.com/resgen/resgen/resilience/policy"
)

// features names what makes up the worst case of the trial.
func (c *trial) features(w policy.WorstCase) []string {
	list := []string{string(c.op.Policy.Idempotency)}
	for name, has := range map[string]bool{
		"one attempt": w.Attempts == 1, "retries": w.Attempts > 1, "replay": w.Replays > 0, "copies": w.Copies > 0,
		"redirects": w.Redirects > 0, "items": c.op.Policy.Success.Items != "",
		"redirects of copies and a replay": w.Redirects > 0 && w.Copies > 0 && w.Replays > 0,
	} {
		if has {
			list = append(list, name)
		}
	}
	return list
}

// reached counts trials by feature: all of them, and those that cost as much as computed.
type reached struct {
	mu                         *sync.Mutex
	all, requests, time, timed map[string]int
}

func newReached() reached {
	return reached{&sync.Mutex{}, map[string]int{}, map[string]int{}, map[string]int{}, map[string]int{}}
}

// check fails unless this share of the trials of each feature reached what was computed, and at
// least one. Features of fewer trials than few are left out.
func (r reached) check(t *testing.T, share float64, few int) {
	t.Helper()
	if len(r.all) < 10 {
		t.Errorf("the trials have few features: %v", r.all)
	}
	for name, n := range r.all {
		if got := r.requests[name]; n >= few && (float64(got) < share*float64(n) || got == 0) {
			t.Errorf("%s: %d of %d trials sent as many requests as computed", name, got, n)
		}
	}
	for name, n := range r.timed {
		if r.time[name] < n {
			t.Errorf("%s: %d of %d trials took as long as computed", name, r.time[name], n)
		}
	}
}

// In production time: 500 worst servers, which reach what is computed within 5 %, and 500 random
// ones with up to three calls at a time.
func TestWorstCase_VirtualTime(t *testing.T) {
	r := newReached()
	for seed := range uint64(500) {
		synctest.Test(t, func(t *testing.T) { meanTrial(t, seed, r) })
		synctest.Test(t, func(t *testing.T) { randomTrial(t, seed) })
		if t.Failed() {
			t.FailNow()
		}
	}
	r.check(t, 1, 1)
	if r.timed["permits"] < 10 || r.timed["overall"] < 10 {
		t.Errorf("few trials measured the time: %v", r.timed)
	}
}

// meanTrial makes a call to a worst server.
func meanTrial(t *testing.T, seed uint64, reached reached) {
	c := newTrial(seed, time.Second)
	c.mean()
	w := c.worst()
	server := &worstServer{c: c, w: w}
	meanCall(t, server, configured(t, faults.Config{Handle: server.handle}), seed, reached)
}

// meanCall makes a call to a worst server, which runs already.
func meanCall(t *testing.T, server *worstServer, b bench, seed uint64, reached reached) {
	c, w := server.c, server.w
	signer := newTokenCredential(0)
	k := b.client(t, c.p, c.op, resilience.WithCredential(signer), resilience.WithPlainHTTP())
	if w.Waits > 0 { // takes the permit that the first attempt would find
		_ = c.call(t.Context(), k, "first", resilience.WithAttempts(1))
	}
	ctx := t.Context()
	if w.Bound == policy.BoundContext {
		c, cancel := context.WithTimeout(ctx, time.Hour)
		defer cancel()
		ctx = c
	}
	begin := time.Now()
	err := c.call(ctx, k, "worst")
	took := time.Since(begin)
	n := requestsOf(b.Server)["worst"]
	reached.mu.Lock()
	defer reached.mu.Unlock()
	if n > w.Requests || w.Bound != policy.BoundContext && took > w.Time || int(signer.fetched.Load()) > w.SignIn {
		t.Errorf("seed %d: %d requests, %s, %d sign-ins: more than %+v; %v",
			seed, n, took, signer.fetched.Load(), w, err)
	}
	for _, f := range c.features(w) {
		reached.all[f]++
		if n == w.Requests {
			reached.requests[f]++
		}
	}
	if c.hung && w.Bound != policy.BoundContext {
		f := "overall"
		if w.Waits > 0 {
			f = "permits"
		}
		reached.timed[f]++
		if took >= w.Time*95/100 {
			reached.time[f]++
		}
	}
}

// randomTrial makes a few calls to a random server at a time.
func randomTrial(t *testing.T, seed uint64) {
	c := newTrial(seed, time.Second)
	c.harsh()
	took := randomCalls(t, c, configured(t, faults.Config{Handle: c.anything()}), seed)
	time.Sleep(40 * c.unit) // until sign-ins end for which no call waits
	for _, d := range took {
		if w := c.worst(); w.Bound != policy.BoundContext && d > w.Time {
			t.Errorf("seed %d: %s: more than %+v", seed, d, w)
		}
	}
}

// randomCalls makes a few calls at a time to a random server, which runs already, and returns how
// long they took.
func randomCalls(t *testing.T, c *trial, b bench, seed uint64) []time.Duration {
	ctx, w := t.Context(), c.worst()
	if w.Bound == policy.BoundContext {
		limited, cancel := context.WithTimeout(ctx, 300*c.unit)
		defer cancel()
		ctx = limited
	}
	callers := make([]*resilience.Caller, 1+seed%3)
	for i := range callers {
		callers[i] = b.client(t, c.p, c.op, resilience.WithCredential(newTokenCredential(c.units(0, 40))),
			resilience.WithPlainHTTP())
	}
	var wait sync.WaitGroup
	took := make([]time.Duration, len(callers))
	for i, k := range callers {
		wait.Go(func() {
			begin := time.Now()
			_ = c.call(ctx, k, strconv.Itoa(i))
			took[i] = time.Since(begin)
		})
	}
	wait.Wait()
	n := requestsOf(b.Server)
	for i := range callers {
		if n[strconv.Itoa(i)] > w.Requests {
			t.Errorf("seed %d: %d requests: more than %+v", seed, n[strconv.Itoa(i)], w)
		}
	}
	return took
}

// Over real sockets, whose connections go stale: the same in milliseconds, over HTTP/1.1 and
// HTTP/2. Only requests are counted. Whether copies are sent in time depends on how busy the
// machine is, so a few trials need not reach what is computed.
func TestWorstCase_Sockets(t *testing.T) {
	r := newReached()
	var wait sync.WaitGroup
	seeds := make(chan uint64)
	for range 8 {
		wait.Go(func() {
			for seed := range seeds {
				socketTrials(t, 1000+seed, r)
			}
		})
	}
	for seed := range uint64(150) {
		seeds <- seed
	}
	close(seeds)
	wait.Wait()
	r.check(t, 0, 10)
}

// socketTrials makes calls to a worst and to a random server.
func socketTrials(t *testing.T, seed uint64, r reached) {
	c := newTrial(seed, 3*time.Millisecond)
	c.mean()
	c.hung, c.p.Timeout.Overall, c.p.Timeout.Attempt = false, 10*time.Second, 10*time.Second
	c.p.Rate.Enabled = policy.Off
	server := &worstServer{c: c, w: c.worst()}
	b, end := listening(t, server.handle, seed%2 == 0)
	meanCall(t, server, b, seed, r)
	end()
	c = newTrial(seed, 3*time.Millisecond)
	c.harsh()
	b, end = listening(t, c.anything(), seed%2 == 0)
	randomCalls(t, c, b, seed)
	end()
}

// listening starts a server on a socket and returns how to close it.
func listening(t *testing.T, handle func(*faults.Request) faults.Step, http2 bool) (b bench, end func()) {
	s, err := faults.Config{Handle: handle, TLS: http2, HTTP2: http2}.Start()
	if err != nil {
		t.Error(err)
		return b, func() {}
	}
	b = bench{s, resilience.NewRuntime(resilience.WithRuntimeLogger(quiet),
		resilience.WithTLS(&tls.Config{RootCAs: s.CertPool()}))}
	return b, func() {
		b.runtime.Close()
		s.Close()
	}
}
