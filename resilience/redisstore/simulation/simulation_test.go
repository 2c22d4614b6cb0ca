package simulation

import (
	"flag"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"
)

var (
	write     = flag.Bool("write", false, "write the page and its charts, with 1,000 processes")
	processes = flag.Int("processes", 0, "number of processes (default: 40, or 1,000 with -write)")
)

// scenarios are all that are simulated.
var scenarios = []scenario{
	{name: "steady", title: "Nothing happens", length: 60 * time.Second,
		text: "All processes start at once and call as fast as they can."},
	{name: "store", title: "The store is silent for 30 s", length: 90 * time.Second,
		silent: span{30 * time.Second, 60 * time.Second},
		text:   "From 30 to 60 s the store takes requests and answers none, as a paused Redis does."},
	{name: "restart", title: "Half of the fleet restarts", length: 60 * time.Second, restart: 30 * time.Second,
		text: "At 30 s half of the processes are ended and as many are started. " +
			"The shares are those of the other half."},
	{name: "clock", title: "The clock of the store jumps", length: 90 * time.Second,
		jumps: []jump{{30 * time.Second, time.Hour}, {60 * time.Second, -2 * time.Hour}},
		text: "The clock of the store is set forward by an hour at 30 s and back by two at 60 s, as after a failover " +
			"to a server\nwhose clock is wrong. The clocks of the processes do not matter: only times between two " +
			"events are used."},
	{name: "outage", title: "The server is down for 60 s", length: 120 * time.Second,
		down: span{20 * time.Second, 80 * time.Second},
		text: "From 20 to 80 s the server answers 503."},
}

// limits are what a fleet must keep in a scenario.
var limits = map[string]struct{ used, over, spread float64 }{
	"steady":  {used: 0.97, over: 0.001, spread: 0.2},
	"store":   {used: 0.90, over: 0.02, spread: 0.2},
	"restart": {used: 0.95, over: 0.02, spread: 0.2},
	"clock":   {used: 0.98, over: 0.001, spread: 0.2},
	"outage":  {used: 0.75, over: 0.02, spread: 0.2},
}

// A fleet uses its quota and does not exceed it, divides it fairly, and sends one probe per
// cool-down in an outage.
func TestSimulation(t *testing.T) {
	size := *processes
	if size == 0 {
		size = 40
		if *write {
			size = 1000
		}
	}
	var results []result
	for i := range scenarios {
		s := &scenarios[i]
		begin := time.Now()
		var r result
		synctest.Test(t, func(*testing.T) { r = s.run(size) })
		results = append(results, r)
		most, all := r.spread()
		t.Logf("%s in %s: used %.3f, over %.4f, spread %.3f (all %.3f), %.0f requests/s to the store, failed %v",
			s.name, time.Since(begin).Round(time.Millisecond), r.used(), r.over(), most, all, r.storeRate(), r.failed)
		want := limits[s.name]
		if r.used() < want.used || r.used() > 1 || r.over() > want.over || most > want.spread {
			t.Errorf("%s: used %.3f, want at least %.2f; over %.4f, want at most %.3f; spread %.3f, want at most %.2f",
				s.name, r.used(), want.used, r.over(), want.over, most, want.spread)
		}
		for reason, n := range r.failed {
			if reason != "circuit-open" && reason != "throttled" && s.down.to == 0 {
				t.Errorf("%s: %d calls failed: %s", s.name, n, reason)
			}
		}
		if s.down.to > 0 {
			if n := r.sum(s.down.from+15*time.Second, s.down.to).Down; n < 3 || n > 6 {
				t.Errorf("%s: %d probes in 45 s with cool-downs of 10 s", s.name, n)
			}
			if d := r.recovered(s.down.to); d > 15*time.Second {
				t.Errorf("%s: half of the quota is used %s after the end", s.name, d)
			}
		}
	}
	if *write {
		save(t, size, results)
	}
}

// save writes the page and its charts.
func save(t *testing.T, size int, results []result) {
	docs := filepath.Join("..", "..", "..", "docs")
	files := map[string]string{"simulation.md": page(size, results)}
	for i := range results {
		files[filepath.Join("simulation", results[i].scenario.name+".svg")] = results[i].chart().svg()
	}
	if err := os.MkdirAll(filepath.Join(docs, "simulation"), 0o755); err != nil {
		t.Fatal(err)
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(docs, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
