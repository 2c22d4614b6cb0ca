package main

import (
	"bytes"
	"context"
	"fmt"
	"slices"
)

// A result is what the calls of one operation cost one peer, turn by turn.
type result struct {
	op     operation
	peer   *peer
	micros []float64 // processor time of a call
	ratio  []float64 // of that to the first peer in the same turn
	allocs []float64
	bytes  []float64
}

// measureAll measures all operations in memory.
func measureAll(ctx context.Context, peers []peer, turns, slices int) ([]result, error) {
	var all []result
	for op := range operations {
		if _, err := turn(ctx, peers, op, 2); err != nil { // buffers and types are ready afterwards
			return nil, err
		}
		results := make([]result, len(peers))
		for i := range peers {
			results[i] = result{op: op, peer: &peers[i]}
		}
		for range turns {
			sums, err := turn(ctx, peers, op, slices)
			if err != nil {
				return nil, err
			}
			for i := range results {
				results[i].add(sums[i], sums[0])
			}
		}
		all = append(all, results...)
	}
	return all, nil
}

// add adds a turn.
func (r *result) add(s, first sample) {
	cpu, allocs, bytes := s.perCall()
	base, _, _ := first.perCall()
	r.micros = append(r.micros, float64(cpu.Nanoseconds())/1000)
	r.ratio = append(r.ratio, float64(cpu)/float64(base))
	r.allocs, r.bytes = append(r.allocs, allocs), append(r.bytes, bytes)
}

// median returns the middle one of the values.
func median(values []float64) float64 {
	_, m, _ := quartiles(values)
	return m
}

// quartiles returns the values that divide the sorted values in quarters.
func quartiles(values []float64) (lower, middle, upper float64) {
	sorted := slices.Sorted(slices.Values(values))
	n := len(sorted)
	return sorted[n/4], sorted[n/2], sorted[n-1-n/4]
}

// benchmarkText returns the results in the format of Go's benchmarks, a line for each turn.
func benchmarkText(all []result) []byte {
	var b bytes.Buffer
	for _, r := range all {
		for i := range r.micros {
			fmt.Fprintf(&b, "BenchmarkCall/%s/%s 1 %.0f ns/op %.0f B/op %.0f allocs/op\n",
				r.op, r.peer.short, r.micros[i]*1000, r.bytes[i], r.allocs[i])
		}
	}
	return b.Bytes()
}

// A limit is the most that a call of resgen may allocate.
type limit struct{ allocs, bytes float64 }

var limits = [operations]limit{
	deleteTool:     {35, 5_500},
	patchTool:      {60, 7_500},
	getTool:        {75, 11_500},
	searchProducts: {1_900, 205_000},
}

// exceeded returns what calls of resgen allocate beyond the limits.
func exceeded(all []result) (problems []string) {
	for _, r := range all {
		if r.peer.short != own {
			continue
		}
		most := limits[r.op]
		if n := median(r.allocs); n > most.allocs {
			problems = append(problems, fmt.Sprintf("%s: %.0f allocations, at most %.0f are allowed",
				r.op, n, most.allocs))
		}
		if n := median(r.bytes); n > most.bytes {
			problems = append(problems, fmt.Sprintf("%s: %.0f bytes, at most %.0f are allowed", r.op, n, most.bytes))
		}
	}
	return problems
}
