package admin

import (
	"math"
	"sync"
	"testing"
	"time"

	"github.com/resgen/resgen/resilience"
)

// Latencies are those of the last 7.5 to 15 minutes.
func TestAPIRecord_LatenciesOfTwoPeriods(t *testing.T) {
	const minute = time.Minute
	for _, tt := range []struct {
		slow, fast time.Duration // when a call of 1 s and calls of 1 ms ended
		now        time.Duration
		want       time.Duration // the longest
	}{
		{0, 0, 0, time.Second},
		{0, 7 * minute, 7 * minute, time.Second},
		{0, 8 * minute, 8 * minute, time.Second},
		{0, 8 * minute, 15*minute - time.Second, time.Second},
		{0, 8 * minute, 15 * minute, time.Millisecond},
		{0, 16 * minute, 16 * minute, time.Millisecond},
		{8 * minute, 16 * minute, 22 * minute, time.Second},
		{8 * minute, 16 * minute, 23 * minute, time.Millisecond},
		{0, 0, 15 * minute, 0},
		{0, 0, 24 * 60 * minute, 0},
	} {
		r := recorder{since: begin}
		op := &resilience.Operation{ID: "op"}
		slow := called(op, "a", tt.slow)
		slow.Elapsed = time.Second
		r.observe(slow)
		fast := called(op, "a", tt.fast)
		fast.Elapsed = time.Millisecond
		r.observe(fast)
		a := r.api("shop")
		a.advance(r.step(begin.Add(tt.now)))
		got := a.operations["op"].latencies().quantiles(100)[0]
		if math.Abs(float64(got-tt.want)) > 0.05*float64(tt.want) {
			t.Errorf("slow at %s, fast at %s, now %s: the longest is %s, want %s", tt.slow, tt.fast, tt.now, got,
				tt.want)
		}
		if got := a.totals().calls; got != 2 {
			t.Errorf("got %d calls, want 2", got)
		}
	}
}

func TestAPIRecord_History(t *testing.T) {
	r := recorder{since: begin}
	op := &resilience.Operation{ID: "op"}
	for _, seconds := range []int{0, 1, 14, 15, 31, 29, 46} { // 29: observed late
		r.observe(called(op, "a", time.Duration(seconds)*time.Second))
	}
	a := r.api("shop")
	points := a.history.points(r.step(begin.Add(50*time.Second)), a.totals())
	for i, want := range []uint64{3, 1, 2, 1} {
		if got := points[56+i].Calls; got != want {
			t.Errorf("step %d: got %d calls, want %d", i, got, want)
		}
	}
}

func TestAPIRecord_Concurrent(t *testing.T) {
	r := recorder{since: begin}
	op := &resilience.Operation{ID: "op"}
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for i := range 1000 {
				r.observe(called(op, "a", time.Duration(i)*time.Second))
			}
		})
	}
	all.Wait()
	a := r.api("shop")
	if got := a.totals().calls; got != 8000 {
		t.Errorf("got %d calls, want 8000", got)
	}
	if got := a.accounts.find("a").calls.Load(); got != 8000 {
		t.Errorf("account: got %d calls, want 8000", got)
	}
}
