package wire

import (
	"fmt"
	"time"
)

// Date is a day as a server sent it. Like [Time] it keeps the text and parses it when it is asked for. The zero Date is absent.
type Date struct{ raw token }

// NewDate returns a date as yyyy-mm-dd. A day or month out of range moves on, as in [time.Date].
func NewDate(year int, month time.Month, day int) Date {
	return DateOf(time.Date(year, month, day, 0, 0, 0, 0, time.UTC))
}

// DateOf returns the day of a time in its own zone.
func DateOf(t time.Time) Date { return Date{textToken(t.Format(time.DateOnly))} }

// ParseDate returns a date with this very text. The error tells that the text is no date; the result has the text all the same.
func ParseDate(text string) (Date, error) {
	d := Date{textToken(text)}
	_, err := d.Time()
	return d, err
}

// Time returns midnight UTC of the day. It reads yyyy-mm-dd, yyyymmdd and, as the day that they name in their own zone,
// all forms of [Time.Time].
func (d Date) Time() (time.Time, error) {
	if d.IsZero() {
		return time.Time{}, fmt.Errorf("the date is absent")
	}
	t, ok := parseTime(d.String())
	if !ok {
		var err error
		if t, err = time.ParseInLocation("20060102", d.String(), time.UTC); err != nil {
			return time.Time{}, fmt.Errorf("a text of %d characters is no date in a known form", len(d.String()))
		}
	}
	year, month, day := t.Date()
	return time.Date(year, month, day, 0, 0, 0, 0, time.UTC), nil
}

// Valid tells whether [Date.Time] has an answer.
func (d Date) Valid() bool {
	_, err := d.Time()
	return err == nil
}

// Equal tells whether both are the same day, or have the same text.
func (d Date) Equal(e Date) bool {
	a, errA := d.Time()
	b, errB := e.Time()
	return d == e || errA == nil && errB == nil && a.Equal(b)
}

// String returns the text as it was sent.
func (d Date) String() string { return d.raw.text() }

// IsZero tells whether the date is absent.
func (d Date) IsZero() bool { return d.raw == "" }

// MarshalJSON writes the text as it was read; an absent date is null.
func (d Date) MarshalJSON() ([]byte, error) { return d.raw.marshal() }

// UnmarshalJSON keeps the value, whatever it is.
func (d *Date) UnmarshalJSON(data []byte) (err error) {
	d.raw, err = readToken(data)
	return err
}

func (d Date) wireText() (string, bool) { return d.String(), !d.IsZero() }
