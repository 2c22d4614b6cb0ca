package redisstore_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/resgen/resgen/resilience"
	"github.com/resgen/resgen/resilience/policy"
	"github.com/resgen/resgen/resilience/redisstore"
	"github.com/resgen/resgen/resilience/redisstore/redistest"
	"github.com/resgen/resgen/resilience/wire"
)

// These tests let eight processes share one quota on a real server, and count the requests at the
// API. The test binary runs itself as the processes.

var (
	long    = flag.Bool("long", false, "let fleets that share a quota run for a minute instead of a few seconds")
	verbose = flag.Bool("fleet-log", false, "print what the processes of a fleet log")
)

// The environment of a process.
const (
	quotaURL      = "RESGEN_QUOTA_URL"
	quotaRedis    = "RESGEN_QUOTA_REDIS"
	quotaSentinel = "RESGEN_QUOTA_SENTINELS"
	quotaReserve  = "RESGEN_QUOTA_RESERVE"
	quotaWait     = "RESGEN_QUOTA_WAIT"
	quotaName     = "RESGEN_QUOTA_NAME"
)

// The quota of the API.
const (
	quotaRate  = 50.0
	quotaBurst = 50.0
)

// A counter is an API that counts requests in a bucket.
type counter struct {
	mu     sync.Mutex
	tokens float64
	first  time.Time
	at     time.Time
	all    int
	sent   map[string]int // by process, after the first second
	over   int            // requests over the quota
	overAt []time.Duration
}

func (c *counter) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/contact" {
		w.WriteHeader(http.StatusNoContent)
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	now := time.Now()
	if c.sent == nil {
		c.sent, c.tokens, c.first, c.at = map[string]int{}, quotaBurst, now, now
	}
	c.tokens = min(quotaBurst, c.tokens+quotaRate*now.Sub(c.at).Seconds())
	c.at = now
	c.all++
	if now.Sub(c.first) > time.Second {
		c.sent[r.UserAgent()]++
	}
	if c.tokens < 1 {
		c.over++
		c.overAt = append(c.overAt, now.Sub(c.first))
		w.WriteHeader(http.StatusTooManyRequests)
		return
	}
	c.tokens--
	w.WriteHeader(http.StatusNoContent)
}

// counts returns the number of requests so far, of all processes and of each.
func (c *counter) counts() (total, over int, each map[string]int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	each = map[string]int{}
	for name, n := range c.sent {
		each[name] = n
	}
	return c.all, c.over, each
}

// A quotaProcess makes calls until its input is closed, and then writes what became of them.
type quotaProcess struct {
	name string
	cmd  *exec.Cmd
	in   io.WriteCloser
	out  *bufio.Reader
}

// A tally is what became of the calls of a process.
type tally struct {
	Failed  []string      // errors other than 429
	Longest time.Duration // the longest call
	Apart   int           // how often the quota was seen apart from the store
	Back    []time.Time   // when it was shared again
}

func startQuotaProcess(t *testing.T, name string, env ...string) *quotaProcess {
	t.Helper()
	cmd, in, out := startSelf(t, "TestQuotaProcess", append([]string{quotaName + "=" + name}, env...)...)
	p := &quotaProcess{name: name, cmd: cmd, in: in, out: bufio.NewReader(out)}
	t.Cleanup(func() {
		_ = p.cmd.Process.Kill()
		_ = p.cmd.Wait()
	})
	return p
}

// ready waits until the process can begin.
func (p *quotaProcess) ready(t *testing.T) {
	t.Helper()
	if line, err := p.out.ReadString('\n'); line != "ready\n" {
		t.Fatalf("%s wrote %q, %v", p.name, line, err)
	}
}

// begin lets the process make calls.
func (p *quotaProcess) begin(t *testing.T) {
	t.Helper()
	if _, err := fmt.Fprintln(p.in); err != nil {
		t.Fatal(err)
	}
}

// stop ends the process in order.
func (p *quotaProcess) stop(t *testing.T) tally {
	t.Helper()
	_ = p.in.Close()
	var got tally
	line, err := p.out.ReadBytes('\n')
	if err != nil || json.Unmarshal(line, &got) != nil {
		t.Errorf("%s wrote %q, %v", p.name, line, err)
	}
	return got
}

// TestQuotaProcess is a process of the other tests.
func TestQuotaProcess(t *testing.T) {
	url := os.Getenv(quotaURL)
	if url == "" {
		t.Skip("runs in processes of other tests")
	}
	handler := slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn})
	log := slog.New(handler).With("process", os.Getenv(quotaName))
	options := []resilience.RuntimeOption{
		resilience.WithStore(redisstore.New(quotaClient())), resilience.WithRuntimeLogger(log),
	}
	if wait, err := time.ParseDuration(os.Getenv(quotaWait)); err == nil {
		options = append(options, resilience.WithStoreWait(wait))
	}
	r := resilience.NewRuntime(options...)
	reserve, err := strconv.Atoi(os.Getenv(quotaReserve))
	if err != nil {
		t.Fatal(err)
	}
	caller, op, contact := quotaCaller(t, url, os.Getenv(quotaName), reserve, r)
	if err := resilience.Do(t.Context(), caller, contact, wire.Args()); err != nil {
		t.Fatal(err)
	}
	fmt.Println("ready")
	in := bufio.NewReader(os.Stdin)
	_, _ = in.ReadString('\n')
	var got tally
	var mu sync.Mutex
	var end atomic.Bool
	var callers sync.WaitGroup
	for range 10 {
		callers.Go(func() {
			for !end.Load() {
				begin := time.Now()
				err := resilience.Do(context.Background(), caller, op, wire.Args())
				mu.Lock()
				got.Longest = max(got.Longest, time.Since(begin))
				if err != nil && !errors.Is(err, resilience.ErrThrottled) && !end.Load() {
					got.Failed = append(got.Failed, err.Error())
				}
				mu.Unlock()
			}
		})
	}
	callers.Go(func() {
		for was := false; !end.Load(); time.Sleep(10 * time.Millisecond) {
			is := apart(r)
			if is {
				got.Apart++
			} else if was {
				got.Back = append(got.Back, time.Now())
			}
			was = is
		}
	})
	_, _ = io.Copy(io.Discard, in)
	end.Store(true)
	r.Close()
	callers.Wait()
	line, _ := json.Marshal(got)
	fmt.Printf("%s\n", line)
}

// apart reports whether a quota is used without the store.
func apart(r *resilience.Runtime) bool {
	for _, g := range r.Snapshot().Gates {
		for _, b := range g.Buckets {
			if b.Apart > 0 {
				return true
			}
		}
	}
	return false
}

func quotaClient() redis.UniversalClient {
	if addrs := os.Getenv(quotaSentinel); addrs != "" {
		return redistest.SentinelClient(addrs)
	}
	return redis.NewClient(&redis.Options{Addr: os.Getenv(quotaRedis)})
}

func quotaCaller(
	t *testing.T, url, name string, reserve int, r *resilience.Runtime,
) (caller *resilience.Caller, op, contact *resilience.Operation) {
	t.Helper()
	p := policy.Default()
	p.Breaker.Enabled, p.Retry.Attempts = policy.Off, 1
	p.Rate = policy.Rate{PerSecond: quotaRate, Burst: quotaBurst, Reserve: reserve, MaxWait: time.Minute}
	p.Timeout.Overall = 2 * time.Minute
	op = &resilience.Operation{
		ID: "read", Method: "GET", Path: "/items", Policy: policy.Policy{Idempotency: policy.Safe},
	}
	contact = &resilience.Operation{ID: "contact", Method: "GET", Path: "/contact", Policy: policy.Policy{
		Idempotency: policy.Safe, Rate: policy.Rate{Enabled: policy.Off},
	}}
	api := &resilience.API{Name: "shop", Defaults: p, Operations: []*resilience.Operation{op, contact}}
	caller, err := resilience.NewCaller(api, resilience.WithBaseURL(url), resilience.WithRuntime(r),
		resilience.WithUserAgent(name))
	if err != nil {
		t.Fatal(err)
	}
	return caller, op, contact
}

// A crew is some processes with one quota.
type crew struct {
	t         *testing.T
	api       *counter
	processes []*quotaProcess
	env       []string
}

// newCrew starts processes with a reserve of the quota.
func newCrew(t *testing.T, size, reserve int, store ...string) *crew {
	t.Helper()
	c := &crew{t: t, api: &counter{}}
	server := httptest.NewServer(c.api)
	t.Cleanup(server.Close)
	c.env = append(store, quotaURL+"="+server.URL, quotaReserve+"="+strconv.Itoa(reserve))
	for range size {
		c.add()
	}
	for _, p := range c.processes {
		p.ready(t)
	}
	for _, p := range c.processes {
		p.begin(t)
	}
	return c
}

func (c *crew) add() *quotaProcess {
	p := startQuotaProcess(c.t, fmt.Sprintf("p%d", len(c.processes)), c.env...)
	c.processes = append(c.processes, p)
	return p
}

// period returns how long the processes run.
func period(short time.Duration) time.Duration {
	if *long {
		return time.Minute
	}
	return short
}
