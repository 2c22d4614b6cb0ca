package crossmark_test

import (
	"errors"
	"testing"
	"time"

	"github.com/resgen/resgen/clients/crossmark"
)

func TestParseDate(t *testing.T) {
	for _, c := range []struct {
		text string
		want crossmark.Date
		iso  string
	}{
		{"01/31/2026", crossmark.Date{Year: 2026, Month: 1, Day: 31}, "2026-01-31"},
		{"02/29/2024", crossmark.Date{Year: 2024, Month: 2, Day: 29}, "2024-02-29"},
		{"", crossmark.Date{}, ""},
	} {
		got, err := crossmark.ParseDate(c.text)
		if err != nil || got != c.want || got.String() != c.text || got.ISO() != c.iso ||
			got.IsZero() != (c.text == "") {
			t.Errorf("%q is %v (%s) with error %v, want %v", c.text, got, got.ISO(), err, c.want)
		}
	}
	for _, text := range []string{
		"2026-01-31", "1/31/2026", "13/01/2026", "02/29/2026", "01/31/2026 ", "31.01.2026", "01/31/26", "00/00/0000",
		" ",
	} {
		if got, err := crossmark.ParseDate(text); err == nil || !got.IsZero() {
			t.Errorf("%q is %v, want an error", text, got)
		}
	}
}

func TestDate_Days(t *testing.T) {
	d := crossmark.Date{Year: 2026, Month: 2, Day: 27}
	if got := d.AddDays(3).String(); got != "03/02/2026" {
		t.Errorf("three days after February 27 is %s", got)
	}
	// clocks are set forward on March 8
	if got := d.DaysUntil(crossmark.Date{Year: 2026, Month: 3, Day: 9}); got != 10 {
		t.Errorf("%d days until March 9, want 10", got)
	}
	for _, c := range []struct {
		a, b string
		want int
	}{
		{"01/02/2026", "01/02/2026", 0}, {"01/02/2026", "01/03/2026", -1}, {"02/01/2026", "01/31/2026", 1},
		{"12/31/2025", "01/01/2026", -1},
	} {
		a, _ := crossmark.ParseDate(c.a)
		b, _ := crossmark.ParseDate(c.b)
		if got := a.Compare(b); got != c.want {
			t.Errorf("%s against %s: %d, want %d", c.a, c.b, got, c.want)
		}
	}
}

func TestParseLocalTime(t *testing.T) {
	day := crossmark.Date{Year: 2026, Month: 1, Day: 5}
	for _, c := range []struct {
		text string
		want crossmark.LocalTime
	}{
		{"01/05/2026 09:30:00 AM", crossmark.LocalTime{Date: day, Hour: 9, Minute: 30}},
		{"01/05/2026 12:00:01 AM", crossmark.LocalTime{Date: day, Second: 1}},
		{"01/05/2026 12:00:00 PM", crossmark.LocalTime{Date: day, Hour: 12}},
		{"01/05/2026 11:59:59 PM", crossmark.LocalTime{Date: day, Hour: 23, Minute: 59, Second: 59}},
		{"", crossmark.LocalTime{}},
	} {
		got, err := crossmark.ParseLocalTime(c.text)
		if err != nil || got != c.want || got.String() != c.text || got.IsZero() != (c.text == "") {
			t.Errorf("%q is %v with error %v, want %v", c.text, got, err, c.want)
		}
	}
	for _, text := range []string{
		"2026-01-05T09:30:00", "01/05/2026", "01/05/2026 09:30:00", "01/05/2026 13:30:00 PM", "01/05/2026 9:30:00 AM",
		"02/30/2026 09:30:00 AM",
	} {
		if got, err := crossmark.ParseLocalTime(text); err == nil || !got.IsZero() {
			t.Errorf("%q is %v, want an error", text, got)
		}
	}
}

// Clocks of the stores skip 02:00 to 03:00 on March 8, 2026, and repeat 01:00 to 02:00 on November
// 1.
func TestLocalTime_ClockChanges(t *testing.T) {
	zone := crossmark.Stores()
	for _, c := range []struct {
		text string
		want []string
	}{
		{"03/08/2026 01:59:59 AM", []string{"2026-03-08T06:59:59Z"}},
		{"03/08/2026 02:00:00 AM", nil},
		{"03/08/2026 02:59:59 AM", nil},
		{"03/08/2026 03:00:00 AM", []string{"2026-03-08T07:00:00Z"}},
		{"07/04/2026 12:00:00 PM", []string{"2026-07-04T16:00:00Z"}},
		{"11/01/2026 12:59:59 AM", []string{"2026-11-01T04:59:59Z"}},
		{"11/01/2026 01:00:00 AM", []string{"2026-11-01T05:00:00Z", "2026-11-01T06:00:00Z"}},
		{"11/01/2026 01:59:59 AM", []string{"2026-11-01T05:59:59Z", "2026-11-01T06:59:59Z"}},
		{"11/01/2026 02:00:00 AM", []string{"2026-11-01T07:00:00Z"}},
		{"12/24/2026 12:00:00 PM", []string{"2026-12-24T17:00:00Z"}},
	} {
		l, err := crossmark.ParseLocalTime(c.text)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, at := range l.Instants(zone) {
			got = append(got, at.UTC().Format(time.RFC3339))
		}
		if len(got) != len(c.want) || len(got) > 0 && (got[0] != c.want[0] || got[len(got)-1] != c.want[len(got)-1]) {
			t.Errorf("%s is at %v, want %v", c.text, got, c.want)
		}
		first, err := l.In(zone)
		switch {
		case len(c.want) == 0 && !errors.Is(err, crossmark.ErrNoSuchTime):
			t.Errorf("%s: %v, want ErrNoSuchTime", c.text, err)
		case len(c.want) > 0 && (err != nil || first.UTC().Format(time.RFC3339) != c.want[0]):
			t.Errorf("%s is at %s with error %v, want %s", c.text, first, err, c.want[0])
		}
	}
}

func TestFormatOffset(t *testing.T) {
	zone := crossmark.Stores()
	for _, c := range []struct{ at, want string }{
		{"2026-07-04T13:30:00.999Z", "2026-07-04T09:30:00-04:00"},
		{"2026-01-05T14:30:00Z", "2026-01-05T09:30:00-05:00"},
		{"2026-11-01T05:30:00Z", "2026-11-01T01:30:00-04:00"}, // the first of the two
		{"2026-11-01T06:30:00Z", "2026-11-01T01:30:00-05:00"},
		{"2026-03-08T07:00:00Z", "2026-03-08T03:00:00-04:00"},
	} {
		at, err := time.Parse(time.RFC3339Nano, c.at)
		if err != nil {
			t.Fatal(err)
		}
		got := crossmark.FormatOffset(at, zone)
		if got != c.want {
			t.Errorf("%s is written %s, want %s", c.at, got, c.want)
		}
		if back, err := crossmark.ParseOffset(got); err != nil || !back.Equal(at.Truncate(time.Second)) {
			t.Errorf("%s is read as %s with error %v", got, back, err)
		}
	}
	for _, text := range []string{
		"", "2026-07-04T09:30:00Z", "2026-07-04T09:30:00.5-04:00", "2026-07-04T09:30:00-0400",
		"2026-07-04 09:30:00-04:00",
	} {
		if got, err := crossmark.ParseOffset(text); err == nil {
			t.Errorf("%q is read as %s, want an error", text, got)
		}
	}
}
