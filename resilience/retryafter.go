package resilience

import (
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// absurdDate is how far a Date header may be from the own clock before it is taken for nonsense. Clocks are hours wrong, not days.
const absurdDate = 24 * time.Hour

// retryAfter returns how long the server asks to stay away, and false if it gives no instruction that can be followed.
//
// The headers are read in this order: retry-after-ms, x-ms-retry-after-ms (milliseconds, decimals allowed), Retry-After (seconds,
// decimals allowed, or one of the three HTTP dates, relative to the answer's own Date). Zero, negative and past values and whatever
// is not a number are no instruction: the next header counts. Of several values of a header the longest counts, whether they stand
// in one line or in two. What is too long for a duration is the longest duration there is. now is the own clock; it takes the
// place of a Date header that is absent or more than a day off.
func retryAfter(h http.Header, now time.Time) (time.Duration, bool) {
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

// longest returns the longest of the numbers in the lines of a header, 0 if there is none.
func longest(lines []string, unit time.Duration) time.Duration {
	var most time.Duration
	for _, line := range lines {
		for value := range strings.SplitSeq(line, ",") {
			most = max(most, decimalDuration(strings.TrimSpace(value), unit))
		}
	}
	return most
}

// decimalDuration reads digits with at most one decimal point inside. Everything else is 0: signs, exponents, NaN, nothing at all.
func decimalDuration(s string, unit time.Duration) time.Duration {
	if !isDecimal(s) {
		return 0
	}
	number, _ := strconv.ParseFloat(s, 64) // of digits it can only say that they are too many, and then returns infinity
	ns := math.Ceil(number * float64(unit))
	return lengthened(ns)
}

// isDecimal reports whether s is digits, or digits, a point and digits.
func isDecimal(s string) bool {
	whole, fraction, point := strings.Cut(s, ".")
	return isDigits(whole) && (!point || isDigits(fraction))
}

// isDigits reports whether s is one digit or more and nothing else.
func isDigits(s string) bool {
	for _, r := range s {
		if r < '0' || r > '9' {
			return false
		}
	}
	return s != ""
}

// untilDate returns the time from the answer's Date to the date that it names, 0 if that is past or no date.
func untilDate(line, date string, now time.Time) time.Duration {
	at, err := http.ParseTime(strings.TrimSpace(line))
	if err != nil {
		return 0
	}
	return max(0, at.Sub(serverClock(date, now)))
}

// serverClock returns the time of a Date header, or now if there is none that can be believed.
func serverClock(date string, now time.Time) time.Time {
	at, err := http.ParseTime(date)
	if err != nil || at.Sub(now).Abs() > absurdDate {
		return now
	}
	return at
}
