package saturate

import (
	"math"
	"testing"
	"time"
)

func TestDuration(t *testing.T) {
	for _, tt := range []struct {
		ns   float64
		want time.Duration
	}{
		{0, 0}, {1.9, 1}, {-1, 0}, {1e9, time.Second}, {1e18, 1e18}, {math.MaxInt64, math.MaxInt64},
		{1e300, math.MaxInt64},
		{math.Inf(1), math.MaxInt64}, {math.Inf(-1), 0},
	} {
		if got := Duration(tt.ns); got != tt.want {
			t.Errorf("Duration(%v) = %v, want %v", tt.ns, got, tt.want)
		}
	}
}

func TestAdd(t *testing.T) {
	const most = time.Duration(math.MaxInt64)
	for _, tt := range []struct{ a, b, want time.Duration }{
		{0, 0, 0}, {5, 7, 12}, {5, most, most}, {5, most - 5, most}, {most - 1, 1, most}, {most - 1, 2, most},
		{1, most, most}, {most, most, most},
	} {
		if got := Add(tt.a, tt.b); got != tt.want {
			t.Errorf("Add(%v, %v) = %v, want %v", tt.a, tt.b, got, tt.want)
		}
	}
}
