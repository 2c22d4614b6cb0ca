package advice

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
		want Quota
	}{
		{"nothing", h(), Quota{}},

		{"Amazon", h("x-amzn-RateLimit-Limit", "0.0167"), Quota{PerSecond: 0.0167}},
		{"Amazon, whole", h("x-amzn-RateLimit-Limit", "5.0"), Quota{PerSecond: 5}},
		{"Amazon, zero", h("x-amzn-RateLimit-Limit", "0"), Quota{}},
		{"Amazon, zero with decimals", h("x-amzn-RateLimit-Limit", "0.0"), Quota{}},
		{"Amazon, negative", h("x-amzn-RateLimit-Limit", "-5"), Quota{}},
		{"Amazon, NaN", h("x-amzn-RateLimit-Limit", "NaN"), Quota{}},
		{"Amazon, Inf", h("x-amzn-RateLimit-Limit", "Inf"), Quota{}},
		{"Amazon, 1e400", h("x-amzn-RateLimit-Limit", "1e400"), Quota{}},
		{"Amazon, too long for a float", h("x-amzn-RateLimit-Limit", long), Quota{}},
		{"Amazon, empty", h("x-amzn-RateLimit-Limit", ""), Quota{}},
		{"Amazon, a word", h("x-amzn-RateLimit-Limit", "unlimited"), Quota{}},
		{"Amazon, twice", h("x-amzn-RateLimit-Limit", "5", "x-amzn-RateLimit-Limit", "2"), Quota{PerSecond: 2}},
		{"Amazon, twice in a line", h("x-amzn-RateLimit-Limit", "2, 5"), Quota{PerSecond: 2}},
		{"Amazon, twice, one is garbage", h("x-amzn-RateLimit-Limit", "NaN", "x-amzn-RateLimit-Limit", "2"),
			Quota{PerSecond: 2}},

		{"draft 10", h("RateLimit-Policy", `"burst";q=100;w=60`, "RateLimit", `"burst";r=50;t=30`),
			Quota{PerSecond: 100.0 / 60, Remaining: 50, Counted: true, Reset: 30 * s}},
		{"draft 10, the strictest policy", h("RateLimit-Policy", `"burst";q=100;w=60, "daily";q=1000;w=86400`,
			"RateLimit", `"burst";r=50;t=30, "daily";r=10;t=3600`),
			Quota{PerSecond: 1000.0 / 86400, Remaining: 10, Counted: true, Reset: 3600 * s}},
		{"draft 10, in two lines", h("RateLimit", `"daily";r=10;t=3600`, "RateLimit", `"burst";r=50;t=30`),
			Quota{Remaining: 10, Counted: true, Reset: 3600 * s}},
		{"draft 10, other units",
			h("RateLimit-Policy",
				`"size";q=10;w=60;qu="content-bytes", "peak";q=5;qu="concurrent-requests";w=1, `+
					`"n";q=600;w=60;qu="requests"`), Quota{
				PerSecond: 10,
			}},
		{"draft 10, a partition key with signs", h("RateLimit-Policy", `"a,b;c";q=100;w=10;pk=:sdfjLJUOUH==:`),
			Quota{PerSecond: 10}},
		{"draft 10, no window", h("RateLimit-Policy", `"burst";q=100`), Quota{}},
		{"draft 10, window of nothing", h("RateLimit-Policy", `"burst";q=100;w=0`), Quota{}},
		{"draft 10, quota of nothing", h("RateLimit-Policy", `"burst";q=0;w=60`), Quota{}},
		{"draft 10, nothing left", h("RateLimit", `"burst";r=0;t=30`), Quota{Counted: true, Reset: 30 * s}},
		{"draft 10, no reset", h("RateLimit", `"burst";r=7`), Quota{Remaining: 7, Counted: true}},
		{"draft 10, negative", h("RateLimit", `"burst";r=-7;t=-30`), Quota{}},
		{"draft 10, a name that looks like parameters", h("RateLimit", `"x;r=0;t=9,y";r=7;t=30`),
			Quota{Remaining: 7, Counted: true, Reset: 30 * s}},
		{"draft 10, spaces", h("RateLimit", ` "burst" ; r=7 ; t=30 `),
			Quota{Remaining: 7, Counted: true, Reset: 30 * s}},

		{"draft 7", h("RateLimit-Policy", "100;w=60", "RateLimit", "limit=100, remaining=50, reset=30"),
			Quota{PerSecond: 100.0 / 60, Remaining: 50, Counted: true, Reset: 30 * s}},
		{"draft 7, garbage", h("RateLimit", "limit=x, remaining=y, reset=z"), Quota{}},

		{"draft 6", h("RateLimit-Limit", "100, 100;w=60", "RateLimit-Remaining", "50", "RateLimit-Reset", "30"),
			Quota{PerSecond: 100.0 / 60, Remaining: 50, Counted: true, Reset: 30 * s}},
		{"draft 6, several windows", h("RateLimit-Limit", "10, 10;w=1;burst=1000, 1000;w=3600"),
			Quota{PerSecond: 1000.0 / 3600}},
		{"draft 6, no window", h("RateLimit-Limit", "100", "RateLimit-Remaining", "0", "RateLimit-Reset", "30"),
			Quota{Counted: true, Reset: 30 * s}},

		{"limit and interval", h("X-Rate-Limit-Limit", "50", "X-Rate-Limit-Interval", "1s"), Quota{PerSecond: 50}},
		{"limit and interval in minutes", h("X-Rate-Limit-Limit", "30", "X-Rate-Limit-Interval", "1m"),
			Quota{PerSecond: 0.5}},
		{"limit and interval in plain seconds", h("X-Rate-Limit-Limit", "30", "X-Rate-Limit-Interval", "60"),
			Quota{PerSecond: 0.5}},
		{"limit and no interval", h("X-Rate-Limit-Limit", "30"), Quota{}},
		{"limit and negative interval", h("X-Rate-Limit-Limit", "30", "X-Rate-Limit-Interval", "-1s"), Quota{}},

		{"traditional, seconds", h("X-RateLimit-Limit", "1000", "X-RateLimit-Remaining", "999", "X-RateLimit-Reset",
			"3600"), Quota{Remaining: 999, Counted: true, Reset: 3600 * s}},
		{"traditional, a point in time", h("X-RateLimit-Remaining", "12", "X-RateLimit-Reset", "1772366460"),
			Quota{Remaining: 12, Counted: true, Reset: 60 * s}},
		{"traditional, a point in time in ms", h("X-RateLimit-Remaining", "12", "X-RateLimit-Reset", "1772366460500"),
			Quota{Remaining: 12, Counted: true, Reset: 60500 * time.Millisecond}},
		{"traditional, a point in time by the server's clock",
			h("X-RateLimit-Remaining", "12", "X-RateLimit-Reset", "1772366460", "Date",
				"Sun, 01 Mar 2026 12:00:30 GMT"), Quota{Remaining: 12, Counted: true, Reset: 30 * s}},
		{"traditional, past", h("X-RateLimit-Remaining", "0", "X-RateLimit-Reset", "1772366399"), Quota{Counted: true}},
		{"traditional, past in ms", h("X-RateLimit-Remaining", "0", "X-RateLimit-Reset", "1772366399000"),
			Quota{Counted: true}},
		{"traditional, garbage", h("X-RateLimit-Limit", "x", "X-RateLimit-Remaining", "", "X-RateLimit-Reset", "soon"),
			Quota{}},
		{"traditional, with a window", h("X-RateLimit-Limit", "100;w=10"), Quota{PerSecond: 10}},
		{"traditional, too long for a float", h("X-RateLimit-Remaining", long, "X-RateLimit-Reset", long), Quota{}},
		{"traditional, a reset beyond all bounds",
			h("X-RateLimit-Remaining", "1", "X-RateLimit-Reset", "999999999999999999999"),
			Quota{Remaining: 1, Counted: true}},

		{"draft 6, a point in time", h("RateLimit-Remaining", "594", "RateLimit-Reset", "1772366402"),
			Quota{Remaining: 594, Counted: true, Reset: 2 * s}},
		{"draft 6, a point in time in ms", h("RateLimit-Remaining", "594", "RateLimit-Reset", "1772366402250"),
			Quota{Remaining: 594, Counted: true, Reset: 2250 * time.Millisecond}},
		{"draft 6, a point in time by the server's clock", h("RateLimit-Remaining", "0", "RateLimit-Reset",
			"1772366402", "Date", "Sun, 01 Mar 2026 11:59:52 GMT"), Quota{Counted: true, Reset: 10 * s}},
		{"draft 6, past", h("RateLimit-Remaining", "0", "RateLimit-Reset", "1772366398"), Quota{Counted: true}},
		{"draft 7, a point in time", h("RateLimit", "limit=600, remaining=0, reset=1772366402"),
			Quota{Counted: true, Reset: 2 * s}},
		{"draft 10, a point in time", h("RateLimit", `"burst";r=0;t=1772366402`), Quota{Counted: true, Reset: 2 * s}},
		{"an HTTP date", h("RateLimit-Remaining", "3", "RateLimit-Reset", "Sun, 01 Mar 2026 12:00:09 GMT"),
			Quota{Remaining: 3, Counted: true, Reset: 9 * s}},
		{"an HTTP date, past", h("X-RateLimit-Remaining", "3", "X-RateLimit-Reset", "Sun, 01 Mar 2026 11:00:09 GMT"),
			Quota{Remaining: 3, Counted: true}},
		{"RFC 3339", h("X-RateLimit-Remaining", "3", "X-RateLimit-Reset", "2026-03-01T13:00:01.5+01:00"),
			Quota{Remaining: 3, Counted: true, Reset: 1500 * time.Millisecond}},

		{"32 days", h("RateLimit-Remaining", "3", "RateLimit-Reset", "2764800"),
			Quota{Remaining: 3, Counted: true, Reset: 32 * 24 * time.Hour}},
		{"more than 32 days", h("RateLimit-Remaining", "3", "RateLimit-Reset", "2764801"),
			Quota{Remaining: 3, Counted: true}},
		{"the last second that is no point in time", h("RateLimit-Remaining", "3", "RateLimit-Reset", "999999999"),
			Quota{Remaining: 3, Counted: true}},
		{"a point in time in a year", h("RateLimit-Remaining", "3", "RateLimit-Reset", "1803902400"),
			Quota{Remaining: 3, Counted: true}},

		{"with hyphens", h("X-Rate-Limit-Limit", "600", "X-Rate-Limit-Remaining", "599", "X-Rate-Limit-Reset", "60"),
			Quota{Remaining: 599, Counted: true, Reset: 60 * s}},
		{"with hyphens, a point in time", h("X-Rate-Limit-Remaining", "0", "X-Rate-Limit-Reset", "1772366460"),
			Quota{Counted: true, Reset: 60 * s}},
		{"with hyphens and an interval", h("X-Rate-Limit-Limit", "50", "X-Rate-Limit-Interval", "1s",
			"X-Rate-Limit-Remaining", "7", "X-Rate-Limit-Reset", "1"),
			Quota{PerSecond: 50, Remaining: 7, Counted: true, Reset: s}},
		{"with hyphens and a window", h("X-Rate-Limit-Limit", "100;w=10"), Quota{PerSecond: 10}},

		{"the more exact header first", h("x-amzn-RateLimit-Limit", "3", "RateLimit-Policy", `"a";q=1;w=1`, "RateLimit",
			`"a";r=9;t=1`, "X-RateLimit-Remaining", "4", "X-RateLimit-Reset", "77"),
			Quota{PerSecond: 3, Remaining: 9, Counted: true, Reset: s}},
		{"separators and nothing else", h("RateLimit", ",;,", "RateLimit-Policy", ";", "x-amzn-RateLimit-Limit", `"`),
			Quota{}},
	}
	for _, tt := range tests {
		if got := ReadQuota(tt.h, now); got != tt.want {
			t.Errorf("%s: %+v, want %+v", tt.name, got, tt.want)
		}
	}
}

func TestQuota_Rate(t *testing.T) {
	for _, tt := range []struct {
		q    Quota
		want float64
	}{
		{Quota{}, 0},
		{Quota{PerSecond: 3, Counted: true, Remaining: 10, Reset: time.Second}, 3},
		{Quota{Counted: true, Remaining: 10, Reset: 4 * time.Second}, 2.5},
		{Quota{Counted: true, Remaining: 1, Reset: 4 * time.Second}, 0.25},
		{Quota{Counted: true, Remaining: 0.5, Reset: 4 * time.Second}, 0},
		{Quota{Counted: true, Remaining: 10}, 0},
		{Quota{Remaining: 10, Reset: time.Second}, 0},
	} {
		if got := tt.q.Rate(); got != tt.want {
			t.Errorf("%+v: %v, want %v", tt.q, got, tt.want)
		}
	}
}

func FuzzReadQuota(f *testing.F) {
	f.Add("0.5", `"burst";q=100;w=60`, `"burst";r=50;t=30`, "1772366460")
	f.Add("1e400", "100;w=60", "limit=100, remaining=50, reset=30", "")
	f.Add("NaN", `";,=`, ";;,,==", "-1")
	f.Fuzz(func(t *testing.T, rate, policies, limit, reset string) {
		q := ReadQuota(http.Header{
			"X-Amzn-Ratelimit-Limit": {rate}, "Ratelimit-Policy": {policies}, "Ratelimit": {limit},
			"Ratelimit-Limit":   {policies, limit},
			"X-Ratelimit-Reset": {reset}, "X-Ratelimit-Remaining": {rate}, "X-Rate-Limit-Limit": {rate},
			"X-Rate-Limit-Interval": {reset}, "X-Rate-Limit-Reset": {policies}, "X-Rate-Limit-Remaining": {limit},
		}, time.Now())
		for _, number := range []float64{q.PerSecond, q.Remaining, q.Rate()} {
			if number < 0 || math.IsNaN(number) || math.IsInf(number, 0) {
				t.Errorf("%+v", q)
			}
		}
		if q.Reset < 0 || q.Reset > mostReset || !q.Counted && (q.Remaining != 0 || q.Reset != 0) {
			t.Errorf("%+v", q)
		}
	})
}

// A number is a point in time from the year 2001 on, in seconds or in milliseconds.
func TestUntilReset(t *testing.T) {
	const s = time.Second
	clock := time.Unix(1e9-10, 0)
	for value, want := range map[string]time.Duration{
		"999999999": 0, "1000000000": 10 * s, "999999999999": 0, "1000000000000": 10 * s, "1000000000500": 10*s + s/2,
		"10": 10 * s, "0.5": s / 2, "": 0, "-5": 0, "999999980": 0,
	} {
		if got := untilReset(value, clock); got != want {
			t.Errorf("%q: %s, want %s", value, got, want)
		}
	}
}
