package crossmark

// This file implements the application's three time formats: US dates, US local times without a
// zone, and times with a numeric offset.

import (
	"cmp"
	"errors"
	"fmt"
	"time"
	_ "time/tzdata" // for machines without a time zone database
)

// Layouts of the application.
const (
	usDate      = "01/02/2006"
	usTime      = "01/02/2006 03:04:05 PM"
	usTime24    = "01/02/2006 15:04:05"
	isoDate     = "2006-01-02"
	offsetTime  = "2006-01-02T15:04:05-07:00" // fractions and Z have not been observed
	storesZone  = "America/Indiana/Indianapolis"
	defaultZone = "America/Indianapolis" // name sent at sign-in
)

// A Date is a calendar day without a time zone. The zero Date means no date; the application writes
// it as an empty string.
type Date struct {
	Year  int
	Month time.Month
	Day   int
}

// DateOf returns the day of a time in its location.
func DateOf(t time.Time) Date {
	y, m, d := t.Date()
	return Date{y, m, d}
}

// ParseDate parses MM/DD/YYYY. An empty string is the zero Date. It returns an error for days that
// do not exist and for other formats, such as ISO dates.
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

// String returns the date as MM/DD/YYYY, or "" for the zero Date.
func (d Date) String() string { return d.format(usDate) }

// ISO returns the date as YYYY-MM-DD, or "" for the zero Date.
func (d Date) ISO() string { return d.format(isoDate) }

func (d Date) format(layout string) string {
	if d.IsZero() {
		return ""
	}
	return d.utc().Format(layout)
}

// IsZero reports whether d is the zero Date.
func (d Date) IsZero() bool { return d == Date{} }

// AddDays returns the date n calendar days later.
func (d Date) AddDays(n int) Date { return DateOf(d.utc().AddDate(0, 0, n)) }

// DaysUntil returns the number of days from d to other, negative if other is earlier.
func (d Date) DaysUntil(other Date) int { return int(other.utc().Sub(d.utc()) / (24 * time.Hour)) }

// Compare returns -1 if d is before other, 0 if they are equal, and 1 if d is after other.
func (d Date) Compare(other Date) int {
	return cmp.Or(cmp.Compare(d.Year, other.Year), cmp.Compare(d.Month, other.Month), cmp.Compare(d.Day, other.Day))
}

// valid reports whether the day exists.
func (d Date) valid() bool { return !d.IsZero() && DateOf(d.utc()) == d }

func (d Date) utc() time.Time { return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, time.UTC) }

// A LocalTime is a wall clock time without a time zone. The zero LocalTime means no time.
type LocalTime struct {
	Date                 Date
	Hour, Minute, Second int
}

// ParseLocalTime parses MM/DD/YYYY hh:mm:ss AM or PM. An empty string is the zero LocalTime.
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

// LocalTimeOf returns the wall clock time of t in its location, in whole seconds.
func LocalTimeOf(t time.Time) LocalTime {
	return LocalTime{DateOf(t), t.Hour(), t.Minute(), t.Second()}
}

// String returns the time as MM/DD/YYYY hh:mm:ss AM or PM, or "" for the zero LocalTime.
func (l LocalTime) String() string {
	if l.IsZero() {
		return ""
	}
	return l.in(time.UTC).Format(usTime)
}

// IsZero reports whether l is the zero LocalTime.
func (l LocalTime) IsZero() bool { return l == LocalTime{} }

// ErrNoSuchTime is returned for a local time that does not exist because clocks were set forward.
var ErrNoSuchTime = errors.New("no such local time: clocks are set forward over it")

// Instants returns the instants at which clocks in zone show this time: usually one, none when
// clocks are set forward over it, and two, the earlier first, when clocks are set back.
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

// In returns the first instant at which clocks in zone show this time, or [ErrNoSuchTime] if there
// is none.
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

// FormatOffset formats a time for scheduling: YYYY-MM-DDTHH:MM:SS-04:00 with the offset of zone,
// without fractions of a second.
func FormatOffset(t time.Time, zone *time.Location) string { return t.In(zone).Format(offsetTime) }

// ParseOffset parses the format of [FormatOffset]. It returns an error for fractions, Z and offsets
// without a colon.
func ParseOffset(text string) (time.Time, error) {
	t, err := time.Parse(offsetTime, text)
	if err != nil || len(text) != len(offsetTime) {
		return time.Time{}, fmt.Errorf("a time of %d characters is not YYYY-MM-DDTHH:MM:SS-04:00", len(text))
	}
	return t, nil
}

// Stores returns the default zone of [Config]: America/Indiana/Indianapolis.
func Stores() *time.Location {
	zone, err := time.LoadLocation(storesZone)
	if err != nil {
		panic(err) // the time zone database is embedded
	}
	return zone
}
