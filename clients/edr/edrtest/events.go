package edrtest

// This file implements the Event Management application.

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// An Event is an event of a club.
type Event struct {
	Number      int64
	Name        string
	Day         string // YYYY-MM-DD
	Type        int    // 1, 3 to 57
	TypeName    string
	Status      int // 2: APPROVED
	StatusName  string
	Club        int
	Locked      bool
	Preparation string // empty: null
	Portion     string // empty: null
	Items       []Item // nil: null in the report, one row without an item in lists
}

// An Item is an item of an event.
type Item struct {
	Number, GTIN, Vendor int64
	Department           int
	Name                 string
}

// scalar returns a number in the configured form.
func (s *Server) scalar(n int64) any {
	if s.opts.Texts {
		return strconv.FormatInt(n, 10)
	}
	return n
}

func orNil(text string) any {
	if text == "" {
		return nil
	}
	return text
}

func answerJSON(v any) reply {
	data, _ := json.Marshal(v)
	return reply{status: http.StatusOK, body: string(data)}
}

func (s *Server) report(q request) reply {
	if refused, ok := s.authorise(q); !ok {
		return refused
	}
	n, _ := strconv.ParseInt(q.URL.Query().Get("id"), 10, 64)
	i := slices.IndexFunc(s.events, func(e Event) bool { return e.Number == n })
	if i < 0 {
		if s.opts.Blank {
			return reply{status: http.StatusOK}
		}
		return reply{status: http.StatusOK, body: "null"}
	}
	e := s.events[i]
	out := map[string]any{
		"demoId": s.scalar(e.Number), "demoName": e.Name, "demoDate": e.Day, "demoClassCode": s.scalar(int64(e.Type)),
		"demoStatusCode": s.scalar(
			int64(e.Status),
		), "demoLockInd": s.lock(e.Locked), "demoInstructions": nil, "itemDetails": nil,
	}
	if e.Preparation != "" || e.Portion != "" {
		out["demoInstructions"] = map[string]any{"demoPrepnTxt": orNil(e.Preparation), "demoPortnTxt": orNil(e.Portion)}
	}
	var items []any
	for _, it := range e.Items {
		items = append(items, map[string]any{
			"itemNbr": s.scalar(
				it.Number,
			), "gtin": s.scalar(it.GTIN), "itemDesc": it.Name, "vendorNbr": s.scalar(it.Vendor),
			"deptNbr": s.scalar(int64(it.Department)),
		})
	}
	if items != nil {
		out["itemDetails"] = items
	}
	return answerJSON(out)
}

func (s *Server) lock(locked bool) any {
	switch {
	case !s.opts.Texts:
		return locked
	case locked:
		return "Y"
	}
	return "N"
}

// A query holds the parameters of both lists.
type query struct {
	StartDate, EndDate string
	EventType          []int
	StoreNbr           string
	ClubList           []any
}

// takes reports whether an event matches.
func (in query) takes(e Event) bool {
	if e.Day < in.StartDate || e.Day > in.EndDate || !slices.Contains(in.EventType, e.Type) {
		return false
	}
	if in.ClubList == nil {
		return in.StoreNbr == fmt.Sprintf("%04d", e.Club)
	}
	return slices.ContainsFunc(in.ClubList, func(c any) bool {
		n, err := strconv.Atoi(fmt.Sprint(c))
		return err == nil && n == e.Club
	})
}

// items returns the items of an event's rows; an event without items has one row.
func (e Event) items() []Item {
	if len(e.Items) == 0 {
		return []Item{{}}
	}
	return e.Items
}

func (s *Server) browse(q request) reply {
	if refused, ok := s.authorise(q); !ok {
		return refused
	}
	var in query
	_ = json.Unmarshal(q.body, &in)
	rows := []any{}
	for _, e := range s.events {
		if !in.takes(e) {
			continue
		}
		for i, it := range e.items() {
			rows = append(rows, map[string]any{
				"eventId": e.Number, "eventType": "Event Type " + e.TypeName, "eventDate": e.Day, "eventName": e.Name,
				"eventStatus": "Status " + e.StatusName,
				"billType":    "6 Hour", "lockDate": strconv.FormatBool(e.Locked), "eventFee": "0.00",
				"itemNbr": it.Number, "itemDesc": it.Name,
				"featuredItemInd": map[bool]string{true: "Y", false: "N"}[i == 0], "upcNbr": it.GTIN,
				"deptNbr":   s.scalar(int64(it.Department)),
				"vendorNbr": it.Vendor, "vendorBilledNbr": it.Vendor, "targetClubCnt": 1, "country": "US",
				"claimNbr": []string{},
			})
		}
	}
	if s.opts.Object {
		return answerJSON(map[string]any{"data": rows})
	}
	return answerJSON(rows)
}

func (s *Server) schedule(q request) reply {
	if refused, ok := s.authorise(q); !ok {
		return refused
	}
	var in query
	_ = json.Unmarshal(q.body, &in)
	rows := []any{}
	for _, e := range s.events {
		if !in.takes(e) {
			continue
		}
		for i, it := range e.items() {
			row := map[string]any{
				"eventId": s.scalar(
					e.Number,
				), "eventName": e.Name, "eventType": s.scalar(int64(e.Type)), "itemNbr": s.scalar(it.Number),
				"itemDesc":        it.Name,
				"vendorBilledNbr": s.scalar(it.Vendor), "deptNbr": s.scalar(int64(it.Department)),
			}
			day, status := "eventDate", "status"
			if i%2 == 1 { // both spellings have been observed
				day, status = "demoDate", "eventStatus"
			}
			row[day], row[status] = e.Day, " "+strings.ToLower(e.StatusName)+" "
			rows = append(rows, row)
		}
	}
	if s.opts.Object {
		return answerJSON(map[string]any{"events": rows, "totalCount": len(rows), "success": true})
	}
	return answerJSON(rows)
}

// statusWords are the names of statuses that updates set.
var statusWords = map[int]string{0: "NEW", 1: "REQUESTED", 2: "APPROVED", 3: "CANCELLED"}

func (s *Server) update(q request) reply {
	if refused, ok := s.authorise(q); !ok {
		return refused
	}
	var in struct {
		EventID         int64 `json:"eventId"`
		EventStatusCode int   `json:"eventStatusCode"`
		ClubID          int   `json:"clubId"`
		ScheduledDate   string
	}
	_ = json.Unmarshal(q.body, &in)
	i := slices.IndexFunc(s.events, func(e Event) bool { return e.Number == in.EventID && e.Club == in.ClubID })
	if i < 0 {
		return no(http.StatusBadRequest)
	}
	e := &s.events[i]
	e.Day, e.Status = in.ScheduledDate, in.EventStatusCode
	if word, ok := statusWords[in.EventStatusCode]; ok {
		e.StatusName = word
	}
	return reply{status: http.StatusOK}
}
