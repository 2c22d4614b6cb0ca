package crossmarktest

// This file implements the operations that change work items: bookings and their cancellation. It
// also prints paperwork, which changes nothing.

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// A Booking is a booking that the server made.
type Booking struct {
	EventID, PlanID, RepID, LocationID string

	Start, End string // as received
	Cancelled  bool
}

// checkBooking returns what is wrong with a booking request, or "".
func checkBooking(c *call) string {
	fields, why := form(c)
	if why != "" {
		return why
	}
	for name, constant := range map[string]string{
		"ClassName": "MVScheduledmPlan", "hash": "", "v": "3.0.1", "PlanningOverride": "true",
	} {
		if !fields.Has(name) || fields.Get(name) != constant {
			return name + " is not what it must be"
		}
	}
	switch {
	case !digits.MatchString(fields.Get("RepID")):
		return "RepID is a number"
	case !digits.MatchString(fields.Get("mPlanID")) || fields.Get("LocationID") == "":
		return "mPlanID and LocationID are due"
	case !isoOffset.MatchString(fields.Get("Start")) || !isoOffset.MatchString(fields.Get("End")):
		return "Start and End are YYYY-MM-DDTHH:MM:SS-04:00"
	}
	return ""
}

// book makes a booking even if the item is already booked.
func (s *Server) book(c *call) response {
	fields, _ := form(c)
	c.entry.Plan = fields.Get("mPlanID")
	p := s.find(c.entry.Plan)
	if p == nil {
		c.entry.Refused = "no such work item"
		return envelope(http.StatusBadRequest, c.entry.Refused)
	}
	s.events++
	b := Booking{
		EventID:    strconv.Itoa(s.events),
		PlanID:     p.ID,
		RepID:      fields.Get("RepID"),
		LocationID: fields.Get("LocationID"),
		Start:      fields.Get("Start"),
		End:        fields.Get("End"),
	}
	s.bookings = append(s.bookings, b)
	s.staff(p, b)
	return response{
		status:  http.StatusOK,
		body:    strings.ReplaceAll(s.opts.ScheduleAnswer, "%s", b.EventID),
		applied: true,
	}
}

// staff records a booking in its work item.
func (s *Server) staff(p *Plan, b Booking) {
	p.Condition, p.EventID, p.RepID = "Scheduled", b.EventID, b.RepID
	p.Scheduled, p.Reps = local(b.Start), "Somebody"
	for _, r := range s.opts.Reps {
		if r.ID == b.RepID {
			p.Reps = r.First + " " + r.Last
		}
	}
}

// local converts a time with an offset to the local time it shows.
func local(at string) string {
	t, _ := time.Parse("2006-01-02T15:04:05-07:00", at)
	return t.Format("01/02/2006 03:04:05 PM")
}

// Book books a work item without the client and returns the booking's id, or "" if the item does
// not exist. The format of start is YYYY-MM-DDTHH:MM:SS-04:00.
func (s *Server) Book(planID, repID, start string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.find(planID)
	if p == nil {
		return ""
	}
	s.events++
	b := Booking{
		EventID:    strconv.Itoa(s.events),
		PlanID:     planID,
		RepID:      repID,
		LocationID: p.StoreID,
		Start:      start,
		End:        start,
	}
	s.bookings = append(s.bookings, b)
	s.staff(p, b)
	return b.EventID
}

func checkUnbooking(c *call) string {
	fields, why := form(c)
	if why == "" && !digits.MatchString(fields.Get("id")) {
		why = "id is a number"
	}
	return why
}

// unbook cancels the booking with an id, even another user's. The response is the same if there is
// none.
func (s *Server) unbook(c *call) response {
	fields, _ := form(c)
	applied := false
	for i, b := range s.bookings {
		if b.EventID != fields.Get("id") || b.Cancelled {
			continue
		}
		s.bookings[i].Cancelled, applied = true, true
		c.entry.Plan = b.PlanID
		if p := s.find(b.PlanID); p != nil && p.EventID == b.EventID {
			p.Condition, p.EventID, p.RepID, p.Scheduled, p.Reps = unstaffed, "", "", "", ""
		}
	}
	return response{status: http.StatusOK, media: "text/plain", body: "OK", applied: applied}
}

// printedPath is the path of printed paperwork, which is protected by a signature in the query.
const printedPath = "/storage/merged.pdf"

const signature = "stand-in-signature"

func checkPrint(c *call) string {
	fields, why := form(c)
	if why != "" {
		return why
	}
	var items []struct{ MPlanID, StoreID string }
	if err := json.Unmarshal([]byte(fields.Get("mplanLocationIDs")), &items); err != nil || len(items) == 0 ||
		fields.Get("includeAttachment") != "true" {
		return "mplanLocationIDs is a list in JSON"
	}
	return ""
}

// print makes a PDF of known work items, and reports failure with status 200 for others.
func (s *Server) print(c *call) response {
	fields, _ := form(c)
	var items []struct{ MPlanID string }
	_ = json.Unmarshal([]byte(fields.Get("mplanLocationIDs")), &items)
	for _, i := range items {
		if s.find(i.MPlanID) == nil {
			return ok(map[string]any{"success": false, "message": "no such work item"})
		}
	}
	link := url.URL{Scheme: "http", Host: c.Host, Path: printedPath, RawQuery: "X-Amz-Signature=" + signature}
	return ok(map[string]any{"success": true, "mergedPdf": link.String()})
}

// isBare refuses a download with other credentials than the signature.
func isBare(c *call) string {
	if c.Header.Get("Cookie") != "" || c.Header.Get("Authorization") != "" ||
		c.URL.Query().Get("X-Amz-Signature") != signature {
		return "the signature does not fit"
	}
	return ""
}

func fixedFile(*Server, *call) response {
	return response{
		status: http.StatusOK,
		media:  "application/pdf",
		body:   fmt.Sprintf("%%PDF-1.4\n%s\n%%%%EOF\n", "stand-in"),
	}
}
