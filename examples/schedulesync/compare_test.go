package main

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/resgen/resgen/clients/crossmark"
)

var (
	tenth    = crossmark.Date{Year: 2026, Month: time.March, Day: 10}
	eleventh = crossmark.Date{Year: 2026, Month: time.March, Day: 11}
)

func TestEventNumber(t *testing.T) {
	for name, want := range map[string]string{
		"606034-LKD-Cheese demo": "606034",
		" 606034 Cheese":         "606034",
		"606034":                 "606034",
		"6060345 Cheese":         "",
		"60603-Cheese":           "",
		"Cheese 606034":          "",
		"60603x":                 "",
		"":                       "",
	} {
		if got := eventNumber(name); got != want {
			t.Errorf("eventNumber(%q) = %q, want %q", name, got, want)
		}
	}
}

func TestCompareSingleVisit(t *testing.T) {
	approved := event{number: "600001", name: "Cheese", day: tenth, status: "APPROVED"}
	with := func(e event, status string) event { e.status = status; return e }
	staffed := visit{plan: "10000001", event: "600001", name: "600001 Cheese", store: "8135", day: tenth,
		condition: "Staffed"}
	at := func(v visit, d crossmark.Date) visit { v.day = d; return v }
	tests := []struct {
		name   string
		visits []visit
		events []event
		want   string
	}{
		{"same day", []visit{staffed}, []event{approved}, ""},
		{"other day", []visit{at(staffed, eleventh)}, []event{approved}, otherDay},
		{"event without a day", []visit{staffed}, []event{{number: "600001", status: "APPROVED"}}, ""},
		{"not scheduled", []visit{at(staffed, crossmark.Date{})}, []event{approved}, notScheduled},
		{"not scheduled, not approved yet", []visit{at(staffed, crossmark.Date{})},
			[]event{with(approved, "REQUESTED")}, ""},
		{"retailer cancelled", []visit{staffed}, []event{with(approved, "CANCELLED")}, cancelled},
		{"supplier cancelled", []visit{staffed}, []event{with(approved, "SUPPLIER-CANCELLED")}, cancelled},
		{"club deleted", []visit{staffed}, []event{with(approved, "CLUB DELETED")}, cancelled},
		{"both cancelled", []visit{{plan: "1", event: "600001", condition: "Canceled"}},
			[]event{with(approved, "CANCELLED")}, ""},
		{"no visit", nil, []event{approved}, noVisit},
		{"no visit, padded status", nil, []event{with(approved, " approved ")}, noVisit},
		{"no visit, not approved", nil, []event{with(approved, "REQUESTED")}, ""},
		{"visit canceled, event approved", []visit{{plan: "1", event: "600001", condition: "canceled"}},
			[]event{approved}, noVisit},
		{"canceled visit and a planned one", []visit{staffed, {plan: "1", event: "600001", condition: "Canceled"}},
			[]event{approved}, ""},
		{"no event", []visit{staffed}, nil, noEvent},
		{"no number", []visit{{plan: "1", name: "Reset", condition: "Staffed"}}, nil, noNumber},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var got strings.Builder
			for _, d := range compare(plan{visits: tt.visits}, list{events: tt.events}) {
				got.WriteString(d.Kind)
			}
			if got.String() != tt.want {
				t.Errorf("got %q, want %q", got.String(), tt.want)
			}
		})
	}
}

func TestCompareOrdersByUrgencyThenNumber(t *testing.T) {
	visits := []visit{
		{plan: "3", event: "600003", name: "600003 Tea", store: "12", day: tenth, condition: "Staffed"},
		{plan: "2", event: "600002", name: "600002 Rice", store: "12", day: eleventh, condition: "Scheduled"},
		{plan: "1", event: "600002", name: "600002 Rice", store: "12", day: eleventh, condition: "Staffed"},
	}
	events := []event{
		{number: "600005", name: "Soap", day: tenth, status: "APPROVED"},
		{number: "600004", name: "Salt", day: tenth, status: "APPROVED"},
		{number: "600003", name: "Tea", day: tenth, status: "CANCELLED"},
		{number: "600002", name: "Rice", day: tenth, status: "APPROVED"},
	}
	want := []difference{
		{Kind: cancelled, Event: "600003", Name: "Tea", Visit: "3", Store: "12", Visits: "2026-03-10 Staffed",
			Events: "2026-03-10 CANCELLED"},
		{Kind: otherDay, Event: "600002", Name: "Rice", Visit: "1", Store: "12", Visits: "2026-03-11 Staffed",
			Events: "2026-03-10 APPROVED"},
		{Kind: otherDay, Event: "600002", Name: "Rice", Visit: "2", Store: "12", Visits: "2026-03-11 Scheduled",
			Events: "2026-03-10 APPROVED"},
		{Kind: noVisit, Event: "600004", Name: "Salt", Events: "2026-03-10 APPROVED"},
		{Kind: noVisit, Event: "600005", Name: "Soap", Events: "2026-03-10 APPROVED"},
	}
	if got := compare(plan{visits: visits}, list{events: events}); !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

func TestCompareUnreadableDays(t *testing.T) {
	staffed := visit{plan: "1", event: "600001", day: tenth, condition: "Staffed"}
	approved := event{number: "600001", day: tenth, status: "APPROVED"}
	march := func(d int) crossmark.Date { return crossmark.Date{Year: 2026, Month: time.March, Day: d} }
	tests := []struct {
		name string
		plan plan
		list list
		want string
	}{
		{"EDR is down", plan{visits: []visit{staffed}}, list{down: true}, notCompared},
		{"EDR is down, no number anyway", plan{visits: []visit{{plan: "1", day: tenth}}}, list{down: true}, noNumber},
		{"gap around the day", plan{gaps: []span{{march(9), march(11)}}}, list{events: []event{approved}}, notCompared},
		{"gap of that day only", plan{gaps: []span{{march(10), march(10)}}}, list{events: []event{approved}},
			notCompared},
		{"gap before", plan{gaps: []span{{march(7), march(9)}}}, list{events: []event{approved}}, noVisit},
		{"gap after", plan{gaps: []span{{march(11), march(13)}}}, list{events: []event{approved}}, noVisit},
		{"second of two gaps", plan{gaps: []span{{march(1), march(2)}, {march(10), march(13)}}},
			list{events: []event{approved}}, notCompared},
		{"event without a day", plan{gaps: []span{{march(1), march(2)}}},
			list{events: []event{{number: "600001", status: "APPROVED"}}}, notCompared},
		{"visit found next to a gap", plan{visits: []visit{staffed}, gaps: []span{{march(9), march(11)}}},
			list{events: []event{approved}}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var got strings.Builder
			for _, d := range compare(tt.plan, tt.list) {
				got.WriteString(d.Kind)
			}
			if got.String() != tt.want {
				t.Errorf("got %q, want %q", got.String(), tt.want)
			}
		})
	}
}
