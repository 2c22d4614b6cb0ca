// This file reads what servers say about their limits in response headers. [readQuota] is the entry; all of it is pure and takes any garbage.

package resilience

import (
	"math"
	"net/http"
	"strconv"
	"strings"
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

// readQuota reads the headers with which servers state their limits, the more exact ones first; what an earlier one leaves open, a later one
// may tell:
//
//	x-amzn-RateLimit-Limit: 0.5                                       requests a second
//	RateLimit-Policy: "burst";q=100;w=60  RateLimit: "burst";r=50;t=30   IETF draft 8 to 10
//	RateLimit-Policy: 100;w=60            RateLimit: limit=100, remaining=50, reset=30   draft 7
//	RateLimit-Limit: 100, 100;w=60        RateLimit-Remaining, RateLimit-Reset (seconds)   draft 0 to 6
//	X-Rate-Limit-Limit: 50                X-Rate-Limit-Interval: 1s
//	X-RateLimit-Limit, -Remaining, -Reset (seconds, or seconds or milliseconds since 1970)
//
// Of several values of one header the strictest counts. Zero, negative, infinite and senseless numbers are as if absent.
// now is the own clock; an answer's Date takes its place for resets that are points in time.
func readQuota(h http.Header, now time.Time) quota {
	var q quota
	if !statesLimit(h) {
		return q
	}
	for _, family := range []func(http.Header) quota{amazonQuota, draftQuota, dictionaryQuota, splitQuota, intervalQuota} {
		q = q.or(family(h))
	}
	return q.or(traditionalQuota(h, serverClock(h.Get("Date"), now)))
}

// statesLimit reports whether any header can be one that readQuota reads. Few answers have one, and looking for each would take longer than all
// else that is done with their headers.
func statesLimit(h http.Header) bool {
	for name := range h {
		if strings.Contains(name, "imit") {
			return true
		}
	}
	return false
}

// or returns q, with what it leaves open taken from another quota.
func (q quota) or(other quota) quota {
	if q.perSecond == 0 {
		q.perSecond = other.perSecond
	}
	if !q.counted {
		q.remaining, q.counted, q.reset = other.remaining, other.counted, other.reset
	}
	return q
}

// amazonQuota reads x-amzn-RateLimit-Limit, which is a rate.
func amazonQuota(h http.Header) quota {
	var q quota
	for _, i := range items(h, "X-Amzn-Ratelimit-Limit") {
		q.perSecond = stricter(q.perSecond, positive(i.value))
	}
	return q
}

// draftQuota reads RateLimit-Policy and RateLimit as drafts 8 to 10 write them: named items with parameters. The policy as draft 7 wrote it
// (the quota itself in the name's place) is read too.
func draftQuota(h http.Header) quota {
	var q quota
	for _, i := range items(h, "Ratelimit-Policy") {
		if unit := i.params["qu"]; unit == "" || unit == "requests" {
			q.perSecond = stricter(q.perSecond, windowRate(first(i.params["q"], i.value), i.params["w"]))
		}
	}
	for _, i := range items(h, "Ratelimit") {
		q = q.left(i.params["r"], decimalDuration(i.params["t"], time.Second))
	}
	return q
}

// dictionaryQuota reads RateLimit as draft 7 wrote it: limit=100, remaining=50, reset=30.
func dictionaryQuota(h http.Header) quota {
	members := map[string]string{}
	for _, i := range items(h, "Ratelimit") {
		name, value, _ := strings.Cut(i.value, "=")
		members[name] = value
	}
	return quota{}.left(members["remaining"], decimalDuration(members["reset"], time.Second))
}

// splitQuota reads RateLimit-Limit, RateLimit-Remaining and RateLimit-Reset.
func splitQuota(h http.Header) quota {
	var q quota
	for _, i := range items(h, "Ratelimit-Limit") {
		q.perSecond = stricter(q.perSecond, windowRate(i.value, i.params["w"]))
	}
	return q.left(h.Get("Ratelimit-Remaining"), decimalDuration(h.Get("Ratelimit-Reset"), time.Second))
}

// intervalQuota reads X-Rate-Limit-Limit with X-Rate-Limit-Interval.
func intervalQuota(h http.Header) quota {
	limit := positive(h.Get("X-Rate-Limit-Limit"))
	interval := h.Get("X-Rate-Limit-Interval")
	window := decimalDuration(interval, time.Second)
	if d, err := time.ParseDuration(interval); err == nil && window == 0 {
		window = max(0, d)
	}
	return quota{perSecond: over(limit, window)}
}

// traditionalQuota reads X-RateLimit-Limit, -Remaining and -Reset. A limit without a window is no rate.
func traditionalQuota(h http.Header, clock time.Time) quota {
	var q quota
	for _, i := range items(h, "X-Ratelimit-Limit") {
		q.perSecond = stricter(q.perSecond, windowRate(i.value, i.params["w"]))
	}
	return q.left(h.Get("X-Ratelimit-Remaining"), untilReset(h.Get("X-Ratelimit-Reset"), clock))
}

// Numbers from which a reset is a point in time: the year 2001 in seconds and in milliseconds. No quota lasts 30 years.
const (
	epochSeconds = 1e9
	epochMillis  = 1e12
)

// untilReset reads a reset: seconds from now, or a point in time in seconds or milliseconds since 1970; 0 if it is past or no number.
func untilReset(value string, clock time.Time) time.Duration {
	number := positive(value)
	switch {
	case number >= epochMillis:
		return max(0, lengthened(number*1e6-float64(clock.UnixMilli())*1e6))
	case number >= epochSeconds:
		return max(0, lengthened(number*1e9-float64(clock.UnixMilli())*1e6))
	}
	return decimalDuration(value, time.Second)
}

// left returns the quota with what remains, if that is a number and less than what is known to remain.
func (q quota) left(remaining string, reset time.Duration) quota {
	if !isDecimal(remaining) {
		return q
	}
	number, err := strconv.ParseFloat(remaining, 64)
	if err != nil || q.counted && q.remaining <= number {
		return q
	}
	q.remaining, q.counted, q.reset = number, true, reset
	return q
}

// windowRate returns the rate of a quota in a window of seconds, 0 if one of them is missing.
func windowRate(quota, window string) float64 {
	return over(positive(quota), decimalDuration(window, time.Second))
}

// over returns a rate; 0 if there is no window.
func over(count float64, window time.Duration) float64 {
	if window <= 0 {
		return 0
	}
	return count / window.Seconds()
}

// positive reads a decimal number; 0 if it is none or infinite.
func positive(s string) float64 {
	if !isDecimal(s) {
		return 0
	}
	number, err := strconv.ParseFloat(s, 64)
	if err != nil || math.IsInf(number, 0) {
		return 0
	}
	return number
}

// stricter returns the lower of two rates; 0 is none.
func stricter(a, b float64) float64 {
	if a == 0 || b > 0 && b < a {
		return b
	}
	return a
}

// first returns the first text that is not empty.
func first(texts ...string) string {
	for _, s := range texts {
		if s != "" {
			return s
		}
	}
	return ""
}

// An item is a member of a list in a header: a value with parameters.
type item struct {
	value  string
	params map[string]string
}

// items returns the members of all lines of a header. Quotes around values are taken off.
func items(h http.Header, name string) []item {
	var all []item
	for _, line := range h[name] {
		for _, member := range splitUnquoted(line, ',') {
			parts := splitUnquoted(member, ';')
			i := item{value: bare(parts[0]), params: map[string]string{}}
			for _, part := range parts[1:] {
				key, value, _ := strings.Cut(part, "=")
				i.params[bare(key)] = bare(value)
			}
			all = append(all, i)
		}
	}
	return all
}

// bare takes space and quotes off a text.
func bare(s string) string { return strings.Trim(strings.TrimSpace(s), `"`) }

// splitUnquoted cuts a text at a separator where it stands outside of quotes.
func splitUnquoted(s string, separator rune) []string {
	quoted := false
	return strings.FieldsFunc(s+" ", func(r rune) bool {
		if r == '"' {
			quoted = !quoted
		}
		return r == separator && !quoted
	})
}
