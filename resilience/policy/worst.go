package policy

// This file computes the most that one call can cost under a policy. It starts in
// [Policy.WorstCase]. The runtime never does more, and a test in package resilience holds it to
// that.

import (
	"math"
	"time"
)

// A WorstCase is the most that one call can cost: how many requests it sends and how long it takes.
// Not included are what call options, fallbacks and middleware add, and the time that the program
// itself needs.
type WorstCase struct {
	// Requests is the largest number of requests that reach the server: in each attempt and in the
	// replay, the request with its copies, each with the redirects that it follows. What is sent
	// again because a connection was stale, or for throttled items alone, is an attempt like any
	// other. net/http sends nothing again by itself.
	Requests  int
	Attempts  int // attempts that count against retry.attempts
	Replays   int // attempts after credentials were renewed, which do not count: 0 or 1
	Copies    int // of a slow request, in each attempt
	Redirects int // followed by each request

	// SignIn is how often credentials sign in, if what they get lives longer than the call: each of
	// them before the first request and after a rejection. How many requests that takes is up to
	// the credential.
	SignIn int

	// Time is the time until the call returns; 0 if only the caller's context bounds it. It is
	// Overall, and PermitWait before each attempt.
	Time       time.Duration
	Overall    time.Duration // timeout.overall, which does not run while an attempt waits for permits
	PermitWait time.Duration // longest wait of an attempt for permits; 0 if it never waits
	Waits      int           // attempts that may wait for permits
	Bound      string        // what bounds the time, in words: one of the constants below
}

// The bounds of the time of a call.
const (
	BoundOverall = "timeout.overall"
	BoundPermits = "timeout.overall and the waits for permits"
	BoundContext = "the caller's context"
)

// mostUnpayable is the number of attempts without a retry that must be paid: those after a stale
// connection and after a 421 are free.
const mostUnpayable = 3

// Conditions are what the worst case depends on besides the policy of the operation.
type Conditions struct {
	Buckets     map[string]Rate // the shared buckets of the API
	Credentials int             // how many of them sign a request
	Streamed    bool            // the operation has a success that is a stream
}

// WorstCase returns the most that a call can cost. The policy must be full. It is a pure function.
func (p Policy) WorstCase(c Conditions) WorstCase {
	w := WorstCase{Attempts: p.mostAttempts(), SignIn: 2 * c.Credentials}
	if w.Attempts > 1 && c.Credentials > 0 {
		w.Replays = 1
	}
	if p.Hedges(c.Streamed) && p.Retry.Budget.pays(p.Retry.Budget.Cost) {
		w.Copies = max(p.Hedge.Max, 1)
	}
	if p.Idempotency == Safe {
		w.Redirects = max(p.Redirects.Max, 0)
	}
	w.Requests = (w.Attempts + w.Replays) * (1 + w.Copies) * (1 + w.Redirects)
	w.setTime(p, c.Buckets)
	return w
}

// setTime sets what concerns the time.
func (w *WorstCase) setTime(p Policy, buckets map[string]Rate) {
	w.Overall = p.Timeout.Overall
	if p.Rate.waits(buckets) {
		w.Waits, w.PermitWait = w.Attempts+w.Replays, p.Rate.Wait(buckets)
	}
	patient := p.Success.Items != "" // waits for permits as long as the context allows
	switch {
	case w.Overall <= 0, patient && w.Waits > 0:
		w.Bound = BoundContext
	case w.Waits == 0:
		w.Bound, w.Time = BoundOverall, w.Overall
	default:
		w.Bound, w.Time = BoundPermits, sum(w.Overall, w.Waits, w.PermitWait)
	}
}

// mostAttempts returns the largest number of attempts that count against the limit. Retries that
// the budget can never pay are not made.
func (p Policy) mostAttempts() int {
	n, b := max(p.Retry.Attempts, 1), p.Retry.Budget
	if b.pays(min(b.Cost, b.TimeoutCost)) {
		return n
	}
	return min(n, mostUnpayable)
}

// pays reports whether a full budget can pay a price. It counts thousandths of tokens.
func (b Budget) pays(price float64) bool {
	return b.Enabled == Off || math.Floor(price*1000) <= math.Floor(b.Tokens*1000)
}

// Hedges reports whether slow requests of an operation with this policy are sent a second time.
// Those whose success can be a stream are not.
func (p Policy) Hedges(streamed bool) bool {
	return p.Hedge.Enabled == On && p.Hedge.After > 0 && p.Idempotency == Safe && !streamed &&
		p.Success.Items == "" && p.Retry.Attempts > 1
}

// Stale returns how old the last response to a request may be that an operation with this policy
// returns instead of a failure; 0: it returns none. Streams are not kept, and the last response to
// a request that changes something says nothing about another one.
func (p Policy) Stale(streamed bool) time.Duration {
	if p.Fallback.Enabled == Off || p.Idempotency != Safe || streamed {
		return 0
	}
	return max(p.Fallback.StaleIfError, 0)
}

// waits reports whether an attempt may wait for a permit. It may even if no rate is set, after the
// server rejected other requests because there were too many.
func (r Rate) waits(named map[string]Rate) bool {
	for _, q := range r.Quotas(named) {
		if q.Rate.Mode != ModeObserve {
			return true
		}
	}
	return false
}

// sum returns a + n × b, or the longest duration if that is longer.
func sum(a time.Duration, n int, b time.Duration) time.Duration {
	if b > (math.MaxInt64-a)/time.Duration(max(n, 1)) {
		return math.MaxInt64
	}
	return a + time.Duration(n)*b
}
