package redisstore_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/resgen/resgen/resilience"
	"github.com/resgen/resgen/resilience/batch"
	"github.com/resgen/resgen/resilience/policy"
	"github.com/resgen/resgen/resilience/redisstore"
	"github.com/resgen/resgen/resilience/redisstore/redistest"
	"github.com/resgen/resgen/resilience/wire"
)

// This test works through one batch with eight processes, kills some of them at random moments and
// starts them again, and kills the server's primary, whose replica takes over. RESGEN_KILLS=100
// makes it the full test with 5,000 items.

// The environment of a worker.
const (
	workerURL       = "RESGEN_WORKER_URL"
	workerSentinels = "RESGEN_WORKER_SENTINELS"
	workerItems     = "RESGEN_WORKER_ITEMS"
)

const workers = 8

// TestWorker is a worker of the other test. It prints its report.
func TestWorker(t *testing.T) {
	url := os.Getenv(workerURL)
	if url == "" {
		t.Skip("runs in processes of another test")
	}
	client := redistest.SentinelClient(os.Getenv(workerSentinels))
	n, err := strconv.Atoi(os.Getenv(workerItems))
	if err != nil {
		t.Fatal(err)
	}
	var keys []string
	for i := range n {
		keys = append(keys, fmt.Sprintf("item-%04d", i))
	}
	s := newShop(t, url)
	journal := redisstore.New(client).Journal("orders", redisstore.JournalOptions{Lease: time.Second})
	report, err := batch.Run(context.Background(), slices.Values(keys), func(s string) string { return s }, s.create,
		batch.WithJournal(journal), batch.WithVerify(s.exists), batch.WithPasses(20), batch.WithMax(8),
		batch.WithLogger(slog.New(slog.DiscardHandler)))
	if err != nil {
		fmt.Println("ERROR", err)
		return
	}
	data, _ := json.Marshal(report)
	fmt.Println("REPORT", string(data))
}

// A shop is a client of a stockroom.
type shop struct {
	caller    *resilience.Caller
	post, get *resilience.Operation
}

func newShop(t *testing.T, url string) *shop {
	path := []wire.Param{{Name: "id", In: wire.Path, Required: true}}
	s := &shop{
		post: &resilience.Operation{
			ID: "create", Method: "POST", Path: "/items/{id}", Params: path,
			Policy: policy.Policy{Idempotency: policy.Unsafe},
		},
		get: &resilience.Operation{
			ID: "get", Method: "GET", Path: "/items/{id}", Params: path,
			Policy: policy.Policy{Idempotency: policy.Safe},
		},
	}
	p := policy.Default()
	short := policy.Backoff{Base: time.Millisecond, Factor: 1, Max: time.Millisecond}
	p.Retry.Throttle, p.Retry.Server, p.Retry.Connection = short, short, short
	p.Breaker.Open, p.Breaker.MaxOpen = 10*time.Millisecond, 10*time.Millisecond
	p.Rate.Enabled = policy.Off
	api := &resilience.API{Name: "shop", Defaults: p, Operations: []*resilience.Operation{s.post, s.get}}
	quiet := resilience.NewRuntime(resilience.WithRuntimeLogger(slog.New(slog.DiscardHandler)))
	var err error
	s.caller, err = resilience.NewCaller(api, resilience.WithBaseURL(url), resilience.WithoutCredential(),
		resilience.WithRuntime(quiet))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func (s *shop) create(ctx context.Context, id string) error {
	return resilience.Do(ctx, s.caller, s.post, wire.Args(id))
}

func (s *shop) exists(ctx context.Context, id string) (bool, error) {
	err := resilience.Do(ctx, s.caller, s.get, wire.Args(id))
	var e *resilience.Error
	if errors.As(err, &e) && e.Status == http.StatusNotFound {
		return false, nil
	}
	return err == nil, err
}

// A stockroom is a server on which creating an item twice has two effects. A tenth of its requests
// fail, half of these after the work.
type stockroom struct {
	mu      sync.Mutex
	effects map[string]int
	latency time.Duration
}

func (s *stockroom) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	id := strings.TrimPrefix(r.URL.Path, "/items/")
	<-time.After(s.latency)
	s.mu.Lock()
	defer s.mu.Unlock()
	fate := rand.IntN(20)
	switch {
	case fate == 0:
		w.WriteHeader(http.StatusInternalServerError)
		return
	case r.Method == http.MethodGet && s.effects[id] == 0:
		w.WriteHeader(http.StatusNotFound)
		return
	case r.Method == http.MethodPost:
		s.effects[id]++
	}
	if fate == 1 {
		w.WriteHeader(http.StatusInternalServerError)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

func (s *stockroom) done() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.effects)
}

// A workforce is the workers of the batch.
type workforce struct {
	t   *testing.T
	env []string

	mu      sync.Mutex
	current [workers]*exec.Cmd
	reports []string
	kills   int
}

// work runs a worker, and another one in its place when it is killed, until one ends by itself.
func (c *workforce) work(i int) {
	for {
		var out bytes.Buffer
		cmd := exec.Command(os.Args[0], "-test.run=^TestWorker$")
		cmd.Env, cmd.Stdout = append(os.Environ(), c.env...), &out
		c.mu.Lock()
		err := cmd.Start()
		c.current[i] = cmd
		c.mu.Unlock()
		if err != nil {
			c.t.Error(err)
			return
		}
		err = cmd.Wait()
		c.mu.Lock()
		c.current[i] = nil
		if err == nil {
			c.reports = append(c.reports, out.String())
		}
		c.mu.Unlock()
		if err == nil {
			return
		}
	}
}

// kill kills a worker that runs, if any.
func (c *workforce) kill() {
	c.mu.Lock()
	defer c.mu.Unlock()
	i := rand.IntN(workers)
	for range workers {
		if cmd := c.current[i]; cmd != nil {
			_ = cmd.Process.Kill()
			c.kills++
			return
		}
		i = (i + 1) % workers
	}
}

func TestJournal_EightWorkersKilled(t *testing.T) {
	items, kills := 600, 8
	if n, err := strconv.Atoi(os.Getenv("RESGEN_KILLS")); err == nil {
		items, kills = 5000, n
	}
	servers := redistest.StartSentinels(t)
	room := &stockroom{effects: map[string]int{}, latency: 5 * time.Millisecond}
	api := httptest.NewServer(room)
	defer api.Close()
	c := &workforce{t: t, env: []string{
		workerURL + "=" + api.URL, workerItems + "=" + strconv.Itoa(items),
		workerSentinels + "=" + servers.Addrs(),
	}}
	begun := time.Now()
	var running sync.WaitGroup
	for i := range workers {
		running.Go(func() { c.work(i) })
	}
	ended := make(chan struct{})
	go func() { running.Wait(); close(ended) }()
	failover := items / 2
	for n := 0; n < kills; {
		select {
		case <-ended:
			n = kills
		case <-time.After(10 * time.Millisecond):
			if done := room.done(); done >= items*n/kills { // spread over the batch
				c.kill()
				n++
			}
		}
		if failover > 0 && room.done() >= failover {
			failover = 0
			servers.Primary.Kill()
		}
	}
	select {
	case <-ended:
	case <-time.After(10 * time.Minute):
		t.Fatal("the workers do not end")
	}
	t.Logf("%d items, %d processes killed, one failover: %s", items, c.kills, time.Since(begun).Round(time.Millisecond))
	if failover > 0 {
		t.Error("there was no failover")
	}
	c.check(room, items)
}

// check compares the effects and the reports.
func (c *workforce) check(room *stockroom, items int) {
	for id, n := range room.effects {
		if n != 1 {
			c.t.Errorf("%s was created %d times", id, n)
		}
	}
	if len(room.effects) != items {
		c.t.Errorf("%d items were created, want %d", len(room.effects), items)
	}
	if len(c.reports) != workers {
		c.t.Errorf("%d reports, want %d", len(c.reports), workers)
	}
	var first map[string]batch.Result
	for _, text := range c.reports {
		line, ok := strings.CutPrefix(text, "REPORT ")
		var report batch.Report
		if !ok || json.NewDecoder(strings.NewReader(line)).Decode(&report) != nil {
			c.t.Errorf("a worker wrote %.300s", text)
			continue
		}
		if n := report.Counts()[batch.Done]; n != items || len(report.Items) != items {
			c.t.Errorf("a report has %s, want %d done", &report, items)
		}
		results := map[string]batch.Result{}
		for _, it := range report.Items {
			results[it.Key] = it.Result
		}
		if first == nil {
			first = results
		}
		for key, r := range results {
			if r != first[key] {
				c.t.Errorf("reports differ: %s is %+v and %+v", key, r, first[key])
				return
			}
		}
	}
}
