package advice

import (
	"fmt"
	"math"
	"net/http"
	"testing"
	"time"
)

// retryAfterNow is the time of these tests, on the date of the examples in RFC 9110: 08:49:37 GMT.
var retryAfterNow = time.Date(1994, time.November, 6, 8, 49, 37, 0, time.UTC)

func TestRetryAfter(t *testing.T) {
	const s, ms = time.Second, time.Millisecond
	ra := func(values ...string) http.Header { return http.Header{"Retry-After": values} }
	both := func(date, after string) http.Header { return http.Header{"Date": {date}, "Retry-After": {after}} }
	tests := []struct {
		name string
		h    http.Header
		want time.Duration // 0: no instruction
	}{
		{"no header", http.Header{}, 0},
		{"seconds", ra("120"), 120 * s},
		{"one second", ra("1"), s},
		{"decimals", ra("1.5"), 1500 * ms},
		{"small decimals", ra("0.001"), ms},
		{"less than a nanosecond", ra("0.0000000001"), 1},
		{"leading zeros", ra("007"), 7 * s},
		{"space before", ra(" 5"), 5 * s},
		{"space and tab around", ra("\t5 "), 5 * s},
		{"zero", ra("0"), 0},
		{"zero with decimals", ra("0.0"), 0},
		{"negative", ra("-5"), 0},
		{"huge", ra("99999999999"), math.MaxInt64},
		{"beyond all bounds", ra("99999999999999999999999999"), math.MaxInt64},
		{"too long for a float", ra("1" + fmt.Sprintf("%0400d", 0)), math.MaxInt64},
		{"the largest that fits", ra("9223372036"), 9223372036 * s},

		{"empty", ra(""), 0},
		{"a word", ra("soon"), 0},
		{"NaN", ra("NaN"), 0},
		{"Inf", ra("Inf"), 0},
		{"an exponent", ra("1e3"), 0},
		{"1e400", ra("1e400"), 0},
		{"hexadecimal", ra("0x10"), 0},
		{"a plus sign", ra("+5"), 0},
		{"a unit", ra("5s"), 0},
		{"a point in front", ra(".5"), 0},
		{"a point behind", ra("5."), 0},
		{"two points", ra("1.2.3"), 0},
		{"a space within", ra("1 0"), 0},
		{"an underscore", ra("1_0"), 0},
		{"other digits", ra("５"), 0},

		{"twice: the longer", ra("5", "10"), 10 * s},
		{"twice, the longer first", ra("10", "5"), 10 * s},
		{"twice in a line", ra("5, 10"), 10 * s},
		{"twice, one is garbage", ra("soon", "5"), 5 * s},
		{"twice, a number and a date", http.Header{"Date": {"Sun, 06 Nov 1994 08:49:37 GMT"},
			"Retry-After": {"5", "Sun, 06 Nov 1994 08:50:37 GMT"}}, 60 * s},

		{"a date after the answer's", both("Sun, 06 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:50:07 GMT"), 30 * s},
		{"RFC 850", both("Sunday, 06-Nov-94 08:49:37 GMT", "Sunday, 06-Nov-94 08:50:07 GMT"), 30 * s},
		{"asctime", both("Sun Nov  6 08:49:37 1994", "Sun Nov  6 08:50:07 1994"), 30 * s},
		{"the server's clock is an hour ahead", both("Sun, 06 Nov 1994 09:49:37 GMT", "Sun, 06 Nov 1994 09:50:07 GMT"),
			30 * s},
		{"the server's clock is an hour behind", both("Sun, 06 Nov 1994 07:49:37 GMT", "Sun, 06 Nov 1994 07:50:07 GMT"),
			30 * s},
		{"a date that is past", both("Sun, 06 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:36 GMT"), 0},
		{"a date that is now", both("Sun, 06 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:37 GMT"), 0},
		{"no Date: the own clock", ra("Sun, 06 Nov 1994 08:50:07 GMT"), 30 * s},
		{"Date is garbage: the own clock", both("yesterday", "Sun, 06 Nov 1994 08:50:07 GMT"), 30 * s},
		{"Date is decades off: the own clock", both("Thu, 01 Jan 1970 00:00:00 GMT", "Sun, 06 Nov 1994 08:50:07 GMT"),
			30 * s},
		{"Date is a day and a second off: the own clock",
			both("Sat, 05 Nov 1994 08:49:36 GMT", "Sun, 06 Nov 1994 08:50:07 GMT"), 30 * s},
		{"Date is a day off: it counts", both("Sat, 05 Nov 1994 08:49:37 GMT", "Sat, 05 Nov 1994 08:50:07 GMT"),
			30 * s},
		{"centuries ahead", ra("Fri, 06 Nov 2794 08:49:37 GMT"), math.MaxInt64},
		{"a date of another zone is none", ra("Sun, 06 Nov 1994 08:50:07 +0100"), 0},

		{"milliseconds", http.Header{"Retry-After-Ms": {"1500"}}, 1500 * ms},
		{"milliseconds with decimals", http.Header{"Retry-After-Ms": {"0.5"}}, 500 * time.Microsecond},
		{"milliseconds of Azure", http.Header{"X-Ms-Retry-After-Ms": {"250"}}, 250 * ms},
		{"the order of the headers", http.Header{"Retry-After-Ms": {"1"}, "X-Ms-Retry-After-Ms": {"2"},
			"Retry-After": {"3"}}, ms},
		{"the order of the last two", http.Header{"X-Ms-Retry-After-Ms": {"2"}, "Retry-After": {"3"}}, 2 * ms},
		{"garbage: the next counts", http.Header{"Retry-After-Ms": {"NaN"}, "X-Ms-Retry-After-Ms": {""},
			"Retry-After": {"3"}}, 3 * s},
		{"zero: the next counts", http.Header{"Retry-After-Ms": {"0"}, "Retry-After": {"3"}}, 3 * s},
		{"a date is no number of milliseconds", http.Header{"Retry-After-Ms": {"Sun, 06 Nov 1994 08:50:07 GMT"}}, 0},
	}
	for _, tt := range tests {
		got, ok := RetryAfter(tt.h, retryAfterNow)
		if got != tt.want || ok != (tt.want > 0) {
			t.Errorf("%s: %v %v, want %v", tt.name, got, ok, tt.want)
		}
	}
}

func FuzzRetryAfter(f *testing.F) {
	for _, s := range []string{"", "5", "1.5", "-1", "1e400", "Sun, 06 Nov 1994 08:49:37 GMT", "5, 10",
		"99999999999999999999"} {
		f.Add(s, "Sun, 06 Nov 1994 08:49:37 GMT", s)
	}
	f.Fuzz(func(t *testing.T, value, date, ms string) {
		h := http.Header{"Retry-After": {value}, "Date": {date}, "Retry-After-Ms": {ms}}
		got, ok := RetryAfter(h, retryAfterNow)
		if ok != (got > 0) || got < 0 {
			t.Errorf("%v: %v %v", h, got, ok)
		}
		if twice, _ := RetryAfter(http.Header{"Retry-After": {value, value}, "Date": {date}, "Retry-After-Ms": {ms}},
			retryAfterNow); twice != got {
			t.Errorf("%v: %v, twice %v", h, got, twice)
		}
	})
}
