package main

import (
	"strings"
	"testing"
)

func TestPrintDrawsOneRowPerDifference(t *testing.T) {
	a := result{From: "2026-03-09", To: "2026-03-15", Visits: 2, Events: 3, Differences: []difference{
		{Kind: cancelled, Event: "600003", Name: "Tea \x1b[31mtasting", Visit: "3", Store: "12",
			Visits: "2026-03-10 Staffed", Events: "2026-03-10 CANCELLED"},
		{Kind: noVisit, Event: "600004", Name: "Salt of a name that is longer than its column is wide",
			Events: "2026-03-10 APPROVED"},
	}}
	var out strings.Builder
	a.print(&out, 0)
	want := `2026-03-09 to 2026-03-15: 2 visits, 3 events, 2 differences
┌────────────┬────────┬──────────────────────────────────┬───────┬────────────────────┬──────────────────────┐
│ difference │ event  │ name                             │ store │ Crossmark          │ EDR                  │
├────────────┼────────┼──────────────────────────────────┼───────┼────────────────────┼──────────────────────┤
│ cancelled  │ 600003 │ Tea ·[31mtasting                 │ 12    │ 2026-03-10 Staffed │ 2026-03-10 CANCELLED │
│ no visit   │ 600004 │ Salt of a name that is longer t… │       │                    │ 2026-03-10 APPROVED  │
└────────────┴────────┴──────────────────────────────────┴───────┴────────────────────┴──────────────────────┘
`
	if out.String() != want {
		t.Errorf("got\n%s\nwant\n%s", out.String(), want)
	}
}

func TestPrintReportsMissingData(t *testing.T) {
	var out strings.Builder
	result{From: "a", To: "b", Missing: []string{"EDR: circuit open"}}.print(&out, 80)
	want := "a to b: 0 visits, 0 events, 0 differences\ncould not be read: EDR: circuit open\n"
	if out.String() != want {
		t.Errorf("got %q, want %q", out.String(), want)
	}
	out.Reset()
	result{From: "a", To: "b", Differences: []difference{{Kind: notCompared}, {Kind: noVisit},
		{Kind: notCompared}}}.print(&out, 80)
	if want := "a to b: 0 visits, 0 events, 1 difference, 2 not compared\n"; !strings.HasPrefix(out.String(), want) {
		t.Errorf("got %q, want %q", out.String(), want)
	}
}

func TestExit(t *testing.T) {
	different := []difference{{Kind: noVisit}}
	for want, a := range map[int]result{
		0:             {},
		exitDifferent: {Differences: different},
		exitDegraded:  {Differences: different, Missing: []string{"EDR"}},
	} {
		if got := a.exit(); got != want {
			t.Errorf("%+v exits with %d, want %d", a, got, want)
		}
	}
}
