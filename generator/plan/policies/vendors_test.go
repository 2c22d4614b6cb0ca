package policies

import (
	"testing"
	"time"
)

func TestPeriod(t *testing.T) {
	for in, want := range map[string]time.Duration{"60": time.Minute, "1.5": 1500 * time.Millisecond,
		"1m30s": 90 * time.Second, "min": time.Minute, "Hour": time.Hour, "day": 24 * time.Hour, "s": time.Second,
		"soon": 0, "-3": 0, "": 0} {
		if got := period(in); got != want {
			t.Errorf("%q is %s, want %s", in, got, want)
		}
	}
}
