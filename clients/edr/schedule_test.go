package edr_test

import (
	"slices"
	"testing"
	"time"

	"github.com/resgen/resgen/clients/edr"
	"github.com/resgen/resgen/clients/edr/edrtest"
)

func TestClient_DailySchedule(t *testing.T) {
	for _, opts := range []edrtest.Options{{}, {Object: true}, {Texts: true}} {
		opts.Events = events()
		inMemory(t, opts, func(t *testing.T, w *world) {
			w.signIn(t)
			rows := must(
				w.client.DailySchedule(
					t.Context(),
					edr.ScheduleQuery{Clubs: []int{8135, 4711}, From: day("2026-03-02"), To: day("2026-03-03")},
				),
			)
			if len(rows) != 6 {
				t.Fatalf("%+v: %d rows", opts, len(rows))
			}
			for i, r := range rows[:2] { // one in each spelling
				if must(r.Event()) != 601234 || !must(r.Day()).Equal(day("2026-03-02")) || r.Status() != "APPROVED" ||
					r.Name() != "OIL TASTING" ||
					must(r.Item()) != 980011223+int64(i) ||
					must(r.Vendor()) != 55501 ||
					must(r.Department()) != 46 {
					t.Errorf("%+v: %+v", opts, r)
				}
			}
			approved := edr.ByScheduledEvent(edr.Approved(rows))
			var numbers []int64
			for _, g := range approved {
				numbers = append(numbers, g.Event)
			}
			if !slices.Equal(numbers, []int64{601234, 601236, 601237}) || len(approved[0].Rows) != 2 {
				t.Errorf("%+v: approved %v", opts, numbers)
			}
			w.refusals(t)
		})
	}
}

func TestClient_QueriesAreChecked(t *testing.T) {
	inMemory(t, edrtest.Options{}, func(t *testing.T, w *world) {
		w.signIn(t)
		sent := len(w.server.Entries())
		a, b := day("2026-03-02"), day("2026-03-03")
		for _, q := range []edr.BrowseQuery{
			{}, {Club: 0, From: a, To: b}, {Club: 10000, From: a, To: b}, {Club: 1, To: b}, {Club: 1, From: a},
			{Club: 1, From: b, To: a},
		} {
			if _, err := w.client.Browse(t.Context(), q); err == nil {
				t.Errorf("%+v is taken", q)
			}
		}
		for _, q := range []edr.ScheduleQuery{
			{}, {From: a, To: b}, {Clubs: []int{0}, From: a, To: b}, {Clubs: []int{1, 10000}, From: a, To: b},
			{Clubs: []int{1}, From: b, To: a},
		} {
			if _, err := w.client.DailySchedule(t.Context(), q); err == nil {
				t.Errorf("%+v is taken", q)
			}
		}
		for _, u := range []edr.Update{
			{}, {Club: 1, Day: a, User: "u"}, {Event: 1, Day: a, User: "u"}, {Event: 1, Club: 1, User: "u"},
			{Event: 1, Club: 1, Day: a},
		} {
			if err := w.client.UpdateEvent(t.Context(), u); err == nil {
				t.Errorf("%+v is taken", u)
			}
		}
		if n := len(w.server.Entries()); n != sent {
			t.Errorf("%d requests", n-sent)
		}
		for _, q := range []edr.BrowseQuery{
			{Club: 1, From: a, To: a}, {Club: 9999, From: a.Add(23 * time.Hour), To: a},
		} {
			if _, err := w.client.Browse(t.Context(), q); err != nil {
				t.Errorf("%+v: %v", q, err)
			}
		}
		w.refusals(t)
	})
}

func TestClient_UpdateEvent(t *testing.T) {
	inMemory(t, edrtest.Options{Events: events()}, func(t *testing.T, w *world) {
		w.signIn(t)
		late := time.Date(2026, 3, 9, 23, 30, 0, 0, time.FixedZone("west", -6*3600)) // the 10th in UTC
		if err := w.client.UpdateEvent(
			t.Context(),
			edr.Update{Event: 601235, Club: 8135, Day: late, Status: edr.StatusApproved, User: "somebody"},
		); err != nil {
			t.Fatal(err)
		}
		if e := w.server.Events()[1]; e.Day != "2026-03-09" || e.Status != 2 {
			t.Errorf("%+v", e)
		}
		w.server.Script(edrtest.UpdateClubEvent, edrtest.Answer{Body: `{"message":"updated"}`})
		if err := w.client.UpdateEvent(
			t.Context(), edr.Update{Event: 601235, Club: 8135, Day: late, User: "somebody"},
		); err != nil {
			t.Error(err)
		}
		if err := w.client.UpdateEvent(
			t.Context(), edr.Update{Event: 999999, Club: 8135, Day: late, User: "somebody"},
		); failure(err).Status != 400 {
			t.Error(err)
		}
		w.refusals(t)
	})
}
