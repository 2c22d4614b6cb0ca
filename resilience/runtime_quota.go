package resilience

// This file selects the rate limits of an operation and passes them what the server says.

import (
	"time"

	"github.com/resgen/resgen/resilience/internal/advice"
	"github.com/resgen/resgen/resilience/internal/limit"
	"github.com/resgen/resgen/resilience/policy"
)

// A quota is a bucket from which the calls of an operation take permits.
type quota struct {
	bucket      *limit.Bucket
	application bool // all accounts of the application share it
}

// newQuotas returns the quotas of an operation: its own bucket or a named one, followed by those
// that its policy names in addition.
func (r *route) newQuotas() []quota {
	rate := r.policy.Rate
	if rate.Enabled == policy.Off {
		return nil
	}
	var list []quota
	if rate.Bucket == "" {
		list = append(list, r.newQuota("operation "+r.op.ID, rate))
	}
	names := rate.Also
	if rate.Bucket != "" {
		names = append([]string{rate.Bucket}, names...)
	}
	for _, name := range names {
		named := policy.Apply(policy.Policy{Rate: rate}, policy.Policy{Rate: r.effective.Buckets[name]}).Rate
		named.Scope = r.effective.Buckets[name].Scope
		list = append(list, r.newQuota("bucket "+name, named))
	}
	return list
}

// newQuota returns the quota with a name, from the gate of the account or of the application.
func (r *route) newQuota(name string, rate policy.Rate) quota {
	if rate.Scope != policy.ScopeApplication {
		return quota{bucket: r.gate.bucket(name, rate)}
	}
	if r.shared == nil {
		key := gateKey{api: r.gate.key.api, host: r.gate.key.host, application: r.caller.application}
		r.shared = r.caller.runtime.gate(key)
	}
	return quota{bucket: r.shared.bucket(name, rate), application: true}
}

// throttled reports to the quotas that the server rejected a request because there were too many.
// The server does not say whose quota is used up, so it is assumed to be that of the account. One
// throttled account must not slow down all others: the application's quota is affected only if two
// accounts are throttled at a time, or if the account has no quota.
func (r *route) throttled(retryAfter time.Duration) {
	own := false
	for _, l := range r.limits {
		own = own || !l.application
	}
	for _, l := range r.limits {
		if l.application && own {
			l.bucket.ThrottledFor(r.caller.account, retryAfter)
			continue
		}
		l.bucket.Throttled(retryAfter)
	}
}

// answered reports to the quotas that a request that was sent at the given time got a response.
func (r *route) answered(sent time.Time) {
	for _, l := range r.limits {
		l.bucket.Answered(sent)
	}
}

// observe passes on what the server states about its own count. That concerns the operation's quota
// for this account, which is the first one, and never a quota that other accounts share.
func (r *route) observe(q advice.Quota) {
	if q != (advice.Quota{}) && len(r.limits) > 0 && !r.limits[0].application {
		r.limits[0].bucket.Observe(q)
	}
}
