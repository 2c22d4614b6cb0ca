package phrase_test

import (
	"strings"
	"testing"
	"time"

	"github.com/resgen/resgen/generator/phrase"
	"github.com/resgen/resgen/resilience/policy"
)

func TestWorstCase(t *testing.T) {
	const context = policy.BoundContext
	for _, tt := range []struct {
		name string
		w    policy.WorstCase
		want string
	}{
		{"one attempt", policy.WorstCase{
			Requests: 1, Attempts: 1, Time: time.Minute, Overall: time.Minute, Bound: policy.BoundOverall,
		}, "At most 1 request: 1 attempt.|At most 1m (timeout.overall)."},
		{"everything", policy.WorstCase{
			Requests: 45, Attempts: 4, Replays: 1, Copies: 2, Redirects: 2, SignIn: 2,
			Time: 7 * time.Minute, Overall: 2 * time.Minute, PermitWait: time.Minute, Waits: 5,
			Bound: policy.BoundPermits,
		}, "At most 45 requests: 4 attempts, and one more after credentials were renewed; each with up to 2 copies; each " +
			"request follows up to 2 redirects.|At most 7m: 2m (timeout.overall) and up to 1m before each of 5 attempts for " +
			"permits of the rate limit.|At most 2 sign-ins with credentials that can be renewed, if what they get lives " +
			"longer than the call; their requests are not counted above."},
		{"one of each", policy.WorstCase{
			Requests: 2, Attempts: 1, Redirects: 1, SignIn: 1,
			Time: 3 * time.Minute, Overall: 2 * time.Minute, PermitWait: time.Minute, Waits: 1,
			Bound: policy.BoundPermits,
		}, "At most 2 requests: 1 attempt; each request follows up to 1 redirect.|At most 3m: 2m (timeout.overall) and " +
			"up to 1m for permits of the rate limit.|At most 1 sign-in with credentials that can be renewed, if what they " +
			"get lives longer than the call; their requests are not counted above."},
		{"one copy", policy.WorstCase{Requests: 4, Attempts: 2, Copies: 1, Bound: context},
			"At most 4 requests: 2 attempts; each with up to 1 copy.|" +
				"As long as the caller's context allows: the policy has no timeout.overall."},
		{"batch", policy.WorstCase{
			Requests: 2, Attempts: 2, Overall: time.Hour, PermitWait: time.Minute, Waits: 2, Bound: context,
		}, "At most 2 requests: 2 attempts.|As long as the caller's context allows: 1h (timeout.overall), and waits for " +
			"permits of the rate limit, which only the context bounds for a request with a result per item."},
	} {
		if got := strings.Join(phrase.WorstCase(tt.w), "|"); got != tt.want {
			t.Errorf("%s:\ngot  %s\nwant %s", tt.name, got, tt.want)
		}
	}
}
