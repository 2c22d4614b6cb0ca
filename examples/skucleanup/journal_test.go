package main

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/resgen/resgen/clients/spapi/spapitest"
	"github.com/resgen/resgen/generated/spapi/fbainventory"
	"github.com/resgen/resgen/generated/spapi/listingsitems"
	"github.com/resgen/resgen/resilience"
)

// commandLine is the environment variable that makes the test binary run the program.
const commandLine = "SKUCLEANUP_ARGS"

func TestMain(m *testing.M) {
	if args, ok := os.LookupEnv(commandLine); ok {
		os.Exit(run(context.Background(), strings.Split(args, "\n"), os.Getenv, os.Stdout, os.Stderr))
	}
	os.Exit(m.Run())
}

// fast is a policy for a server whose time runs faster.
const fast = `apis:
  fbainventory: &fast
    defaults:
      rate: {enabled: false}
      retry:
        throttle: {base: 1ms, max: 20ms}
        server: {base: 1ms, max: 20ms}
        connection: {base: 1ms, max: 20ms}
        budget: {enabled: false}
      breaker: {window: 1s, open: 20ms, max-open: 20ms}
  listingsitems: *fast
`

// A trial is a server and the command that cleans it up.
type trial struct {
	*spapitest.Server
	skus   []string
	stock  map[string]int
	args   []string
	report string
}

func newTrial(t *testing.T, count int, opts spapitest.Options) *trial {
	t.Helper()
	dir := t.TempDir()
	x := &trial{skus: demoSKUs(count), report: filepath.Join(dir, "report.json")}
	x.stock = demoStock(x.skus)
	opts.Stock, opts.Speed, opts.Rates = x.stock, 1000, map[string]spapitest.Rate{}
	x.Server = spapitest.New(opts)
	ts := httptest.NewServer(x)
	t.Cleanup(ts.Close)
	policyFile := filepath.Join(dir, "policy.yaml")
	if err := os.WriteFile(policyFile, []byte(fast), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, value := range map[string]string{
		"LWA_CLIENT_ID": "id", "LWA_CLIENT_SECRET": "s", "LWA_REFRESH_TOKEN": "r", "SELLER_ID": "S",
		"MARKETPLACE_ID": "M",
	} {
		t.Setenv(name, value)
	}
	x.args = []string{"--endpoint", ts.URL, "--token-endpoint", ts.URL + "/auth/o2/token", "--yes",
		"--policy", policyFile, "--log-level", "error", "--report", x.report, write(t, strings.Join(x.skus, "\n"))}
	return x
}

// kill runs the command in another process and kills it after a while. It reports whether the
// command ended before that.
func (x *trial) kill(t *testing.T, after time.Duration) (ended bool) {
	t.Helper()
	c := exec.Command(os.Args[0])
	c.Env = append(os.Environ(), commandLine+"="+strings.Join(x.args, "\n"))
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	timer := time.AfterFunc(after, func() { _ = c.Process.Kill() })
	defer timer.Stop()
	_ = c.Wait()
	return c.ProcessState.ExitCode() >= 0
}

// finish runs the command until it succeeds, and compares the report with the log of the server.
func (x *trial) finish(t *testing.T) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	for n := 0; run(t.Context(), x.args, os.Getenv, &stdout, &stderr) != 0; n++ {
		if n == 20 {
			t.Fatalf("no success\n%s\n%s", &stdout, &stderr)
		}
		stdout.Reset()
	}
	applied := map[string]int{}
	for _, e := range x.Entries() {
		if e.Operation == spapitest.DeleteListingsItem && e.Applied {
			applied[e.SKU]++
		}
	}
	counts := map[outcome]int{}
	for _, it := range readReport(t, x.report) {
		counts[it.Outcome]++
		want, times := kept, 0
		if x.stock[it.SKU] == 0 {
			want, times = deleted, 1
		}
		if it.Outcome != want || applied[it.SKU] != times {
			t.Errorf("%q with a stock of %d is %s, deleted %d times", it.SKU, x.stock[it.SKU], it.Outcome,
				applied[it.SKU])
		}
	}
	for _, o := range outcomes {
		line := fmt.Sprintf("%d %s ", counts[o.outcome], o.words)
		if text := strings.Join(strings.Fields(stdout.String()), " "); !strings.Contains(text, line) {
			t.Errorf("the summary lacks %q:\n%s", line, &stdout)
		}
	}
	if len(readReport(t, x.report)) != len(x.skus) {
		t.Error("the report lacks items")
	}
}

// However often the program is killed, and however many requests fail, no SKU is deleted wrongly or
// twice, and a later run succeeds. SKUCLEANUP_TRIALS=60 makes it the full test.
func TestRun_KilledAndContinued(t *testing.T) {
	trials, count := 3, 100
	if n, err := strconv.Atoi(os.Getenv("SKUCLEANUP_TRIALS")); err == nil {
		trials, count = n, 500
	}
	random := rand.New(rand.NewPCG(3, 4))
	kills := 0
	for seed := range trials {
		opts := spapitest.Options{Seed: uint64(seed), Faults: 0.1 * float64(1+seed%5)}
		if seed%2 == 1 {
			opts.Outage, opts.OutageAfter = time.Duration(10+random.IntN(890))*time.Second, 100*time.Second
		}
		x := newTrial(t, count, opts)
		if seed%3 == 2 {
			x.FailTokens(slices.Repeat([]spapitest.TokenFault{{Status: 503}}, 5)...)
		}
		for range 4 {
			if !x.kill(t, time.Duration(20+random.IntN(300))*time.Millisecond) {
				kills++
			}
		}
		x.finish(t)
	}
	t.Logf("%d trials of %d SKUs, %d kills", trials, count, kills)
}

// A journal of other SKUs is refused, and nothing is deleted. One that is off is not written.
func TestRun_Journal(t *testing.T) {
	x := newTrial(t, 10, spapitest.Options{})
	journalFile := filepath.Join(t.TempDir(), "journal")
	var stderr bytes.Buffer
	args := append([]string{"--journal", journalFile}, x.args...)
	if code := run(t.Context(), args, os.Getenv, &stderr, &stderr); code != 0 {
		t.Fatalf("exit %d\n%s", code, &stderr)
	}
	other := newTrial(t, 11, spapitest.Options{})
	stderr.Reset()
	args = append([]string{"--journal", journalFile}, other.args...)
	if code := run(t.Context(), args, os.Getenv, &stderr, &stderr); code != 1 ||
		!strings.Contains(stderr.String(), "journal "+journalFile+": belongs to other input") ||
		len(other.Entries()) > 0 {
		t.Errorf("exit %d, %d requests\n%s", code, len(other.Entries()), &stderr)
	}
	args = append([]string{"--journal", "off"}, other.args...)
	if code := run(t.Context(), args, os.Getenv, &stderr, &stderr); code != 0 {
		t.Errorf("exit %d\n%s", code, &stderr)
	}
	if _, err := os.Stat(other.args[len(other.args)-1] + ".journal"); err == nil {
		t.Error("--journal off wrote one")
	}
}

// Every SKU is cleaned in each marketplace.
func TestRun_SeveralMarketplaces(t *testing.T) {
	x := newTrial(t, 4, spapitest.Options{})
	var out bytes.Buffer
	args := append([]string{"--marketplace-id", "M1,M2"}, x.args...)
	if code := run(t.Context(), args, os.Getenv, &out, &out); code != 0 {
		t.Fatalf("exit %d\n%s", code, &out)
	}
	var got []string
	for _, it := range readReport(t, x.report) {
		got = append(got, it.Store+" "+it.SKU+" "+string(it.Outcome))
	}
	want := "M1 SKU-00001 deleted,M1 SKU-00002 kept,M1 SKU-00003 deleted,M1 SKU-00004 kept," +
		"M2 SKU-00001 deleted,M2 SKU-00002 kept,M2 SKU-00003 deleted,M2 SKU-00004 kept"
	if strings.Join(got, ",") != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// A listing is kept if the seller has stock of it, and not deleted if that is unknown.
func TestCleaner_MerchantStock(t *testing.T) {
	channel := func(code string, units ...int64) listingsitems.FulfillmentAvailability {
		a := listingsitems.FulfillmentAvailability{FulfillmentChannelCode: code}
		if len(units) > 0 {
			a.Quantity = &units[0]
		}
		return a
	}
	f := &fake{
		pages: map[string][][]fbainventory.InventorySummary{"own": {{row("own", 0), row("none", 0), row("fba", 0),
			row("unstated", 0), row("gone", 0), row("denied", 0)}}},
		channels: map[string][]listingsitems.FulfillmentAvailability{
			"own": {channel("AMAZON_NA"), channel("DEFAULT", 1)}, "none": {channel("DEFAULT", 0)},
			"fba": {channel("AMAZON_EU", 9)}, "unstated": {channel("DEFAULT")},
		},
		gone: map[string]error{
			"gone": failure(resilience.KindAPI, 404, false), "denied": failure(resilience.KindAPI, 403, false),
		},
	}
	got := cleanWith(t.Context(), f, "own", "none", "fba", "unstated", "gone", "denied")
	for sku, want := range map[string]outcome{"own": kept, "none": deleted, "fba": deleted, "unstated": unknown,
		"gone": deleted, "denied": unknown} {
		if got[sku] != want {
			t.Errorf("%s is %s, want %s", sku, got[sku], want)
		}
	}
}

func TestReadPolicy(t *testing.T) {
	for text, want := range map[string]string{
		"apis: {fbainventory: {defaults: {retry: {attempts: 0}}}}": "attempts", "apis: {x: {rates: 1}}": "rates",
	} {
		path := write(t, text)
		if _, err := readPolicy(path); err == nil || !strings.Contains(err.Error(), want) ||
			!strings.HasPrefix(err.Error(), path+":1:") {
			t.Errorf("%s: %v", text, err)
		}
	}
	_, err := readPolicy("/no/file")
	if err == nil || err.Error() != "policy file /no/file: no such file or directory" {
		t.Error(err)
	}
}
