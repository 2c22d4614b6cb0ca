//go:build unix

package main

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"net/http/httptest"

	"github.com/resgen/resgen/clients/spapi/spapitest"
	"github.com/resgen/resgen/examples/internal/demo"
	"github.com/resgen/resgen/resilience/batch"
)

// A trial interrupts and kills the program while a share of the requests fail and the API or its
// sign-in is down, and compares what it says with what the server has done. The times of API and
// policies are shorter by a factor.
//
// SKUCLEANUP_TRIALS=60 makes TestRun_KilledAndContinued the full test, with 500 SKUs each and
// 10,000 at the end.

// trialSpeed is how much faster time runs: 15 minutes take 900 ms.
const trialSpeed = 1000

// commandLine is the environment variable that makes the test binary run the program.
const commandLine = "SKUCLEANUP_ARGS"

func TestMain(m *testing.M) {
	if args, ok := os.LookupEnv(commandLine); ok {
		ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
		defer stop()
		os.Exit(run(ctx, strings.Split(args, "\n"), os.Getenv, os.Stdout, os.Stderr))
	}
	os.Exit(m.Run())
}

// A trial is a server and the command that cleans it up.
type trial struct {
	*spapitest.Server
	skus   []string
	stock  map[string]int
	args   []string
	report string
	file   string // of the SKUs
}

func newTrial(t *testing.T, count int, opts spapitest.Options) *trial {
	t.Helper()
	dir := t.TempDir()
	x := &trial{skus: demoSKUs(count), report: filepath.Join(dir, "report.json")}
	x.stock, x.file = demoStock(x.skus), write(t, strings.Join(x.skus, "\n"))
	opts.Stock, opts.Speed = x.stock, trialSpeed
	x.Server = spapitest.New(opts)
	ts := httptest.NewServer(x)
	t.Cleanup(ts.Close)
	for name, value := range map[string]string{
		"LWA_CLIENT_ID": "id", "LWA_CLIENT_SECRET": "s", "LWA_REFRESH_TOKEN": "r", "SELLER_ID": "S",
		"MARKETPLACE_ID": "M",
	} {
		t.Setenv(name, value)
	}
	x.args = []string{"--endpoint", ts.URL, "--token-endpoint", ts.URL + "/auth/o2/token", "--yes",
		"--speed", fmt.Sprint(trialSpeed), "--log-level", "error", "--report", x.report, x.file}
	return x
}

// end runs the command in another process, to which it sends a signal after a while. It returns the
// exit status, -1 after a kill, and what was printed.
func (x *trial) end(t *testing.T, with os.Signal, after time.Duration) (status int, stdout string) {
	t.Helper()
	_ = os.Remove(x.report)
	var out, errs bytes.Buffer
	c := exec.Command(os.Args[0])
	c.Env = append(os.Environ(), commandLine+"="+strings.Join(x.args, "\n"))
	c.Stdout, c.Stderr = &out, &errs
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	timer := time.AfterFunc(after, func() { _ = c.Process.Signal(with) })
	defer timer.Stop()
	_ = c.Wait()
	if status = c.ProcessState.ExitCode(); status > 1 {
		t.Errorf("exit %d: %s", status, &errs)
	}
	return status, out.String()
}

// finish runs the command until it succeeds and once more, and compares all that is left.
func (x *trial) finish(t *testing.T) (runs int) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	for runs = 1; run(t.Context(), x.args, os.Getenv, &stdout, &stderr) != 0; runs++ {
		x.agree(t, stdout.String())
		if runs == 20 {
			t.Fatalf("no success\n%s\n%s", &stdout, &stderr)
		}
		stdout.Reset()
	}
	x.complete(t, stdout.String())
	requests := len(x.Entries())
	stdout.Reset()
	if code := run(t.Context(), x.args, os.Getenv, &stdout, &stderr); code != 0 {
		t.Errorf("another run: exit %d\n%s", code, &stderr)
	}
	x.complete(t, stdout.String())
	for _, e := range x.Entries()[requests:] {
		if e.Operation == spapitest.DeleteListingsItem || e.Operation == spapitest.CreateFeed {
			t.Fatalf("another run sent %+v", e)
		}
	}
	return runs
}

// applied returns how often each listing was deleted, from the log of the server.
func (x *trial) applied() map[string]int {
	applied := map[string]int{}
	for _, e := range x.Entries() {
		if (e.Operation == spapitest.DeleteListingsItem || e.Operation == spapitest.FeedMessage) && e.Applied {
			applied[e.SKU]++
		}
	}
	return applied
}

// agree compares summary, report, journal and server log of a run, whatever its end was.
func (x *trial) agree(t *testing.T, stdout string) []item {
	t.Helper()
	items, applied, counts := readReport(t, x.report), x.applied(), map[outcome]int{}
	journal := batch.NewFile(x.file+".journal", batch.FileOptions{})
	records, err := journal.Open(t.Context(), jobOf("S", []string{"M"}, x.skus))
	if err != nil {
		t.Fatal(err)
	}
	defer journal.Close()
	if len(items) != len(x.skus) {
		t.Fatalf("the report has %d rows, want %d", len(items), len(x.skus))
	}
	for i, it := range items {
		counts[it.Outcome]++
		record, n := records[target{"M", it.SKU}.key()], applied[it.SKU]
		bad := it.SKU != x.skus[i] || n > 1 || n > 0 && x.stock[it.SKU] > 0
		bad = bad || (it.Outcome == deleted) != (record.Result.Outcome == batch.Done)
		switch it.Outcome {
		case deleted:
			bad = bad || n != 1
		case kept:
			bad = bad || x.stock[it.SKU] == 0 || record.Result.Outcome != batch.AlreadySo
		case unknown: // whatever the server did
		default:
			bad = bad || n != 0
		}
		if bad || record.Begun && it.Outcome != unknown {
			t.Errorf("%q with a stock of %d was deleted %d times; report %+v, journal %+v", it.SKU, x.stock[it.SKU], n,
				it, record)
		}
	}
	for _, o := range outcomes {
		line := fmt.Sprintf(" %d %s ", counts[o.outcome], o.words)
		if text := " " + strings.Join(strings.Fields(stdout), " ") + " "; !strings.Contains(text, line) {
			t.Errorf("the summary lacks %q:\n%s", line, stdout)
		}
	}
	return items
}

// complete compares what a successful run has left.
func (x *trial) complete(t *testing.T, stdout string) {
	t.Helper()
	for _, it := range x.agree(t, stdout) {
		if want := (x.stock[it.SKU] == 0); (it.Outcome == deleted) != want || (it.Outcome == kept) == want {
			t.Errorf("%q with a stock of %d is %s: %s", it.SKU, x.stock[it.SKU], it.Outcome, it.Reason)
		}
	}
}

// However often the program is interrupted and killed, however many requests fail, and however long
// the API or its sign-in is down, no SKU is deleted wrongly or twice, everything that is left
// agrees, and a later run succeeds.
func TestRun_KilledAndContinued(t *testing.T) {
	trials, count := 4, 100
	if n, err := strconv.Atoi(os.Getenv("SKUCLEANUP_TRIALS")); err == nil {
		trials, count = n, 500
	}
	random := rand.New(rand.NewPCG(3, 4))
	var total struct{ kills, interrupts, runs, outages, signIns, feeds int }
	one := func(seed, count int, via via) {
		opts := spapitest.Options{Seed: uint64(seed), Faults: 0.1 * float64(1+seed%5), WorkTime: 2 * time.Minute}
		outage := time.Duration(10+random.IntN(891)) * time.Second
		switch seed % 3 {
		case 1:
			opts.Outage, opts.OutageAfter = outage, time.Duration(random.IntN(300))*time.Second
			total.outages++
		case 2:
			opts.SignInOutage = outage
			total.signIns++
		}
		x := newTrial(t, count, opts)
		x.args = append([]string{"--via", string(via), "--bulk", "1000"}, x.args...)
		for n := range 5 {
			after := time.Duration(20+random.IntN(400)) * time.Millisecond
			if n%2 == 0 {
				if status, _ := x.end(t, syscall.SIGKILL, after); status < 0 {
					total.kills++
				}
				continue
			}
			if status, out := x.end(t, os.Interrupt, after); status >= 0 && out != "" {
				x.agree(t, out)
				total.interrupts++
			}
		}
		runs := x.finish(t)
		total.runs += runs
		t.Logf("trial %d of %d SKUs via %s: faults %.1f, outage %s, of the sign-in %s; done after %d more runs",
			seed, count, via, opts.Faults, opts.Outage, opts.SignInOutage, runs)
		for _, e := range x.Entries() {
			if e.Operation == spapitest.CreateFeed && e.Applied {
				total.feeds++
			}
		}
	}
	for seed := range trials {
		how := viaAuto
		if seed%4 == 3 {
			how = viaFeed
		}
		one(seed, count, how)
	}
	if count == 500 {
		one(trials, 10_000, viaAPI)
		one(trials+1, 10_000, viaAuto)
	}
	// A run that was killed while it prepared a feed deletes one by one; one trial may have none.
	for seed := 6; total.feeds == 0 && seed <= 15; seed += 3 {
		one(seed, count, viaFeed)
	}
	t.Logf("%d trials of %d SKUs: %+v", trials, count, total)
	if total.kills == 0 || total.interrupts == 0 || total.feeds == 0 {
		t.Error("the trials were too easy")
	}
}

// A journal of other SKUs is refused, and nothing is deleted. One that is off is not written.
func TestRun_Journal(t *testing.T) {
	temporary := t.TempDir()
	t.Setenv("TMPDIR", temporary)
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
	if _, err := os.Stat(other.file + ".journal"); err == nil {
		t.Error("--journal off wrote one")
	}
	if left, err := os.ReadDir(temporary); len(left) > 0 || err != nil {
		t.Errorf("%v is left, %v", left, err)
	}
}

// Every SKU is cleaned in each marketplace, whether one by one or by feeds.
func TestRun_SeveralMarketplaces(t *testing.T) {
	for _, how := range []via{viaAPI, viaFeed} {
		x := newTrial(t, 4, spapitest.Options{})
		var text bytes.Buffer
		out := demo.Serialize(&text)
		args := append([]string{"--marketplace-id", "M1,M2,M1", "--via", string(how)}, x.args...)
		if code := run(t.Context(), args, os.Getenv, out, out); code != 0 {
			t.Fatalf("exit %d\n%s", code, &text)
		}
		var got []string
		for _, it := range readReport(t, x.report) {
			got = append(got, it.Store+" "+it.SKU+" "+string(it.Outcome))
		}
		want := "M1 SKU-00001 deleted,M1 SKU-00002 kept,M1 SKU-00003 deleted,M1 SKU-00004 kept," +
			"M2 SKU-00001 deleted,M2 SKU-00002 kept,M2 SKU-00003 deleted,M2 SKU-00004 kept"
		if strings.Join(got, ",") != want {
			t.Errorf("via %s: got %q, want %q", how, got, want)
		}
	}
}
