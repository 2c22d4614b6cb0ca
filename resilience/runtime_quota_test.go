package resilience_test

import (
	"context"
	"maps"
	"net/http"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"github.com/resgen/resgen/resilience"
	"github.com/resgen/resgen/resilience/faults"
	"github.com/resgen/resgen/resilience/policy"
)

// A member is a credential with an account and an application.
type member struct{ account, application string }

func (m member) Account() string     { return m.account }
func (m member) Application() string { return m.application }

func (member) Sign(context.Context, *http.Request, resilience.Scheme) error { return nil }

// twoQuotas returns an API whose operation has a quota of 1/s for each account and a quota for each
// application.
func twoQuotas(application policy.Rate) *resilience.API {
	op := operation("GET", policy.Safe)
	op.Security = []resilience.Requirement{{{Scheme: "key"}}}
	op.Policy.Rate = policy.Rate{PerSecond: 1, Burst: 1, Also: []string{"app"}}
	application.Scope = policy.ScopeApplication
	p := steady()
	p.Retry.Attempts = 1
	return &resilience.API{Name: "items", Defaults: p, Operations: []*resilience.Operation{op},
		Buckets: map[string]policy.Rate{"app": application}}
}

// of returns a client of the API for a credential.
func (b bench) of(t *testing.T, api *resilience.API, c resilience.Credential) *resilience.Caller {
	t.Helper()
	caller, err := resilience.NewCaller(api, resilience.WithBaseURL(b.URL), resilience.WithRuntime(b.runtime),
		resilience.WithCredential(c), resilience.WithLogger(quiet))
	if err != nil {
		t.Fatal(err)
	}
	return caller
}

// Each case states which quota two credentials share. That of an account allows a call per second,
// that of an application one every 4 s.
func TestScope_Sharing(t *testing.T) {
	for _, c := range []struct {
		name   string
		second resilience.Credential
		want   time.Duration // wait of the second call
	}{
		{"one account of one application", member{"one", "app"}, 4 * time.Second},
		{"another account of the application", member{"two", "app"}, 4 * time.Second},
		{"the account with another application", member{"one", "other"}, time.Second},
		{"another account with another application", member{"two", "other"}, 0},
		{"an account without an application", member{"two", ""}, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := memory(t, faults.OK(good))
				api := twoQuotas(policy.Rate{PerSecond: 0.25, Burst: 1})
				if _, err := get(t, b.of(t, api, member{"one", "app"}), api.Operations[0]); err != nil {
					t.Fatal(err)
				}
				begin := time.Now()
				if _, err := get(t, b.of(t, api, c.second), api.Operations[0]); err != nil ||
					time.Since(begin) != c.want {
					t.Errorf("the second call ends after %s with %v, want %s", time.Since(begin), err, c.want)
				}
			})
		})
	}
}

// Credentials without an application share a quota, because a program usually is one application.
func TestScope_NoApplication(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := memory(t, faults.OK(good))
		api := twoQuotas(policy.Rate{PerSecond: 0.25, Burst: 1})
		begin := time.Now()
		for _, c := range []resilience.Credential{authEcho{}, member{"two", ""}} {
			if _, err := get(t, b.of(t, api, c), api.Operations[0]); err != nil {
				t.Fatal(err)
			}
		}
		if d := time.Since(begin); d != 4*time.Second {
			t.Errorf("two calls took %s, want 4 s", d)
		}
	})
}

// rates returns the current rate of each bucket by its owner.
func (b bench) rates() map[string]float64 {
	rates := map[string]float64{}
	for _, g := range b.runtime.Snapshot().Gates {
		for _, s := range g.Buckets {
			rates[g.Account+g.Application] = s.PerSecond
		}
	}
	return rates
}

// A rate in a response header is that of the account. A refusal concerns the account too, unless
// several accounts are refused in succession: then the shared quota is used up.
func TestScope_ServerRefusals(t *testing.T) {
	slow := faults.OK(good).With("X-Amzn-RateLimit-Limit", "0.5")
	no := faults.Status(429)
	for _, c := range []struct {
		name   string
		script []faults.Step
		calls  []string
		pause  time.Duration
		want   map[string]float64
	}{
		{"a stated rate", []faults.Step{slow}, []string{"one", "two"}, 0,
			map[string]float64{"one": 0.5, "two": 0.5, "app": 100}},
		// The second refusal is 1.4 s after the first: 0.7 of the rate plus 0.014 recovered, times
		// 0.7.
		{"refusals of one account", []faults.Step{no, no}, []string{"one", "one"}, 0,
			map[string]float64{"one": 0.5, "app": 100}},
		{"refusals of two accounts", []faults.Step{no, no}, []string{"one", "two"}, 0,
			map[string]float64{"one": 0.7, "two": 0.7, "app": 70}},
		{"refusals of two accounts, long apart", []faults.Step{no, no}, []string{"one", "two"}, time.Second,
			map[string]float64{"one": 0.71, "two": 0.7, "app": 100}},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := memory(t, c.script...)
				api := twoQuotas(policy.Rate{PerSecond: 100, Burst: 9})
				for i, account := range c.calls {
					if i > 0 {
						time.Sleep(c.pause)
					}
					_, _ = get(t, b.of(t, api, member{account, "app"}), api.Operations[0])
				}
				got := b.rates()
				for who, rate := range got {
					got[who] = float64(int(rate*100+0.5)) / 100
				}
				if !maps.Equal(got, c.want) {
					t.Errorf("got %v, want %v", got, c.want)
				}
			})
		})
	}
}

// If an operation only has a quota for the application, a refusal concerns that quota.
func TestScope_ApplicationAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := memory(t, faults.OK(good).With("X-Amzn-RateLimit-Limit", "0.5"),
			faults.Status(429).With("Retry-After", "30"))
		api := twoQuotas(policy.Rate{PerSecond: 100, Burst: 9})
		api.Operations[0].Policy.Rate = policy.Rate{PerSecond: 4, Burst: 9, Scope: policy.ScopeApplication}
		for range 2 {
			_, _ = get(t, b.of(t, api, member{"one", "app"}), api.Operations[0])
		}
		gates := b.runtime.Snapshot().Gates
		if len(gates) != 2 || len(gates[1].Buckets)+len(gates[0].Buckets) != 1 {
			t.Fatalf("the gates are %+v", gates)
		}
		for _, g := range gates {
			for _, s := range g.Buckets {
				if g.Application != "app" || s.Stated != 4 || s.Learned != 0 || s.Held != 30*time.Second {
					t.Errorf("the bucket of %q is %+v", g.Application, s)
				}
			}
		}
	})
}

// A named bucket has its own scope; it does not inherit the scope of the operations that use it.
func TestScope_NamedBucket(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := memory(t, faults.OK(good))
		api := twoQuotas(policy.Rate{})
		api.Buckets["app"] = policy.Rate{PerSecond: 0.25, Burst: 1}
		api.Operations[0].Policy.Rate.Scope = policy.ScopeApplication
		begin := time.Now()
		for _, account := range []string{"one", "two"} {
			if _, err := get(t, b.of(t, api, member{account, "app"}), api.Operations[0]); err != nil {
				t.Fatal(err)
			}
		}
		if d := time.Since(begin); d != time.Second {
			t.Errorf("two accounts took %s, want the second of the operation's own bucket and not the four of the "+
				"named one", d)
		}
	})
}

// Frequent refusals of one account do not slow down other accounts of the application.
func TestScope_OneAccountThrottledRepeatedly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := memory(t, faults.Status(429))
		api := twoQuotas(policy.Rate{PerSecond: 100, Burst: 9})
		api.Operations[0].Policy.Rate = policy.Rate{PerSecond: 50, Burst: 9, Also: []string{"app"}}
		for range 3 {
			_, _ = get(t, b.of(t, api, member{"one", "app"}), api.Operations[0])
		}
		if rate := b.rates()["app"]; rate != 100 || b.Count() != 3 {
			t.Errorf("the application has %v/s after %d refusals, want 100", rate, b.Count())
		}
	})
}

// Some servers state the end of their window as a point in time. The wait until then is not the
// number itself.
func TestRate_ResetAsPointInTime(t *testing.T) {
	for name, c := range map[string]struct {
		remaining string
		in        time.Duration
		least     time.Duration
		most      time.Duration
	}{
		"some left":                           {"594", 30 * time.Second, 0, 0},
		"none left":                           {"0", 30 * time.Second, 20 * time.Second, 31 * time.Second},
		"none left until a time that is past": {"0", -30 * time.Second, 0, 0},
	} {
		for _, header := range []string{"RateLimit", "X-RateLimit", "X-Rate-Limit"} {
			t.Run(header+", "+name, func(t *testing.T) {
				url, _ := serve(t, func(_ int, w http.ResponseWriter, _ *http.Request) {
					w.Header().Set(header+"-Limit", "600")
					w.Header().Set(header+"-Remaining", c.remaining)
					w.Header().Set(header+"-Reset", strconv.FormatInt(time.Now().Add(c.in).Unix(), 10))
					reply(w, 200, good)
				})
				p := quick()
				p.Rate.PerSecond, p.Rate.Burst = 10, 10
				op := operation("GET", policy.Safe)
				var info resilience.Info
				if _, err := get(t, client(t, url, p, op), op, resilience.WithInfo(&info)); err != nil {
					t.Fatal(err)
				}
				q := info.Quota
				if q.PerSecond != 10 || q.Held < c.least || q.Held > c.most {
					t.Errorf("%v/s, held for %s, want 10/s and %s to %s", q.PerSecond, q.Held, c.least, c.most)
				}
			})
		}
	}
}
