package advice

// This file reads the headers in which servers state their rate limits. ReadQuota is the entry.

import (
	"cmp"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/resgen/resgen/resilience/internal/saturate"
)

// A Quota is how often a server may be called, as it states in response headers. The zero value
// means that it states nothing.
type Quota struct {
	PerSecond float64       // the rate; 0 if not stated
	Remaining float64       // requests left until the reset, if Counted
	Counted   bool          // whether Remaining was stated
	Reset     time.Duration // time until the server resets its count; 0 if not stated
}

// Rate returns the rate that the server states. If it states none, Rate returns the rate at which
// the remaining requests last until the reset, or 0 if that is unknown.
func (q Quota) Rate() float64 {
	if q.PerSecond > 0 {
		return q.PerSecond
	}
	if q.Counted && q.Remaining >= 1 && q.Reset > 0 {
		return q.Remaining / q.Reset.Seconds()
	}
	return 0
}

// ReadQuota reads the headers in which servers state their limits, the most exact ones first. Later
// ones supply only what the earlier ones leave open:
//
//	x-amzn-RateLimit-Limit: 0.5                                       requests a second
//	RateLimit-Policy: "burst";q=100;w=60  RateLimit: "burst";r=50;t=30   IETF draft 8 to 10
//	RateLimit-Policy: 100;w=60            RateLimit: limit=100, remaining=50, reset=30   draft 7
//	RateLimit-Limit: 100, 100;w=60        RateLimit-Remaining, RateLimit-Reset   draft 0 to 6
//	X-Rate-Limit-Limit: 50                X-Rate-Limit-Interval: 1s
//	X-RateLimit-Limit: 100;w=60           X-RateLimit-Remaining, X-RateLimit-Reset
//	X-Rate-Limit-Limit: 100;w=60          X-Rate-Limit-Remaining, X-Rate-Limit-Reset
//
// Servers write a reset in several ways, whatever the header: see untilReset. The strictest of
// several values of one header is used. Numbers that are zero, negative or infinite, resets beyond
// mostReset and values that cannot be parsed are ignored. now is the local clock; for resets that
// are points in time the response's Date is used instead if it is plausible.
func ReadQuota(h http.Header, now time.Time) Quota {
	var q Quota
	if !StatesLimit(h) {
		return q
	}
	clock := serverClock(h.Get("Date"), now)
	for _, family := range []func(http.Header, time.Time) Quota{
		amazonQuota, draftQuota, dictionaryQuota, splitQuota, intervalQuota, traditionalQuota, hyphenQuota,
	} {
		q = q.or(family(h, clock))
	}
	return q
}

// StatesLimit reports whether h may contain a header that ReadQuota reads. Few responses have one,
// and looking up each of them would take longer than all other work on the headers.
func StatesLimit(h http.Header) bool {
	for name := range h {
		if strings.Contains(name, "imit") {
			return true
		}
	}
	return false
}

// or returns q, completed by the values of other that q lacks.
func (q Quota) or(other Quota) Quota {
	if q.PerSecond == 0 {
		q.PerSecond = other.PerSecond
	}
	if !q.Counted {
		q.Remaining, q.Counted, q.Reset = other.Remaining, other.Counted, other.Reset
	}
	return q
}

// amazonQuota reads x-amzn-RateLimit-Limit, which is a rate.
func amazonQuota(h http.Header, _ time.Time) Quota {
	var q Quota
	for _, i := range items(h, "X-Amzn-Ratelimit-Limit") {
		q.PerSecond = stricter(q.PerSecond, positive(i.value))
	}
	return q
}

// draftQuota reads RateLimit-Policy and RateLimit in the form of drafts 8 to 10: named items with
// parameters. It also reads the policy in the form of draft 7, where the quota takes the place of
// the name.
func draftQuota(h http.Header, clock time.Time) Quota {
	var q Quota
	for _, i := range items(h, "Ratelimit-Policy") {
		if unit := i.params["qu"]; unit == "" || unit == "requests" {
			q.PerSecond = stricter(q.PerSecond, windowRate(cmp.Or(i.params["q"], i.value), i.params["w"]))
		}
	}
	for _, i := range items(h, "Ratelimit") {
		q = q.left(i.params["r"], untilReset(i.params["t"], clock))
	}
	return q
}

// dictionaryQuota reads RateLimit in the form of draft 7: limit=100, remaining=50, reset=30.
func dictionaryQuota(h http.Header, clock time.Time) Quota {
	members := map[string]string{}
	for _, i := range items(h, "Ratelimit") {
		name, value, _ := strings.Cut(i.value, "=")
		members[name] = value
	}
	return Quota{}.left(members["remaining"], untilReset(members["reset"], clock))
}

// splitQuota reads RateLimit-Limit, -Remaining and -Reset.
func splitQuota(h http.Header, clock time.Time) Quota {
	return trio{"Ratelimit-Limit", "Ratelimit-Remaining", "Ratelimit-Reset"}.quota(h, clock)
}

// intervalQuota reads X-Rate-Limit-Limit with X-Rate-Limit-Interval.
func intervalQuota(h http.Header, _ time.Time) Quota {
	limit := positive(h.Get("X-Rate-Limit-Limit"))
	interval := h.Get("X-Rate-Limit-Interval")
	window := decimalDuration(interval, time.Second)
	if d, err := time.ParseDuration(interval); err == nil && window == 0 {
		window = max(0, d)
	}
	return Quota{PerSecond: over(limit, window)}
}

// traditionalQuota reads X-RateLimit-Limit, -Remaining and -Reset.
func traditionalQuota(h http.Header, clock time.Time) Quota {
	return trio{"X-Ratelimit-Limit", "X-Ratelimit-Remaining", "X-Ratelimit-Reset"}.quota(h, clock)
}

// hyphenQuota reads X-Rate-Limit-Limit, -Remaining and -Reset.
func hyphenQuota(h http.Header, clock time.Time) Quota {
	return trio{"X-Rate-Limit-Limit", "X-Rate-Limit-Remaining", "X-Rate-Limit-Reset"}.quota(h, clock)
}

// A trio is the names of three headers that state a limit together.
type trio struct{ limit, remaining, reset string }

// quota reads the headers. A limit without a window is not a rate and is ignored.
func (t trio) quota(h http.Header, clock time.Time) Quota {
	var q Quota
	for _, i := range items(h, t.limit) {
		q.PerSecond = stricter(q.PerSecond, windowRate(i.value, i.params["w"]))
	}
	return q.left(h.Get(t.remaining), untilReset(h.Get(t.reset), clock))
}

// Numbers from which on a reset is a point in time: the year 2001 in seconds and in milliseconds.
// No quota lasts 30 years.
const (
	epochSeconds = 1e9
	epochMillis  = 1e12
)

// mostReset is the longest time until a reset that is believed: a little more than a month.
const mostReset = 32 * 24 * time.Hour

// untilReset parses the value of a reset: seconds from now, or a point in time as seconds or
// milliseconds since 1970, as an HTTP date or by RFC 3339. It returns 0 if that is past, further
// away than mostReset, or none of these.
func untilReset(value string, clock time.Time) time.Duration {
	left := max(0, untilPoint(value, clock))
	if left > mostReset {
		return 0
	}
	return left
}

// untilPoint returns the time from clock to a reset, however far away. It may be negative if the
// reset is past.
func untilPoint(value string, clock time.Time) time.Duration {
	switch number := positive(value); {
	case number >= epochMillis:
		return saturate.Duration((number - float64(clock.UnixMilli())) * 1e6)
	case number >= epochSeconds:
		return saturate.Duration((number*1e3 - float64(clock.UnixMilli())) * 1e6)
	case number > 0:
		return decimalDuration(value, time.Second)
	}
	for _, parse := range []func(string) (time.Time, error){http.ParseTime, parseRFC3339} {
		if at, err := parse(value); err == nil {
			return at.Sub(clock)
		}
	}
	return 0
}

func parseRFC3339(s string) (time.Time, error) { return time.Parse(time.RFC3339, s) }

// left returns q with the remaining requests and the reset, unless remaining is not a number or q
// has a lower one.
func (q Quota) left(remaining string, reset time.Duration) Quota {
	if !isDecimal(remaining) {
		return q
	}
	number, err := strconv.ParseFloat(remaining, 64)
	if err != nil || q.Counted && q.Remaining <= number {
		return q
	}
	q.Remaining, q.Counted, q.Reset = number, true, reset
	return q
}

// windowRate returns the rate of a number of requests per window of seconds, or 0 if one of them is
// missing.
func windowRate(quota, window string) float64 {
	return over(positive(quota), decimalDuration(window, time.Second))
}

// over returns count per second of window, or 0 if the window is not positive.
func over(count float64, window time.Duration) float64 {
	if window <= 0 {
		return 0
	}
	return count / window.Seconds()
}

// positive parses a decimal number. It returns 0 if s is not one or is infinite.
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

// stricter returns the lower of two rates, ignoring one that is 0.
func stricter(a, b float64) float64 {
	if a == 0 || b > 0 && b < a {
		return b
	}
	return a
}

// An item is a member of a list in a header: a value with parameters.
type item struct {
	value  string
	params map[string]string
}

// items returns the members of all lines of a header, with the quotes around values removed.
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

// bare returns s without surrounding space and quotes.
func bare(s string) string { return strings.Trim(strings.TrimSpace(s), `"`) }

// splitUnquoted splits s at the separators outside of quotes.
func splitUnquoted(s string, separator rune) []string {
	quoted := false
	return strings.FieldsFunc(s+" ", func(r rune) bool {
		if r == '"' {
			quoted = !quoted
		}
		return r == separator && !quoted
	})
}
