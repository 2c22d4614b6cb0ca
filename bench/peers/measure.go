package main

import (
	"context"
	"fmt"
	"runtime"
	"syscall"
	"time"
)

// A sample is what calls of one peer cost.
type sample struct {
	calls  int
	cpu    time.Duration // processor time of the process, with the garbage collector
	allocs uint64
	bytes  uint64
}

func (s *sample) add(t sample) {
	s.calls += t.calls
	s.cpu += t.cpu
	s.allocs += t.allocs
	s.bytes += t.bytes
}

// perCall returns the processor time, the allocations and the allocated bytes of one call.
func (s sample) perCall() (cpu time.Duration, allocs, bytes float64) {
	n := float64(s.calls)
	return s.cpu / time.Duration(s.calls), float64(s.allocs) / n, float64(s.bytes) / n
}

// slice is the number of consecutive calls of one peer. Peers take turns slice by slice, so that
// other load of the machine disturbs all of them in the same way.
var slice = [operations]int{400, 300, 200, 8}

// turn measures slices of all peers for one operation, in turns.
func turn(ctx context.Context, peers []peer, op operation, slices int) ([]sample, error) {
	sums := make([]sample, len(peers))
	for n := range slices {
		for i := range peers {
			p := (i + n) % len(peers)
			s, err := measure(ctx, peers[p].calls[op], slice[op])
			if err != nil {
				return nil, fmt.Errorf("%s: %s: %w", peers[p].name, op, err)
			}
			sums[p].add(s)
		}
	}
	return sums, nil
}

// measure makes n calls.
func measure(ctx context.Context, c call, n int) (sample, error) {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	start := processorTime()
	for range n {
		if err := c(ctx); err != nil {
			return sample{}, err
		}
	}
	cpu := processorTime() - start
	runtime.ReadMemStats(&after)
	return sample{n, cpu, after.Mallocs - before.Mallocs, after.TotalAlloc - before.TotalAlloc}, nil
}

// processorTime returns the time that the process has used on all processors.
func processorTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
