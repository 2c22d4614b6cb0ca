package lint

import (
	"testing"
	"time"

	"github.com/resgen/resgen/generator/api"
	"github.com/resgen/resgen/resilience/policy"
)

func TestAmplification(t *testing.T) {
	const cure = ": more than 12 make an outage worse; lower retry.attempts, hedge.max or redirects.max"
	retry := func(n int) policy.Policy {
		return policy.Policy{
			Retry: policy.Retry{Attempts: n, Jitter: policy.FullJitter}, Timeout: policy.Timeout{Attempt: time.Second},
		}
	}
	hedged := func(n, copies, redirects int) policy.Policy {
		p := retry(n)
		p.Hedge = policy.Hedge{Enabled: policy.On, After: time.Millisecond, Max: copies}
		p.Redirects.Max = redirects
		return p
	}
	for _, c := range []struct {
		name   string
		method string
		own    policy.Policy
		signed bool
		pages  string
		want   string
	}{
		{"the bound", "GET", retry(12), false, "", ""},
		{"one more", "GET", retry(13), false, "", "one call may send 13 requests, 13 attempts"},
		{"an unsafe operation", "POST", retry(13), false, "", "one call may send 13 requests, 13 attempts"},
		{"the replay after a renewal", "GET", retry(12), true, "",
			"one call may send 13 requests, 12 attempts and 1 after renewed credentials"},
		{"copies", "GET", hedged(4, 3, -1), false, "",
			"one call may send 16 requests, 4 attempts, each with 3 copies"},
		{"few copies", "GET", hedged(4, 2, -1), false, "", ""},
		{"copies and redirects", "GET", hedged(3, 1, 2), false, "ListPages",
			"one call or page may send 18 requests, 3 attempts, each with 1 copy and 2 redirects"},
		{"one redirect", "GET", hedged(4, 1, 1), false, "",
			"one call may send 16 requests, 4 attempts, each with 1 copy and 1 redirect"},
		{"a write is not hedged", "PUT", hedged(4, 5, 5), false, "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := op("op", c.method, c.own)
			o.PagesMethod = c.pages
			if c.signed {
				o.Security = []api.Requirement{{{Scheme: "token"}}}
			}
			want := c.want
			if want != "" {
				want = "p.yaml:2:1: warning: operation op: " + want + cure
			}
			a := planned(policy.Policy{}, o)
			var got string
			for _, d := range Policies(a) {
				if d.Code == "amplification" {
					got = d.Error()
				}
			}
			if got != want {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
		})
	}
}
