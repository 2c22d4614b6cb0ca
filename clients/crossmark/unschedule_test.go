package crossmark_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/resgen/resgen/clients/crossmark"
	"github.com/resgen/resgen/clients/crossmark/crossmarktest"
)

const when = "2026-06-02T09:30:00-04:00"

func TestUnschedule_CancelsTheBooking(t *testing.T) {
	inMemory(t, one(item()), func(t *testing.T, w *world) {
		made, err := w.client.Schedule(t.Context(), booking())
		if err != nil {
			t.Fatal(err)
		}
		for range 2 { // the second call has nothing to do
			if err := w.client.Unschedule(t.Context(), "31000000", made.EventID); err != nil {
				t.Fatal(err)
			}
			if p := w.server.Plan("31000000"); p.Condition != "Unstaffed" || p.EventID != "" ||
				w.server.Count("deleteScheduledMplanEvent") != 1 {
				t.Errorf("the item is %+v after %d requests", p, w.server.Count("deleteScheduledMplanEvent"))
			}
		}
	})
}

// A wrong id would cancel another booking: nothing is sent.
func TestUnschedule_WrongIDs(t *testing.T) {
	other := item()
	other.ID = "31000001"
	opts := one(item())
	opts.Plans = append(opts.Plans, other)
	inMemory(t, opts, func(t *testing.T, w *world) {
		mine, others := w.server.Book("31000000", "101", when), w.server.Book("31000001", "101", when)
		for _, id := range []string{"", mine + "_schedule", "31000000_77", "31000000-77", " " + mine, "abc", "-1"} {
			if err := w.client.Unschedule(t.Context(), "31000000", id); err == nil || len(w.server.Entries()) != 0 {
				t.Errorf("%q: error %v after %d requests, want an error and none", id, err, len(w.server.Entries()))
			}
		}
		for _, plan := range []string{"", "31000000_77"} {
			if err := w.client.Unschedule(t.Context(), plan, mine); err == nil || len(w.server.Entries()) != 0 {
				t.Errorf("item %q: error %v", plan, err)
			}
		}
		for _, id := range []string{others, "31000000", "99999999"} {
			err := w.client.Unschedule(t.Context(), "31000000", id)
			var f *crossmark.BookingError
			if !errors.Is(err, crossmark.ErrEventID) || !errors.As(err, &f) || f.MayHaveApplied ||
				w.server.Count("deleteScheduledMplanEvent") != 0 {
				t.Errorf(
					"%s: error %v after %d requests, want ErrEventID and none",
					id,
					err,
					w.server.Count("deleteScheduledMplanEvent"),
				)
			}
		}
		if err := w.client.Unschedule(t.Context(), "31000009", mine); !errors.Is(err, crossmark.ErrNoPlan) {
			t.Errorf("an unknown item: %v", err)
		}
	})
}

// Failures: a cancellation may be retried, and if its response is inconclusive, the item is read
// again.
func TestUnschedule_Failures(t *testing.T) {
	page, late := crossmarktest.StrayPage, crossmarktest.LateStrayPage
	ill, reset := crossmarktest.ServerError, crossmarktest.Reset
	for _, c := range []struct {
		name    string
		script  []crossmarktest.Fault
		sent    int
		ended   bool
		fails   bool
		unknown bool
	}{
		{"reset", []crossmarktest.Fault{reset}, 2, true, false, false},
		{"reset after work", []crossmarktest.Fault{crossmarktest.LateReset}, 2, true, false, false},
		{"a page, then properly", []crossmarktest.Fault{page}, 2, true, false, false},
		{"a page after work", []crossmarktest.Fault{late}, 2, true, false, false},
		{"pages after work", []crossmarktest.Fault{late, late}, 2, true, false, false},
		{"pages", []crossmarktest.Fault{page, page}, 2, false, true, false},
		{"server errors", []crossmarktest.Fault{ill, ill, ill, ill}, 4, false, true, false},
		{
			"server errors after work", []crossmarktest.Fault{crossmarktest.LateError, ill, ill, ill}, 4, true, false,
			false,
		},
		{"refused", []crossmarktest.Fault{{Status: 400}}, 1, false, true, false},
		{"silence", slices.Repeat([]crossmarktest.Fault{crossmarktest.Silence}, 4), 4, false, true, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			inMemory(t, one(item()), func(t *testing.T, w *world) {
				id := w.server.Book("31000000", "101", when)
				w.server.Fail("deleteScheduledMplanEvent", c.script...)
				err := w.client.Unschedule(t.Context(), "31000000", id)
				if (w.server.Plan("31000000").EventID == "") != c.ended || (err != nil) != c.fails {
					t.Errorf("the item is %+v, and the error %v", w.server.Plan("31000000"), err)
				}
				var f *crossmark.BookingError
				if c.fails && (!errors.As(err, &f) || f.MayHaveApplied != c.unknown || f.Sent != c.sent) {
					t.Errorf("the error is %v, want unknown %t after %d requests", err, c.unknown, c.sent)
				}
				if err != nil {
					secretFree(t, err.Error())
				}
			})
		})
	}
}

// An item that is booked without an id is left unchanged.
func TestUnschedule_NoIDToCompare(t *testing.T) {
	p := item()
	p.Condition = "Scheduled"
	inMemory(t, one(p), func(t *testing.T, w *world) {
		if err := w.client.Unschedule(t.Context(), "31000000", "10000001"); !errors.Is(err, crossmark.ErrEventID) ||
			w.server.Count("deleteScheduledMplanEvent") != 0 {
			t.Errorf("%v", err)
		}
	})
}
