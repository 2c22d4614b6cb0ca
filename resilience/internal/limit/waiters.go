package limit

import "time"

// A waiter is a call in a queue. The lock of the queue's owner guards it, except that any goroutine
// may receive from ready, and may read err once ready is closed.
type waiter struct {
	ready      chan struct{} // closed when the waiter is granted or rejected
	err        error         // why it was rejected; nil if granted
	latest     time.Duration // the last moment at which a grant is still useful
	cost       float64       // permits that it waits for
	queued     bool
	prev, next *waiter
}

// waiters is a first-in first-out queue. Removing a waiter from its middle takes constant time.
// The zero value is an empty queue.
type waiters struct {
	head, tail *waiter
	length     int
	cost       float64 // of all waiters
}

// push adds a waiter at the end.
func (q *waiters) push(latest time.Duration, cost float64) *waiter {
	w := &waiter{ready: make(chan struct{}), latest: latest, cost: cost, queued: true, prev: q.tail}
	if q.tail == nil {
		q.head = w
	} else {
		q.tail.next = w
	}
	q.tail = w
	q.length++
	q.cost += cost
	return w
}

// remove removes w and reports whether it was still queued.
func (q *waiters) remove(w *waiter) bool {
	if !w.queued {
		return false
	}
	if w.prev == nil {
		q.head = w.next
	} else {
		w.prev.next = w.next
	}
	if w.next == nil {
		q.tail = w.prev
	} else {
		w.next.prev = w.prev
	}
	w.prev, w.next, w.queued = nil, nil, false
	q.length--
	q.cost -= w.cost
	return true
}

// settle removes w and wakes it up: granted if err is nil, rejected otherwise.
func (q *waiters) settle(w *waiter, err error) {
	q.remove(w)
	w.err = err
	close(w.ready)
}
