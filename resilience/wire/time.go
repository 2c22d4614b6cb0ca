package wire

import (
	"fmt"
	"strings"
	"time"

	"github.com/resgen/resgen/resilience/wire/internal/lossless"
)

// Time is a date-time in the form in which a server sent it. It keeps the text, so that a value is
// sent back unchanged and one malformed timestamp does not fail the response around it; the text is
// parsed by [Time.Time]. The zero Time is absent. Times are comparable: == compares texts,
// [Time.Equal] instants.
type Time struct{ token }

// NewTime returns a time as RFC 3339, with as many digits of the second as it needs.
func NewTime(t time.Time) Time { return Time{lossless.TextToken(t.Format(time.RFC3339Nano))} }

// ParseTime parses s. On error it still returns a Time that keeps s.
func ParseTime(text string) (Time, error) {
	t := Time{lossless.TextToken(text)}
	_, err := t.Time()
	return t, err
}

// Time parses the text: RFC 3339; the same without seconds, without zone (read as UTC), with a
// space for the T; a date alone (midnight UTC); the basic format 20060102T150405Z; RFC 1123, RFC
// 850 and the formats of C and Unix. The error for a text in none of these formats does not quote
// it.
func (t Time) Time() (time.Time, error) {
	if t.IsZero() {
		return time.Time{}, fmt.Errorf("the time is absent")
	}
	if parsed, ok := parseTime(t.String()); ok {
		return parsed, nil
	}
	return time.Time{}, fmt.Errorf("a text of %d characters is not a time in a known form", len(t.String()))
}

// Valid reports whether [Time.Time] succeeds.
func (t Time) Valid() bool {
	_, err := t.Time()
	return err == nil
}

// Equal reports whether both are the same instant, or have the same text.
func (t Time) Equal(u Time) bool {
	a, errA := t.Time()
	b, errB := u.Time()
	return t == u || errA == nil && errB == nil && a.Equal(b)
}

// String returns the text as it was sent.
func (t Time) String() string { return t.token.String() }

// IsZero reports whether the time is absent.
func (t Time) IsZero() bool { return t.token == "" }

// MarshalJSON writes the text as it was read; an absent time is null.
func (t Time) MarshalJSON() ([]byte, error) { return t.token.MarshalJSON() }

// UnmarshalJSON keeps the value without checking it.
func (t *Time) UnmarshalJSON(data []byte) (err error) {
	t.token, err = lossless.ReadToken(data)
	return err
}

func (t Time) wireText() (string, bool) { return t.String(), !t.IsZero() }

// timeLayouts are tried in order. A layout with seconds also reads a fraction of a second.
var timeLayouts = []string{
	time.RFC3339,
	"2006-01-02T15:04Z07:00",
	"2006-01-02T15:04:05",
	"2006-01-02T15:04",
	time.DateOnly,
	"2006-01-02T15:04:05Z0700",
	"2006-01-02T15:04Z0700",
	"2006-01-02T15:04:05Z07",
	"2006-01-02T15:04:05 Z07:00",
	"2006-01-02T15:04:05 Z0700",
	"2006-01-02T15:04:05 MST",
	"2006-01-02T15:04:05 Z0700 MST",
	"20060102T150405Z0700",
	"20060102T150405",
	time.RFC1123,
	time.RFC1123Z,
	"Mon, _2 Jan 2006 15:04:05 MST",
	"Mon, _2 Jan 2006 15:04:05 Z0700",
	time.RFC850,
	time.ANSIC,
	time.UnixDate,
	time.RubyDate,
}

// zoneHours are the zone names of RFC 822. Any other name could be one of several zones.
var zoneHours = map[string]int{
	"UTC": 0, "GMT": 0, "UT": 0, "Z": 0,
	"EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7,
}

// parseTime reads a time in one of the layouts. It does not depend on the zone of the machine.
func parseTime(text string) (time.Time, bool) {
	text = normalTime(text)
	for _, layout := range timeLayouts {
		t, err := time.ParseInLocation(layout, text, time.UTC)
		if err != nil {
			continue
		}
		if strings.Contains(layout, "MST") && !strings.Contains(layout, "0700") {
			return inZone(t)
		}
		return t, true
	}
	return time.Time{}, false
}

// normalTime brings a text that begins with a date to upper-case T and Z.
func normalTime(text string) string {
	text = strings.TrimSpace(text)
	if len(text) > 10 && text[4] == '-' && (text[10] == ' ' || text[10] == 't') {
		text = text[:10] + "T" + text[11:]
	}
	if zoneless, ok := strings.CutSuffix(text, "z"); ok {
		text = zoneless + "Z"
	}
	return text
}

// inZone sets the offset of a time that was parsed with the name of a zone.
func inZone(t time.Time) (time.Time, bool) {
	name, _ := t.Zone()
	hours, ok := zoneHours[name]
	if !ok {
		return time.Time{}, false
	}
	if hours == 0 {
		return t.UTC(), true
	}
	y, m, d := t.Date()
	zone := time.FixedZone(name, hours*3600)
	return time.Date(y, m, d, t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), zone), true
}
