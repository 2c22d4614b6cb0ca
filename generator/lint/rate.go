package lint

import (
	"fmt"
	"strconv"
	"time"

	"github.com/resgen/resgen/generator/api"
	"github.com/resgen/resgen/generator/phrase"
	"github.com/resgen/resgen/resilience/diag"
	"github.com/resgen/resgen/resilience/policy"
)

// slowRefill reports a longest wait in which no call gets its permits once the burst is used up.
func slowRefill(a *api.API, op *api.Operation) finding {
	wait := op.Policy.Rate.Wait(a.Buckets)
	for _, q := range op.Policy.Rate.Quotas(a.Buckets) {
		cost := max(op.Policy.Rate.Cost, 1)
		each := q.Rate.Every(float64(cost))
		if each <= wait || wait <= 0 {
			continue
		}
		return finding{
			code: "slow-refill", severity: diag.Warning, keys: rateKeys(q, "rate.max-wait", "rate.per-second"),
			what: fmt.Sprintf("%s every %s, a call waits at most %s: after %s the next fails at once",
				permitsCome(cost), policy.FormatDuration(each.Round(time.Millisecond)), policy.FormatDuration(wait),
				phrase.Count(max(q.Rate.Size()/cost, 1), "call")),
			cure: "raise rate.max-wait, or delete it to wait for two permits",
		}
	}
	return finding{}
}

// permitsCome begins a sentence about the time in which permits come.
func permitsCome(n int) string {
	if n == 1 {
		return "a permit comes"
	}
	return strconv.Itoa(n) + " permits come"
}

// largeReserve reports a reserve that leaves nothing of a burst.
func largeReserve(a *api.API, op *api.Operation) finding {
	for _, q := range op.Policy.Rate.Quotas(a.Buckets) {
		r := q.Rate
		if r.PerSecond <= 0 || r.Burst <= 1 || r.Reserve < r.Burst {
			continue
		}
		return finding{
			code: "large-reserve", severity: diag.Warning, keys: rateKeys(q, "rate.reserve", "rate.burst"),
			what: fmt.Sprintf("a reserve of %d leaves nothing of a burst of %d, so calls are sent one by one",
				r.Reserve, r.Burst),
			cure: "lower rate.reserve or raise rate.burst",
		}
	}
	return finding{}
}

// largeCost reports a cost that is more than a bucket can hold.
func largeCost(a *api.API, op *api.Operation) finding {
	cost := op.Policy.Rate.Cost
	for _, q := range op.Policy.Rate.Quotas(a.Buckets) {
		if q.Rate.PerSecond <= 0 || cost <= q.Rate.Size() {
			continue
		}
		return finding{
			code: "large-cost", severity: diag.Warning, keys: rateKeys(q, "rate.cost", "rate.burst"),
			what: fmt.Sprintf("a call takes %d permits, and the bucket holds %d: each call waits until it is full",
				cost, q.Rate.Size()),
			cure: "raise rate.burst or lower rate.cost",
		}
	}
	return finding{}
}

// rateKeys returns the keys whose position a finding about a bucket has.
func rateKeys(q policy.Quota, keys ...string) []string {
	if q.Name != "" {
		return append(keys[:1:1], "rate.bucket", "rate.also")
	}
	return keys
}
