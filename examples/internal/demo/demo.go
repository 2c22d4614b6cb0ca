package demo

import (
	"fmt"
	"time"

	"github.com/resgen/resgen/clients/crossmark/crossmarktest"
	"github.com/resgen/resgen/clients/edr/edrtest"
)

// Club is the number of the club in which all events take place.
const Club = 8135

// An item is an event and the visit planned for it. Days are counted from today, or no if the
// event or the visit does not exist.
type item struct {
	number int
	name   string
	event  int
	status int
	visit  int
	state  string // condition of the visit; empty without a visit
}

const no = -1

// The numbers of event statuses in the EDR.
const (
	requested = 1
	approved  = 2
	cancelled = 3
)

var statuses = map[int]string{requested: "REQUESTED", approved: "APPROVED", cancelled: "CANCELLED"}

// items has one example of each difference, and some on which both sides agree.
var items = []item{
	{600001, "Cheddar tasting", 1, approved, 1, "Staffed"},
	{600002, "Sparkling water", 2, approved, 2, "Scheduled"},
	{600003, "Basmati rice", 3, approved, 4, "Scheduled"},       // on another day
	{600004, "Green tea", 4, cancelled, 4, "Staffed"},           // canceled by the retailer alone
	{600005, "Sea salt crackers", 5, approved, no, "Unstaffed"}, // not scheduled
	{600006, "Olive oil", 6, approved, no, ""},                  // unknown to Crossmark
	{600007, "Dark chocolate", 6, requested, no, ""},            // not approved yet
	{600008, "Dish soap", no, approved, 7, "Scheduled"},         // unknown to the EDR
	{600009, "Oat drink", 8, cancelled, 8, "Canceled"},          // canceled on both sides
	{0, "Shelf reset", no, approved, 9, "Scheduled"},            // without an event number
}

// Events returns the club's events, dated relative to today.
func Events(today time.Time) []edrtest.Event {
	var list []edrtest.Event
	for _, i := range items {
		if i.event == no {
			continue
		}
		list = append(list, edrtest.Event{
			Number: int64(i.number), Name: i.name, Day: today.AddDate(0, 0, i.event).Format(time.DateOnly), Type: 3,
			TypeName: "Standard",
			Status:   i.status, StatusName: statuses[i.status], Club: Club,
			Items: []edrtest.Item{{Number: int64(980000 + i.number%100), Name: i.name, Department: 42}},
		})
	}
	return list
}

// Plans returns the planned visits, dated relative to today.
func Plans(today time.Time) []crossmarktest.Plan {
	const us = "01/02/2006"
	var list []crossmarktest.Plan
	for n, i := range items {
		if i.state == "" {
			continue
		}
		begin := max(i.event, i.visit) // the planning window is centered on the later day
		p := crossmarktest.Plan{
			ID: fmt.Sprintf("%08d", 10000001+n), Name: i.name, Condition: i.state,
			Start: today.AddDate(0, 0, begin-1).Format(us), End: today.AddDate(0, 0, begin+1).Format(us),
			StoreID: "20000001", StoreName: fmt.Sprint("Club ", Club), StoreNumber: fmt.Sprint(Club),
		}
		if i.number != 0 {
			p.Name = fmt.Sprintf("%06d-DEMO-%s", i.number, i.name)
		}
		if i.visit != no {
			p.Scheduled = today.AddDate(0, 0, i.visit).Format(us) + " 10:00:00 AM"
			p.RepID, p.Reps, p.EventID = "30000001", "Sample, Sam", fmt.Sprintf("%08d", 40000001+n)
		}
		list = append(list, p)
	}
	return list
}
