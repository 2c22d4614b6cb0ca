package edr_test

import (
	"errors"
	"testing"

	"github.com/resgen/resgen/clients/edr"
	"github.com/resgen/resgen/clients/edr/edrtest"
	"github.com/resgen/resgen/resilience"
)

func TestClient_Browse(t *testing.T) {
	for _, opts := range []edrtest.Options{{}, {Object: true}, {Texts: true}} {
		opts.Events = events()
		inMemory(t, opts, func(t *testing.T, w *world) {
			w.signIn(t)
			rows := must(
				w.client.Browse(
					t.Context(),
					edr.BrowseQuery{Club: 8135, From: day("2026-03-02"), To: day("2026-03-03")},
				),
			)
			if len(rows) != 4 {
				t.Fatalf("%+v: %d rows", opts, len(rows))
			}
			r := rows[1]
			if r.Event() != 601234 || !must(r.Day()).Equal(day("2026-03-02")) || r.Item() != 980011224 ||
				r.ItemName() != "Olive oil 2 l" || r.Type() != "STANDARD" ||
				r.Status() != "APPROVED" || !r.Approved() ||
				!r.Locked() ||
				r.Featured() ||
				must(r.Department()) != 46 {
				t.Errorf("%+v: %+v", opts, r)
			}
			if !rows[0].Featured() || rows[2].Approved() || rows[2].Status() != "CANCELLED" || rows[2].Locked() {
				t.Errorf("%+v: %+v", opts, rows[2])
			}
			groups := edr.ByEvent(rows)
			if len(groups) != 3 || groups[0].Event != 601234 || len(groups[0].Rows) != 2 || groups[1].Event != 601235 ||
				groups[2].Event != 601236 ||
				len(groups[2].Rows) != 1 {
				t.Errorf("%+v: %+v", opts, groups)
			}
			narrow := must(
				w.client.Browse(
					t.Context(),
					edr.BrowseQuery{
						Club:       8135,
						From:       day("2026-03-03"),
						To:         day("2026-03-03"),
						Types:      []edr.EventType{edr.EventTypeSupplier},
						Item:       1,
						Vendor:     2,
						Department: 3,
						Bill:       "6 Hour",
					},
				),
			)
			if len(narrow) != 1 || narrow[0].Event() != 601236 {
				t.Errorf("%+v: %+v", opts, narrow)
			}
			w.refusals(t)
		})
	}
}

// A list that is null is empty, but a missing body is an error. Members in capitals are used if the
// others are absent.
func TestClient_OtherListForms(t *testing.T) {
	for body, want := range map[string]int{
		`null`: 0, `[]`: 0, `{"data":null}`: 0, `{"data":[]}`: 0, `{}`: 0, ` [{"EventId":7}]`: 1,
		`{"data":[{"EventId":7},{"eventId":7}]}`: 2,
	} {
		inMemory(t, edrtest.Options{}, func(t *testing.T, w *world) {
			w.signIn(t)
			w.server.Script(edrtest.BrowseEventData, edrtest.Answer{Body: body})
			rows, err := w.client.Browse(
				t.Context(),
				edr.BrowseQuery{Club: 1, From: day("2026-03-02"), To: day("2026-03-02")},
			)
			if err != nil || len(rows) != want {
				t.Errorf("%s: %d rows, %v", body, len(rows), err)
			}
			for _, r := range rows {
				if r.Event() != 7 {
					t.Errorf("%s: event %d", body, r.Event())
				}
			}
		})
	}
	for body, want := range map[string]int{
		`null`: 0, `[]`: 0, `{"events":null}`: 0, `{"events":[{"eventNumber":"7"}],"totalCount":1,"success":true}`: 1,
		`[{"eventId":7},{"eventId":"7"}]`: 2,
	} {
		inMemory(t, edrtest.Options{}, func(t *testing.T, w *world) {
			w.signIn(t)
			w.server.Script(edrtest.GetDailyScheduleReport, edrtest.Answer{Body: body})
			rows, err := w.client.DailySchedule(
				t.Context(),
				edr.ScheduleQuery{Clubs: []int{1}, From: day("2026-03-02"), To: day("2026-03-02")},
			)
			if err != nil || len(rows) != want || len(edr.ByScheduledEvent(rows)) != min(want, 1) {
				t.Errorf("%s: %d rows, %v", body, len(rows), err)
			}
			for _, r := range rows {
				if must(r.Event()) != 7 {
					t.Errorf("%s: %+v", body, r)
				}
			}
		})
	}
	inMemory(t, edrtest.Options{}, func(t *testing.T, w *world) {
		w.signIn(t)
		w.server.Script(edrtest.BrowseEventData, edrtest.Answer{})
		w.server.Script(edrtest.GetDailyScheduleReport, edrtest.Answer{})
		if _, err := w.client.Browse(
			t.Context(), edr.BrowseQuery{Club: 1, From: day("2026-03-02"), To: day("2026-03-02")},
		); !errors.Is(err, resilience.ErrEmptyBody) {
			t.Errorf("an empty answer: %v", err)
		}
		if err := w.schedule(t.Context()); !errors.Is(err, resilience.ErrEmptyBody) {
			t.Errorf("an empty answer: %v", err)
		}
		w.server.Script(edrtest.BrowseEventData, edrtest.Answer{Body: `[{"eventId":"x"}]`})
		if rows, err := w.client.Browse(
			t.Context(), edr.BrowseQuery{Club: 1, From: day("2026-03-02"), To: day("2026-03-02")},
		); !errors.Is(err, resilience.ErrContract) {
			t.Errorf("an odd row: %v, %v", rows, err)
		}
	})
}

func TestRow_Twins(t *testing.T) {
	inMemory(t, edrtest.Options{}, func(t *testing.T, w *world) {
		w.signIn(t)
		w.server.Script(edrtest.BrowseEventData, edrtest.Answer{Body: `[
			{"EventId":1,"EventDate":"2026-03-02","ItemNbr":3,"ItemDesc":" Bread "},
			{"eventId":2,"EventId":1,"eventDate":"2026-03-04","EventDate":"2026-03-02","itemNbr":5,"ItemNbr":3,
			"itemDesc":"Oil","ItemDesc":"Bread",
			"eventStatus":"status approved","eventType":"  Event Type  x  "},
			{"eventStatus":"Statuses"}]`})
		rows := must(
			w.client.Browse(t.Context(), edr.BrowseQuery{Club: 1, From: day("2026-03-02"), To: day("2026-03-02")}),
		)
		a, b, c := rows[0], rows[1], rows[2]
		if a.Event() != 1 || !must(a.Day()).Equal(day("2026-03-02")) || a.Item() != 3 || a.ItemName() != "Bread" ||
			a.Status() != "" ||
			a.Approved() {
			t.Errorf("%+v", a)
		}
		if b.Event() != 2 || !must(b.Day()).Equal(day("2026-03-04")) || b.Item() != 5 || b.ItemName() != "Oil" ||
			!b.Approved() ||
			b.Type() != "X" {
			t.Errorf("%+v", b)
		}
		if _, err := c.Day(); err == nil || c.Event() != 0 || c.Item() != 0 || c.Status() != "STATUSES" {
			t.Errorf("%+v", c)
		}
		if groups := edr.ByEvent(rows); len(groups) != 2 {
			t.Errorf("a row without an event makes a group: %+v", groups)
		}
	})
}
