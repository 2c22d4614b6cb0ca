package main

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"time"

	"github.com/resgen/resgen/bench/variant"
)

// A storm is one scenario for all variants.
type storm struct {
	name     string
	title    string
	columns  []column
	settings variant.Settings
	only     []string // participating variants; nil: all
	rows     []parameter
	run      func(c clock, seed uint64, v variant.Variant, s variant.Settings) ([]float64, error)
	check    func(table) []verdict
}

// A parameter is a parameter of a storm.
type parameter struct{ name, value string }

// A column is a column of a table.
type column struct {
	head   string
	format string // fmt verb for a float64
}

// storms returns all storms in order.
func storms() []storm {
	return []storm{
		outageStorm(),
		overloadStorm(),
		dropStorm(),
		partialStorm("partial-10", 0.1, 600, 3600),
		partialStorm("partial-30", 0.3, 600, 3600),
		longStorm(),
	}
}

// brew runs a storm: a server with the weather, a client, and the load.
func brew(
	c clock,
	w weather,
	v variant.Variant,
	s variant.Settings,
	load func(caller) []record,
) ([]record, []time.Duration, error) {
	srv, err := serve(c, w)
	if err != nil {
		return nil, nil, err
	}
	client, err := v.New(srv.url, s)
	if err != nil {
		srv.close()
		return nil, nil, err
	}
	records := load(client.Call)
	client.Close()
	return records, srv.close(), nil
}

// outage is a storm in which the server is down for a while.
type outage struct {
	callers int
	pause   time.Duration
	down    span
	stop    time.Duration
}

func outageStorm() storm {
	o := outage{callers: 1000, pause: time.Second, down: span{2 * time.Second, 7 * time.Second}, stop: 12 * time.Second}
	s := variant.Storm()
	s.AttemptTimeout = 10 * time.Second // nothing is slow in this storm
	return storm{
		name: "outage", title: "A: total outage", settings: s, run: o.run, check: checkOutage,
		columns: []column{
			{"attempts/call in the outage", "%.2f"},
			{"peak req/s", "%.0f"},
			{"fail p50 s", "%.2f"},
			{"fail p99 s", "%.2f"},
			{"success after it %", "%.1f"},
			{"time to 99 % s", "%.2f"},
		},
		rows: []parameter{
			{
				"load",
				fmt.Sprintf(
					"%d callers in a closed loop; each pauses %s to %s after a call",
					o.callers,
					o.pause/2,
					o.pause*3/2,
				),
			},
			{"server", fmt.Sprintf("answers at once; 503 without a body from %s to %s", o.down.from, o.down.to)},
			{"end", o.stop.String()},
		},
	}
}

// weather responds with 503 during the outage.
func (o outage) weather(t time.Duration) (time.Duration, int) {
	if o.down.has(t) {
		return t, http.StatusServiceUnavailable
	}
	return t, http.StatusOK
}

func (o outage) run(c clock, seed uint64, v variant.Variant, s variant.Settings) ([]float64, error) {
	records, arrivals, err := brew(c, o.weather, v, s, func(call caller) []record {
		return closedLoop(c, seed, o.callers, o.pause, o.stop, call)
	})
	if err != nil {
		return nil, err
	}
	during := startedIn(records, o.down)
	after := span{o.down.to, o.stop}
	failed := latencies(during)
	return []float64{
		float64(within(arrivals, o.down)) / float64(len(during)),
		peak(arrivals, o.down),
		quantile(failed, 0.5),
		quantile(failed, 0.99),
		100 * success(startedIn(records, after)),
		recovery(records, after),
	}, nil
}

// overload is a storm in which the server stalls for a while and is then overloaded.
type overload struct {
	rate    float64
	workers int
	service time.Duration
	stall   span
	stop    time.Duration
}

func overloadStorm() storm {
	o := overload{
		rate:    1200,
		workers: 40,
		service: 20 * time.Millisecond,
		stall:   span{3 * time.Second, 5 * time.Second},
		stop:    16 * time.Second,
	}
	return storm{
		name: "overload", title: "B: overload after a stall", settings: variant.Storm(), run: o.run,
		check: checkOverload,
		columns: []column{
			{"attempts/call overall", "%.2f"},
			{"success after the stall %", "%.1f"},
			{"recovery s", "%.2f"},
			{"calls begun late, p99 s", "%.3f"},
		},
		rows: []parameter{
			{"load", fmt.Sprintf("%.0f calls a second in an open loop", o.rate)},
			{
				"server",
				fmt.Sprintf(
					"%d workers × %s, one queue; abandoned work is done all the same; no work from %s to %s",
					o.workers,
					o.service,
					o.stall.from,
					o.stall.to,
				),
			},
			{"end", o.stop.String()},
		},
	}
}

func (o overload) run(c clock, _ uint64, v variant.Variant, s variant.Settings) ([]float64, error) {
	q := newQueue(o.workers, o.service, o.stall)
	weather := func(t time.Duration) (time.Duration, int) { return q.enter(t), http.StatusOK }
	records, arrivals, err := brew(c, weather, v, s, func(call caller) []record {
		return openLoop(c, o.rate, int(o.rate*o.stop.Seconds()), call)
	})
	if err != nil {
		return nil, err
	}
	after := span{o.stall.to, o.stop}
	return []float64{
		float64(len(arrivals)) / float64(len(records)),
		100 * success(startedIn(records, after)),
		recovery(records, after),
		lateness(records),
	}, nil
}

// partial is a storm in which the server fails a share of all requests.
type partial struct {
	share float64
	rate  float64
	calls int
}

func partialStorm(name string, share, rate float64, calls int) storm {
	p := partial{share, rate, calls}
	s := variant.Storm()
	s.MinCalls = 100 // half of only 20 requests would fail by chance too often
	s.AttemptTimeout = 10 * time.Second
	return storm{
		name: name, title: fmt.Sprintf("partial failure: %.0f %% errors", 100*share), settings: s, run: p.run,
		columns: []column{
			{"success %", "%.2f"},
			{"attempts/call", "%.2f"},
			{"calls begun late, p99 s", "%.3f"},
		},
		rows: []parameter{
			{"load", fmt.Sprintf("%d calls, %.0f a second in an open loop", calls, rate)},
			{
				"server",
				fmt.Sprintf("answers at once; 503 without a body to %.0f %% of the requests, at random", 100*share),
			},
		},
	}
}

// longStorm is a partial failure that lasts until the initial tokens of the bucket are used up.
func longStorm() storm {
	s := partialStorm("long", 0.3, 1000, 20000)
	s.title += ", for long"
	s.only = []string{variant.Bucket, variant.Ours}
	s.check = checkLong
	return s
}

func (p partial) run(c clock, seed uint64, v variant.Variant, s variant.Settings) ([]float64, error) {
	rng := rand.New(rand.NewPCG(seed, 0))
	weather := func(t time.Duration) (time.Duration, int) {
		if rng.Float64() < p.share {
			return t, http.StatusServiceUnavailable
		}
		return t, http.StatusOK
	}
	records, arrivals, err := brew(
		c,
		weather,
		v,
		s,
		func(call caller) []record { return openLoop(c, p.rate, p.calls, call) },
	)
	if err != nil {
		return nil, err
	}
	return []float64{100 * success(records), float64(len(arrivals)) / float64(len(records)), lateness(records)}, nil
}
