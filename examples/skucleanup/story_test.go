package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/resgen/resgen/clients/spapi/spapitest"
	"github.com/resgen/resgen/examples/internal/demo"
)

// quick is run-time configuration with which no time passes between attempts.
const quick = `apis:
  "*":
    defaults:
      retry: {attempts: %d, server: {base: 1ms, max: 1ms}, throttle: {base: 1ms, max: 1ms}}
      breaker: {consecutive: 1000, failure-rate: 1}
    operations:
      "*": {rate: {per-second: 10000, burst: 10000}}
`

// A shop is a fake of Amazon and the program's command line for it.
type shop struct {
	*testing.T
	*spapitest.Server
	url, dir string
	attempts int // of each call

	mu          sync.Mutex // guards what follows
	fail        func(sku string, n int) int
	after       func(deleted int) // called after a deletion
	requests    map[string]int    // deletions by SKU, failed ones too
	deleted     map[string]int    // deletions by SKU
	batches     []int             // SKUs of each lookup of stock
	connections int
}

// open returns a shop with SKUs without stock.
func openShop(t *testing.T, skus ...string) *shop {
	stock := map[string]int{}
	for _, sku := range skus {
		stock[sku] = 0
	}
	return openShopWith(t, stock)
}

func openShopWith(t *testing.T, stock map[string]int) *shop {
	t.Helper()
	s := &shop{
		T: t, Server: spapitest.New(spapitest.Options{Stock: stock, Speed: 100}), dir: t.TempDir(), attempts: 4,
		fail: func(string, int) int { return 0 }, after: func(int) {},
		requests: map[string]int{}, deleted: map[string]int{},
	}
	server := httptest.NewUnstartedServer(s)
	server.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			s.mu.Lock()
			defer s.mu.Unlock()
			s.connections++
		}
	}
	server.Start()
	t.Cleanup(server.Close)
	s.url = server.URL
	return s
}

// ServeHTTP implements [http.Handler]. Deletions fail with the status that fail returns for the SKU
// and the number of the request, unless it is 0.
func (s *shop) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if list := r.URL.Query().Get("sellerSkus"); list != "" {
		s.mu.Lock()
		s.batches = append(s.batches, strings.Count(list, ",")+1)
		s.mu.Unlock()
	}
	if r.Method != http.MethodDelete {
		s.Server.ServeHTTP(w, r)
		return
	}
	sku := r.URL.Path[strings.LastIndex(r.URL.Path, "/")+1:]
	s.mu.Lock()
	s.requests[sku]++
	status := s.fail(sku, s.requests[sku])
	s.mu.Unlock()
	if status != 0 {
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("X-Amzn-RequestId", "req-"+sku)
		w.WriteHeader(status)
		fmt.Fprint(w, `{"errors":[{"code":"Broken","message":"it does not work"}]}`)
		return
	}
	s.Server.ServeHTTP(w, r)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.deleted[sku]++
	s.after(len(s.deleted))
}

// run runs the program for SKUs and returns its exit status and what it printed.
func (s *shop) run(ctx context.Context, skus []string, args ...string) (status int, output string) {
	s.Helper()
	list, policy := filepath.Join(s.dir, "skus.txt"), filepath.Join(s.dir, "policy.yaml")
	for name, text := range map[string]string{
		list: strings.Join(skus, "\n"), policy: fmt.Sprintf(quick, s.attempts),
	} {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			s.Fatal(err)
		}
	}
	env := func(name string) string {
		return map[string]string{"LWA_CLIENT_ID": "id", "LWA_CLIENT_SECRET": "hush", "LWA_REFRESH_TOKEN": "hush"}[name]
	}
	var text bytes.Buffer
	out := demo.Serialize(&text)
	status = run(ctx, append([]string{
		list, "--endpoint", s.url, "--token-endpoint", s.url + "/auth/o2/token", "--seller-id", "S",
		"--marketplace-id", "M", "--policy", policy, "--yes",
	}, args...), env, out, out)
	return status, text.String()
}

// numbered returns n SKUs.
func numbered(n int) (skus []string) {
	for i := range n {
		skus = append(skus, fmt.Sprintf("sku-%03d", i))
	}
	return skus
}

// Acceptance: listings without stock are deleted, those with stock and those whose stock is unknown
// are kept. Stock is looked up in batches of 50.
func TestStory_OnlySKUsWithoutStock(t *testing.T) {
	stock, skus := map[string]int{}, numbered(120)
	for i, sku := range skus {
		stock[sku] = i % 2
	}
	s := openShopWith(t, stock)
	if status, out := s.run(t.Context(), append(skus, "stranger")); status != 1 {
		t.Errorf("exit %d although the stock of one SKU is unknown\n%s", status, out)
	}
	for _, sku := range skus {
		if s.Listed(sku) != (stock[sku] > 0) {
			t.Errorf("%s with stock %d: listed %t", sku, stock[sku], s.Listed(sku))
		}
	}
	if s.requests["stranger"] != 0 {
		t.Error("a SKU of unknown stock was deleted")
	}
	if most := slices.Max(s.batches); most != 50 {
		t.Errorf("lookups of %v SKUs", s.batches)
	}
}

// Acceptance: one failing item does not stop the work on the others.
func TestStory_OtherItemsContinue(t *testing.T) {
	skus := numbered(40)
	s := openShop(t, skus...)
	s.fail = func(sku string, _ int) int {
		if sku == "sku-003" {
			return http.StatusInternalServerError
		}
		return 0
	}
	status, out := s.run(t.Context(), skus)
	if len(s.deleted) != 39 || status != 1 || !strings.Contains(out, "sku-003") {
		t.Errorf("%d of 39 deleted, exit %d\n%s", len(s.deleted), status, out)
	}
}

// Acceptance: permanent failures are not repeated, transient ones are, and the exit status is 0
// once everything is done.
func TestStory_PermanentAndTransientFailures(t *testing.T) {
	s := openShop(t, "a", "b", "c")
	failures := map[string]int{"a": 400, "b": 503, "c": 429}
	s.fail = func(sku string, n int) int {
		if n <= 2 || sku == "a" {
			return failures[sku]
		}
		return 0
	}
	status, out := s.run(t.Context(), []string{"a", "b", "c"})
	if s.requests["a"] != 1 || s.requests["b"] != 3 || s.requests["c"] != 3 || status != 1 {
		t.Errorf("requests %v, exit %d\n%s", s.requests, status, out)
	}
	s.fail = func(string, int) int { return 0 }
	if status, out := s.run(t.Context(), []string{"a", "b", "c"}); status != 0 {
		t.Errorf("exit %d\n%s", status, out)
	}
}

// Acceptance: connections are kept and used again.
func TestStory_SKUConnections(t *testing.T) {
	skus := numbered(200)
	s := openShop(t, skus...)
	if status, out := s.run(t.Context(), skus, "--workers", "4"); status != 0 {
		t.Errorf("exit %d\n%s", status, out)
	}
	if s.connections > 3*4 {
		t.Errorf("%d connections for 4 workers", s.connections)
	}
}

// Acceptance: policies are configured by a file, and a mistake in it is reported with its place
// before anything is sent.
func TestStory_SKUConfiguration(t *testing.T) {
	for _, attempts := range []int{1, 3} {
		s := openShop(t, "a")
		s.attempts, s.fail = attempts, func(string, int) int { return http.StatusServiceUnavailable }
		_, out := s.run(t.Context(), []string{"a"})
		failed := strings.Count(out, `msg="call failed" api=listingsitems operation=deleteListingsItem`)
		as := strings.Count(out, fmt.Sprintf(" attempts=%d stopped=attempts ", attempts))
		if failed == 0 || as != failed || s.requests["a"] != failed*attempts {
			t.Errorf("%d failed calls with %d requests, %d as configured\n%s", failed, s.requests["a"], as, out)
		}
	}
	s := openShop(t, "a")
	bad := filepath.Join(s.dir, "bad.yaml")
	if err := os.WriteFile(bad, []byte("apis:\n  listingsitems: {defaults: {retri: {}}}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	status, out := s.run(t.Context(), []string{"a"}, "--policy", bad)
	if status != 1 || !strings.Contains(out, bad+":2:30: ") || !strings.Contains(out, `did you mean "retry"`) ||
		len(s.Entries()) != 0 {
		t.Errorf("exit %d, %d requests\n%s", status, len(s.Entries()), out)
	}
}

// Acceptance: a failure is logged on one line with its context, the SKU included, and no secret.
func TestStory_SKULog(t *testing.T) {
	s := openShop(t, "a", "b")
	s.fail = func(sku string, _ int) int {
		if sku == "b" {
			return http.StatusBadRequest
		}
		return 0
	}
	_, out := s.run(t.Context(), []string{"a", "b"}, "--log-level", "info")
	found := 0
	for line := range strings.Lines(out) {
		if !strings.Contains(line, `msg="call failed"`) {
			continue
		}
		found++
		for _, want := range []string{
			"level=INFO", "api=listingsitems", "operation=deleteListingsItem", "sku=b", "status=400", "code=Broken",
			`message="it does not work"`, "request_id=req-b", "attempts=1", "may_have_applied=false",
		} {
			if !strings.Contains(line, want) {
				t.Errorf("the line lacks %s: %s", want, line)
			}
		}
	}
	if found != 1 || strings.Contains(out, "hush") {
		t.Errorf("%d lines\n%s", found, out)
	}
}

// Acceptance: an interrupted run is continued: what was done is not done again.
func TestStory_Continues(t *testing.T) {
	skus := numbered(60)
	s := openShop(t, skus...)
	ctx, interrupt := context.WithCancel(t.Context())
	s.after = func(deleted int) {
		if deleted == 20 {
			interrupt()
		}
	}
	if status, out := s.run(ctx, skus); status != 1 || len(s.deleted) == 60 {
		t.Errorf("interrupted: exit %d, %d deleted\n%s", status, len(s.deleted), out)
	}
	s.after = func(int) {}
	status, out := s.run(t.Context(), skus)
	if status != 0 || len(s.deleted) != 60 {
		t.Errorf("continued: exit %d, %d deleted\n%s", status, len(s.deleted), out)
	}
	for sku := range s.deleted {
		if s.Listed(sku) {
			t.Errorf("%s is still listed", sku)
		}
	}
	if status, out := s.run(t.Context(), skus); status != 0 {
		t.Errorf("again: exit %d\n%s", status, out)
	}
	applied := 0
	for _, e := range s.Entries() {
		if e.Operation == spapitest.DeleteListingsItem && e.Applied {
			applied++
		}
	}
	if applied != 60 {
		t.Errorf("%d deletions took effect, want 60", applied)
	}
}

// Acceptance: an operation that must not be repeated takes effect at most once, whatever fails.
func TestStory_UnsafeOnce(t *testing.T) {
	for seed := range 5 {
		log := filepath.Join(t.TempDir(), "server.jsonl")
		var text bytes.Buffer
		out := demo.Serialize(&text)
		run(t.Context(), []string{"--demo", "4", "--faults", "0.4", "--seed", fmt.Sprint(seed), "--speed", "1000",
			"--server-log", log}, func(string) string { return "" }, out, out)
		data, err := os.ReadFile(log)
		if err != nil {
			t.Fatal(err)
		}
		applied := 0
		for line := range bytes.Lines(data) {
			var e spapitest.Entry
			if err := json.Unmarshal(line, &e); err != nil {
				t.Fatal(err)
			}
			if e.Operation == spapitest.CreateFeedDocument && e.Applied {
				applied++
			}
		}
		if applied > 1 {
			t.Errorf("seed %d: applied %d times\n%s", seed, applied, &text)
		}
	}
}
