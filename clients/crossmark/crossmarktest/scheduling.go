package crossmarktest

// This file implements scheduling: representatives, scheduled and unscheduled visits, and events
// known only from documentation.

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

func checkAvailable(c *call) string {
	found, why := parts(c, "project")
	if why == "" && !usTimes.MatchString(found["project"]) {
		why = "project is MM/DD/YYYY HH:MM:SS,MM/DD/YYYY HH:MM:SS"
	}
	return why
}

// available returns all representatives by id, with numbers as strings.
func (s *Server) available(*call) response {
	byID := map[string]any{}
	for _, r := range s.opts.Reps {
		byID[r.ID] = map[string]any{
			"id": r.ID, "repId": r.ID, "title": r.First + " " + r.Last, "lastName": r.Last,
			"nameSort": r.Last + "," + r.First, "availableHoursPerDay": "8", "scheduledHours": nil,
			"visitCount": "0", "role": nil,
		}
	}
	if s.opts.Twins {
		return ok(map[string]any{"employees": byID})
	}
	list := []any{}
	for _, r := range s.opts.Reps {
		list = append(list, byID[r.ID])
	}
	return ok(list)
}

func checkScheduled(c *call) string {
	found, why := parts(
		c,
		"project",
		"priorities",
		"projectsDropdownCustomSearchValues",
		"repsDropdownCustomSearchValues",
	)
	if why == "" && !usTimes.MatchString(found["project"]) {
		why = "project is MM/DD/YYYY 00:00:00,MM/DD/YYYY 23:59:59"
	}
	return why
}

// checkNonScheduled also accepts an empty body, because some clients send one.
func checkNonScheduled(c *call) string {
	if len(c.body) == 0 {
		return ""
	}
	found, why := parts(c, "project", "priorities", "projectsDropdownCustomSearchValues")
	if why == "" && !usSpan.MatchString(found["project"]) {
		why = "project is MM/DD/YYYY,MM/DD/YYYY"
	}
	return why
}

// span returns the days of a part named project, or zero times if there is none.
func span(c *call) (first, last time.Time) {
	if c.MultipartForm == nil || len(c.MultipartForm.Value["project"]) == 0 {
		return first, last
	}
	from, to, _ := strings.Cut(c.MultipartForm.Value["project"][0], ",")
	return usDay(from), usDay(to)
}

func usDay(text string) time.Time {
	t, _ := time.Parse("01/02/2006", text[:min(len(text), 10)])
	return t
}

// scheduled returns the scheduled visits of the days, up to the maximum number of rows.
func (s *Server) scheduled(c *call) response {
	first, last := span(c)
	return s.visits("events", func(p *Plan) bool {
		at := usDay(p.Scheduled)
		return !at.IsZero() && !at.Before(first) && !at.After(last)
	})
}

// nonScheduled returns the unscheduled visits of the days, up to the maximum number of rows.
func (s *Server) nonScheduled(c *call) response {
	first, last := span(c)
	return s.visits("visits", func(p *Plan) bool { return p.Scheduled == "" && p.within(first, last) })
}

func (s *Server) visits(name string, wanted func(*Plan) bool) response {
	id, minutes := "mPlanID", "EstimatedTime"
	if s.opts.Twins {
		name, id, minutes = "records", "mplanID", "estimatedTime"
	}
	rows := []any{}
	for _, p := range s.plans {
		if len(rows) == s.opts.Cap {
			break
		}
		if wanted(p) {
			rows = append(rows, map[string]any{id: s.id(p.ID), minutes: strconv.Itoa(p.Minutes)})
		}
	}
	return ok(map[string]any{name: rows})
}

// event is an event as documented.
type event struct {
	StartDateTime, EndDateTime, RepID, LocationID string
}

// wrong returns what is wrong with an event, or "".
func (e event) wrong() string {
	for _, at := range []string{e.StartDateTime, e.EndDateTime} {
		if len(at) < len(time.DateOnly) || !isoBound.MatchString(at[:len(time.DateOnly)]) {
			return "startDateTime and endDateTime are ISO 8601"
		}
	}
	if e.RepID == "" || e.LocationID == "" {
		return "repId and locationId are due"
	}
	return ""
}

func checkEvent(c *call) string {
	var e event
	if why := isJSON(c); why != "" {
		return why
	}
	if err := json.Unmarshal(c.body, &e); err != nil {
		return "the JSON is broken"
	}
	return e.wrong()
}

func (s *Server) saveEvent(*call) response {
	s.events++
	return response{
		status:  http.StatusOK,
		body:    map[string]any{"success": true, "eventId": strconv.Itoa(s.events)},
		applied: true,
	}
}

// saveEvents creates the valid events of a list and always responds with 200.
func (s *Server) saveEvents(c *call) response {
	var sent struct{ Events []event }
	if err := json.Unmarshal(c.body, &sent); err != nil || len(sent.Events) == 0 {
		c.entry.Refused = "events are due"
		return envelope(http.StatusBadRequest, c.entry.Refused)
	}
	results := []any{}
	created := 0
	for i, e := range sent.Events {
		if why := e.wrong(); why != "" {
			results = append(results, map[string]any{"index": i, "success": false, "error": why})
			continue
		}
		s.events++
		created++
		results = append(results, map[string]any{"index": i, "success": true, "eventId": strconv.Itoa(s.events)})
	}
	body := map[string]any{
		"success": created == len(sent.Events),
		"created": created,
		"failed":  len(sent.Events) - created,
		"results": results,
	}
	return response{status: http.StatusOK, body: body, applied: created > 0}
}

func (s *Server) eventDetails(c *call) response {
	var sent struct{ EventID any }
	_ = json.Unmarshal(c.body, &sent)
	return ok(map[string]any{"event": map[string]any{"eventId": fmt.Sprint(sent.EventID), "status": "scheduled"}})
}
