package crossmarktest

// This file implements work items: searches and rows.

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"time"
)

// A Plan is a work item (mPlan). Times are in the application's format; empty ones are sent
// unchanged.
type Plan struct {
	ID          string // 8 or 12 digits
	Name        string
	Condition   string // empty: absent, which means Unstaffed
	Start       string // MM/DD/YYYY
	End         string // MM/DD/YYYY
	Scheduled   string // MM/DD/YYYY hh:mm:ss AM|PM; empty: sent as null
	StoreID     string
	StoreName   string
	StoreNumber string
	RepID       string // id of the scheduled representative
	Reps        string // names of the representatives, separated by commas
	EventID     string // id of the booking; empty: sent as null
	Minutes     int    // 0: absent
	SalesTool   string // URL of a document; empty: none
}

// A Rep is a representative.
type Rep struct {
	ID    string
	First string
	Last  string
}

// unstaffed is the condition of an item without one.
const unstaffed = "Unstaffed"

// search is the content of searchFields.
type search struct{ SearchTerms map[string]term }

type term struct {
	Name, Title string
	Items       []item
}

type item struct {
	ID                    *int64
	Value, DisplayValue   []string
	Exactmatch, AllActive *bool
}

// wrong returns what is wrong with the term of a field, or "".
func (t term) wrong(field string) string {
	switch {
	case !slices.Contains([]string{"condition", "mPlanID", "role", "globalStartDate"}, field):
		return "searchFields has an unknown field"
	case t.Name != field || t.Title == "" || len(t.Items) == 0:
		return "a term of searchFields is not whole"
	}
	for _, i := range t.Items {
		if i.ID == nil || i.Exactmatch == nil || i.AllActive == nil || len(i.Value) == 0 ||
			len(i.DisplayValue) != len(i.Value) {
			return "an item of searchFields is not whole"
		}
	}
	return ""
}

// wants reports whether one of the term's items has the value.
func (t term) wants(value string) bool {
	return slices.ContainsFunc(t.Items, func(i item) bool { return slices.Contains(i.Value, value) })
}

// checkSearch returns what is wrong with a search, or "". The application answers 500 to searches
// that the web pages would not send.
func checkSearch(c *call) string {
	q := c.URL.Query()
	var wanted search
	if c.Header.Get("X-Requested-With") != "XMLHttpRequest" {
		return "X-Requested-With is due"
	}
	if err := json.Unmarshal([]byte(q.Get("searchFields")), &wanted); err != nil || len(wanted.SearchTerms) == 0 {
		return "searchFields is due"
	}
	for field, term := range wanted.SearchTerms {
		if why := term.wrong(field); why != "" {
			return why
		}
	}
	if _, single := wanted.SearchTerms["mPlanID"]; single && !q.Has("intervalStart") {
		return ""
	}
	if !isoBound.MatchString(q.Get("intervalStart")) || !isoBound.MatchString(q.Get("intervalEnd")) {
		return "intervalStart and intervalEnd are YYYY-MM-DD"
	}
	return ""
}

// listPlans handles a search.
func (s *Server) listPlans(c *call) response {
	q := c.URL.Query()
	var wanted search
	_ = json.Unmarshal([]byte(q.Get("searchFields")), &wanted)
	rows := []any{}
	total := 0
	limit, err := strconv.Atoi(q.Get("limit"))
	if err != nil || limit <= 0 {
		limit = 25
	}
	for _, p := range s.plans {
		if !wanted.matches(p) || !p.within(day(q.Get("intervalStart")), day(q.Get("intervalEnd"))) {
			continue
		}
		if total++; len(rows) < limit {
			rows = append(rows, s.row(p))
		}
	}
	if terms := wanted.SearchTerms["mPlanID"].Items; len(terms) > 0 {
		c.entry.Plan = terms[0].Value[0]
	}
	if s.opts.Twins {
		return ok(map[string]any{"total": total, "records": rows})
	}
	return ok(map[string]any{"total": total, "mplans": rows})
}

// matches reports whether a work item matches a search.
func (w search) matches(p *Plan) bool {
	if t, ok := w.SearchTerms["condition"]; ok && !t.wants(or(p.Condition, unstaffed)) {
		return false
	}
	t, ok := w.SearchTerms["mPlanID"]
	return !ok || t.wants(p.ID)
}

// day returns the day of a bound, or the zero time if there is none.
func day(bound string) time.Time {
	t, _ := time.Parse(time.DateOnly, bound[:min(len(bound), len(time.DateOnly))])
	return t
}

// within reports whether the work can be done on a day of the interval, both bounds included. An
// item without days is in every interval.
func (p *Plan) within(first, last time.Time) bool {
	start, errStart := time.Parse("01/02/2006", p.Start)
	end, errEnd := time.Parse("01/02/2006", p.End)
	if errEnd != nil {
		end = start
	}
	return first.IsZero() || errStart != nil || !start.After(last) && !end.Before(first)
}

// row returns the row of a work item in the configured spelling.
func (s *Server) row(p *Plan) map[string]any {
	row := map[string]any{
		"staffedReps":     p.Reps,
		"scheduleDate":    nullable(p.Scheduled),
		"scheduleEventID": s.id(p.EventID),
		"storeNumber":     s.id(p.StoreNumber),
		"mPlanID":         s.id(p.ID),
		"salesTools":      []any{},
	}
	names := []string{"name", "startDate", "endDate", "storeID", "storeName", "EstimatedTime"}
	if s.opts.Twins {
		names = []string{
			"mPlanName",
			"mPlanStartDate",
			"mPlanDueDate",
			"LocationMVID",
			"LocationName",
			"estimatedMinutes",
		}
	}
	for i, value := range []any{p.Name, p.Start, p.End, s.id(p.StoreID), p.StoreName} {
		row[names[i]] = value
	}
	if p.Condition != "" {
		row["condition"] = p.Condition
	}
	if p.RepID != "" {
		row["scheduleRepID"] = s.id(p.RepID)
	}
	if p.Minutes > 0 {
		row[names[5]] = strconv.Itoa(p.Minutes)
	}
	if p.SalesTool != "" {
		row["salesTools"] = []any{map[string]any{"salesToolURL": p.SalesTool}}
	}
	return row
}

// id returns an id as a string, in the second spelling as a number, or null if it is empty.
func (s *Server) id(text string) any {
	if n, err := strconv.ParseInt(text, 10, 64); err == nil && s.opts.Twins {
		return n
	}
	return nullable(text)
}

func nullable(text string) any {
	if text == "" {
		return nil
	}
	return text
}

func hasPlanAndStore(c *call) string {
	if q := c.URL.Query(); q.Get("mPlanID") == "" || q.Get("storeID") == "" {
		return "mPlanID and storeID are due"
	}
	return ""
}

// qualified returns all representatives; qualifications are not simulated.
func (s *Server) qualified(c *call) response {
	c.entry.Plan = c.URL.Query().Get("mPlanID")
	rows := []any{}
	for _, r := range s.opts.Reps {
		name := "ID"
		if s.opts.Twins {
			name = "RepID"
		}
		rows = append(rows, map[string]any{name: s.id(r.ID), "FirstName": r.First, "LastName": r.Last})
	}
	return ok(map[string]any{"data": rows})
}

// userInfo describes the signed-in user.
func (s *Server) userInfo(*call) response {
	return response{status: http.StatusOK, body: map[string]any{"username": s.opts.UserID}}
}

// logout ends the session of the call.
func (s *Server) logout(c *call) response {
	if one, err := c.Cookie(cookie); err == nil {
		delete(s.sessions, one.Value)
	}
	return response{
		status:  http.StatusFound,
		media:   "text/html",
		header:  map[string]string{"Location": "/login"},
		applied: true,
	}
}
