package main

import (
	"cmp"
	"slices"
	"strings"

	"github.com/resgen/resgen/clients/crossmark"
)

// show formats d as YYYY-MM-DD, or as a dash if it is zero.
func show(d crossmark.Date) string {
	if d.IsZero() {
		return "-"
	}
	return d.ISO()
}

// A visit is a store visit planned in Crossmark.
type visit struct {
	plan      string // id of the mPlan
	event     string // event number; empty if the name has none
	name      string
	store     string
	day       crossmark.Date // scheduled day; zero if not scheduled
	condition string
}

// An event is a demonstration event in the retailer's EDR.
type event struct {
	number string
	name   string
	day    crossmark.Date
	status string
}

// eventNumber returns the six leading digits of a Crossmark name, which are the number of the
// retailer's event. It returns "" if there are more or fewer digits.
func eventNumber(name string) string {
	const digits = 6
	name = strings.TrimSpace(name)
	for i := range digits {
		if i >= len(name) || name[i] < '0' || name[i] > '9' {
			return ""
		}
	}
	if len(name) > digits && name[digits] >= '0' && name[digits] <= '9' {
		return "" // longer numbers have another meaning
	}
	return name[:digits]
}

// A plan holds the visits read from Crossmark.
type plan struct {
	visits []visit
	gaps   []span // days that could not be read
}

// A list holds the events read from the EDR.
type list struct {
	events []event
	down   bool // the EDR could not be read
}

// A span is a range of days, inclusive at both ends.
type span struct{ from, to crossmark.Date }

// gap reports whether day d may be missing from the plan. An event without a day may belong to any
// gap.
func (p plan) gap(d crossmark.Date) bool {
	for _, g := range p.gaps {
		if d.IsZero() || d.Compare(g.from) >= 0 && d.Compare(g.to) <= 0 {
			return true
		}
	}
	return false
}

// The kinds of differences, most urgent first.
const (
	cancelled    = "cancelled"     // the retailer canceled the event, but the visit is still planned
	otherDay     = "other day"     // the two sides have different days
	notScheduled = "not scheduled" // the event is approved, but the visit has no day
	noVisit      = "no visit"      // an approved event without a visit in Crossmark
	noEvent      = "no event"      // a visit whose event number is unknown to the EDR
	noNumber     = "no number"     // a visit whose name has no event number
	notCompared  = "not compared"  // the other side could not be read
)

var kinds = []string{cancelled, otherDay, notScheduled, noVisit, noEvent, noNumber, notCompared}

// A difference is one row of the result.
type difference struct {
	Kind   string `json:"kind"`
	Event  string `json:"event,omitempty"`
	Name   string `json:"name,omitempty"`
	Visit  string `json:"visit,omitempty"` // id of the mPlan in Crossmark
	Store  string `json:"store,omitempty"`
	Visits string `json:"crossmark,omitempty"` // day and condition in Crossmark
	Events string `json:"edr,omitempty"`       // day and status in the EDR
}

// compare joins visits and events by event number and returns their differences, most urgent first.
// Several visits may serve one event. Data that could not be read counts as not compared, never as
// missing.
func compare(p plan, l list) []difference {
	known := map[string]event{}
	for _, e := range l.events {
		known[e.number] = e
	}
	served := map[string]bool{}
	var found []difference
	for _, v := range p.visits {
		e, ok := known[v.event]
		served[v.event] = served[v.event] || !v.canceled()
		kind := classify(v, e, ok)
		if kind == noEvent && l.down {
			kind = notCompared
		}
		if kind != "" {
			found = append(found, newDifference(kind, v, e))
		}
	}
	for _, e := range known {
		switch {
		case served[e.number], !e.approved():
		case p.gap(e.day):
			found = append(found, newDifference(notCompared, visit{}, e))
		default:
			found = append(found, newDifference(noVisit, visit{}, e))
		}
	}
	slices.SortFunc(found, func(a, b difference) int {
		return cmp.Or(cmp.Compare(slices.Index(kinds, a.Kind), slices.Index(kinds, b.Kind)),
			cmp.Compare(a.Event, b.Event), cmp.Compare(a.Visit, b.Visit))
	})
	return found
}

// classify returns the kind of difference between a visit and its event, or "" if they agree.
func classify(v visit, e event, known bool) string {
	switch {
	case v.canceled():
		return "" // an approved event without another visit is reported as noVisit
	case v.event == "":
		return noNumber
	case !known:
		return noEvent
	case e.canceled():
		return cancelled
	case v.day.IsZero():
		if e.approved() {
			return notScheduled
		}
		return ""
	case !e.day.IsZero() && v.day != e.day:
		return otherDay
	}
	return ""
}

// newDifference describes the difference between v and e, one of which may be zero.
func newDifference(kind string, v visit, e event) difference {
	d := difference{Kind: kind, Event: cmp.Or(v.event, e.number), Name: cmp.Or(e.name, v.name), Visit: v.plan,
		Store: v.store}
	if v.plan != "" {
		d.Visits = show(v.day) + " " + v.condition
	}
	if e.number != "" {
		d.Events = show(e.day) + " " + e.status
	}
	return d
}

// canceled reports whether the visit is canceled. Crossmark uses the American spelling.
func (v visit) canceled() bool { return strings.EqualFold(v.condition, "Canceled") }

func (e event) approved() bool { return strings.EqualFold(strings.TrimSpace(e.status), "APPROVED") }

// canceled reports whether the retailer or the supplier canceled the event.
func (e event) canceled() bool {
	s := strings.ToUpper(e.status)
	return strings.Contains(s, "CANCEL") || strings.Contains(s, "DELETED")
}
