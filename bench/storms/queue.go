package main

import "time"

// A queue computes when a service with some workers and a first-in-first-out queue completes its
// work. Work is completed even if no client waits for it anymore. A stall suspends all work.
type queue struct {
	service time.Duration
	stall   span
	ends    []time.Duration // when each worker becomes free, in order of time, starting at next
	next    int
}

// A span is a part of a storm, excluding its end.
type span struct{ from, to time.Duration }

func (s span) has(t time.Duration) bool { return s.from <= t && t < s.to }

func newQueue(workers int, service time.Duration, stall span) *queue {
	return &queue{service: service, stall: stall, ends: make([]time.Duration, workers)}
}

// enter queues work that arrives now and returns when it will be done. Calls must be in order of
// arrival.
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
