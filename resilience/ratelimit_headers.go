package resilience

import (
	"net/http"
	"time"
)

// A quota is what a server says in its headers about how often it may be called. The zero value is one that says nothing.
type quota struct {
	perSecond float64       // the rate; 0: not stated
	remaining float64       // requests left until reset, if counted
	counted   bool          // remaining was stated
	reset     time.Duration // time until remaining is what it was at the start; 0: not stated
}

// rate returns the rate that the server states or, if it states none, the pace at which what remains lasts until the reset; 0 if unknown.
func (q quota) rate() float64 {
	if q.perSecond > 0 {
		return q.perSecond
	}
	if q.counted && q.remaining >= 1 && q.reset > 0 {
		return q.remaining / q.reset.Seconds()
	}
	return 0
}

// readQuota reads the headers with which servers state their limits.
func readQuota(h http.Header, now time.Time) quota { return quota{} }
