package schema

// This file has regular expressions of durations. A schema cannot add the parts of a duration, so a
// limit applies to each part.

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/resgen/resgen/resilience/policy"
)

// durationPattern is the regular expression of durations longer than 0, such as 1m30s: parts with
// units, of which at least one is not 0.
const durationPattern = `^\+?` + someParts + `([0-9]*[1-9][0-9]*(\.[0-9]*)?|[0-9]*\.[0-9]*[1-9][0-9]*)` + units +
	someParts + `$`

const (
	someParts = `(([0-9]+(\.[0-9]*)?|\.[0-9]+)` + units + `)*`
	units     = `(ns|us|µs|μs|ms|s|m|h)`
)

// durationSchema returns the schema of durations.
func durationSchema() object {
	return append(described("A duration with units, such as 30s or 1h30m.",
		typed(text).with("pattern", durationPattern)), atMost(longest())...)
}

// longest returns the greatest duration that a policy may have.
func longest() time.Duration {
	most := 0.0
	for _, f := range policy.Fields() {
		for _, s := range f.Spans {
			if f.Type == "duration" {
				most = max(most, s.To)
			}
		}
	}
	return time.Duration(most)
}

// atMost returns the condition that no part of a duration is longer than a limit.
func atMost(limit time.Duration) object {
	var parts []string
	for _, unit := range []struct {
		length time.Duration
		ends   string
	}{{time.Hour, "h"}, {time.Minute, "m([^s]|$)"}, {time.Second, "s"}} {
		parts = append(parts, above(int64(limit/unit.length))+`(\.[0-9]*)?`+unit.ends)
	}
	return object{{"not", object{{"pattern", `(^|[^0-9.])0*(` + strings.Join(parts, "|") + `)`}}}}
}

// above returns the regular expression of whole numbers without leading zeros that are greater than
// n.
func above(n int64) string {
	digits := strconv.FormatInt(n, 10)
	alternatives := []string{fmt.Sprintf("[1-9][0-9]{%d,}", len(digits))}
	for i, d := range digits {
		if d == '9' {
			continue
		}
		alternatives = append(alternatives, fmt.Sprintf("%s[%c-9][0-9]{%d}", digits[:i], d+1, len(digits)-i-1))
	}
	return "(" + strings.Join(alternatives, "|") + ")"
}
