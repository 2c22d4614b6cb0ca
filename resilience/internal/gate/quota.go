package gate

import (
	"time"

	"github.com/resgen/resgen/resilience/internal/advice"
	"github.com/resgen/resgen/resilience/internal/limit"
)

// A Quota is a bucket from which the calls of an operation take permits.
type Quota struct {
	Bucket      *limit.Bucket
	Application bool // all accounts of the application share it
	Observe     bool // it only counts and reports what it would have denied
}

// Throttled reports to the quotas that the server rejected a request of an account because there
// were too many. The server does not say whose quota is used up, so it is assumed to be that of the
// account. One throttled account must not slow down all others: the application's quota is affected
// only if two accounts are throttled at a time, or if the account has no quota.
func (g *Guards) Throttled(account string, retryAfter time.Duration) {
	own := false
	for _, l := range g.Limits {
		own = own || !l.Application
	}
	for _, l := range g.Limits {
		if l.Application && own {
			l.Bucket.ThrottledFor(account, retryAfter)
			continue
		}
		l.Bucket.Throttled(retryAfter)
	}
}

// Answered reports to the quotas that a request that was sent at the given time got a response.
func (g *Guards) Answered(sent time.Time) {
	for _, l := range g.Limits {
		l.Bucket.Answered(sent)
	}
}

// Observe passes on what the server states about its own count. That concerns the operation's quota
// for this account, which is the first one, and never a quota that other accounts share.
func (g *Guards) Observe(q advice.Quota) {
	if q != (advice.Quota{}) && len(g.Limits) > 0 && !g.Limits[0].Application {
		g.Limits[0].Bucket.Observe(q)
	}
}
