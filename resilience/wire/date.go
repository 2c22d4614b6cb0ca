package wire

import (
	"fmt"
	"time"

	"github.com/resgen/resgen/resilience/wire/internal/lossless"
)

// Date is a day in the form in which a server sent it. Like [Time], it keeps the text and parses it
// when [Date.Time] is called. The zero Date is absent.
type Date struct{ token }

// NewDate returns a date as yyyy-mm-dd. A day or month out of range is normalized as by
// [time.Date].
func NewDate(year int, month time.Month, day int) Date {
	return DateOf(time.Date(year, month, day, 0, 0, 0, 0, time.UTC))
}

// DateOf returns the day of a time in its own zone.
func DateOf(t time.Time) Date { return Date{lossless.TextToken(t.Format(time.DateOnly))} }

// ParseDate parses s. On error it still returns a Date that keeps s.
func ParseDate(text string) (Date, error) {
	d := Date{lossless.TextToken(text)}
	_, err := d.Time()
	return d, err
}

// Time returns midnight UTC of the day. It reads yyyy-mm-dd, yyyymmdd and all formats of
// [Time.Time], of which it takes the day in their own zone.
func (d Date) Time() (time.Time, error) {
	if d.IsZero() {
		return time.Time{}, fmt.Errorf("the date is absent")
	}
	t, ok := parseTime(d.String())
	if !ok {
		var err error
		if t, err = time.ParseInLocation("20060102", d.String(), time.UTC); err != nil {
			return time.Time{}, fmt.Errorf("a text of %d characters is not a date in a known form", len(d.String()))
		}
	}
	year, month, day := t.Date()
	return time.Date(year, month, day, 0, 0, 0, 0, time.UTC), nil
}

// Valid reports whether [Date.Time] succeeds.
func (d Date) Valid() bool {
	_, err := d.Time()
	return err == nil
}

// Equal reports whether both are the same day, or have the same text.
func (d Date) Equal(e Date) bool {
	a, errA := d.Time()
	b, errB := e.Time()
	return d == e || errA == nil && errB == nil && a.Equal(b)
}

// String returns the text as it was sent.
func (d Date) String() string { return d.token.String() }

// IsZero reports whether the date is absent.
func (d Date) IsZero() bool { return d.token == "" }

// MarshalJSON writes the text as it was read; an absent date is null.
func (d Date) MarshalJSON() ([]byte, error) { return d.token.MarshalJSON() }

// UnmarshalJSON keeps the value without checking it.
func (d *Date) UnmarshalJSON(data []byte) (err error) {
	d.token, err = lossless.ReadToken(data)
	return err
}

func (d Date) wireText() (string, bool) { return d.String(), !d.IsZero() }
