package advice

import (
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/resgen/resgen/resilience/internal/saturate"
)

// mostClockSkew is the largest difference between a Date header and the local clock at which the
// header is still used. Clocks are wrong by hours, not by days.
const mostClockSkew = 24 * time.Hour

// RetryAfter returns how long the server asks the client to wait before the next request, and
// whether it says so.
//
// The headers are read in this order: retry-after-ms, x-ms-retry-after-ms (milliseconds, decimals
// allowed), Retry-After (seconds, decimals allowed, or one of the three HTTP date formats, relative
// to the response's own Date). Zero, negative and past values and anything that is not a number are
// ignored, and the next header is read. The longest of several values of one header is used,
// whether they are in one line or in several. A wait that does not fit in a duration is the longest
// duration. now is the local clock, which replaces a Date header that is absent or more than a day
// off.
func RetryAfter(h http.Header, now time.Time) (time.Duration, bool) {
	for _, name := range []string{"Retry-After-Ms", "X-Ms-Retry-After-Ms"} {
		if wait := longest(h[name], time.Millisecond); wait > 0 {
			return wait, true
		}
	}
	wait := longest(h["Retry-After"], time.Second)
	for _, line := range h["Retry-After"] {
		wait = max(wait, untilDate(line, h.Get("Date"), now))
	}
	return wait, wait > 0
}

// longest returns the longest of the comma-separated numbers in the lines of a header, or 0.
func longest(lines []string, unit time.Duration) time.Duration {
	var most time.Duration
	for _, line := range lines {
		for value := range strings.SplitSeq(line, ",") {
			most = max(most, decimalDuration(strings.TrimSpace(value), unit))
		}
	}
	return most
}

// decimalDuration parses digits with at most one decimal point between them. It returns 0 for
// anything else, such as signs, exponents, NaN or the empty string.
func decimalDuration(s string, unit time.Duration) time.Duration {
	if !isDecimal(s) {
		return 0
	}
	number, _ := strconv.ParseFloat(s, 64) // the only possible error is a range error, with the value +Inf
	return saturate.Duration(math.Ceil(number * float64(unit)))
}

// isDecimal reports whether s consists of digits, or of digits, a decimal point and digits.
func isDecimal(s string) bool {
	whole, fraction, point := strings.Cut(s, ".")
	return isDigits(whole) && (!point || isDigits(fraction))
}

// isDigits reports whether s consists of one or more ASCII digits.
func isDigits(s string) bool {
	for _, r := range s {
		if r < '0' || r > '9' {
			return false
		}
	}
	return s != ""
}

// untilDate returns the time from the response's Date to the date in line. It returns 0 if that
// date is past or cannot be parsed.
func untilDate(line, date string, now time.Time) time.Duration {
	at, err := http.ParseTime(strings.TrimSpace(line))
	if err != nil {
		return 0
	}
	return max(0, at.Sub(serverClock(date, now)))
}

// serverClock returns the time of a Date header, or now if the header is missing or implausible.
func serverClock(date string, now time.Time) time.Time {
	at, err := http.ParseTime(date)
	if err != nil || at.Sub(now).Abs() > mostClockSkew {
		return now
	}
	return at
}
