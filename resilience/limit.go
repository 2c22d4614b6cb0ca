// This file says which rate limits an operation passes, whose quota each of them is, and which of them hears of what the server says.

package resilience

import (
	"time"

	"github.com/resgen/resgen/resilience/internal/advice"
	"github.com/resgen/resgen/resilience/internal/limit"
	"github.com/resgen/resgen/resilience/policy"
)

// A quota is a bucket that an operation takes permits from.
type quota struct {
	bucket      *limit.Bucket
	application bool // it is shared by all accounts of an application
}

// limitsOf returns the limits of an operation: its own bucket or a named one, then those that its calls take a permit from as well.
func (r *route) limitsOf() []quota {
	rate := r.policy.Rate
	if rate.Enabled == policy.Off {
		return nil
	}
	var list []quota
	if rate.Bucket == "" {
		list = append(list, r.limit("operation "+r.op.ID, rate))
	}
	names := rate.Also
	if rate.Bucket != "" {
		names = append([]string{rate.Bucket}, names...)
	}
	for _, name := range names {
		named := policy.Apply(policy.Policy{Rate: rate}, policy.Policy{Rate: r.effective.Buckets[name]}).Rate
		named.Scope = r.effective.Buckets[name].Scope
		list = append(list, r.limit("bucket "+name, named))
	}
	return list
}

// limit returns the bucket with a name, at the gate of whoever has the quota.
func (r *route) limit(name string, rate policy.Rate) quota {
	if rate.Scope != policy.ScopeApplication {
		return quota{bucket: r.gate.bucket(name, rate)}
	}
	if r.shared == nil {
		r.shared = r.caller.runtime.gate(gateKey{api: r.gate.key.api, host: r.gate.key.host, application: r.caller.application})
	}
	return quota{bucket: r.shared.bucket(name, rate), application: true}
}

// throttled tells the limits that the server refused a request because there were too many. It does not say whose quota was used up. That of
// the account is taken to be. One refused account must not slow down all others, so the application's quota is held to be used up only when two
// accounts are refused at a time, or where the account has none.
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

// answered tells the limits that a request was answered that went out at this time.
func (r *route) answered(sent time.Time) {
	for _, l := range r.limits {
		l.bucket.Answered(sent)
	}
}

// observe tells what the server says of its own count. It speaks of the operation's quota for this account, which is the first limit, never of
// one that further operations or accounts share.
func (r *route) observe(q advice.Quota) {
	if q != (advice.Quota{}) && len(r.limits) > 0 && !r.limits[0].application {
		r.limits[0].bucket.Observe(q)
	}
}
