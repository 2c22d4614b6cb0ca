package crossmark_test

import (
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/resgen/resgen/clients/crossmark"
	"github.com/resgen/resgen/clients/crossmark/crossmarktest"
)

// Failures: how often the booking is sent, what the call returns, and that nothing is ever booked
// twice.
func TestSchedule_NeverTwice(t *testing.T) {
	page := crossmarktest.StrayPage
	gateway := crossmarktest.Fault{
		Name:   "504 after work",
		Status: 504,
		Type:   "text/html",
		Body:   "<html></html>",
		Late:   true,
	}
	refused := crossmarktest.Fault{Status: 400, Body: `{"error":true,"message":"no"}`}
	throttled := crossmarktest.Fault{Status: 429}
	conflict := crossmarktest.Fault{Status: 409}
	for _, c := range []struct {
		name   string
		script []crossmarktest.Fault
		sent   int
		booked bool
		waits  time.Duration // at least, and less than a second more
	}{
		{"500 before work", []crossmarktest.Fault{crossmarktest.ServerError}, 2, true, 0},
		{"500 after work", []crossmarktest.Fault{crossmarktest.LateError}, 1, true, 0},
		{"500 twice", []crossmarktest.Fault{crossmarktest.ServerError, crossmarktest.ServerError}, 2, false, 0},
		{
			"500 before, then after work", []crossmarktest.Fault{crossmarktest.ServerError, crossmarktest.LateError},
			2, true, 0,
		},
		{"503 page", []crossmarktest.Fault{crossmarktest.ErrorPage}, 2, true, time.Minute},
		{"504 after work", []crossmarktest.Fault{gateway}, 1, true, 0},
		{"200 page before work", []crossmarktest.Fault{page}, 2, true, 0},
		{"200 page after work", []crossmarktest.Fault{crossmarktest.LateStrayPage}, 1, true, 0},
		{"empty answer before work", []crossmarktest.Fault{{Status: 200}}, 2, true, 0},
		{"reset before work", []crossmarktest.Fault{crossmarktest.Reset}, 2, true, time.Minute},
		{"reset after work", []crossmarktest.Fault{crossmarktest.LateReset}, 1, true, 0},
		{"cut answer after work", []crossmarktest.Fault{crossmarktest.CutAnswer}, 1, true, 0},
		{"silence before work", []crossmarktest.Fault{crossmarktest.Silence}, 2, true, 90 * time.Second},
		{"silence after work", []crossmarktest.Fault{crossmarktest.LateSilence}, 1, true, 30 * time.Second},
		{"reset twice", []crossmarktest.Fault{crossmarktest.Reset, crossmarktest.Reset}, 2, false, 2 * time.Minute},
		{"refused", []crossmarktest.Fault{refused}, 1, false, 0},
		{"throttled", []crossmarktest.Fault{throttled}, 1, false, 0},
		{"conflict", []crossmarktest.Fault{conflict}, 1, false, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			inMemory(t, one(item()), func(t *testing.T, w *world) {
				if err := w.who(t.Context()); err != nil {
					t.Fatal(err)
				}
				w.server.Fail("scheduleMplanEvent", c.script...)
				begun := time.Now()
				got, err := w.client.Schedule(t.Context(), booking())
				took := time.Since(begun)
				synctest.Wait()
				made := w.server.Bookings("31000000")
				if w.server.Count("scheduleMplanEvent") != c.sent || (len(made) == 1) != c.booked || len(made) > 1 {
					t.Errorf(
						"%d requests and bookings %+v, want %d and booked %t",
						w.server.Count("scheduleMplanEvent"),
						made,
						c.sent,
						c.booked,
					)
				}
				if c.booked && (err != nil || got.EventID != made[0].EventID || got.Sent != c.sent) {
					t.Errorf("%+v with error %v, want event %s after %d requests", got, err, made[0].EventID, c.sent)
				}
				var f *crossmark.BookingError
				if !c.booked &&
					(!errors.As(err, &f) || f.MayHaveApplied || f.Sent != c.sent || f.PlanID != "31000000") {
					t.Errorf("the error is %v, want one that says that nothing changed in %d requests", err, c.sent)
				}
				if !c.booked {
					failure(t, err)
				}
				if took < c.waits || took > c.waits+time.Second {
					t.Errorf("took %s, want %s", took, c.waits)
				}
			})
		})
	}
}

// A session that expires before the booking: the booking was certainly not made, so it is sent
// again after another read.
func TestSchedule_EndedSession(t *testing.T) {
	for ended, want := range map[crossmarktest.EndedAnswer][]int{
		crossmarktest.EndedRedirect: {302, 200}, crossmarktest.Ended401: {401, 200},
		crossmarktest.EndedPage: {200, 200}, crossmarktest.EndedForbidden: {403}} {
		opts := one(item())
		opts.Ended = ended
		inMemory(t, opts, func(t *testing.T, w *world) {
			w.server.Fail("scheduleMplanEvent", crossmarktest.Fault{Delay: time.Second})
			go func() { // after the first read, before the booking is processed
				time.Sleep(500 * time.Millisecond)
				w.server.EndSessions()
			}()
			_, err := w.client.Schedule(t.Context(), booking())
			if got := w.statuses("scheduleMplanEvent"); !slices.Equal(got, want) ||
				len(w.server.Bookings("31000000")) != len(want)-1 ||
				(err == nil) != (len(want) == 2) {
				t.Errorf("%s: answers %v with error %v, want %v", ended, got, err, want)
			}
			if looks := w.server.Count("getPlanningMplans"); looks != len(want) {
				t.Errorf("%s: %d looks, want one before each request", ended, looks)
			}
			var f *crossmark.BookingError
			if err != nil && (!errors.As(err, &f) || f.MayHaveApplied) {
				t.Errorf("%s: %v, want nothing changed", ended, err)
			}
		})
	}
}

// A booking that appears late is found and not repeated.
func TestSchedule_AppearsLate(t *testing.T) {
	for after, sent := range map[time.Duration]int{4 * time.Second: 1, 14 * time.Second: 1, 59 * time.Second: 1} {
		inMemory(t, one(item()), func(t *testing.T, w *world) {
			w.server.Fail("scheduleMplanEvent", crossmarktest.Reset)
			go func() {
				time.Sleep(after)
				w.server.Book("31000000", "101", "2026-06-02T09:30:00-04:00")
			}()
			got, err := w.client.Schedule(t.Context(), booking())
			if err != nil || got.EventID == "" || w.server.Count("scheduleMplanEvent") != sent ||
				len(w.server.Bookings("31000000")) != 1 {
				t.Errorf(
					"after %s: %+v with error %v in %d requests",
					after,
					got,
					err,
					w.server.Count("scheduleMplanEvent"),
				)
			}
		})
	}
}
