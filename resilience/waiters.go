package resilience

import "time"

// A waiter is a call that stands in a queue for a permit. The queue's owner guards it with its lock, except that ready may be waited for
// without it and err read once ready is closed.
type waiter struct {
	ready      chan struct{} // closed when the waiter is granted or turned away
	err        error         // why it was turned away; nil: granted
	latest     time.Duration // when waiting has no more sense
	queued     bool
	prev, next *waiter
}

// waiters is a first-in first-out queue from whose middle a waiter can leave at no cost. The zero value is an empty queue.
type waiters struct {
	head, tail *waiter
	length     int
}

// push adds a waiter at the end.
func (q *waiters) push(latest time.Duration) *waiter {
	w := &waiter{ready: make(chan struct{}), latest: latest, queued: true, prev: q.tail}
	if q.tail == nil {
		q.head = w
	} else {
		q.tail.next = w
	}
	q.tail = w
	q.length++
	return w
}

// remove takes a waiter out of the queue and reports whether it was still in it.
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
	return true
}

// settle takes a waiter out of the queue and tells it: granted if err is nil.
func (q *waiters) settle(w *waiter, err error) {
	q.remove(w)
	w.err = err
	close(w.ready)
}
