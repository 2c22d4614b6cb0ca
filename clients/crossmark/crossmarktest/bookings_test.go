package crossmarktest_test

import (
	"bytes"
	"encoding/json"
	"net/url"
	"strings"
	"testing"

	"github.com/resgen/resgen/clients/crossmark/crossmarktest"
)

// Bookings and cancellations. The server books twice if it receives two bookings.
func TestServer_Bookings(t *testing.T) {
	var log bytes.Buffer
	s := crossmarktest.New(
		crossmarktest.Options{Log: &log, Reps: []crossmarktest.Rep{{ID: "101", First: "A", Last: "B"}},
			Plans: []crossmarktest.Plan{{ID: "1", Start: "01/01/2026", End: "01/02/2026"}}},
	)
	session := signedIn(t, s)
	for range 2 {
		if status, _, _ := send(t, s, form(), session); status != 200 {
			t.Fatal(status)
		}
	}
	made := s.Bookings("1")
	want := crossmarktest.Booking{
		EventID:    "10000002",
		PlanID:     "1",
		RepID:      "101",
		LocationID: "77",
		Start:      "2026-01-01T09:00:00-05:00",
		End:        "2026-01-01T10:00:00-05:00",
	}
	if len(made) != 2 || made[1] != want {
		t.Errorf("bookings %+v, want the second to be %+v", made, want)
	}
	if p := s.Plan("1"); p.Condition != "Scheduled" || p.EventID != "10000002" || p.RepID != "101" || p.Reps != "A B" ||
		p.Scheduled != "01/01/2026 09:00:00 AM" {
		t.Errorf("the item is %+v", p)
	}
	for _, c := range []struct {
		id      string
		applied bool
		left    string
	}{
		{"10000001", true, "10000002"}, {"10000001", false, "10000002"}, {"7", false, "10000002"},
		{"10000002", true, ""},
	} {
		status, _, body := send(
			t,
			s,
			request{
				method: "POST",
				path:   "/planningextcontroller/deleteScheduledMplanEvent",
				media:  formMedia,
				body:   "id=" + c.id,
			},
			session,
		)
		entries := s.Entries()
		if status != 200 || body != "OK" || entries[len(entries)-1].Applied != c.applied ||
			s.Plan("1").EventID != c.left {
			t.Errorf(
				"end of %s: %d %s, applied %t, left %s",
				c.id,
				status,
				body,
				entries[len(entries)-1].Applied,
				s.Plan("1").EventID,
			)
		}
	}
	if s.Plan("2") != (crossmarktest.Plan{}) || s.Book("2", "101", "") != "" || s.Bookings("2") != nil {
		t.Error("an item that is not there")
	}
	if lines := strings.Count(log.String(), "\n"); lines != len(s.Entries()) ||
		strings.Contains(log.String(), session) ||
		strings.Contains(log.String(), "secret") {
		t.Errorf("%d lines for %d entries: %s", lines, len(s.Entries()), log.String())
	}
}

// Printed paperwork is downloaded without cookies and further headers, otherwise its signature is
// invalid.
func TestServer_PrintedPaperwork(t *testing.T) {
	s := crossmarktest.New(crossmarktest.Options{Plans: []crossmarktest.Plan{{ID: "1"}}})
	session := signedIn(t, s)
	print := func(id string) (got struct {
		Success            bool
		MergedPdf, Message string
	}) {
		body := url.Values{
			"mplanLocationIDs":  {`[{"mPlanID":"` + id + `","storeID":"7"}]`},
			"includeAttachment": {"true"},
		}.Encode()
		_, _, text := send(
			t,
			s,
			request{
				method: "POST",
				path:   "/planningextcontroller/bulkPrintMplanLocations",
				media:  formMedia,
				body:   body,
			},
			session,
		)
		if err := json.Unmarshal([]byte(text), &got); err != nil {
			t.Fatal(err)
		}
		return got
	}
	if got := print("2"); got.Success || got.Message == "" {
		t.Errorf("an unknown item: %+v", got)
	}
	link := print("1").MergedPdf
	for name, c := range map[string]struct {
		path   string
		header map[string]string
		status int
	}{"bare": {link, nil, 200}, "with a cookie": {link, map[string]string{"Cookie": "a=b"}, 403}, "signed twice": {
		link, map[string]string{"Authorization": "Bearer x"}, 403,
	},
		"another signature": {link + "x", nil, 403}} {
		status, _, body := send(t, s, request{method: "GET", path: c.path, header: c.header})
		if status != c.status || strings.HasPrefix(body, "%PDF") != (c.status == 200) {
			t.Errorf("%s: %d %s, want %d", name, status, body, c.status)
		}
	}
}
