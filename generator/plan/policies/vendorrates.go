package policies

// This file reads the annotations of other tools that describe rates.

import (
	"maps"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/resgen/resgen/resilience/policy"
	"github.com/resgen/resgen/resilience/tree"
)

// rateText matches 120/min, 100 per hour and 5 requests per 10s.
var rateText = regexp.MustCompile(`(?i)^([0-9.]+) *(?:requests?|req|calls?)? *(?:/|per) *(.+)$`)

// rateLimit reads texts of the form 120/min; mappings with a number (requests, limit, max, events,
// rate) and a time (window, period, interval, per, unit); and mappings with a number for a time,
// such as requestsPerMinute, of which the lowest rate counts. Mappings may have a burst. One with
// enabled: false says nothing.
func rateLimit(_, n *tree.Node) (policy.Policy, bool) {
	keys := map[string]*tree.Node{}
	for _, p := range n.Entries() {
		keys[strings.NewReplacer("_", "", "-", "").Replace(strings.ToLower(p.Key))] = p.Value
	}
	if e := keys["enabled"]; e != nil && e.Text == "false" {
		return policy.Policy{}, true
	}
	count, window := rateIn(keys)
	if m := rateText.FindStringSubmatch(strings.TrimSpace(n.Text)); n.Kind == tree.String && m != nil {
		count, _ = strconv.ParseFloat(m[1], 64)
		window = period(strings.ReplaceAll(m[2], " ", ""))
	}
	if count <= 0 || window <= 0 {
		return policy.Policy{}, false
	}
	rate := policy.Rate{PerSecond: count / window.Seconds()}
	if burst, ok := first(keys, "burst", "burstlimit", "burstsize").Float(); ok && burst >= 1 && burst <= most {
		rate.Burst = int(burst)
	}
	return policy.Policy{Rate: rate}, true
}

// counted matches units of what a rate counts, which are not units of time.
var counted = regexp.MustCompile(`(?i)^(?:requests?|req|calls?)$`)

const (
	most    = 1e6               // the largest burst that is read
	longest = 1e9 * time.Second // the longest period that is read
)

// withBurst adds the burst of a rate without one: what comes in a second, at least 1.
func withBurst(l policy.Layer) policy.Layer {
	if r := &l.Policy.Rate; r.PerSecond > 0 && r.Burst == 0 {
		r.Burst = max(1, int(min(r.PerSecond, most)))
		l.Sources = maps.Clone(l.Sources)
		l.Sources["rate.burst"] = l.Sources["rate.per-second"]
	}
	return l
}

// rateIn returns the number of requests and the time of a mapping, whose keys are in lower case and
// without hyphens and underscores.
func rateIn(keys map[string]*tree.Node) (count float64, window time.Duration) {
	for name, unit := range map[string]time.Duration{
		"persecond": time.Second, "perminute": time.Minute, "perhour": time.Hour, "perday": 24 * time.Hour,
	} {
		n, ok := first(keys, name, "requests"+name, "limit"+name).Float()
		if slower := window == 0 || n/unit.Seconds() < count/window.Seconds(); ok && slower {
			count, window = n, unit
		}
	}
	if window > 0 {
		return count, window
	}
	count, _ = first(keys, "requests", "limit", "max", "events", "rate").Float()
	number := first(keys, "window", "period", "interval", "per")
	unit := first(keys, "unit", "timeunit")
	if unit != nil && counted.MatchString(unit.Text) {
		unit = nil
	}
	switch {
	case number == nil && unit != nil:
		return count, period(unit.Text)
	case number == nil:
		return count, 0
	case unit != nil:
		if times, ok := number.Float(); ok {
			if window := times * float64(period(unit.Text)); window > 0 && window < float64(longest) {
				return count, time.Duration(window)
			}
			return count, 0
		}
	}
	return count, period(number.Text)
}

// first returns the value of the first of the keys that is present, or nil.
func first(values map[string]*tree.Node, keys ...string) *tree.Node {
	for _, k := range keys {
		if v := values[k]; v != nil {
			return v
		}
	}
	return nil
}

// units has the names of periods.
var units = map[string]time.Duration{
	"ms": time.Millisecond, "msec": time.Millisecond, "millisecond": time.Millisecond,
	"s": time.Second, "sec": time.Second, "second": time.Second,
	"m": time.Minute, "min": time.Minute, "minute": time.Minute,
	"h": time.Hour, "hr": time.Hour, "hour": time.Hour, "d": 24 * time.Hour, "day": 24 * time.Hour,
}

// period reads a number of seconds, a duration such as 1m30s, or the name of a unit. It returns 0
// for other texts.
func period(s string) time.Duration {
	if f, err := strconv.ParseFloat(s, 64); err == nil && f > 0 && f < longest.Seconds() {
		return time.Duration(f * float64(time.Second))
	}
	if d, err := time.ParseDuration(s); err == nil {
		return d
	}
	s = strings.ToLower(s)
	if unit := units[s]; unit > 0 {
		return unit
	}
	return units[strings.TrimSuffix(s, "s")]
}
