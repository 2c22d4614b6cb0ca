package lint

import (
	"testing"
	"time"

	"github.com/resgen/resgen/resilience/policy"
)

func TestSlowPages(t *testing.T) {
	rate := func(perSecond float64, burst, cost int) policy.Rate {
		return policy.Rate{PerSecond: perSecond, Burst: burst, Cost: cost}
	}
	for _, c := range []struct {
		name   string
		own    policy.Policy
		method string
		want   string
	}{
		// 100 times 125 s
		{"slower than a call", policy.Policy{Rate: rate(0.008, 10, 0)}, "ListPages",
			"after 10 pages, a permit for the next page comes every 2m5s, a whole call may take 2m; 100 further pages " +
				"take 3h28m20s; ask for larger pages or narrow the listing, or raise rate.per-second"},
		{"not a listing", policy.Policy{Rate: rate(0.008, 10, 0)}, "", ""},
		{"as slow as a call", policy.Policy{
			Rate: rate(0.25, 1, 0), Timeout: policy.Timeout{Attempt: time.Second, Overall: 4 * time.Second},
			Retry: policy.Retry{Attempts: 1},
		}, "ListPages",
			"after 1 page, a permit for the next page comes every 4s, a whole call may take 4s; 100 further pages " +
				"take 6m40s; ask for larger pages or narrow the listing, or raise rate.per-second"},
		{"faster than a call", policy.Policy{
			Rate: rate(0.26, 1, 0), Timeout: policy.Timeout{Attempt: time.Second, Overall: 4 * time.Second},
			Retry: policy.Retry{Attempts: 1},
		}, "ListPages", ""},
		{"tokens that expire", policy.Policy{
			Rate: rate(0.05, 5, 0), Pagination: policy.Pagination{Style: "token", TTL: 15 * time.Second},
		}, "ListPages",
			"after 5 pages, a permit for the next page comes every 20s, and the token of a page lives 15s; 100 further pages " +
				"take 33m20s; ask for larger pages or narrow the listing, or raise rate.per-second"},
		{"tokens that live long enough", policy.Policy{
			Rate: rate(0.05, 5, 0), Pagination: policy.Pagination{Style: "token", TTL: 21 * time.Second},
		}, "ListPages", ""},
		{"a cost", policy.Policy{
			Rate: policy.Rate{PerSecond: 0.1, Burst: 40, Cost: 13, MaxWait: time.Hour},
		}, "ListPages",
			"after 3 pages, a permit for the next page comes every 2m10s, a whole call may take 2m; 100 further pages " +
				"take 3h36m40s; ask for larger pages or narrow the listing, or raise rate.per-second"},
		{"observed", policy.Policy{Rate: policy.Rate{PerSecond: 0.008, Burst: 10, Mode: policy.ModeObserve}},
			"ListPages", ""},
		{"no rate", policy.Policy{}, "ListPages", ""},
		{"a large burst", policy.Policy{Rate: rate(0.008, 200, 0)}, "ListPages",
			"after 200 pages, a permit for the next page comes every 2m5s, a whole call may take 2m; 100 further pages " +
				"take 3h28m20s; ask for larger pages or narrow the listing, or raise rate.per-second"},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := op("op", "GET", c.own)
			o.PagesMethod = c.method
			a := planned(policy.Policy{Breaker: policy.Breaker{Consecutive: 5}}, o)
			want := c.want
			if want != "" {
				want = "p.yaml:2:1: warning: operation op: " + want
			}
			if got := Policies(a).Error(); got != want {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
		})
	}
}
