package crossmark

// This file has the application's three ways to write time: US dates, US local times without a
// zone, and times with a numeric offset.

import (
	"cmp"
	"errors"
	"fmt"
	"time"
	_ "time/tzdata" // the stores' zone must be known on machines without a database of zones
)

// The layouts of the application.
const (
	usDate      = "01/02/2006"
	usTime      = "01/02/2006 03:04:05 PM"
	usTime24    = "01/02/2006 15:04:05"
	isoDate     = "2006-01-02"
	offsetTime  = "2006-01-02T15:04:05-07:00" // neither a fraction nor Z has been seen
	storesZone  = "America/Indiana/Indianapolis"
	defaultZone = "America/Indianapolis" // the name that sign-in takes
)

// A Date is a day of the calendar, without a zone. The zero Date is none: the application writes it
// as an empty string.
type Date struct {
	Year  int
	Month time.Month
	Day   int
}

// DateOf returns the day of a time where it is.
func DateOf(t time.Time) Date {
	y, m, d := t.Date()
	return Date{y, m, d}
}

// ParseDate reads MM/DD/YYYY. An empty text is the zero Date. Days that the calendar does not have
// are errors, and so are other forms, ISO dates among them.
func ParseDate(us string) (Date, error) {
	if us == "" {
		return Date{}, nil
	}
	t, err := time.Parse(usDate, us)
	if err != nil || len(us) != len(usDate) {
		return Date{}, fmt.Errorf("a date of %d characters is not MM/DD/YYYY", len(us))
	}
	return DateOf(t), nil
}

// String returns the date as the application writes it: MM/DD/YYYY, empty for the zero Date.
func (d Date) String() string { return d.format(usDate) }

// ISO returns YYYY-MM-DD, empty for the zero Date.
func (d Date) ISO() string { return d.format(isoDate) }

func (d Date) format(layout string) string {
	if d.IsZero() {
		return ""
	}
	return d.utc().Format(layout)
}

// IsZero tells whether there is no date.
func (d Date) IsZero() bool { return d == Date{} }

// AddDays returns the day n days later. Days are those of the calendar: none is longer or shorter
// than others.
func (d Date) AddDays(n int) Date { return DateOf(d.utc().AddDate(0, 0, n)) }

// DaysUntil returns how many days later the other one is, negative if it is earlier.
func (d Date) DaysUntil(other Date) int { return int(other.utc().Sub(d.utc()) / (24 * time.Hour)) }

// Compare returns -1, 0 or 1, as d is before, the same as or after the other.
func (d Date) Compare(other Date) int {
	return cmp.Or(cmp.Compare(d.Year, other.Year), cmp.Compare(d.Month, other.Month), cmp.Compare(d.Day, other.Day))
}

// valid reports whether the calendar has the day.
func (d Date) valid() bool { return !d.IsZero() && DateOf(d.utc()) == d }

func (d Date) utc() time.Time { return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, time.UTC) }

// A LocalTime is what a clock on a wall shows, without a zone. The zero LocalTime is none.
type LocalTime struct {
	Date                 Date
	Hour, Minute, Second int
}

// ParseLocalTime reads MM/DD/YYYY hh:mm:ss AM or PM. An empty text is the zero LocalTime.
func ParseLocalTime(us string) (LocalTime, error) {
	if us == "" {
		return LocalTime{}, nil
	}
	t, err := time.Parse(usTime, us)
	if err != nil || len(us) != len(usTime) {
		return LocalTime{}, fmt.Errorf("a time of %d characters is not MM/DD/YYYY hh:mm:ss AM or PM", len(us))
	}
	return LocalTimeOf(t), nil
}

// LocalTimeOf returns what the clock shows where t is, in whole seconds.
func LocalTimeOf(t time.Time) LocalTime {
	return LocalTime{DateOf(t), t.Hour(), t.Minute(), t.Second()}
}

// String returns the time as the application writes it: MM/DD/YYYY hh:mm:ss AM or PM, empty for the
// zero LocalTime.
func (l LocalTime) String() string {
	if l.IsZero() {
		return ""
	}
	return l.in(time.UTC).Format(usTime)
}

// IsZero tells whether there is no time.
func (l LocalTime) IsZero() bool { return l == LocalTime{} }

// ErrNoSuchTime is for times that a zone skips, because its clocks were put forward.
var ErrNoSuchTime = errors.New("the clocks are put forward over this time")

// Instants returns when the clocks of a zone show this time: once, never where clocks were put
// forward over it, twice where they were put back, the earlier first.
func (l LocalTime) Instants(zone *time.Location) []time.Time {
	var found []time.Time
	_, before := l.in(zone).Add(-24 * time.Hour).Zone()
	_, after := l.in(zone).Add(24 * time.Hour).Zone()
	wall := l.in(time.UTC)
	for _, offset := range []int{max(before, after), min(before, after)} {
		t := wall.Add(-time.Duration(offset) * time.Second).In(zone)
		if LocalTimeOf(t) == l && (len(found) == 0 || !t.Equal(found[0])) {
			found = append(found, t)
		}
	}
	return found
}

// In returns when the clocks of a zone show this time, the first of two where they were put back.
// [ErrNoSuchTime]: they never do.
func (l LocalTime) In(zone *time.Location) (time.Time, error) {
	found := l.Instants(zone)
	if len(found) == 0 {
		return time.Time{}, fmt.Errorf("%s in %s: %w", l, zone, ErrNoSuchTime)
	}
	return found[0], nil
}

func (l LocalTime) in(zone *time.Location) time.Time {
	return time.Date(l.Date.Year, l.Date.Month, l.Date.Day, l.Hour, l.Minute, l.Second, 0, zone)
}

// FormatOffset writes a time as scheduling takes it: YYYY-MM-DDTHH:MM:SS-04:00 with the zone's
// offset on that day, a fraction of a second left out.
func FormatOffset(t time.Time, zone *time.Location) string { return t.In(zone).Format(offsetTime) }

// ParseOffset reads what [FormatOffset] writes. A fraction, Z and an offset without a colon are
// errors.
func ParseOffset(text string) (time.Time, error) {
	t, err := time.Parse(offsetTime, text)
	if err != nil || len(text) != len(offsetTime) {
		return time.Time{}, fmt.Errorf("a time of %d characters is not YYYY-MM-DDTHH:MM:SS-04:00", len(text))
	}
	return t, nil
}

// Stores returns the zone of the stores where a [Config] names none: America/Indiana/Indianapolis.
func Stores() *time.Location {
	zone, err := time.LoadLocation(storesZone)
	if err != nil {
		panic(err) // the database of zones is linked in
	}
	return zone
}
