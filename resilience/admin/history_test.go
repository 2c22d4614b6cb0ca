package admin

import (
	"testing"
	"time"
)

func TestHistory_Points(t *testing.T) {
	var h history
	begin := time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)
	step := stepOf(begin)
	before := totals{calls: 10, failed: 3, degraded: 1, elapsed: time.Minute}
	h.mark(step, before)
	first := before.plus(totals{calls: 4, failed: 2, degraded: 1, elapsed: 2 * time.Second})
	h.mark(step+1, first)
	now := first.plus(totals{calls: 7})
	points := h.points(step+1, now)
	if len(points) != 60 {
		t.Fatalf("got %d points, want 60", len(points))
	}
	want := Point{At: begin, Calls: 4, Failed: 2, Degraded: 1, MeanSeconds: 0.5}
	if points[58] != want || points[59].Calls != 7 || points[57].Calls != 0 {
		t.Errorf("got %+v", points[57:])
	}
	if want := begin.Add(15*time.Second - 59*15*time.Second); !points[0].At.Equal(want) {
		t.Errorf("the first point is at %s, want %s", points[0].At, want)
	}
	if later := h.points(step+59, now); later[0].Calls != 4 || later[1].Calls != 7 || later[2].Calls != 0 {
		t.Errorf("within 15 minutes: got %+v, want 4 calls and 7 calls", later[:3])
	}
	for _, p := range h.points(step+61, now) {
		if p.Calls != 0 {
			t.Errorf("after 15 minutes: got %+v", p)
		}
	}
}

func TestStepOf(t *testing.T) {
	begin := time.Unix(1_800_000_000, 0)
	for after, want := range map[time.Duration]int64{
		0: 120_000_000, 15*time.Second - 1: 120_000_000, 15 * time.Second: 120_000_001, 15 * time.Minute: 120_000_060,
	} {
		if got := stepOf(begin.Add(after)); got != want {
			t.Errorf("after %s: step %d, want %d", after, got, want)
		}
	}
}

func TestTotals_Plus(t *testing.T) {
	a := totals{1, 2, 3, 4, 5, 6, 7}
	b := totals{10, 20, 30, 40, 50, 60, 70}
	if got, want := a.plus(b), (totals{11, 22, 33, 44, 55, 66, 77}); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
}
