package crossmark_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/resgen/resgen/clients/crossmark"
	"github.com/resgen/resgen/clients/crossmark/crossmarktest"
	"github.com/resgen/resgen/resilience"
)

// visits reads a list of visits to its end.
func visits(list iter.Seq2[crossmark.Visit, error]) (ids []string, minutes int, problems []error) {
	for v, err := range list {
		if err != nil {
			problems = append(problems, err)
			continue
		}
		ids = append(ids, v.PlanID())
		minutes += v.Minutes()
	}
	slices.Sort(ids)
	return ids, minutes, problems
}

// Scheduled and unscheduled visits are returned once, in either spelling, and only for the
// requested days.
func TestVisits_EachOnce(t *testing.T) {
	for _, twins := range []bool{false, true} {
		plans := daily(t, "03/01/2026", 30, 2)
		for i := range plans {
			plans[i].Minutes = 30
			if i%2 == 0 {
				plans[i].Scheduled = plans[i].Start + " 11:30:00 PM"
			}
		}
		plans[1].End = "03/30/2026" // is in every window
		inMemory(t, crossmarktest.Options{Plans: plans, Twins: twins}, func(t *testing.T, w *world) {
			from, to := date(t, "03/02/2026"), date(t, "03/29/2026")
			ids, minutes, problems := visits(w.client.ScheduledVisits(t.Context(), from, to))
			if len(ids) != 28 || len(slices.Compact(ids)) != 28 || ids[0] != "31000002" || minutes != 28*30 ||
				len(problems) > 0 {
				t.Errorf(
					"%d scheduled visits of %d minutes with %v, want 28 of half an hour",
					len(ids),
					minutes,
					problems,
				)
			}
			ids, minutes, problems = visits(w.client.UnscheduledVisits(t.Context(), from, to))
			if len(ids) != 29 || len(slices.Compact(ids)) != 29 || ids[0] != "31000001" || minutes != 29*30 ||
				len(problems) > 0 {
				t.Errorf("%d unscheduled visits of %d minutes with %v, want 29", len(ids), minutes, problems)
			}
			if a, b := w.server.Count("getScheduledEvents"), w.server.Count("getNonScheduledVisits"); a != 4 || b != 4 {
				t.Errorf("%d and %d requests, want 4 of a week each", a, b)
			}
		})
	}
}

// Exactly 500 rows may be truncated: the days are divided, and a single day is reported.
func TestVisits_Exactly500(t *testing.T) {
	for _, c := range []struct {
		each     int
		requests int
		rows     int
		problems string
	}{
		{249, 3, 498, ""}, // of two days
		{250, 3, 500, ""},
		{499, 3, 998, ""},
		{500, 3, 1000, "01/01/2026-01/01/2026 500, 01/02/2026-01/02/2026 500"},
		{700, 3, 1000, "01/01/2026-01/01/2026 500, 01/02/2026-01/02/2026 500"},
	} {
		if c.each == 249 {
			c.requests = 1
		}
		inMemory(t, crossmarktest.Options{Plans: daily(t, "01/01/2026", 2, c.each)}, func(t *testing.T, w *world) {
			ids, _, problems := visits(
				w.client.UnscheduledVisits(t.Context(), date(t, "01/01/2026"), date(t, "01/02/2026")),
			)
			var got []string
			for _, err := range problems {
				var p *crossmark.WindowError
				if !errors.As(err, &p) || !errors.Is(err, crossmark.ErrCut) {
					t.Fatal(err)
				}
				got = append(got, fmt.Sprintf("%s-%s %d", p.From, p.To, p.Rows))
			}
			if len(ids) != c.rows || strings.Join(got, ", ") != c.problems ||
				w.server.Count("getNonScheduledVisits") != c.requests {
				t.Errorf(
					"%d a day: %d rows in %d requests, problems %q; want %d in %d, %q",
					c.each,
					len(ids),
					w.server.Count("getNonScheduledVisits"),
					got,
					c.rows,
					c.requests,
					c.problems,
				)
			}
		})
	}
}

// The observed forms of responses, and an unknown one.
func TestVisits_ResponseForms(t *testing.T) {
	for body, want := range map[string]string{
		`[{"mPlanID":"1"},{"mplanID":2},{"id":"3"}]`: "1 2 3",
		`{"events":[{"id":1,"mPlanID":"4"}]}`:        "4",
		`{"visits":[{"id":1}],"totalCount":1}`:       "1",
		`{"records":[{"id":1}],"events":[]}`:         "1",
		`{}`:                                         "problem",
		`{"events":[],"visits":null}`:                "",
		`[]`:                                         "",
		`[{"mPlanID":"1","EstimatedTime":"30"},{"mPlanID":"1","estimatedTime":30}]`: "1", // the same row twice
		`[{"mPlanID":"1","EstimatedTime":"30"},{"mPlanID":"1","estimatedTime":60}]`: "1 1",
		// rows without an id cannot be deduplicated
		`[{"EstimatedTime":"30"},{"EstimatedTime":"30"}]`: " ",
		`null`:   "problem",
		`"none"`: "problem",
	} {
		inMemory(t, crossmarktest.Options{}, func(t *testing.T, w *world) {
			w.server.Fail("getScheduledEvents", crossmarktest.Fault{Status: 200, Body: body})
			ids, _, problems := visits(
				w.client.ScheduledVisits(t.Context(), date(t, "01/01/2026"), date(t, "01/02/2026")),
			)
			got := strings.Join(ids, " ")
			if len(problems) > 0 {
				got = "problem"
			}
			if got != want {
				t.Errorf("%s: %q with %v, want %q", body, got, problems, want)
			}
		})
	}
}

// A time span is sent in local time of the stores, and representatives are returned as a list or by
// id, under one of six names.
func TestAvailableReps(t *testing.T) {
	from := time.Date(2026, 3, 8, 6, 30, 0, 0, time.UTC) // 01:30, half an hour before clocks are set forward
	inMemory(t, crossmarktest.Options{}, func(t *testing.T, w *world) {
		c := w.config()
		c.Transport = resilience.RoundTripperFunc(func(r *http.Request) (*http.Response, error) {
			data, _ := io.ReadAll(r.Body)
			if strings.HasSuffix(r.URL.Path, "/getAvailableReps") &&
				!strings.Contains(string(data), "03/08/2026 01:30:00,03/08/2026 03:30:00") {
				t.Errorf("sent %s", data)
			}
			r.Body = io.NopCloser(bytes.NewReader(data))
			return w.transport.RoundTrip(r)
		})
		client := open(t, c)
		defer func() { _ = client.Close() }()
		if reps, err := client.AvailableReps(t.Context(), from, from.Add(time.Hour)); err != nil || len(reps) > 0 {
			t.Errorf("%v with error %v, want none", reps, err)
		}
	})
	for _, twins := range []bool{false, true} {
		inMemory(
			t,
			crossmarktest.Options{
				Twins: twins,
				Reps:  []crossmarktest.Rep{{ID: "101", First: "A", Last: "B"}, {ID: "102", First: "C", Last: "D"}},
			},
			func(t *testing.T, w *world) {
				reps, err := w.client.AvailableReps(t.Context(), from, from.Add(time.Hour))
				if err != nil || len(reps) != 2 || *reps[0].RepID != "101" || *reps[1].Title != "C D" {
					t.Errorf("%v with error %v, want two", reps, err)
				}
			},
		)
	}
	for body, want := range map[string]string{
		`{"representatives":[{"id":"1"}]}`:                "1",
		`{"reps":{"x":{"id":"2"},"a":{"id":"1"}}}`:        "1 2",
		`{"availableReps":[{"id":"1"}],"employees":null}`: "1",
		`{"data":[{"id":"1"}]}`:                           "1",
		`{"results":{"7":{"id":"7"}}}`:                    "7",
		`{}`:                                              "problem",
		`null`:                                            "problem",
		`{"reps":7}`:                                      "problem",
	} {
		inMemory(t, crossmarktest.Options{}, func(t *testing.T, w *world) {
			w.server.Fail("getAvailableReps", crossmarktest.Fault{Status: 200, Body: body})
			reps, err := w.client.AvailableReps(t.Context(), from, from)
			var ids []string
			for _, r := range reps {
				ids = append(ids, *r.ID)
			}
			got := strings.Join(ids, " ")
			if err != nil {
				got = "problem"
			}
			if got != want {
				t.Errorf("%s: %q with %v, want %q", body, got, err, want)
			}
		})
	}
}
