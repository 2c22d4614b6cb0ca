package main

import (
	"testing"
	"time"
)

const ms = time.Millisecond

func TestQueue(t *testing.T) {
	stall := span{100 * ms, 300 * ms}
	for _, c := range []struct {
		name     string
		arrivals []time.Duration
		want     []time.Duration
	}{
		{"idle", []time.Duration{0, 50 * ms}, []time.Duration{20 * ms, 70 * ms}},
		{
			"two workers, then one waits", []time.Duration{0, 0, 0, 1 * ms},
			[]time.Duration{20 * ms, 20 * ms, 40 * ms, 40 * ms},
		},
		{"begun before the stall", []time.Duration{90 * ms}, []time.Duration{310 * ms}},
		{"ends with the stall's beginning", []time.Duration{80 * ms}, []time.Duration{100 * ms}},
		{
			"within the stall", []time.Duration{100 * ms, 200 * ms, 250 * ms},
			[]time.Duration{320 * ms, 320 * ms, 340 * ms},
		},
		{"after the stall", []time.Duration{300 * ms}, []time.Duration{320 * ms}},
	} {
		q := newQueue(2, 20*ms, stall)
		for i, at := range c.arrivals {
			if got := q.enter(at); got != c.want[i] {
				t.Errorf("%s: arrival %d at %s: done at %s, want %s", c.name, i, at, got, c.want[i])
			}
		}
	}
}
