package policy

// This file derives from a rate which buckets an operation uses and how long a call waits for them.

import (
	"math"
	"time"
)

// A Quota is a bucket from which the calls of an operation take permits.
type Quota struct {
	Name string // of a shared bucket; empty: the operation's own
	Rate Rate
}

// Quotas returns the buckets of an operation with this rate: its own one or the one that it names
// instead, followed by those that it names in addition. named has the shared buckets. What a bucket
// leaves open is as for the operation, except its scope. A rate that is switched off uses none.
func (r Rate) Quotas(named map[string]Rate) []Quota {
	if r.Enabled == Off {
		return nil
	}
	list := []Quota{{Name: r.Bucket, Rate: r.of(r.Bucket, named)}}
	for _, name := range r.Also {
		list = append(list, Quota{Name: name, Rate: r.of(name, named)})
	}
	return list
}

// of returns the rate of a shared bucket, or r if the name is empty.
func (r Rate) of(name string, named map[string]Rate) Rate {
	if name == "" {
		return r
	}
	out := Apply(Policy{Rate: r}, Policy{Rate: named[name]}).Rate
	out.Scope = named[name].Scope
	return out
}

// leastWait is the longest wait for permits if the policy sets none, unless two permits take
// longer.
const leastWait = time.Minute

// Wait returns the longest wait for the permits of all buckets together: MaxWait, and if that is
// not set the time in which the slowest bucket gets two permits, at least a minute.
func (r Rate) Wait(named map[string]Rate) time.Duration {
	if r.MaxWait != 0 {
		return r.MaxWait
	}
	most := leastWait
	for _, q := range r.Quotas(named) {
		most = max(most, q.Rate.MaxWait, q.Rate.Every(2))
	}
	return most
}

// Every returns the time in which a number of permits come: 0 if there is no limit.
func (r Rate) Every(permits float64) time.Duration {
	if r.PerSecond <= 0 {
		return 0
	}
	if ns := permits * float64(time.Second) / r.PerSecond; ns < math.MaxInt64 {
		return time.Duration(ns)
	}
	return math.MaxInt64
}

// Size returns the number of permits in a full bucket: the burst without the reserve, at least one.
func (r Rate) Size() int { return max(max(r.Burst, 1)-max(r.Reserve, 0), 1) }
