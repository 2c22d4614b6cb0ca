package lint

import (
	"fmt"
	"time"

	"github.com/resgen/resgen/generator/api"
	"github.com/resgen/resgen/generator/phrase"
	"github.com/resgen/resgen/resilience/diag"
	"github.com/resgen/resgen/resilience/policy"
)

// further is the number of pages after the burst in findings about the time of a listing.
const further = 100

// slowPages reports a rate at which pages cannot be walked: the permit for the next one comes after
// the token of a page expires, or takes longer than a whole call may.
func slowPages(a *api.API, op *api.Operation) finding {
	if op.PagesMethod == "" {
		return finding{}
	}
	cost := max(op.Policy.Rate.Cost, 1)
	for _, q := range op.Policy.Rate.Quotas(a.Buckets) {
		each := q.Rate.Every(float64(cost))
		limit, what := op.Policy.Timeout.Overall, "a whole call may take %s"
		keys := []string{"rate.per-second", "timeout.overall"}
		if ttl := op.Policy.Pagination.TTL; ttl > 0 && (limit <= 0 || ttl < limit) {
			limit, what = ttl, "and the token of a page lives %s"
			keys = []string{"pagination.ttl", "rate.per-second"}
		}
		if each < limit || limit <= 0 || q.Rate.Mode == policy.ModeObserve {
			continue
		}
		every, most := policy.FormatDuration(rounded(each)), policy.FormatDuration(limit)
		rest := policy.FormatDuration(rounded(q.Rate.Every(float64(further * cost))))
		return finding{
			code: "slow-pages", severity: diag.Warning, keys: rateKeys(q, keys...),
			what: fmt.Sprintf(
				"after %s, a permit for the next page comes every %s, "+what+"; %d further pages take %s",
				phrase.Count(max(q.Rate.Size()/cost, 1), "page"), every, most, further, rest,
			),
			cure: "ask for larger pages or narrow the listing, or raise rate.per-second",
		}
	}
	return finding{}
}

// rounded returns a duration in whole seconds from a minute on, and in whole milliseconds below.
func rounded(d time.Duration) time.Duration {
	if d < time.Minute {
		return d.Round(time.Millisecond)
	}
	return d.Round(time.Second)
}
