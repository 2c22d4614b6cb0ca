package crossmark_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/resgen/resgen/clients/crossmark"
	"github.com/resgen/resgen/clients/crossmark/crossmarktest"
	api "github.com/resgen/resgen/generated/crossmark"
	"github.com/resgen/resgen/resilience"
)

func date(t *testing.T, us string) crossmark.Date {
	t.Helper()
	d, err := crossmark.ParseDate(us)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// daily returns each work items per day, each for one day.
func daily(t *testing.T, first string, days, each int) (plans []crossmarktest.Plan) {
	t.Helper()
	for i := range days {
		day := date(t, first).AddDays(i).String()
		for range each {
			plans = append(
				plans,
				crossmarktest.Plan{
					ID:      fmt.Sprint(31000000 + len(plans)),
					Name:    "visit",
					Start:   day,
					End:     day,
					StoreID: "77",
				},
			)
		}
	}
	return plans
}

// collect reads a list to its end.
func collect(
	t *testing.T,
	w *world,
	from, to string,
	s crossmark.Search,
) (ids []string, problems []*crossmark.WindowError) {
	t.Helper()
	for p, err := range w.client.Plans(t.Context(), date(t, from), date(t, to), s) {
		var problem *crossmark.WindowError
		switch {
		case err == nil:
			ids = append(ids, p.ID())
		case errors.As(err, &problem):
			problems = append(problems, problem)
			secretFree(t, err.Error())
		default:
			t.Fatal(err)
		}
	}
	return ids, problems
}

// once checks that each id occurs exactly once.
func once(t *testing.T, got []string, first, count int) {
	t.Helper()
	slices.Sort(got)
	if len(got) != count || len(slices.Compact(slices.Clone(got))) != count ||
		count > 0 && (got[0] != fmt.Sprint(first) || got[count-1] != fmt.Sprint(first+count-1)) {
		t.Errorf("%d items, %d of them distinct, want %d", len(got), len(slices.Compact(slices.Clone(got))), count)
	}
}

// All work items of 76 days are returned once, although windows overlap, in either spelling, and
// across clock changes.
func TestPlans_EachOnce(t *testing.T) {
	for _, twins := range []bool{false, true} {
		for _, first := range []string{"02/01/2026", "10/01/2026"} {
			opts := crossmarktest.Options{
				Plans:   daily(t, first, 80, 20),
				Twins:   twins,
				Latency: [2]time.Duration{50 * time.Millisecond, 250 * time.Millisecond},
			}
			inMemory(t, opts, func(t *testing.T, w *world) {
				from := date(t, first).AddDays(2)
				ids, problems := collect(t, w, from.String(), from.AddDays(75).String(), crossmark.Search{})
				if len(problems) > 0 {
					t.Error(problems)
				}
				once(t, ids, 31000040, 76*20)
				if got := w.server.Count("getPlanningMplans"); got != 26 {
					t.Errorf("%d requests, want 26 of three days", got)
				}
			})
		}
	}
}

// Items of several days are returned once, and items without days or with unreadable days are not
// lost.
func TestPlans_LongItemsAndItemsWithoutDays(t *testing.T) {
	inMemory(t, crossmarktest.Options{Plans: []crossmarktest.Plan{
		{ID: "1", Start: "01/01/2026", End: "12/31/2026"},
		{ID: "2"},
		{ID: "3", Start: "soon", End: "later"},
		{ID: "4", Start: "06/10/2026", End: ""},
		{ID: "5", Start: "06/11/2026", End: "06/20/2026"}, // the day after the last
		// but scheduled earlier
		{ID: "6", Start: "06/11/2026", End: "06/20/2026", Scheduled: "06/10/2026 09:00:00 AM"},
		{ID: "7", Start: "05/01/2026", End: "05/31/2026"},                                           // earlier
		{ID: "8", Start: "05/01/2026", End: "06/01/2026", Condition: "Scheduled", EventID: "12345"}, // on the first day
	}}, func(t *testing.T, w *world) {
		ids, problems := collect(t, w, "06/01/2026", "06/10/2026", crossmark.Search{})
		slices.Sort(ids)
		if got := strings.Join(ids, " "); got != "1 2 3 4 6 8" || len(problems) > 0 {
			t.Errorf("items %s with %v", got, problems)
		}
		for p := range w.client.Plans(t.Context(), date(t, "06/01/2026"), date(t, "06/10/2026"), crossmark.Search{}) {
			start, err := p.Start()
			if (err != nil) != (p.ID() == "3") || start.IsZero() != (p.ID() == "2" || p.ID() == "3") {
				t.Errorf("item %s starts at %q with error %v", p.ID(), start, err)
			}
		}
	})
}

// The total reveals missing rows if the server returns fewer than requested.
func TestPlans_TotalShowsMissingRows(t *testing.T) {
	inMemory(t, crossmarktest.Options{}, func(t *testing.T, w *world) {
		short := crossmarktest.Fault{
			Status: 200,
			Body:   `{"total":3,"mplans":[{"mPlanID":"1","startDate":"01/01/2026"}]}`,
		}
		w.server.Fail("getPlanningMplans", short)
		ids, problems := collect(t, w, "01/01/2026", "01/01/2026", crossmark.Search{})
		if len(ids) != 1 || len(problems) != 1 || !errors.Is(problems[0], crossmark.ErrCut) || problems[0].Rows != 1 ||
			problems[0].To.String() != "01/01/2026" {
			t.Errorf("items %v and problems %v, want one of each", ids, problems)
		}
		none := crossmarktest.Fault{Status: 200, Body: `{"total":0}`}
		w.server.Fail("getPlanningMplans", none)
		if ids, problems := collect(t, w, "01/01/2026", "01/01/2026", crossmark.Search{}); len(ids) != 0 ||
			len(problems) != 0 {
			t.Errorf("items %v and problems %v, want none", ids, problems)
		}
		whole := crossmarktest.Fault{
			Status: 200,
			Body:   `{"total":1,"mplans":[{"mPlanID":"1","startDate":"01/01/2026"}]}`,
		}
		w.server.Fail("getPlanningMplans", whole)
		if ids, problems := collect(t, w, "01/01/2026", "01/01/2026", crossmark.Search{}); len(ids) != 1 ||
			len(problems) != 0 {
			t.Errorf("items %v and problems %v, want one and none", ids, problems)
		}
	})
}

// Nothing is lost with a server that excludes the last day of an interval.
func TestPlans_LastDayLeftOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
			rw.Header().Set("Content-Type", "application/json")
			if r.Method == http.MethodPost {
				rw.Header().Set("Set-Cookie", "PHPSESSID=a")
				_, _ = fmt.Fprint(rw, `{"redirectUrl":"/"}`)
				return
			}
			from, _ := time.Parse(time.DateOnly, r.URL.Query().Get("intervalStart"))
			to, _ := time.Parse(time.DateOnly, r.URL.Query().Get("intervalEnd"))
			var list []map[string]any
			for ; from.Before(to); from = from.AddDate(0, 0, 1) {
				list = append(
					list,
					map[string]any{"mPlanID": 31000000 + from.YearDay() - 1, "startDate": from.Format("01/02/2006")},
				)
			}
			_ = json.NewEncoder(rw).Encode(map[string]any{"total": len(list), "mplans": list})
		})
		serve(t, &world{}, h, func(t *testing.T, w *world) {
			for days := 1; days < 9; days++ {
				ids, problems := collect(
					t,
					w,
					"01/01/2026",
					date(t, "01/01/2026").AddDays(days-1).String(),
					crossmark.Search{},
				)
				if len(problems) > 0 {
					t.Error(problems)
				}
				once(t, ids, 31000000, days)
			}
		})
	})
}

// A caller may leave the loop or cancel its context; then every missing window is reported.
func TestPlans_StoppedEarlyAndCanceled(t *testing.T) {
	inMemory(
		t,
		crossmarktest.Options{Plans: daily(t, "01/01/2026", 60, 1), Latency: [2]time.Duration{time.Second}},
		func(t *testing.T, w *world) {
			for range w.client.Plans(
				t.Context(), date(t, "01/01/2026"), date(t, "02/28/2026"), crossmark.Search{Parallel: 2},
			) {
				break
			}
			synctest.Wait()
			if got := w.server.Count("getPlanningMplans"); got > 3 {
				t.Errorf("%d requests though the first item was enough", got)
			}
			ctx, cancel := context.WithTimeout(t.Context(), 1500*time.Millisecond)
			defer cancel()
			items, problems := 0, 0
			for _, err := range w.client.Plans(
				ctx, date(t, "01/01/2026"), date(t, "01/29/2026"), crossmark.Search{Parallel: 2},
			) {
				switch {
				case err == nil:
					items++
				case errors.Is(err, context.DeadlineExceeded):
					problems++
				default:
					t.Error(err)
				}
			}
			if items != 7 || problems != 8 {
				t.Errorf(
					"%d items and %d problems, want the seven days of two windows and eight windows missing",
					items,
					problems,
				)
			}
		},
	)
}

// Conditions and role filter a search.
func TestPlans_Search(t *testing.T) {
	var mu sync.Mutex
	var fields []string
	plans := daily(t, "01/01/2026", 2, 1)
	plans[1].Condition = "In Progress"
	inMemory(t, crossmarktest.Options{Plans: plans}, func(t *testing.T, w *world) {
		c := w.config()
		c.Transport = resilience.RoundTripperFunc(func(r *http.Request) (*http.Response, error) {
			mu.Lock()
			defer mu.Unlock()
			if q := r.URL.Query(); q.Has("searchFields") {
				fields = append(fields, q.Get("searchFields"))
				for name, want := range map[string]string{
					"showAllActive": "false", "searchFilter": "", "page": "1", "start": "0", "limit": "5000",
					"intervalStart": "2026-01-01", "sort": `[{"property":"startDate","direction":"ASC"}]`,
				} {
					if got, there := q[name]; !there || got[0] != want {
						t.Errorf("%s is %v, want %q", name, got, want)
					}
				}
			}
			return w.transport.RoundTrip(r)
		})
		client := open(t, c)
		defer func() { _ = client.Close() }()
		for _, s := range []struct {
			search crossmark.Search
			want   string
			sent   string
		}{
			{
				crossmark.Search{}, "31000000 31000001",
				`"value":["Unstaffed","Scheduled","Staffed","Canceled","In Progress","Paused","Reissued",` +
					`"Expired","Submitted"]`,
			},
			{
				crossmark.Search{Conditions: []api.MPlanCondition{api.MPlanConditionUnstaffed}}, "31000000",
				`"value":["Unstaffed"]`,
			},
			{
				crossmark.Search{Conditions: []api.MPlanCondition{api.MPlanConditionInProgress}, Role: "7"},
				"31000001",
				`"role":{"name":"role","title":"Role","items":[{"id":1,"value":["7"],"displayValue":["7"],` +
					`"exactmatch":true,"allActive":false}]}`,
			},
		} {
			var ids []string
			for p, err := range client.Plans(t.Context(), date(t, "01/01/2026"), date(t, "01/02/2026"), s.search) {
				if err != nil {
					t.Fatal(err)
				}
				ids = append(ids, p.ID())
			}
			if got := strings.Join(ids, " "); got != s.want || !strings.Contains(fields[len(fields)-1], s.sent) {
				t.Errorf("items %s for %s, want %s", got, fields[len(fields)-1], s.want)
			}
		}
	})
}

func TestPlan_ByID(t *testing.T) {
	for _, twins := range []bool{false, true} {
		inMemory(
			t,
			crossmarktest.Options{Plans: daily(t, "01/01/2026", 3, 1), Twins: twins},
			func(t *testing.T, w *world) {
				p, err := w.client.Plan(t.Context(), "31000001")
				if err != nil || p.ID() != "31000001" || p.LocationID() != "77" || p.Name() != "visit" {
					t.Errorf("%v with error %v", p, err)
				}
				if _, err := w.client.Plan(t.Context(), "31000009"); !errors.Is(err, crossmark.ErrNoPlan) {
					t.Errorf("an unknown id: %v", err)
				}
				before := len(w.server.Entries())
				for _, id := range []string{"", "31000001_77", "abc", " 31000001", "-1"} {
					if _, err := w.client.Plan(t.Context(), id); err == nil || len(w.server.Entries()) != before {
						t.Errorf(
							"%q: error %v and %d requests more, want an error and none",
							id,
							err,
							len(w.server.Entries())-before,
						)
					}
				}
				// a server that ignores the filter
				other := crossmarktest.Fault{Status: 200, Body: `{"total":1,"records":[{"mPlanID":"31000002"}]}`}
				w.server.Fail("getPlanningMplans", other)
				if _, err := w.client.Plan(t.Context(), "31000001"); !errors.Is(err, crossmark.ErrNoPlan) {
					t.Errorf("another item than was asked for: %v", err)
				}
			},
		)
	}
}
