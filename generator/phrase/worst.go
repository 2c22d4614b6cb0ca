package phrase

import "github.com/resgen/resgen/resilience/policy"

// WorstCase says in sentences what one call can cost at most: requests, time, and sign-ins if there
// may be any.
func WorstCase(w policy.WorstCase) []string {
	list := []string{requests(w), time(w)}
	if w.SignIn > 0 {
		list = append(list, "At most "+Count(w.SignIn, "sign-in")+" with credentials that can be renewed, if what "+
			"they get lives longer than the call; their requests are not counted above.")
	}
	return list
}

// requests says how the number of requests comes about.
func requests(w policy.WorstCase) string {
	text := "At most " + Count(w.Requests, "request") + ": " + Count(w.Attempts, "attempt")
	if w.Replays > 0 {
		text += ", and one more after credentials were renewed"
	}
	if w.Copies > 0 {
		text += "; each with up to " + Count(w.Copies, "copy")
	}
	if w.Redirects > 0 {
		text += "; each request follows up to " + Count(w.Redirects, "redirect")
	}
	return text + "."
}

// time says what bounds the time of a call.
func time(w policy.WorstCase) string {
	wait := "up to " + policy.FormatDuration(w.PermitWait) + " before each of " + Count(w.Waits, "attempt") +
		" for permits of the rate limit"
	if w.Waits == 1 {
		wait = "up to " + policy.FormatDuration(w.PermitWait) + " for permits of the rate limit"
	}
	overall := policy.FormatDuration(w.Overall) + " (timeout.overall)"
	switch {
	case w.Bound == policy.BoundPermits:
		return "At most " + policy.FormatDuration(w.Time) + ": " + overall + " and " + wait + "."
	case w.Bound == policy.BoundOverall:
		return "At most " + overall + "."
	case w.Overall > 0:
		return "As long as the caller's context allows: " + overall + ", and waits for permits of the rate limit, " +
			"which only the context bounds for a request with a result per item."
	}
	return "As long as the caller's context allows: the policy has no timeout.overall."
}
