package schema

import (
	"regexp"
	"strconv"
	"testing"
	"time"
)

func TestAbove(t *testing.T) {
	for _, limit := range []int64{1, 9, 19, 24, 99, 720, 1099} {
		pattern := regexp.MustCompile("^" + above(limit) + "$")
		for n := range int64(12000) {
			if got := pattern.MatchString(strconv.FormatInt(n, 10)); got != (n > limit) {
				t.Errorf("%d above %d: got %v", n, limit, got)
			}
		}
	}
}

// Each part of a duration must be at most the limit; their sum cannot be checked.
func TestAtMost(t *testing.T) {
	pattern := regexp.MustCompile(atMost(24 * time.Hour)[0].value.(object)[0].value.(string))
	for text, tooLong := range map[string]bool{
		"24h": false, "24h0m": false, "25h": true, "024h": false, "0025h": true, "100h": true, "25.5h": true,
		"0.25h": false, "1440m": false, "1441m": true, "1441ms": false, "1441m1s": true, "86400s": false,
		"86401s": true, "86401ms": false, "86401us": false, "1h25m": false, "1m25h": true, "1.25h": false,
	} {
		if got := pattern.MatchString(text); got != tooLong {
			t.Errorf("%s: too long %v, want %v", text, got, tooLong)
		}
	}
}
