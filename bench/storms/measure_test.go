package main

import (
	"math"
	"testing"
	"time"
)

// calls returns n calls that start at a time, of which some fail. Each takes 10 ms.
func calls(at time.Duration, n, failed int) []record {
	var list []record
	for i := range n {
		list = append(list, record{due: at, begin: at, end: at + 10*ms, ok: i >= failed})
	}
	return list
}

func TestRecovery(t *testing.T) {
	after := span{time.Second, 4 * time.Second}
	// failed is the number of failed calls out of 100 in each quarter of a second after the first
	// second.
	for _, c := range []struct {
		name   string
		failed []int
		want   float64
	}{
		{"at once", []int{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}, 0},
		{"99 % are enough", []int{1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1}, 0},
		{"98 % are not", []int{2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2}, never},
		{"after half a second", []int{100, 50, 0, 0, 0, 0, 100, 0, 0, 0, 0, 0}, 0.5},
		{"three quarters do not count", []int{100, 0, 0, 0, 100, 0, 0, 0, 0, 0, 0, 0}, 1.25},
		{"too late to be sure", []int{9, 9, 9, 9, 9, 9, 9, 9, 9, 0, 0, 0}, never},
	} {
		records := calls(0, 100, 100) // before the span
		for i, n := range c.failed {
			records = append(records, calls(after.from+time.Duration(i)*quarter+ms, 100, n)...)
		}
		if got := recovery(records, after); got != c.want {
			t.Errorf("%s: got %g, want %g", c.name, got, c.want)
		}
	}
}

func TestRecovery_WithoutCalls(t *testing.T) {
	if got := recovery(nil, span{0, 10 * time.Second}); got != never {
		t.Errorf("got %g, want never: nothing is known", got)
	}
}

func TestSuccess(t *testing.T) {
	records := append(calls(0, 4, 1), calls(time.Second, 10, 10)...)
	if got := success(startedIn(records, span{0, time.Second})); got != 0.75 {
		t.Errorf("got %g, want 0.75", got)
	}
	if got := success(nil); !math.IsNaN(got) {
		t.Errorf("of no calls: got %g, want NaN", got)
	}
}

func TestPeak(t *testing.T) {
	times := []time.Duration{0, 10 * ms, 250 * ms, 260 * ms, 270 * ms, 900 * ms}
	if got := peak(times, span{0, time.Second}); got != 12 {
		t.Errorf("got %g requests a second, want 12: 3 in a quarter", got)
	}
	if got := within(times, span{10 * ms, 270 * ms}); got != 3 {
		t.Errorf("got %d, want 3", got)
	}
}

func TestQuantiles(t *testing.T) {
	sorted := []float64{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}
	for _, c := range []struct {
		values  []float64
		q, want float64
	}{{sorted, 0.5, 6}, {sorted, 0.99, 10}, {sorted, 0, 1}, {sorted, 1, 10}, {nil, 0.5, 0}} {
		if got := quantile(c.values, c.q); got != c.want {
			t.Errorf("quantile(%v, %g): got %g, want %g", c.values, c.q, got, c.want)
		}
	}
	if got := median([]float64{3, 1, 2}); got != 2 {
		t.Errorf("median: got %g, want 2", got)
	}
	if got := median([]float64{1, never}); got != never {
		t.Errorf("median of 1 and never: got %g, want never", got)
	}
}

func TestLatencies(t *testing.T) {
	records := []record{{begin: 0, end: 300 * ms}, {begin: 0, end: 100 * ms}, {begin: 0, end: 900 * ms, ok: true}}
	got := latencies(records)
	if len(got) != 2 || got[0] != 0.1 || got[1] != 0.3 {
		t.Errorf("got %v, want those of the failures, sorted: 0.1, 0.3", got)
	}
}

func TestLateness(t *testing.T) {
	if got := lateness([]record{{due: time.Second, begin: 1500 * ms}}); got != 0.5 {
		t.Errorf("got %g, want 0.5", got)
	}
}
