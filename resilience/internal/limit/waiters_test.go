package limit

import "testing"

func TestWaiters(t *testing.T) {
	tests := []struct {
		name   string
		remove []int // in this order, out of 0 1 2 3
		left   []int
	}{
		{"none", nil, []int{0, 1, 2, 3}},
		{"the first", []int{0}, []int{1, 2, 3}},
		{"the last", []int{3}, []int{0, 1, 2}},
		{"from the middle", []int{1}, []int{0, 2, 3}},
		{"two neighbours", []int{1, 2}, []int{0, 3}},
		{"backward", []int{3, 2, 1}, []int{0}},
		{"all but the last", []int{0, 1, 2}, []int{3}},
		{"all", []int{2, 0, 3, 1}, nil},
		{"one twice", []int{2, 2}, []int{0, 1, 3}},
	}
	for _, tt := range tests {
		var q waiters
		var all []*waiter
		for range 4 {
			all = append(all, q.push(0, 0))
		}
		gone := map[int]bool{}
		for _, i := range tt.remove {
			if got := q.remove(all[i]); got == gone[i] {
				t.Errorf("%s: remove(%d) = %v", tt.name, i, got)
			}
			gone[i] = true
		}
		if q.length != len(tt.left) {
			t.Errorf("%s: length %d, want %d", tt.name, q.length, len(tt.left))
		}
		w, back := q.head, q.tail
		for at := range tt.left {
			if w != all[tt.left[at]] || back != all[tt.left[len(tt.left)-1-at]] {
				t.Fatalf("%s: not the right one at %d", tt.name, at)
			}
			w, back = w.next, back.prev
		}
		if w != nil || back != nil {
			t.Errorf("%s: more than %d", tt.name, len(tt.left))
		}
		if next := q.push(0, 0); q.tail != next || q.length != len(tt.left)+1 {
			t.Errorf("%s: one more is not at the end", tt.name)
		}
	}
}

func TestWaiters_Settle(t *testing.T) {
	var q waiters
	w := q.push(7, 0)
	q.settle(w, ErrBulkheadFull)
	<-w.ready
	if w.err != ErrBulkheadFull || w.queued || q.length != 0 || w.latest != 7 {
		t.Errorf("%+v", w)
	}
}

func TestWaiters_Cost(t *testing.T) {
	var q waiters
	a, b := q.push(0, 2), q.push(0, 3)
	if q.cost != 5 {
		t.Errorf("%v, want 5", q.cost)
	}
	q.remove(a)
	q.remove(a)
	if q.cost != 3 {
		t.Errorf("%v, want 3", q.cost)
	}
	if q.settle(b, nil); q.cost != 0 {
		t.Errorf("%v, want 0", q.cost)
	}
}
