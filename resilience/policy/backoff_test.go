package policy

import (
	"math"
	"testing"
	"time"
)

func TestBackoff_Delay(t *testing.T) {
	const s = time.Second
	grows := Backoff{Base: s, Factor: 2, Max: 60 * s}
	for _, tt := range []struct {
		name    string
		b       Backoff
		attempt int
		jitter  Jitter
		random  float64
		want    time.Duration
	}{
		{"first", grows, 1, NoJitter, 0.5, s},
		{"third", grows, 3, NoJitter, 0.5, 4 * s},
		{"attempt 0 counts as 1", grows, 0, NoJitter, 0.5, s},
		{"cap", grows, 7, NoJitter, 0.5, 60 * s},
		{"no cap", Backoff{Base: s, Factor: 2}, 8, NoJitter, 0.5, 128 * s},
		{"no cap, overflow", Backoff{Base: s, Factor: 2}, 1_000_000, NoJitter, 0.5, math.MaxInt64},
		{"constant", Backoff{Base: s, Factor: 1}, 9, NoJitter, 0.5, s},
		{"a factor below 1 counts as 1", Backoff{Base: s, Factor: 0.5}, 9, NoJitter, 0.5, s},
		{"equal jitter, lower bound", grows, 2, EqualJitter, 0, s},
		{"equal jitter, middle", grows, 2, EqualJitter, 0.5, 1500 * time.Millisecond},
		{"equal jitter is the default", grows, 2, "", 0.5, 1500 * time.Millisecond},
		{"full jitter, lower bound", grows, 2, FullJitter, 0, 0},
		{"full jitter, middle", grows, 2, FullJitter, 0.5, s},
		{"the cap is applied after the jitter", grows, 8, EqualJitter, 0.5, 60 * s}, // 64 s to 128 s
		{"zero value", Backoff{}, 3, EqualJitter, 0.5, 0},
		{"negative base", Backoff{Base: -s}, 1, NoJitter, 0.5, 0},
	} {
		if got := tt.b.Delay(tt.attempt, tt.jitter, tt.random); got != tt.want {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
}
