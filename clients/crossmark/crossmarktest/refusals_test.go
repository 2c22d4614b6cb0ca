package crossmarktest_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/resgen/resgen/clients/crossmark/crossmarktest"
)

// Requests that the reference does not show are refused; those that it shows are accepted.
func TestServer_Refuses(t *testing.T) {
	asJSON := func(path, body string) request {
		return request{method: "POST", path: path, media: "application/json", body: body}
	}
	spans := []string{"priorities", "", "projectsDropdownCustomSearchValues", "", "repsDropdownCustomSearchValues", ""}
	noHeader := plansOf()
	noHeader.header = nil
	for _, c := range []struct {
		name   string
		send   request
		status int
	}{
		{"a search", plansOf(), 200},
		{
			"a search with times",
			plansOf("intervalStart", "2026-01-01T00:00:00", "intervalEnd", "2026-01-03T23:59:59"), 200,
		},
		{"one item without an interval", plansOf("searchFields", single, "intervalStart", "", "intervalEnd", ""), 200},
		{"no X-Requested-With", noHeader, 500},
		{"a search with US dates", plansOf("intervalStart", "01/01/2026"), 500},
		{"no interval", plansOf("intervalEnd", ""), 500},
		{"no searchFields", plansOf("searchFields", ""), 500},
		{"searchFields without terms", plansOf("searchFields", `{}`), 500},
		{"searchFields that are no JSON", plansOf("searchFields", `condition`), 500},
		{"an unknown field", plansOf("searchFields", strings.ReplaceAll(search, "condition", "status")), 500},
		{
			"a term without a title", plansOf("searchFields", strings.Replace(search, `"title":"Condition",`, "", 1)),
			500,
		},
		{
			"a term of another name",
			plansOf("searchFields", strings.Replace(search, `"name":"condition"`, `"name":"x"`, 1)), 500,
		},
		{
			"an item without exactmatch",
			plansOf("searchFields", strings.Replace(search, `"exactmatch":true,`, "", 1)), 500,
		},
		{
			"an item without allActive",
			plansOf("searchFields", strings.Replace(search, `,"allActive":false`, "", 1)), 500,
		},
		{"an item without an id", plansOf("searchFields", strings.Replace(search, `"id":1,`, "", 1)), 500},
		{
			"an item without a value",
			plansOf("searchFields", strings.Replace(search, `"value":["Unstaffed"],`, "", 1)), 500,
		},

		{"a booking", form(), 200},
		{"a booking of an unknown item", form("mPlanID", "2"), 400},
		{"a booking for an employee code", form("RepID", "US815021"), 400},
		{"a booking with a fraction", form("Start", "2026-01-01T09:00:00.5-05:00"), 400},
		{"a booking in UTC", form("End", "2026-01-01T09:00:00Z"), 400},
		{"a booking with US dates", form("Start", "01/01/2026 09:00:00"), 400},
		{"a booking without a hash", form("hash", "-"), 400},
		{"a booking with a hash", form("hash", "x"), 400},
		{"a booking of another version", form("v", "4"), 400},
		{"a booking without a location", form("LocationID", ""), 400},
		{"a booking of another class", form("ClassName", "MVScheduledEvent"), 400},
		{"a booking without PlanningOverride", form("PlanningOverride", "-"), 400},
		{"a booking as JSON", asJSON("/planningextcontroller/scheduleMplanEvent", `{"mPlanID":"1"}`), 400},
		{
			"the end of a booking",
			request{
				method: "POST", path: "/planningextcontroller/deleteScheduledMplanEvent", media: formMedia,
				body: "id=5",
			},
			200,
		},
		{
			"a legacy id",
			request{
				method: "POST", path: "/planningextcontroller/deleteScheduledMplanEvent", media: formMedia,
				body: "id=5_schedule",
			},
			400,
		},
		{
			"printing",
			request{
				method: "POST", path: "/planningextcontroller/bulkPrintMplanLocations", media: formMedia,
				body: url.Values{
					"mplanLocationIDs": {`[{"mPlanID":"1","storeID":"7"}]`}, "includeAttachment": {"true"},
				}.Encode(),
			},
			200,
		},
		{
			"printing nothing",
			request{
				method: "POST", path: "/planningextcontroller/bulkPrintMplanLocations", media: formMedia,
				body: url.Values{"mplanLocationIDs": {`[]`}, "includeAttachment": {"true"}}.Encode(),
			},
			400,
		},
		{
			"printing without attachments",
			request{
				method: "POST", path: "/planningextcontroller/bulkPrintMplanLocations", media: formMedia,
				body: url.Values{"mplanLocationIDs": {`[{"mPlanID":"1","storeID":"7"}]`}}.Encode(),
			},
			400,
		},

		{
			"available representatives",
			inParts("getAvailableReps", "project", "01/01/2026 00:00:00,01/08/2026 00:00:00"), 200,
		},
		{"… without times", inParts("getAvailableReps", "project", "01/01/2026,01/08/2026"), 400},
		{"… with ISO dates", inParts("getAvailableReps", "project", "2026-01-01 00:00:00,2026-01-08 00:00:00"), 400},
		{
			"… as JSON",
			asJSON("/schedulingcontroller/getAvailableReps", `{"project":"01/01/2026 00:00:00,01/08/2026 00:00:00"}`),
			400,
		},
		{"… without parts", inParts("getAvailableReps"), 400},
		{
			"… twice",
			inParts("getAvailableReps", "project", "01/01/2026 00:00:00,01/08/2026 00:00:00", "project", ""), 400,
		},
		{
			"scheduled visits",
			inParts("getScheduledEvents", append([]string{
				"project", "01/01/2026 00:00:00,01/08/2026 23:59:59",
			}, spans...)...),
			200,
		},
		{
			"… without empty parts",
			inParts("getScheduledEvents", "project", "01/01/2026 00:00:00,01/08/2026 23:59:59"), 400,
		},
		{
			"… without times",
			inParts("getScheduledEvents", append([]string{"project", "01/01/2026,01/08/2026"}, spans...)...), 400,
		},
		{"… as JSON", asJSON("/schedulingcontroller/getScheduledEvents", `{"intervalStart":"2026-01-01"}`), 400},
		{
			"unscheduled visits",
			inParts("getNonScheduledVisits", append([]string{"project", "01/01/2026,01/08/2026"}, spans[:4]...)...),
			200,
		},
		{"… without a body", request{method: "POST", path: "/schedulingcontroller/getNonScheduledVisits"}, 200},
		{
			"… with times",
			inParts("getNonScheduledVisits", append([]string{
				"project", "01/01/2026 00:00:00,01/08/2026 23:59:59",
			}, spans[:4]...)...),
			400,
		},
		{
			"… with a part too many",
			inParts("getNonScheduledVisits", append([]string{"project", "01/01/2026,01/08/2026"}, spans...)...), 400,
		},

		{
			"an event",
			asJSON(
				"/schedulingcontroller/saveScheduledEvent",
				`{"startDateTime":"2026-01-01T09:00:00Z","endDateTime":"2026-01-01T10:00:00Z","repId":"1",`+
					`"locationId":"2"}`,
			),
			200,
		},
		{
			"an event with US dates",
			asJSON(
				"/schedulingcontroller/saveScheduledEvent",
				`{"startDateTime":"01/01/2026 09:00:00","endDateTime":"01/01/2026 10:00:00","repId":"1",`+
					`"locationId":"2"}`,
			),
			400,
		},
		{
			"an event without a person",
			asJSON(
				"/schedulingcontroller/saveScheduledEvent",
				`{"startDateTime":"2026-01-01","endDateTime":"2026-01-01","locationId":"2"}`,
			),
			400,
		},
		{
			"an event as a form",
			request{
				method: "POST", path: "/schedulingcontroller/saveScheduledEvent", media: formMedia, body: "repId=1",
			},
			400,
		},
		{"a query with a body", asJSON("/users/getUserInfo", `{}`), 400},
		{
			"representatives without a store",
			request{method: "GET", path: "/planningextcontroller/getQualifiedRepsForScheduling?mPlanID=1"}, 400,
		},
		{"recovery without an address", request{method: "POST", path: "/login/recover"}, 400},
		{"recovery", request{method: "POST", path: "/login/recover?Email=a@b.test"}, 200},
		{"an unknown page", request{method: "GET", path: "/elsewhere"}, 404},
		{"SSO, which is off", request{method: "POST", path: "/sso/getSSOProviderNames"}, 404},
	} {
		s := crossmarktest.New(
			crossmarktest.Options{
				Plans: []crossmarktest.Plan{{ID: "1", Start: "01/01/2026", End: "01/02/2026", StoreID: "77"}},
			},
		)
		session := signedIn(t, s)
		status, _, body := send(t, s, c.send, session)
		entry := s.Entries()[1]
		if status != c.status || entry.Status != status {
			t.Errorf("%s: status %d with %s and entry %+v, want %d", c.name, status, body, entry, c.status)
		}
		if refused := status == 400 || status == 500; (entry.Refused != "") != refused {
			t.Errorf("%s: the log says %+v", c.name, entry)
		}
	}
}
