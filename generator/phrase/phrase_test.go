package phrase_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/resgen/resgen/generator/phrase"
	"github.com/resgen/resgen/resilience/policy"
)

func TestPolicy(t *testing.T) {
	retry := policy.Retry{Attempts: 2}
	off := policy.Breaker{Enabled: policy.Off}
	tests := []struct {
		name string
		p    policy.Policy
		want string // the statements, without that about the circuit if the circuit is off
	}{
		{"safe", policy.Policy{Idempotency: policy.Safe, Retry: policy.Retry{Attempts: 4}, Breaker: off},
			"Safe.|At most 4 attempts."},
		{"one attempt", policy.Policy{Idempotency: policy.Safe, Retry: policy.Retry{Attempts: 1}, Breaker: off},
			"Safe.|One attempt."},
		{"why", policy.Policy{
			Idempotency: policy.Idempotent, Why: "a repeat finds nothing.", Retry: retry, Breaker: off,
		}, "Idempotent: a repeat finds nothing.|At most 2 attempts."},
		{"unsafe", policy.Policy{Idempotency: policy.Unsafe, Why: "it books twice", Retry: retry, Breaker: off},
			"Unsafe: it books twice.|Retried only after a failure which proves that the request was not processed.|" +
				"At most 2 attempts."},
		{"keyed", policy.Policy{Idempotency: policy.Keyed, Retry: retry, Breaker: off},
			"Keyed.|Retried only with its idempotency key.|At most 2 attempts."},
		{"conditional", policy.Policy{Idempotency: policy.Conditional, Retry: retry, Breaker: off},
			"Conditional.|Retried only under a precondition.|At most 2 attempts."},
		{"rate", policy.Policy{
			Idempotency: policy.Safe, Retry: retry, Rate: policy.Rate{PerSecond: 0.0167, Burst: 20}, Breaker: off,
		}, "Safe.|At most 2 attempts; 0.0167 requests/s, burst 20."},
		{"rate without a burst", policy.Policy{
			Idempotency: policy.Safe, Retry: retry, Rate: policy.Rate{PerSecond: 1, Reserve: -1, Cost: 1}, Breaker: off,
		}, "Safe.|At most 2 attempts; 1 requests/s, burst 1."},
		{"rate with a burst of one and a reserve", policy.Policy{
			Idempotency: policy.Safe, Retry: retry, Rate: policy.Rate{PerSecond: 1, Burst: 1, Reserve: 1}, Breaker: off,
		}, "Safe.|At most 2 attempts; 1 requests/s, burst 1."},
		{"rate with a burst of two and a reserve", policy.Policy{
			Idempotency: policy.Safe, Retry: retry, Rate: policy.Rate{PerSecond: 1, Burst: 2, Reserve: 1}, Breaker: off,
		}, "Safe.|At most 2 attempts; 1 requests/s, burst 2 with 1 in reserve."},
		{"rate with a reserve and a cost, observed", policy.Policy{
			Idempotency: policy.Safe, Retry: retry, Breaker: off,
			Rate: policy.Rate{PerSecond: 1, Burst: 9, Reserve: 2, Cost: 3, Mode: policy.ModeObserve},
		}, "Safe.|At most 2 attempts; 1 requests/s, burst 9 with 2 in reserve; takes 3 permits; the rate is observed " +
			"and not enforced."},
		{"rate of an application", policy.Policy{
			Idempotency: policy.Safe, Retry: retry, Breaker: off,
			Rate: policy.Rate{PerSecond: 2, Burst: 3, Scope: policy.ScopeApplication},
		}, "Safe.|At most 2 attempts; 2 requests/s, burst 3 for the whole application."},
		{"bucket", policy.Policy{
			Idempotency: policy.Safe, Retry: retry, Breaker: off,
			Rate: policy.Rate{Bucket: "b", PerSecond: 1, Also: []string{"c", "d of the application"}},
		}, `Safe.|At most 2 attempts; shares bucket "b"; also takes from bucket "c" and "d" of the application.`},
		{"rate off", policy.Policy{
			Idempotency: policy.Safe, Retry: retry, Rate: policy.Rate{Enabled: policy.Off, PerSecond: 1}, Breaker: off,
		}, "Safe.|At most 2 attempts."},
		{"circuit", policy.Policy{
			Idempotency: policy.Safe, Retry: retry,
			Breaker: policy.Breaker{FailureRate: 0.5, Window: time.Minute, Open: 90 * time.Second},
		}, "Safe.|At most 2 attempts.|The circuit opens at 50 % failures in 1m, for 1m30s."},
		{"circuit by count", policy.Policy{
			Idempotency: policy.Safe, Retry: retry,
			Breaker: policy.Breaker{FailureRate: -1, Consecutive: 5, Open: 2 * time.Hour},
		}, "Safe.|At most 2 attempts.|The circuit opens after 5 consecutive failures, for 2h."},
		{"shared circuit", policy.Policy{
			Idempotency: policy.Safe, Retry: retry,
			Breaker: policy.Breaker{Circuit: "login", Consecutive: 5, Open: time.Hour},
		}, `Safe.|At most 2 attempts.|The circuit "login" opens after 9 consecutive failures, for 3m.`},
		{"circuit that never opens", policy.Policy{
			Idempotency: policy.Safe, Retry: retry, Breaker: policy.Breaker{FailureRate: -1, Consecutive: -1},
		}, "Safe.|At most 2 attempts.|The circuit never opens."},
		{"circuit by both", policy.Policy{
			Idempotency: policy.Safe, Retry: retry,
			Breaker: policy.Breaker{FailureRate: 0.125, Window: 20 * time.Minute, Consecutive: 3, Open: time.Second},
		}, "Safe.|At most 2 attempts.|" +
			"The circuit opens at 12.5 % failures in 20m or after 3 consecutive failures, for 1s."},
		{"circuit by slow calls", policy.Policy{
			Idempotency: policy.Safe, Retry: retry, Breaker: policy.Breaker{
				FailureRate: 0.5, Window: time.Minute, Open: time.Second, Mode: policy.ModeEnforce,
				SlowCall: policy.SlowCall{After: 5 * time.Second, Rate: 0.8},
			},
		}, "Safe.|At most 2 attempts.|" +
			"The circuit opens at 50 % failures in 1m or at 80 % of attempts longer than 5s in 1m, for 1s."},
		{"circuit by slow calls that is incomplete", policy.Policy{
			Idempotency: policy.Safe, Retry: retry,
			Breaker: policy.Breaker{SlowCall: policy.SlowCall{After: 5 * time.Second}},
		}, "Safe.|At most 2 attempts.|The circuit never opens."},
		{"circuit by slow calls that never opens", policy.Policy{
			Idempotency: policy.Safe, Retry: retry,
			Breaker: policy.Breaker{SlowCall: policy.SlowCall{Rate: -1, After: 1}},
		}, "Safe.|At most 2 attempts.|The circuit never opens."},
		{"circuit without effect", policy.Policy{
			Idempotency: policy.Safe, Retry: retry,
			Breaker: policy.Breaker{Consecutive: 3, Open: time.Second, Mode: policy.ModeObserve},
		}, "Safe.|At most 2 attempts.|" +
			"The circuit opens after 3 consecutive failures, for 1s; it is observed and not enforced."},
		{"no circuit", policy.Policy{
			Idempotency: policy.Safe, Retry: retry, Breaker: policy.Breaker{Enabled: policy.Off, Consecutive: 3},
		}, "Safe.|At most 2 attempts."},
	}
	circuits := map[string]policy.Breaker{"login": {Consecutive: 9, Open: 3 * time.Minute}}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if tt.p.Breaker.Enabled == policy.Off {
				tt.want += "|No circuit."
			}
			statements := slices.DeleteFunc(phrase.Policy(tt.p, circuits), func(s string) bool { return s == "" })
			if got := strings.Join(statements, "|"); got != tt.want {
				t.Errorf("got  %q\nwant %q", got, tt.want)
			}
		})
	}
}
