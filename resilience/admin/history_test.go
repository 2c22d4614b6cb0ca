package admin

import (
	"testing"
	"time"
)

func TestHistory_Points(t *testing.T) {
	var h history
	begin := time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)
	s := h.at(begin.Add(14 * time.Second))
	s.calls, s.failed, s.degraded, s.elapsed = 4, 2, 1, 2*time.Second
	h.at(begin.Add(15 * time.Second)).calls = 7
	points := h.points(begin.Add(20 * time.Second))
	if len(points) != 60 {
		t.Fatalf("got %d points, want 60", len(points))
	}
	first := Point{At: begin, Calls: 4, Failed: 2, Degraded: 1, MeanSeconds: 0.5}
	if points[58] != first || points[59].Calls != 7 || points[57].Calls != 0 {
		t.Errorf("got %+v", points[57:])
	}
	if want := begin.Add(15*time.Second - 59*15*time.Second); !points[0].At.Equal(want) {
		t.Errorf("the first point is at %s, want %s", points[0].At, want)
	}
	later := h.points(begin.Add(15*time.Minute - time.Second))
	if later[0].Calls != 4 {
		t.Errorf("within 15 minutes: got %+v, want 4 calls", later[0])
	}
	for _, p := range h.points(begin.Add(16 * time.Minute)) {
		if p.Calls != 0 {
			t.Errorf("after 16 minutes: got %+v", p)
		}
	}
	if s := h.at(begin.Add(15 * time.Minute)); s.calls != 0 || s.failed != 0 {
		t.Errorf("a new step has %+v", s)
	}
}
