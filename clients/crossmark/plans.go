package crossmark

// This file reads lists: work items, visits and representatives.

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"
	"time"

	api "github.com/resgen/resgen/generated/crossmark"
	"github.com/resgen/resgen/resilience/wire"
)

// A Search filters [Client.Plans]. The zero Search matches items in any condition.
type Search struct {
	Conditions []api.MPlanCondition // empty: all
	Role       string               // a division; empty: all
	Days       int                  // days per window; 0: 3
	Limit      int                  // maximum rows per window; 0: 5000
	Parallel   int                  // concurrent windows; 0: 10; more than 10 are untested
}

// Limits used by the working client.
const (
	planDays     = 3
	planLimit    = 5000
	planParallel = 10

	visitDays     = 7
	visitCap      = 500 // long spans have returned exactly this number of rows
	visitParallel = 2

	oneLimit = 50 // rows requested for a single id
)

// Plans returns the work items from the first to the last day, each once. The days are requested in
// windows, several of them concurrently.
//
// A window that could not be read, or that may be truncated and cannot be divided further, is
// yielded as a [*WindowError] in place of an item, and iteration continues. A caller that needs all
// items must therefore check every error. Items without an id cannot be deduplicated. Items without
// days are returned with any window.
func (c *Client) Plans(ctx context.Context, from, to Date, s Search) iter.Seq2[Plan, error] {
	// It is not known whether the server includes the last day of an interval. Therefore windows
	// overlap by a day, and one more day is requested.
	l := lister[Plan]{
		name:     "mPlans",
		days:     positive(s.Days, planDays),
		overlap:  1,
		extra:    1,
		most:     positive(s.Limit, planLimit),
		parallel: positive(s.Parallel, planParallel),
	}
	l.fetch = func(ctx context.Context, w window) ([]Plan, int64, error) {
		begin, end := w.from.ISO(), w.to.ISO()
		return c.plans(
			ctx,
			api.GetPlanningMplansParams{
				IntervalStart: &begin,
				IntervalEnd:   &end,
				SearchFields:  s.fields(),
				Limit:         new32(l.most),
			},
		)
	}
	seen := map[string]bool{}
	return l.each(ctx, window{from, to}, func(p Plan) bool {
		id := p.ID()
		if seen[id] || p.startsAfter(to) {
			return false
		}
		seen[id] = id != ""
		return true
	})
}

func positive(v, otherwise int) int {
	if v > 0 {
		return v
	}
	return otherwise
}

func new32(v int) *int32 { n := int32(v); return &n } //nolint:gosec // small number of rows

// startsAfter reports whether an item definitely starts after the last day.
func (p Plan) startsAfter(last Date) bool {
	start, err := p.Start()
	if err != nil || start.IsZero() || start.Compare(last) <= 0 {
		return false
	}
	at, err := p.Scheduled()
	return err == nil && (at.IsZero() || at.Date.Compare(last) > 0)
}

// ErrNoPlan is returned if no work item has the id.
var ErrNoPlan = errors.New("no such work item")

// Plan returns the work item with an id.
func (c *Client) Plan(ctx context.Context, id string) (Plan, error) {
	if !isDigits(id) {
		return Plan{}, fmt.Errorf("mPlanID %q: an id must consist of digits", id)
	}
	fields := api.SearchFields{SearchTerms: map[string]api.SearchTerm{"mPlanID": termOf("mPlanID", "mPlan ID", id)}}
	found, _, err := c.plans(ctx, api.GetPlanningMplansParams{SearchFields: fields, Limit: new32(oneLimit)})
	if err != nil {
		return Plan{}, err
	}
	for _, p := range found {
		if p.ID() == id {
			return p, nil
		}
	}
	return Plan{}, fmt.Errorf("mPlanID %s: %w", id, ErrNoPlan)
}

// plans sends one request in the form of the web pages, because the application answers 500 to any
// other.
func (c *Client) plans(ctx context.Context, p api.GetPlanningMplansParams) ([]Plan, int64, error) {
	now, all, filter := time.Now().UnixMilli(), false, ""
	p.Dc, p.ShowAllActive, p.SearchFilter, p.Page, p.Start = &now, &all, &filter, new32(1), new32(0)
	p.Sort = []api.SortKey{{Property: "startDate", Direction: api.SortDirectionASC}}
	list, err := c.api.GetPlanningMplans(ctx, p)
	if err != nil {
		return nil, 0, err
	}
	taken, err := rows(list)
	if err != nil {
		return nil, 0, err
	}
	var found []Plan
	for _, row := range taken {
		found = append(found, Plan{row})
	}
	if list.Total == nil {
		return found, 0, nil
	}
	return found, *list.Total, nil
}

// fields converts a search to its wire form.
func (s Search) fields() api.SearchFields {
	wanted := s.Conditions
	if len(wanted) == 0 {
		wanted = []api.MPlanCondition{
			api.MPlanConditionUnstaffed,
			api.MPlanConditionScheduled,
			api.MPlanConditionStaffed,
			api.MPlanConditionCanceled,
			api.MPlanConditionInProgress,
			api.MPlanConditionPaused,
			api.MPlanConditionReissued,
			api.MPlanConditionExpired,
			api.MPlanConditionSubmitted,
		}
	}
	values := make([]string, len(wanted))
	for i, w := range wanted {
		values[i] = string(w)
	}
	terms := map[string]api.SearchTerm{"condition": termOf("condition", "Condition", values...)}
	if s.Role != "" {
		terms["role"] = termOf("role", "Role", s.Role)
	}
	return api.SearchFields{SearchTerms: terms}
}

func termOf(name, title string, values ...string) api.SearchTerm {
	return api.SearchTerm{
		Name:  name,
		Title: title,
		Items: []api.SearchItem{{ID: 1, Value: values, DisplayValue: values, Exactmatch: true}},
	}
}

// ScheduledVisits returns the scheduled visits from the first to the last day with their durations,
// each once, like [Client.Plans]. The application returns at most 500 rows per request.
func (c *Client) ScheduledVisits(ctx context.Context, from, to Date) iter.Seq2[Visit, error] {
	return c.visits(
		ctx,
		"scheduled visits",
		window{from, to},
		func(ctx context.Context, w window) (*api.Visits, error) {
			return c.api.GetScheduledEvents(
				ctx,
				api.ScheduledEventsRequest{Project: w.from.String() + " 00:00:00," + w.to.String() + " 23:59:59"},
			)
		},
	)
}

// UnscheduledVisits returns visits that are not scheduled yet, like [Client.ScheduledVisits].
func (c *Client) UnscheduledVisits(ctx context.Context, from, to Date) iter.Seq2[Visit, error] {
	return c.visits(
		ctx,
		"unscheduled visits",
		window{from, to},
		func(ctx context.Context, w window) (*api.Visits, error) {
			return c.api.GetNonScheduledVisits(
				ctx,
				api.NonScheduledVisitsRequest{Project: w.from.String() + "," + w.to.String()},
			)
		},
	)
}

func (c *Client) visits(
	ctx context.Context,
	name string,
	span window,
	call func(context.Context, window) (*api.Visits, error),
) iter.Seq2[Visit, error] {
	l := lister[Visit]{name: name, days: visitDays, most: visitCap, parallel: visitParallel}
	l.fetch = func(ctx context.Context, w window) (found []Visit, total int64, err error) {
		answer, err := call(ctx, w)
		if err != nil {
			return nil, 0, err
		}
		list, err := visitRows(answer)
		for _, row := range list {
			found = append(found, Visit{row})
		}
		return found, 0, err
	}
	type key struct {
		plan    string
		minutes int
	}
	seen := map[key]bool{}
	return l.each(ctx, span, func(v Visit) bool {
		k := key{v.PlanID(), v.Minutes()}
		was := seen[k]
		seen[k] = k.plan != ""
		return !was
	})
}

// AvailableReps returns the representatives who are available in a time span, which is sent in
// local time of the stores.
func (c *Client) AvailableReps(ctx context.Context, from, to time.Time) ([]api.Rep, error) {
	span := from.In(c.zone).Format(usTime24) + "," + to.In(c.zone).Format(usTime24)
	answer, err := c.api.GetAvailableReps(ctx, api.AvailableRepsRequest{Project: span})
	switch {
	case err != nil:
		return nil, err
	case answer == nil:
		return nil, errForm
	case isList(answer.Union):
		return answer.AsRepList()
	}
	w, err := answer.AsRepWrapper()
	if err != nil {
		return nil, err
	}
	for _, reps := range []*api.Reps{w.Employees, w.Representatives, w.Reps, w.AvailableReps, w.Data, w.Results} {
		if reps != nil && !reps.IsZero() {
			return repList(reps)
		}
	}
	return nil, errForm
}

func isList(u wire.Union) bool { return strings.HasPrefix(u.String(), "[") }

// repList returns representatives from a list or an object; the latter are sorted by id.
func repList(reps *api.Reps) ([]api.Rep, error) {
	if isList(reps.Union) {
		return reps.AsRepList()
	}
	byID, err := reps.AsRepsByID()
	var list []api.Rep
	for _, id := range slices.Sorted(maps.Keys(byID)) {
		list = append(list, byID[id])
	}
	return list, err
}

// isDigits reports whether an id consists of one or more digits.
func isDigits(id string) bool {
	return id != "" && strings.Trim(id, "0123456789") == ""
}
