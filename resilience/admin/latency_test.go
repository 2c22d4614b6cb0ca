package admin

import (
	"math"
	"testing"
	"time"
	"unsafe"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// quantilesOf returns quantiles of latencies.
func quantilesOf(l *latencies, percents ...float64) []time.Duration {
	var d distribution
	d.add(l)
	return d.quantiles(percents...)
}

func TestLatencies_RelativeError(t *testing.T) {
	for _, d := range []time.Duration{
		time.Microsecond, 3 * time.Microsecond, 17 * time.Microsecond, 31 * time.Microsecond, 33 * time.Microsecond,
		99 * time.Microsecond, 777 * time.Microsecond, 1023 * time.Microsecond, 1025 * time.Microsecond,
		9 * time.Millisecond, 123 * time.Millisecond, 999 * time.Millisecond, 7 * time.Second, 61 * time.Second,
		8 * time.Minute, 10 * time.Minute,
	} {
		var l latencies
		l.add(d)
		for i, got := range quantilesOf(&l, 50, 99, 100) {
			if off := math.Abs(float64(got-d)) / float64(d); off > 0.05 {
				t.Errorf("%s: quantile %d is %s, %.1f %% away, want at most 5 %%", d, i, got, 100*off)
			}
		}
	}
}

func TestLatencies_Quantiles(t *testing.T) {
	var l latencies
	if got := quantilesOf(&l, 50, 100); got[0] != 0 || got[1] != 0 {
		t.Errorf("without calls: got %s, want 0", got)
	}
	for i := 1; i <= 100; i++ {
		l.add(time.Duration(i) * time.Millisecond)
	}
	for i, got := range quantilesOf(&l, 50, 90, 99, 100) {
		want := []time.Duration{50, 90, 99, 100}[i] * time.Millisecond
		if off := math.Abs(float64(got-want)) / float64(want); off > 0.05 {
			t.Errorf("got %s, want %s", got, want)
		}
	}
	l.clear()
	if got := quantilesOf(&l, 100); got[0] != 0 {
		t.Errorf("after clear: got %s, want 0", got)
	}
}

func TestLatencies_Bounds(t *testing.T) {
	var l latencies
	l.add(-time.Second)
	if got := quantilesOf(&l, 50); got[0] != time.Microsecond {
		t.Errorf("got %s, want %s", got, time.Microsecond)
	}
	l.add(24 * time.Hour)
	if got := quantilesOf(&l, 100); got[0] < 570*time.Second || got[0] > 630*time.Second {
		t.Errorf("got %s, want about %s", got, longest)
	}
	if size := unsafe.Sizeof(l); size > 4096 {
		t.Errorf("a histogram has %d bytes, want at most 4096", size)
	}
}

// The layout of the counts is that of the library.
func TestLatencies_Layout(t *testing.T) {
	for v := int64(1); v <= int64(longest/time.Microsecond); v += 1 + v/50 {
		h := hdrhistogram.New(1, int64(longest/time.Microsecond), latencyDigits)
		if err := h.RecordValue(v); err != nil {
			t.Fatal(err)
		}
		counts := h.Export().Counts
		place := bucketOf(time.Duration(v) * time.Microsecond)
		if len(counts) != latencyBuckets || counts[place] != 1 {
			t.Fatalf("%d µs is not at %d of %d counts", v, place, len(counts))
		}
	}
}

func TestDistribution_Merge(t *testing.T) {
	var a, b latencies
	a.add(time.Millisecond)
	b.add(time.Second)
	var one, all distribution
	one.add(&a)
	one.add(&b)
	all.merge(one)
	all.merge(one)
	q := all.quantiles(25, 50, 75, 100)
	for i, want := range []time.Duration{time.Millisecond, time.Millisecond, time.Second, time.Second} {
		if off := math.Abs(float64(q[i]-want)) / float64(want); off > 0.05 {
			t.Errorf("quantile %d: got %s, want %s", i, q[i], want)
		}
	}
	var n int64
	for _, c := range all.counts {
		n += c
	}
	if n != 4 {
		t.Errorf("merged %d calls, want 4", n)
	}
}
