package crossmark_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/resgen/resgen/clients/crossmark"
	"github.com/resgen/resgen/clients/crossmark/crossmarktest"
)

// at is 9:30 in the stores on a day of daylight saving time.
var at = time.Date(2026, 6, 2, 13, 30, 0, 0, time.UTC)

func item() crossmarktest.Plan {
	return crossmarktest.Plan{ID: "31000000", Name: "visit", Start: "06/01/2026", End: "06/05/2026", StoreID: "77"}
}

func booking() crossmark.Booking {
	return crossmark.Booking{PlanID: "31000000", RepID: "101", Start: at}
}

func one(p crossmarktest.Plan) crossmarktest.Options {
	return crossmarktest.Options{
		Plans: []crossmarktest.Plan{p},
		Reps:  []crossmarktest.Rep{{ID: "101", First: "A", Last: "B"}},
	}
}

func TestSchedule_Books(t *testing.T) {
	short := item()
	short.Minutes = 45
	for _, c := range []struct {
		name       string
		plan       crossmarktest.Plan
		change     func(*crossmark.Booking)
		start, end string
		location   string
	}{
		{
			"an hour with an unknown state", item(), func(*crossmark.Booking) {}, "2026-06-02T09:30:00-04:00",
			"2026-06-02T10:30:00-04:00", "77",
		},
		{
			"the item's minutes", short, func(*crossmark.Booking) {}, "2026-06-02T09:30:00-04:00",
			"2026-06-02T10:15:00-04:00", "77",
		},
		{
			"the caller's end and location", short,
			func(b *crossmark.Booking) { b.End, b.LocationID = at.Add(2*time.Hour), "88" },
			"2026-06-02T09:30:00-04:00", "2026-06-02T11:30:00-04:00", "88",
		},
		{
			"a fraction of a second", item(), func(b *crossmark.Booking) { b.Start = at.Add(999 * time.Millisecond) },
			"2026-06-02T09:30:00-04:00", "2026-06-02T10:30:00-04:00", "77",
		},
		{
			"over the night when clocks go back", item(),
			func(b *crossmark.Booking) { b.Start = time.Date(2026, 11, 1, 5, 30, 0, 0, time.UTC) },
			"2026-11-01T01:30:00-04:00", "2026-11-01T01:30:00-05:00", "77",
		},
		{
			"over the night when clocks go forward", item(),
			func(b *crossmark.Booking) { b.Start = time.Date(2026, 3, 8, 6, 30, 0, 0, time.UTC) },
			"2026-03-08T01:30:00-05:00", "2026-03-08T03:30:00-04:00", "77",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			inMemory(t, one(c.plan), func(t *testing.T, w *world) {
				b := booking()
				c.change(&b)
				got, err := w.client.Schedule(t.Context(), b)
				made := w.server.Bookings("31000000")
				if err != nil || len(made) != 1 || got.EventID != made[0].EventID || got.Sent != 1 {
					t.Fatalf("%+v with error %v, and bookings %+v", got, err, made)
				}
				if made[0].Start != c.start || made[0].End != c.end || made[0].LocationID != c.location ||
					made[0].RepID != "101" {
					t.Errorf("booked %+v, want %s to %s at %s", made[0], c.start, c.end, c.location)
				}
				if got.End.Sub(got.Start) <= 0 || crossmark.FormatOffset(got.End, w.client.Zone()) != c.end {
					t.Errorf("returned %s to %s", got.Start, got.End)
				}
				again, err := w.client.Schedule(t.Context(), b)
				if err != nil || again.Sent != 0 || again.EventID != got.EventID ||
					len(w.server.Bookings("31000000")) != 1 {
					t.Errorf("a second time: %+v with error %v", again, err)
				}
			})
		})
	}
}

// A different booking is neither taken for the requested one nor overwritten, before and after a
// failure.
func TestSchedule_BookedDifferently(t *testing.T) {
	for name, other := range map[string][2]string{
		"another representative": {"102", "2026-06-02T09:30:00-04:00"},
		"another time":           {"101", "2026-06-02T09:30:01-04:00"},
	} {
		for _, late := range []bool{false, true} {
			inMemory(t, one(item()), func(t *testing.T, w *world) {
				want := 0
				if !late {
					w.server.Book("31000000", other[0], other[1])
				} else {
					want = 1
					w.server.Fail("scheduleMplanEvent", crossmarktest.Fault{Delay: time.Second, Status: 500})
					go func() {
						time.Sleep(500 * time.Millisecond)
						w.server.Book("31000000", other[0], other[1])
					}()
				}
				_, err := w.client.Schedule(t.Context(), booking())
				var f *crossmark.BookingError
				if !errors.Is(err, crossmark.ErrBooked) || !errors.As(err, &f) || f.MayHaveApplied || f.Sent != want ||
					w.server.Count("scheduleMplanEvent") != want {
					t.Errorf(
						"%s, late %t: the error is %v after %d requests, want ErrBooked after %d",
						name,
						late,
						err,
						w.server.Count("scheduleMplanEvent"),
						want,
					)
				}
			})
		}
	}
	for _, condition := range []string{"Scheduled", "Staffed"} { // booked, without details
		p := item()
		p.Condition = condition
		inMemory(t, one(p), func(t *testing.T, w *world) {
			if _, err := w.client.Schedule(t.Context(), booking()); !errors.Is(err, crossmark.ErrBooked) ||
				w.server.Count("scheduleMplanEvent") != 0 {
				t.Errorf("%s: %v", condition, err)
			}
		})
	}
}

// A booking found by a read counts as the requested one unless it contradicts it.
func TestSchedule_ReadAfterFailure(t *testing.T) {
	for row, ours := range map[string]bool{
		`"scheduleEventID":"5"`:                                                                true,
		`"scheduleEventID":"5","scheduleDate":null`:                                            true,
		`"scheduleEventID":"5","scheduleDate":"soon"`:                                          true,
		`"scheduleEventID":"5","scheduleDate":"06/02/2026 09:30:00 AM"`:                        true,
		`"scheduleEventID":"5","scheduleDate":"06/02/2026 09:30:00 AM","scheduleRepID":101`:    true,
		`"scheduleEventID":"5","scheduleDate":"06/02/2026 09:30:00 PM","scheduleRepID":101`:    false,
		`"scheduleEventID":"5","scheduleDate":"06/02/2026 09:30:00 AM","scheduleRepID":"1010"`: false,
	} {
		inMemory(t, one(item()), func(t *testing.T, w *world) {
			w.server.Fail("scheduleMplanEvent", crossmarktest.ServerError)
			w.server.Fail(
				"getPlanningMplans",
				crossmarktest.Fault{},
				crossmarktest.Fault{Status: 200, Body: `{"total":1,"mplans":[{"mPlanID":"31000000",` + row + `}]}`},
			)
			got, err := w.client.Schedule(t.Context(), booking())
			if ours != (err == nil && got.EventID == "5") || ours == errors.Is(err, crossmark.ErrBooked) ||
				w.server.Count("scheduleMplanEvent") != 1 {
				t.Errorf(
					"%s: %+v with error %v after %d requests, want ours %t",
					row,
					got,
					err,
					w.server.Count("scheduleMplanEvent"),
					ours,
				)
			}
		})
	}
}

// If the item cannot be read, the result is unknown and nothing is sent again.
func TestSchedule_UnknownResult(t *testing.T) {
	for name, script := range map[string]crossmarktest.Fault{
		"reset": crossmarktest.Reset, "500": crossmarktest.ServerError,
	} {
		inMemory(t, one(item()), func(t *testing.T, w *world) {
			w.server.Fail("scheduleMplanEvent", script)
			bad := crossmarktest.Fault{Status: 400}
			w.server.Fail("getPlanningMplans", append([]crossmarktest.Fault{{}}, bad, bad, bad, bad)...)
			_, err := w.client.Schedule(t.Context(), booking())
			var f *crossmark.BookingError
			if !errors.As(err, &f) || !f.MayHaveApplied || f.Sent != 1 || w.server.Count("scheduleMplanEvent") != 1 ||
				!strings.Contains(err.Error(), "read the work item") {
				t.Errorf(
					"%s: the error is %v after %d requests, want one that says that the state is unknown",
					name,
					err,
					w.server.Count("scheduleMplanEvent"),
				)
			}
		})
	}
	inMemory(t, one(item()), func(t *testing.T, w *world) { // the caller cancels while the application is working
		w.server.Fail("scheduleMplanEvent", crossmarktest.Fault{Delay: time.Minute})
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		_, err := w.client.Schedule(ctx, booking())
		var f *crossmark.BookingError
		if !errors.As(err, &f) || !f.MayHaveApplied || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("the error is %v, want one that says that the state is unknown", err)
		}
	})
	inMemory(t, one(item()), func(t *testing.T, w *world) { // and between two reads
		w.server.Fail("scheduleMplanEvent", crossmarktest.Reset)
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		defer cancel()
		_, err := w.client.Schedule(ctx, booking())
		var f *crossmark.BookingError
		if !errors.As(err, &f) || !f.MayHaveApplied || w.server.Count("scheduleMplanEvent") != 1 {
			t.Errorf("the error is %v, want one that says that the state is unknown", err)
		}
	})
}

// Settle is how long to wait after a lost response.
func TestSchedule_Settle(t *testing.T) {
	inMemory(t, one(item()), func(t *testing.T, w *world) {
		c := w.config()
		c.Settle = 12 * time.Second
		client := open(t, c)
		defer func() { _ = client.Close() }()
		w.server.Fail("scheduleMplanEvent", crossmarktest.Reset)
		begun := time.Now()
		if _, err := client.Schedule(t.Context(), booking()); err != nil || time.Since(begun) != 12*time.Second {
			t.Errorf("%v after %s, want 12 s", err, time.Since(begun))
		}
		var looks []time.Duration
		for _, e := range w.server.Entries() {
			if e.Operation == "getPlanningMplans" {
				looks = append(looks, e.Time.Sub(begun))
			}
		}
		if want := []time.Duration{0, 0, time.Second, 3 * time.Second, 12 * time.Second}; !slices.Equal(looks, want) {
			t.Errorf("looked after %v, want %v", looks, want)
		}
	})
}

// Of two concurrent bookings of one item, one is made.
func TestSchedule_Concurrent(t *testing.T) {
	opts := one(item())
	opts.Latency = [2]time.Duration{100 * time.Millisecond}
	inMemory(t, opts, func(t *testing.T, w *world) {
		var all sync.WaitGroup
		var mu sync.Mutex
		var errs []error
		for i := range 5 {
			all.Go(func() {
				b := booking()
				b.RepID = fmt.Sprint(101 + i)
				_, err := w.client.Schedule(t.Context(), b)
				mu.Lock()
				defer mu.Unlock()
				errs = append(errs, err)
			})
		}
		all.Wait()
		busy := 0
		for _, err := range errs {
			if errors.Is(err, crossmark.ErrBusy) {
				busy++
			}
		}
		if busy != 4 || len(w.server.Bookings("31000000")) != 1 {
			t.Errorf(
				"%d of five were busy and %d bookings were made: %v",
				busy,
				len(w.server.Bookings("31000000")),
				errs,
			)
		}
		b := booking() // and the item can be booked afterwards
		if _, err := w.client.Schedule(t.Context(), b); errors.Is(err, crossmark.ErrBusy) {
			t.Error(err)
		}
	})
}

func TestSchedule_Arguments(t *testing.T) {
	inMemory(t, one(item()), func(t *testing.T, w *world) {
		for name, change := range map[string]func(*crossmark.Booking){
			"no item":          func(b *crossmark.Booking) { b.PlanID = "" },
			"a legacy id":      func(b *crossmark.Booking) { b.PlanID = "31000000_77" },
			"no rep":           func(b *crossmark.Booking) { b.RepID = "" },
			"an employee code": func(b *crossmark.Booking) { b.RepID = "US815021" },
			"no start":         func(b *crossmark.Booking) { b.Start = time.Time{} },
			"end at start":     func(b *crossmark.Booking) { b.End = b.Start },
			"end before start": func(b *crossmark.Booking) { b.End = b.Start.Add(-time.Second) },
		} {
			b := booking()
			change(&b)
			if _, err := w.client.Schedule(t.Context(), b); err == nil || len(w.server.Entries()) != 0 {
				t.Errorf("%s: error %v after %d requests, want an error and none", name, err, len(w.server.Entries()))
			}
		}
		b := booking()
		b.PlanID = "31000001"
		var f *crossmark.BookingError
		if _, err := w.client.Schedule(t.Context(), b); !errors.Is(err, crossmark.ErrNoPlan) || !errors.As(err, &f) ||
			f.MayHaveApplied ||
			f.Sent != 0 {
			t.Errorf("an unknown item: %v", err)
		}
	})
}
