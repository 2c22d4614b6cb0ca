package batch

import (
	"sync"
	"testing"

	"github.com/resgen/resgen/resilience"
)

// A copy of a slow request may end after the function has returned. The race detector finds a watch
// that is read without its mutex.
func TestWatch_CopyEndsLater(t *testing.T) {
	w, _ := newWatch(t.Context(), "key", newPlaces(4))
	v := &visit[string]{entry: &entry[string]{row: &Item{}}}
	var copied sync.WaitGroup
	copied.Go(func() {
		w.attempt(resilience.ScopedAttempt{
			Attempt: resilience.Attempt{Writes: 1, Status: 429}, Waited: 1, RequestID: "r",
		})
	})
	v.observed(w, nil)
	copied.Wait()
	if v.row.Requests == 0 {
		v.observed(w, nil)
	}
	if v.row.Requests != 1 || v.row.Status != 429 || v.row.RequestID != "r" || !v.pace.waited || !v.pace.throttled {
		t.Errorf("got %+v, %+v", v.row.Result, v.pace)
	}
}

// No more items are in progress than calls of the operation that was called may be.
func TestWatch_LimitsToPlaces(t *testing.T) {
	p := newPlaces(10)
	w, _ := newWatch(t.Context(), "key", p)
	for _, step := range []struct{ places, want int }{{0, 4}, {7, 4}, {3, 3}, {1, 1}} {
		w.attempt(resilience.ScopedAttempt{Places: step.places})
		if _, _, limit := p.state(); limit != step.want {
			t.Errorf("%d places: the limit is %d, want %d", step.places, limit, step.want)
		}
	}
}
