package admin

import (
	"testing"
	"time"
)

func TestRestAfter(t *testing.T) {
	for took, want := range map[time.Duration]time.Duration{
		0: 100 * time.Millisecond, 25 * time.Millisecond: 100 * time.Millisecond,
		50 * time.Millisecond: 200 * time.Millisecond, time.Second: 600 * time.Millisecond,
	} {
		if got := restAfter(took); got != want {
			t.Errorf("after %s: got %s, want %s", took, got, want)
		}
	}
}
