package main

import (
	"cmp"
	"slices"
	"strings"

	"github.com/resgen/resgen/clients/crossmark"
)

// show writes a day as YYYY-MM-DD, or a dash if there is none.
func show(d crossmark.Date) string {
	if d.IsZero() {
		return "-"
	}
	return d.ISO()
}

// A visit is what Crossmark plans in a store.
type visit struct {
	plan      string // id of the mPlan
	event     string // event number, empty if the name holds none
	name      string
	store     string
	day       crossmark.Date // scheduled for; zero if not scheduled
	condition string
}

// An event is what the retailer's EDR holds.
type event struct {
	number string
	name   string
	day    crossmark.Date
	status string
}

// eventNumber returns the six digits that a Crossmark name begins with; they are the number of the retailer's event.
func eventNumber(name string) string {
	const digits = 6
	name = strings.TrimSpace(name)
	for i := range digits {
		if i >= len(name) || name[i] < '0' || name[i] > '9' {
			return ""
		}
	}
	if len(name) > digits && name[digits] >= '0' && name[digits] <= '9' {
		return "" // a longer number is something else
	}
	return name[:digits]
}

// A plan is what was read of Crossmark.
type plan struct {
	visits []visit
	gaps   []span // days that could not be read
}

// A list is what was read of the EDR.
type list struct {
	events []event
	down   bool // nothing could be read
}

// A span is a run of days, the last one included.
type span struct{ from, to crossmark.Date }

// gap reports whether a day could not be read. An event without a day may lie in any gap.
func (p plan) gap(d crossmark.Date) bool {
	for _, g := range p.gaps {
		if d.IsZero() || d.Compare(g.from) >= 0 && d.Compare(g.to) <= 0 {
			return true
		}
	}
	return false
}

// The kinds of a difference, in the order of how soon somebody must act.
const (
	cancelled    = "cancelled"     // the retailer called the event off, the visit stands
	otherDay     = "other day"     // both have it, on different days
	notScheduled = "not scheduled" // the event is approved, the visit has no day
	noVisit      = "no visit"      // an approved event that Crossmark does not know
	noEvent      = "no event"      // a visit whose event number the EDR does not know
	noNumber     = "no number"     // a visit whose name holds no event number
	notCompared  = "not compared"  // the other side could not be read
)

var kinds = []string{cancelled, otherDay, notScheduled, noVisit, noEvent, noNumber, notCompared}

// A difference is one row of the answer.
type difference struct {
	Kind   string `json:"kind"`
	Event  string `json:"event,omitempty"`
	Name   string `json:"name,omitempty"`
	Visit  string `json:"visit,omitempty"` // id of Crossmark's mPlan
	Store  string `json:"store,omitempty"`
	Visits string `json:"crossmark,omitempty"` // what Crossmark says: day and condition
	Events string `json:"edr,omitempty"`       // what the EDR says: day and status
}

// compare joins visits and events by event number and returns where they disagree, the most urgent first. Several visits may serve one
// event. What could not be read is never taken for what is not there.
func compare(p plan, l list) []difference {
	known := map[string]event{}
	for _, e := range l.events {
		known[e.number] = e
	}
	served := map[string]bool{}
	var found []difference
	for _, v := range p.visits {
		e, ok := known[v.event]
		served[v.event] = served[v.event] || !v.called()
		kind := judge(v, e, ok)
		if kind == noEvent && l.down {
			kind = notCompared
		}
		if kind != "" {
			found = append(found, between(kind, v, e))
		}
	}
	for _, e := range known {
		switch {
		case served[e.number], !e.approved():
		case p.gap(e.day):
			found = append(found, between(notCompared, visit{}, e))
		default:
			found = append(found, between(noVisit, visit{}, e))
		}
	}
	slices.SortFunc(found, func(a, b difference) int {
		return cmp.Or(cmp.Compare(slices.Index(kinds, a.Kind), slices.Index(kinds, b.Kind)), cmp.Compare(a.Event, b.Event), cmp.Compare(a.Visit, b.Visit))
	})
	return found
}

// judge returns how a visit and its event disagree, or "".
func judge(v visit, e event, known bool) string {
	switch {
	case v.called():
		return "" // nobody goes there; an approved event without another visit shows as noVisit
	case v.event == "":
		return noNumber
	case !known:
		return noEvent
	case e.called():
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

func between(kind string, v visit, e event) difference {
	d := difference{Kind: kind, Event: cmp.Or(v.event, e.number), Name: cmp.Or(e.name, v.name), Visit: v.plan, Store: v.store}
	if v.plan != "" {
		d.Visits = show(v.day) + " " + v.condition
	}
	if e.number != "" {
		d.Events = show(e.day) + " " + e.status
	}
	return d
}

// called reports whether the visit is called off. Crossmark spells it the American way.
func (v visit) called() bool { return strings.EqualFold(v.condition, "Canceled") }

func (e event) approved() bool { return strings.EqualFold(strings.TrimSpace(e.status), "APPROVED") }

// called reports whether the event is called off, by the retailer or by the supplier.
func (e event) called() bool {
	s := strings.ToUpper(e.status)
	return strings.Contains(s, "CANCEL") || strings.Contains(s, "DELETED")
}
