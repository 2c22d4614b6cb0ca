package resilience

import (
	"fmt"
	"math"
	"net/http"
	"testing"
	"time"
)

func TestReadQuota(t *testing.T) {
	const s = time.Second
	now := time.Date(2026, time.March, 1, 12, 0, 0, 0, time.UTC) // 1772366400
	h := func(pairs ...string) http.Header {
		header := http.Header{}
		for i := 0; i < len(pairs); i += 2 {
			header.Add(pairs[i], pairs[i+1])
		}
		return header
	}
	long := fmt.Sprintf("1%0400d", 0)
	tests := []struct {
		name string
		h    http.Header
		want quota
	}{
		{"nothing", h(), quota{}},

		{"Amazon", h("x-amzn-RateLimit-Limit", "0.0167"), quota{perSecond: 0.0167}},
		{"Amazon, whole", h("x-amzn-RateLimit-Limit", "5.0"), quota{perSecond: 5}},
		{"Amazon, zero", h("x-amzn-RateLimit-Limit", "0"), quota{}},
		{"Amazon, zero with decimals", h("x-amzn-RateLimit-Limit", "0.0"), quota{}},
		{"Amazon, negative", h("x-amzn-RateLimit-Limit", "-5"), quota{}},
		{"Amazon, NaN", h("x-amzn-RateLimit-Limit", "NaN"), quota{}},
		{"Amazon, Inf", h("x-amzn-RateLimit-Limit", "Inf"), quota{}},
		{"Amazon, 1e400", h("x-amzn-RateLimit-Limit", "1e400"), quota{}},
		{"Amazon, too long for a float", h("x-amzn-RateLimit-Limit", long), quota{}},
		{"Amazon, empty", h("x-amzn-RateLimit-Limit", ""), quota{}},
		{"Amazon, a word", h("x-amzn-RateLimit-Limit", "unlimited"), quota{}},
		{"Amazon, twice", h("x-amzn-RateLimit-Limit", "5", "x-amzn-RateLimit-Limit", "2"), quota{perSecond: 2}},
		{"Amazon, twice in a line", h("x-amzn-RateLimit-Limit", "2, 5"), quota{perSecond: 2}},
		{"Amazon, twice, one is garbage", h("x-amzn-RateLimit-Limit", "NaN", "x-amzn-RateLimit-Limit", "2"), quota{perSecond: 2}},

		{"draft 10", h("RateLimit-Policy", `"burst";q=100;w=60`, "RateLimit", `"burst";r=50;t=30`), quota{perSecond: 100.0 / 60, remaining: 50, counted: true, reset: 30 * s}},
		{"draft 10, the strictest policy", h("RateLimit-Policy", `"burst";q=100;w=60, "daily";q=1000;w=86400`, "RateLimit", `"burst";r=50;t=30, "daily";r=10;t=3600`), quota{perSecond: 1000.0 / 86400, remaining: 10, counted: true, reset: 3600 * s}},
		{"draft 10, in two lines", h("RateLimit", `"daily";r=10;t=3600`, "RateLimit", `"burst";r=50;t=30`), quota{remaining: 10, counted: true, reset: 3600 * s}},
		{"draft 10, other units", h("RateLimit-Policy", `"size";q=10;w=60;qu="content-bytes", "peak";q=5;qu="concurrent-requests";w=1, "n";q=600;w=60;qu="requests"`), quota{perSecond: 10}},
		{"draft 10, a partition key with signs", h("RateLimit-Policy", `"a,b;c";q=100;w=10;pk=:sdfjLJUOUH==:`), quota{perSecond: 10}},
		{"draft 10, no window", h("RateLimit-Policy", `"burst";q=100`), quota{}},
		{"draft 10, window of nothing", h("RateLimit-Policy", `"burst";q=100;w=0`), quota{}},
		{"draft 10, quota of nothing", h("RateLimit-Policy", `"burst";q=0;w=60`), quota{}},
		{"draft 10, nothing left", h("RateLimit", `"burst";r=0;t=30`), quota{counted: true, reset: 30 * s}},
		{"draft 10, no reset", h("RateLimit", `"burst";r=7`), quota{remaining: 7, counted: true}},
		{"draft 10, negative", h("RateLimit", `"burst";r=-7;t=-30`), quota{}},
		{"draft 10, spaces", h("RateLimit", ` "burst" ; r=7 ; t=30 `), quota{remaining: 7, counted: true, reset: 30 * s}},

		{"draft 7", h("RateLimit-Policy", "100;w=60", "RateLimit", "limit=100, remaining=50, reset=30"), quota{perSecond: 100.0 / 60, remaining: 50, counted: true, reset: 30 * s}},
		{"draft 7, garbage", h("RateLimit", "limit=x, remaining=y, reset=z"), quota{}},

		{"draft 6", h("RateLimit-Limit", "100, 100;w=60", "RateLimit-Remaining", "50", "RateLimit-Reset", "30"), quota{perSecond: 100.0 / 60, remaining: 50, counted: true, reset: 30 * s}},
		{"draft 6, several windows", h("RateLimit-Limit", "10, 10;w=1;burst=1000, 1000;w=3600"), quota{perSecond: 1000.0 / 3600}},
		{"draft 6, no window", h("RateLimit-Limit", "100", "RateLimit-Remaining", "0", "RateLimit-Reset", "30"), quota{counted: true, reset: 30 * s}},

		{"limit and interval", h("X-Rate-Limit-Limit", "50", "X-Rate-Limit-Interval", "1s"), quota{perSecond: 50}},
		{"limit and interval in minutes", h("X-Rate-Limit-Limit", "30", "X-Rate-Limit-Interval", "1m"), quota{perSecond: 0.5}},
		{"limit and interval in plain seconds", h("X-Rate-Limit-Limit", "30", "X-Rate-Limit-Interval", "60"), quota{perSecond: 0.5}},
		{"limit and no interval", h("X-Rate-Limit-Limit", "30"), quota{}},
		{"limit and negative interval", h("X-Rate-Limit-Limit", "30", "X-Rate-Limit-Interval", "-1s"), quota{}},

		{"traditional, seconds", h("X-RateLimit-Limit", "1000", "X-RateLimit-Remaining", "999", "X-RateLimit-Reset", "3600"), quota{remaining: 999, counted: true, reset: 3600 * s}},
		{"traditional, a point in time", h("X-RateLimit-Remaining", "12", "X-RateLimit-Reset", "1772366460"), quota{remaining: 12, counted: true, reset: 60 * s}},
		{"traditional, a point in time in ms", h("X-RateLimit-Remaining", "12", "X-RateLimit-Reset", "1772366460500"), quota{remaining: 12, counted: true, reset: 60500 * time.Millisecond}},
		{"traditional, a point in time by the server's clock", h("X-RateLimit-Remaining", "12", "X-RateLimit-Reset", "1772366460", "Date", "Sun, 01 Mar 2026 12:00:30 GMT"), quota{remaining: 12, counted: true, reset: 30 * s}},
		{"traditional, past", h("X-RateLimit-Remaining", "0", "X-RateLimit-Reset", "1772366399"), quota{counted: true}},
		{"traditional, past in ms", h("X-RateLimit-Remaining", "0", "X-RateLimit-Reset", "1772366399000"), quota{counted: true}},
		{"traditional, garbage", h("X-RateLimit-Limit", "x", "X-RateLimit-Remaining", "", "X-RateLimit-Reset", "soon"), quota{}},
		{"traditional, with a window", h("X-RateLimit-Limit", "100;w=10"), quota{perSecond: 10}},
		{"traditional, too long for a float", h("X-RateLimit-Remaining", long, "X-RateLimit-Reset", long), quota{}},
		{"traditional, a reset beyond all bounds", h("X-RateLimit-Remaining", "1", "X-RateLimit-Reset", "999999999999999999999"), quota{remaining: 1, counted: true, reset: math.MaxInt64}},

		{"the more exact header first", h("x-amzn-RateLimit-Limit", "3", "RateLimit-Policy", `"a";q=1;w=1`, "RateLimit", `"a";r=9;t=1`, "X-RateLimit-Remaining", "4", "X-RateLimit-Reset", "77"), quota{perSecond: 3, remaining: 9, counted: true, reset: s}},
		{"separators and nothing else", h("RateLimit", ",;,", "RateLimit-Policy", ";", "x-amzn-RateLimit-Limit", `"`), quota{}},
	}
	for _, tt := range tests {
		if got := readQuota(tt.h, now); got != tt.want {
			t.Errorf("%s: %+v, want %+v", tt.name, got, tt.want)
		}
	}
}

func TestQuota_Rate(t *testing.T) {
	for _, tt := range []struct {
		q    quota
		want float64
	}{
		{quota{}, 0},
		{quota{perSecond: 3, counted: true, remaining: 10, reset: time.Second}, 3},
		{quota{counted: true, remaining: 10, reset: 4 * time.Second}, 2.5},
		{quota{counted: true, remaining: 1, reset: 4 * time.Second}, 0.25},
		{quota{counted: true, remaining: 0.5, reset: 4 * time.Second}, 0},
		{quota{counted: true, remaining: 10}, 0},
		{quota{remaining: 10, reset: time.Second}, 0},
	} {
		if got := tt.q.rate(); got != tt.want {
			t.Errorf("%+v: %v, want %v", tt.q, got, tt.want)
		}
	}
}

func FuzzReadQuota(f *testing.F) {
	f.Add("0.5", `"burst";q=100;w=60`, `"burst";r=50;t=30`, "1772366460")
	f.Add("1e400", "100;w=60", "limit=100, remaining=50, reset=30", "")
	f.Add("NaN", `";,=`, ";;,,==", "-1")
	f.Fuzz(func(t *testing.T, rate, policies, limit, reset string) {
		q := readQuota(http.Header{
			"X-Amzn-Ratelimit-Limit": {rate}, "Ratelimit-Policy": {policies}, "Ratelimit": {limit}, "Ratelimit-Limit": {policies, limit},
			"X-Ratelimit-Reset": {reset}, "X-Ratelimit-Remaining": {rate}, "X-Rate-Limit-Limit": {rate}, "X-Rate-Limit-Interval": {reset},
		}, time.Now())
		for _, number := range []float64{q.perSecond, q.remaining, q.rate()} {
			if number < 0 || math.IsNaN(number) || math.IsInf(number, 0) {
				t.Errorf("%+v", q)
			}
		}
		if q.reset < 0 || !q.counted && (q.remaining != 0 || q.reset != 0) {
			t.Errorf("%+v", q)
		}
		m := newMeter(rated(5, 5)).observed(0, q)
		if pace := m.pace(0); pace < 0.5 || pace > 10 {
			t.Errorf("a pace of %v of %+v", pace, q)
		}
	})
}
