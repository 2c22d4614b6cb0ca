package admin

import (
	"testing"
	"time"
)

func TestClock(t *testing.T) {
	at := time.Date(2026, 1, 2, 13, 4, 5, 999, time.FixedZone("", 3600))
	want := `<time datetime="2026-01-02T12:04:05Z">12:04:05</time>`
	for _, tt := range []struct {
		value any
		want  string
	}{{at, want}, {&at, want}, {time.Time{}, "–"}, {(*time.Time)(nil), "–"}, {nil, "–"}} {
		if got := clock(tt.value); string(got) != tt.want {
			t.Errorf("%v: got %s, want %s", tt.value, got, tt.want)
		}
	}
	if got := stamp(at); got != "2026-01-02T12:04:05Z" {
		t.Errorf("got %s", got)
	}
	for after, want := range map[time.Duration]string{
		-time.Second: "0s", 999 * time.Millisecond: "0s", 125500 * time.Millisecond: "2m5s", time.Hour: "1h",
	} {
		if got := ago(at, at.Add(after)); got != want {
			t.Errorf("%s ago: got %s, want %s", after, got, want)
		}
	}
}

func TestLatency(t *testing.T) {
	for seconds, want := range map[float64]string{
		0: "–", 0.000044: "40µs", 0.0012345: "1.2ms", 0.999: "999ms", 1: "1s", 61.2345: "1m1.23s",
	} {
		if got := latency(seconds); got != want {
			t.Errorf("%g: got %s, want %s", seconds, got, want)
		}
	}
	if got := duration(125.9); got != "2m5s" {
		t.Errorf("got %s", got)
	}
}

func TestNumber(t *testing.T) {
	for f, want := range map[float64]string{
		0: "0", 0.5: "0.5", 1.23456: "1.235", 999: "999", 1000: "1000", 34812.7: "34813", 1e9: "1000000000",
	} {
		if got := number(f); got != want {
			t.Errorf("%g: got %s, want %s", f, got, want)
		}
	}
	if got := percent(0.255); got != "26 %" && got != "25 %" {
		t.Errorf("got %s", got)
	}
	if got := percent(1); got != "100 %" {
		t.Errorf("got %s", got)
	}
}

func TestWords(t *testing.T) {
	for _, tt := range [][2]string{
		{words("forced-open"), "forced open"}, {outcome("already_so"), "already so"}, {accountName(""), "(no account)"},
		{accountName("a"), "a"},
	} {
		if tt[0] != tt[1] {
			t.Errorf("got %s, want %s", tt[0], tt[1])
		}
	}
}
