package edr_test

import (
	"context"
	"errors"
	"net/http"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/resgen/resgen/clients/edr"
	"github.com/resgen/resgen/clients/edr/edrtest"
	"github.com/resgen/resgen/resilience"
)

// requestOf holds the checked parts of a request.
type requestOf struct{ path, origin, referer, bot string }

type rounder func(*http.Request) (*http.Response, error)

func (f rounder) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func roundTripper(see func(requestOf), next http.RoundTripper) http.RoundTripper {
	return rounder(func(r *http.Request) (*http.Response, error) {
		see(requestOf{r.URL.Path, r.Header.Get("Origin"), r.Header.Get("Referer"), r.Header.Get("X-Bot-Token")})
		return next.RoundTrip(r)
	})
}

// calls makes each call once.
func calls(t *testing.T, c *edr.Client) {
	t.Helper()
	_, report := c.Report(t.Context(), 601234)
	_, browse := c.Browse(t.Context(), edr.BrowseQuery{Club: 8135, From: day("2026-03-01"), To: day("2026-03-31")})
	_, schedule := c.DailySchedule(
		t.Context(),
		edr.ScheduleQuery{Clubs: []int{8135}, From: day("2026-03-01"), To: day("2026-03-31")},
	)
	update := c.UpdateEvent(
		t.Context(),
		edr.Update{Event: 601234, Club: 8135, Day: day("2026-03-09"), Status: edr.StatusApproved, User: "somebody"},
	)
	if err := errors.Join(report, browse, schedule, update); err != nil {
		t.Fatal(err)
	}
}

// must returns a value and panics on an error.
func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// Numbers may be numbers or strings, locks booleans or words: the methods return the same.
func TestClient_Report(t *testing.T) {
	for _, texts := range []bool{false, true} {
		inMemory(t, edrtest.Options{Events: events(), Texts: texts}, func(t *testing.T, w *world) {
			w.signIn(t)
			r := must(w.client.Report(t.Context(), 601234))
			if got := must(r.Event()); got != 601234 || r.Name() != "OIL TASTING" ||
				!must(r.Day()).Equal(day("2026-03-02")) {
				t.Errorf("texts %t: %d %q %v", texts, got, r.Name(), must(r.Day()))
			}
			if must(r.Type()) != edr.EventTypeStandard || must(r.Status()) != edr.StatusApproved || !r.Locked() ||
				r.Preparation() != "Cut the bread." ||
				r.Portion() != "" {
				t.Errorf(
					"texts %t: %v %v %t %q %q",
					texts,
					must(r.Type()),
					must(r.Status()),
					r.Locked(),
					r.Preparation(),
					r.Portion(),
				)
			}
			items := r.Items()
			if len(items) != 2 {
				t.Fatalf("texts %t: %d items", texts, len(items))
			}
			it := items[1]
			if must(it.Number()) != 980011224 || it.GTIN() != "812345678902" || it.Name() != "Olive oil 2 l" ||
				must(it.Vendor()) != 55501 ||
				must(it.Department()) != 46 {
				t.Errorf("texts %t: %+v", texts, it)
			}
			empty := must(w.client.Report(t.Context(), 601236))
			if empty.Locked() || empty.Preparation() != "" || len(empty.Items()) != 0 ||
				must(empty.Type()) != edr.EventTypeSupplier {
				t.Errorf("texts %t: %+v", texts, empty)
			}
			w.refusals(t)
		})
	}
}

func TestClient_ReportNotFound(t *testing.T) {
	for name, answer := range map[string]edrtest.Answer{
		"null": {Body: "null"}, "empty": {}, "white space": {Body: " \r\n"}, "no member": {Body: "{}"},
		"404": {Status: 404}, "the stand-in's": {Work: true},
	} {
		inMemory(t, edrtest.Options{}, func(t *testing.T, w *world) {
			w.signIn(t)
			w.server.Script(edrtest.GetEdrReport, answer)
			if r, err := w.client.Report(t.Context(), 999999); !errors.Is(err, edr.ErrNotFound) || r != nil {
				t.Errorf("%s: %v, %v", name, r, err)
			}
			if n := w.counts(edrtest.GetEdrReport, edrtest.AuthenticateEventManagement); !slices.Equal(n, []int{1, 1}) {
				t.Errorf("%s: %v requests", name, n)
			}
		})
	}
	inMemory(t, edrtest.Options{Blank: true}, func(t *testing.T, w *world) {
		w.signIn(t)
		if _, err := w.client.Report(t.Context(), 999999); !errors.Is(err, edr.ErrNotFound) {
			t.Error(err)
		}
	})
}

// report returns the client's result for a response.
func report(t *testing.T, body string) (r *edr.Report) {
	t.Helper()
	inMemory(t, edrtest.Options{}, func(t *testing.T, w *world) {
		w.signIn(t)
		w.server.Script(edrtest.GetEdrReport, edrtest.Answer{Body: body})
		r = must(w.client.Report(t.Context(), 601234))
	})
	return r
}

func TestReport_OddFields(t *testing.T) {
	r := report(
		t,
		`{"demoId":" 601234 ","demoDate":"","demoClassCode":"three","demoStatusCode":99999999999,`+
			`"demoLockInd":"n","itemDetails":[{"gtin":"00012","itemNbr":12.0}]}`,
	)
	if must(r.Event()) != 601234 {
		t.Errorf("%v", must(r.Event()))
	}
	_, dayErr := r.Day()
	_, typeErr := r.Type()
	_, statusErr := r.Status()
	for _, err := range []error{dayErr, typeErr, statusErr} {
		if err == nil {
			t.Errorf("%v, %v, %v: one is missing", dayErr, typeErr, statusErr)
		}
	}
	it := r.Items()[0]
	_, deptErr := it.Department()
	if it.GTIN() != "00012" || must(it.Number()) != 12 || deptErr == nil || it.Name() != "" {
		t.Errorf("%+v, %v", it, deptErr)
	}
	for lock, want := range map[string]bool{
		`true`: true, `false`: false, `"Y"`: true, `"y"`: true, `"YES"`: true, `"Yes "`: true, `"TRUE"`: true,
		`"1"`: true, `1`: true, `"N"`: false, `"NO"`: false,
		`""`: false, `0`: false, `null`: false, `"2"`: false,
	} {
		if got := report(t, `{"demoId":1,"demoLockInd":`+lock+`}`).Locked(); got != want {
			t.Errorf("locked %s: %t", lock, got)
		}
	}
	if _, err := report(t, `{"demoId":1,"demoDate":"03/02/2026"}`).Day(); err == nil {
		t.Error("a date of another form is read")
	}
}

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
func TestClient_ListsOfOtherForms(t *testing.T) {
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

func TestCodes(t *testing.T) {
	for status, word := range map[edr.Status]string{
		0: "NEW", 1: "REQUESTED", 2: "APPROVED", 3: "CANCELLED", 4: "PERFORMED", 5: "NONPERFORMED", 6: "CLUB DELETED",
		7: "BILLED", 15: "REJECTED", 16: "SCREENED",
		17: "CONFLICTED", 18: "PRODUCT FINALIZED", 19: "NO CAPACITY INFO", 20: "REVIEWED", 35: "RANKED",
		100: "PENDING", 200: "SUPPLIER-CANCELLED", 201: "", 202: "PERFORMED",
	} {
		if status.String() != word || !status.Known() {
			t.Errorf("%d is %q", int32(status), status)
		}
	}
	for _, n := range []edr.Status{-1, 8, 14, 21, 99, 101, 203} {
		if n.Known() || n.String() == "" {
			t.Errorf("%d is known", int32(n))
		}
	}
	types := edr.EventTypes()
	if len(types) != 56 || types[0] != 1 || types[1] != 3 || types[55] != 57 ||
		!reflect.DeepEqual(types, slices.Sorted(slices.Values(types))) {
		t.Errorf("%v", types)
	}
	for n, known := range map[edr.EventType]bool{0: false, 1: true, 2: false, 3: true, 57: true, 58: false} {
		if n.Known() != known {
			t.Errorf("%d is known: %t", n, n.Known())
		}
	}
}

// The underlying generated client is signed in as well.
func TestClient_API(t *testing.T) {
	inMemory(t, edrtest.Options{Events: events()}, func(t *testing.T, w *world) {
		w.signIn(t)
		ctx, cancel := context.WithCancel(t.Context())
		if _, err := w.client.API().OpenEventManagement(ctx); err != nil {
			t.Error(err)
		}
		cancel()
		if _, err := w.client.Report(ctx, 601234); !errors.Is(err, resilience.ErrCanceled) {
			t.Error(err)
		}
	})
}
