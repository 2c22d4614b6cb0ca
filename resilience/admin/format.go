package admin

// This file has the functions of the template that write values for people.

import (
	"fmt"
	"html/template"
	"strconv"
	"strings"
	"time"

	"github.com/resgen/resgen/resilience/policy"
)

// clock returns a time as an element that has both the time of day and the exact time.
func clock(t any) template.HTML {
	at, ok := t.(time.Time)
	if p, isPointer := t.(*time.Time); isPointer && p != nil {
		at, ok = *p, true
	}
	if !ok || at.IsZero() {
		return "–"
	}
	at = at.UTC()
	return template.HTML(`<time datetime="` + stamp(at) + `">` + at.Format("15:04:05") + `</time>`)
}

// stamp returns the exact time.
func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// ago returns how long before another a time was.
func ago(t, now time.Time) string {
	return policy.FormatDuration(max(0, now.Sub(t)).Truncate(time.Second))
}

// percent returns a share in percent.
func percent(share float64) string { return strconv.FormatFloat(100*share, 'f', 0, 64) + " %" }

// latency returns a number of seconds with its unit.
func latency(seconds float64) string {
	switch d := time.Duration(seconds * float64(time.Second)); {
	case d == 0:
		return "–"
	case d < time.Millisecond:
		return d.Round(10 * time.Microsecond).String()
	case d < time.Second:
		return d.Round(time.Millisecond / 10).String()
	default:
		return d.Round(10 * time.Millisecond).String()
	}
}

// number returns a number without needless decimals.
func number(f float64) string {
	if f >= 1000 {
		return strconv.FormatFloat(f, 'f', 0, 64)
	}
	return strconv.FormatFloat(f, 'g', 4, 64)
}

// accountName returns the name of an account for people.
func accountName(name string) string {
	if name == "" {
		return "(no account)"
	}
	return name
}

// words returns a state for people.
func words(state any) string { return strings.ReplaceAll(fmt.Sprint(state), "-", " ") }

// outcome returns an outcome of a batch for people.
func outcome(name string) string { return strings.ReplaceAll(name, "_", " ") }

// duration returns a number of seconds as a duration without fractions.
func duration(seconds float64) string {
	return policy.FormatDuration(time.Duration(seconds) * time.Second)
}
