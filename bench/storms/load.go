package main

import (
	"context"
	"math/rand/v2"
	"slices"
	"sync"
	"time"
)

// A record is the result of a call, in times of the storm.
type record struct {
	due, begin, end time.Duration // due: when it should have started
	ok              bool
}

// A caller makes one call.
type caller func(context.Context) error

// timed makes a call and records it.
func timed(c clock, due time.Duration, call caller) record {
	r := record{due: due, begin: c.now()}
	r.ok = call(context.Background()) == nil
	r.end = c.now()
	return r
}

// closedLoop runs a number of callers until stop. Each makes a call, pauses for half to one and a
// half of the pause, and repeats. Their starts are spread over one pause.
func closedLoop(c clock, seed uint64, callers int, pause, stop time.Duration, call caller) []record {
	kept := make([][]record, callers)
	var all sync.WaitGroup
	for i := range callers {
		all.Go(func() {
			rng := rand.New(rand.NewPCG(seed, uint64(i)))
			due := time.Duration(rng.Float64() * float64(pause))
			for due < stop {
				c.until(due)
				r := timed(c, due, call)
				kept[i] = append(kept[i], r)
				due = r.end + time.Duration((0.5+rng.Float64())*float64(pause))
			}
		})
	}
	all.Wait()
	return slices.Concat(kept...)
}

// openLoop makes calls at a steady rate per second, independent of their results.
func openLoop(c clock, rate float64, calls int, call caller) []record {
	records := make([]record, calls)
	var all sync.WaitGroup
	for i := range calls {
		due := time.Duration(float64(i) / rate * float64(time.Second))
		if due > c.now() {
			c.until(due)
		}
		all.Go(func() { records[i] = timed(c, due, call) })
	}
	all.Wait()
	return records
}
