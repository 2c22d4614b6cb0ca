package crossmark_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/resgen/resgen/clients/crossmark"
	"github.com/resgen/resgen/clients/crossmark/crossmarktest"
)

// A full window is divided until its parts are not full; two days cannot be divided and are
// reported together with their rows.
func TestPlans_FullWindows(t *testing.T) {
	for _, c := range []struct {
		limit    int
		requests int
		problems string
	}{
		{21, 2, ""}, // windows of four of the five days: 20 rows fit
		{20, 4, ""}, // exactly the maximum number of rows
		{11, 6, ""}, // windows of 15 rows: 2 to 3 and 3 to 4
		{
			10, 8,
			"01/01/2026-01/02/2026 10, 01/02/2026-01/03/2026 10, 01/03/2026-01/04/2026 10, 01/04/2026-01/05/2026 10",
		},
	} {
		inMemory(t, crossmarktest.Options{Plans: daily(t, "01/01/2026", 5, 5)}, func(t *testing.T, w *world) {
			ids, problems := collect(t, w, "01/01/2026", "01/05/2026", crossmark.Search{Limit: c.limit})
			once(t, ids, 31000000, 25)
			var got []string
			for _, p := range problems {
				if !errors.Is(p, crossmark.ErrCut) {
					t.Error(p)
				}
				got = append(got, fmt.Sprintf("%s-%s %d", p.From, p.To, p.Rows))
			}
			if requests := w.server.Count("getPlanningMplans"); requests != c.requests ||
				strings.Join(got, ", ") != c.problems {
				t.Errorf(
					"limit %d: %d requests and problems %q, want %d and %q",
					c.limit,
					requests,
					got,
					c.requests,
					c.problems,
				)
			}
		})
	}
}

// A failed window is reported with its days, and the others are still returned.
func TestPlans_FailedWindow(t *testing.T) {
	for name, fault := range map[string]crossmarktest.Fault{
		"page": crossmarktest.ErrorPage, "server error": crossmarktest.ServerError,
		"not a list": {Status: 200, Body: `[]`}, "no rows": {Status: 200, Body: `{}`},
		"rows that are none": {Status: 200, Body: `{"total":3,"mplans":{}}`},
	} {
		inMemory(t, crossmarktest.Options{Plans: daily(t, "01/01/2026", 9, 1)}, func(t *testing.T, w *world) {
			w.server.Fail("getPlanningMplans", crossmarktest.Fault{}, fault, fault, fault, fault)
			if fault.Status == 200 {
				w.server.Fail("getPlanningMplans", crossmarktest.Fault{}, fault)
			}
			ids, problems := collect(t, w, "01/01/2026", "01/08/2026", crossmark.Search{Parallel: 1})
			if len(problems) != 1 || problems[0].From.String() != "01/04/2026" ||
				problems[0].To.String() != "01/07/2026" ||
				problems[0].Rows != 0 {
				t.Fatalf("%s: problems %v, want one of January 4 to 7", name, problems)
			}
			if fault.Status != 200 {
				failure(t, problems[0])
			}
			if got := strings.Join(ids, " "); got != "31000000 31000001 31000002 31000003 31000006 31000007" {
				t.Errorf("%s: items %s, want those of the other windows", name, got)
			}
		})
	}
}

func TestPlans_BadSpans(t *testing.T) {
	inMemory(t, crossmarktest.Options{}, func(t *testing.T, w *world) {
		good := date(t, "01/02/2026")
		for _, span := range [][2]crossmark.Date{
			{{}, good}, {good, {}}, {good, date(t, "01/01/2026")}, {{Year: 2026, Month: 2, Day: 30}, good},
			{good, {Year: 2026, Month: 13, Day: 1}},
		} {
			n := 0
			for _, err := range w.client.Plans(t.Context(), span[0], span[1], crossmark.Search{}) {
				if n++; err == nil {
					t.Errorf("%v: an item", span)
				}
			}
			for _, err := range w.client.ScheduledVisits(t.Context(), span[0], span[1]) {
				if n++; err == nil {
					t.Errorf("%v: a visit", span)
				}
			}
			if n != 2 || len(w.server.Entries()) != 0 {
				t.Errorf(
					"%v: %d errors and %d requests, want one error a list and no request",
					span,
					n,
					len(w.server.Entries()),
				)
			}
		}
	})
}
