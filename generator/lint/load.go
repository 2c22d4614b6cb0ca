package lint

import (
	"fmt"

	"github.com/resgen/resgen/generator/api"
	"github.com/resgen/resgen/generator/overview"
	"github.com/resgen/resgen/generator/phrase"
	"github.com/resgen/resgen/resilience/diag"
	"github.com/resgen/resgen/resilience/policy"
)

// mostRequests is the largest number of requests of one call that is not reported. By default it is
// 5: four attempts, and one after credentials were renewed.
const mostRequests = 12

// amplification reports an operation of which one call may send many requests.
func amplification(a *api.API, op *api.Operation) finding {
	w := overview.WorstCase(a, op)
	if w.Requests <= mostRequests {
		return finding{}
	}
	unit := "call"
	if op.PagesMethod != "" {
		unit = "call or page"
	}
	return finding{
		code: "amplification", severity: diag.Warning, keys: []string{"retry.attempts", "hedge.max", "redirects.max"},
		what: fmt.Sprintf("one %s may send %d requests, %s: more than %d make an outage worse", unit, w.Requests,
			factors(w), mostRequests),
		cure: "lower retry.attempts, hedge.max or redirects.max",
	}
}

// factors returns in words what the number of requests is the product of.
func factors(w policy.WorstCase) string {
	text := phrase.Count(w.Attempts, "attempt")
	if w.Replays > 0 {
		text += fmt.Sprintf(" and %d after renewed credentials", w.Replays)
	}
	var each []string
	if w.Copies > 0 {
		each = append(each, phrase.Count(w.Copies, "copy"))
	}
	if w.Redirects > 0 {
		each = append(each, phrase.Count(w.Redirects, "redirect"))
	}
	if each == nil {
		return text
	}
	return text + ", each with " + phrase.Enumerate(each)
}
