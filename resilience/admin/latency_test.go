package admin

import (
	"math"
	"testing"
	"time"
)

func TestLatencies_RelativeError(t *testing.T) {
	for _, d := range []time.Duration{
		time.Microsecond, 3 * time.Microsecond, 17 * time.Microsecond, 31 * time.Microsecond, 33 * time.Microsecond,
		99 * time.Microsecond, 777 * time.Microsecond, 1023 * time.Microsecond, 1025 * time.Microsecond,
		9 * time.Millisecond, 123 * time.Millisecond, 999 * time.Millisecond, 7 * time.Second, 61 * time.Second,
		8 * time.Minute, 10 * time.Minute,
	} {
		var l latencies
		l.add(d)
		for _, percent := range []float64{50, 99, 100} {
			got := l.quantile(percent)
			if off := math.Abs(float64(got-d)) / float64(d); off > 0.05 {
				t.Errorf("%s: got %s at %g %%, %.1f %% away, want at most 5 %%", d, got, percent, 100*off)
			}
		}
	}
}

func TestLatencies_Quantiles(t *testing.T) {
	var l latencies
	if got := l.quantile(50); got != 0 {
		t.Errorf("without calls: got %s, want 0", got)
	}
	for i := 1; i <= 100; i++ {
		l.add(time.Duration(i) * time.Millisecond)
	}
	for percent, want := range map[float64]time.Duration{
		50: 50 * time.Millisecond, 90: 90 * time.Millisecond, 99: 99 * time.Millisecond, 100: 100 * time.Millisecond,
	} {
		got := l.quantile(percent)
		if off := math.Abs(float64(got-want)) / float64(want); off > 0.05 {
			t.Errorf("%g %%: got %s, want %s", percent, got, want)
		}
	}
}

func TestLatencies_Bounds(t *testing.T) {
	var l latencies
	l.add(-time.Second)
	if got := l.quantile(50); got != time.Microsecond {
		t.Errorf("got %s, want %s", got, time.Microsecond)
	}
	l.add(24 * time.Hour)
	if got := l.quantile(100); got < 570*time.Second || got > 630*time.Second {
		t.Errorf("got %s, want about %s", got, longest)
	}
	if size := l.h.ByteSize(); size > 4096 {
		t.Errorf("a histogram has %d bytes, want at most 4096", size)
	}
}
