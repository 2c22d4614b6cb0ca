package main

import "time"

// A queue computes when a service with some workers and one first-in-first-out queue ends each
// piece of work. Work that was begun or queued is done whether somebody still waits for it or not.
// In a stall no work goes on; it goes on where it was at the stall's end.
type queue struct {
	service time.Duration
	stall   span
	ends    []time.Duration // when each worker is free again, in the order in which they become free, from next on
	next    int
}

// A span is a part of a storm, its end excluded.
type span struct{ from, to time.Duration }

func (s span) has(t time.Duration) bool { return s.from <= t && t < s.to }

func newQueue(workers int, service time.Duration, stall span) *queue {
	return &queue{service: service, stall: stall, ends: make([]time.Duration, workers)}
}

// enter queues a piece of work that arrives now and returns when it is done. Arrivals come in
// order.
func (q *queue) enter(now time.Duration) time.Duration {
	begin := max(now, q.ends[q.next])
	if q.stall.has(begin) {
		begin = q.stall.to
	}
	end := begin + q.service
	if begin < q.stall.from && end > q.stall.from {
		end += q.stall.to - q.stall.from
	}
	q.ends[q.next] = end
	q.next = (q.next + 1) % len(q.ends)
	return end
}
