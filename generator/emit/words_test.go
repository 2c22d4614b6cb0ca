package emit

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/resgen/resgen/generator/api"
	"github.com/resgen/resgen/generator/api/apitest"
	"github.com/resgen/resgen/resilience/policy"
)

func TestSentence(t *testing.T) {
	tests := []struct{ summary, description, first, rest string }{
		{"", "", "GetItem calls GET /items.", ""},
		{"Get an item", "", "GetItem: Get an item.", ""},
		{"Gets an item.", "More of it.", "GetItem: Gets an item.", "More of it."},
		{"Item", "", "GetItem: Item.", ""},
		{"List of items", "", "GetItem: List of items.", ""},
		{"Search for items", "", "GetItem: Search for items.", ""},
		{"Delete", "", "GetItem: Delete.", ""},
		{"", "Returns an item. Then more.\n\nAnd more.", "GetItem: Returns an item.", "Then more.\n\nAnd more."},
		{"Get it", "Get it", "GetItem: Get it.", ""},
		{"Is it there?", "", "GetItem: Is it there?", ""},
		{"Compacting the store", "", "GetItem: Compacting the store.", ""},
		{"Withdraw a listing", "", "GetItem: Withdraw a listing.", ""},
		{"Push all\nof it", "", "GetItem: Push all of it.", ""},
		{"What the seller has", "", "GetItem: What the seller has.", ""},
		{"API the seller has", "", "GetItem: API the seller has.", ""},
		{"\"Quoted\" the seller has", "", "GetItem: \"Quoted\" the seller has.", ""},
		{"", "# Items\n\nReturns items.", "GetItem: Items.", "Returns items."},
	}
	for _, tt := range tests {
		op := &api.Operation{
			Name: "GetItem", Method: "GET", Path: "/items", Summary: tt.summary, Description: tt.description,
		}
		if first, rest := sentence(op); first != tt.first || rest != tt.rest {
			t.Errorf("sentence(%q, %q) = %q, %q; want %q, %q",
				tt.summary, tt.description, first, rest, tt.first, tt.rest)
		}
	}
}

func TestPolicyDoc(t *testing.T) {
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
			statements := slices.DeleteFunc(policyDoc(tt.p, circuits), func(s string) bool { return s == "" })
			if got := strings.Join(statements, "|"); got != tt.want {
				t.Errorf("got  %q\nwant %q", got, tt.want)
			}
		})
	}
}

func TestItemsDoc(t *testing.T) {
	for items, want := range map[string]string{
		"": "",
		".": "If some items of the request fail, the method returns both the response and an error that matches " +
			"[resilience.ErrPartial]. The Items of the error list the items that failed.",
	} {
		if got := itemsDoc(policy.Policy{Success: policy.Success{Items: items, Status: "s"}}); got != want {
			t.Errorf("%q: got %q, want %q", items, got, want)
		}
	}
}

func TestFailuresDoc(t *testing.T) {
	list, text := api.Of(api.Pointer, api.Ref("ErrorList")), apitest.String
	tests := []struct {
		name string
		in   []*api.Outcome
		want string
	}{
		{"none", nil, "."},
		{"no body", []*api.Outcome{{Status: 404}}, "."},
		{"one", []*api.Outcome{{Status: 404, Type: list}}, "; Detail is [*ErrorList] for 404."},
		{"default alone", []*api.Outcome{{Status: 0, Type: list}}, "; Detail is [*ErrorList]."},
		{"default after one without a body", []*api.Outcome{{Status: 404}, {Status: 0, Type: list}},
			"; Detail is [*ErrorList] for any other status."},
		{"three, and another", []*api.Outcome{
			{Status: 400, Type: list}, {Status: 404, Type: list}, {Status: 4, Type: list}, {Status: 0, Type: text},
		}, "; Detail is [*ErrorList] for 400, 404 and 4XX, `string` for any other status."},
	}
	for _, tt := range tests {
		if got, want := failuresDoc(tt.in), "Errors are of type [*resilience.Error]"+tt.want; got != want {
			t.Errorf("%s: got %q, want %q", tt.name, got, want)
		}
	}
}
