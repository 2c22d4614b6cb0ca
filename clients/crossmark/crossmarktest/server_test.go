package crossmarktest_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"reflect"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/resgen/resgen/clients/crossmark/crossmarktest"
)

// A request is a request of a test.
type request struct {
	method, path string
	media        string
	body         string
	header       map[string]string
}

const (
	formMedia = "application/x-www-form-urlencoded; charset=UTF-8"
	plansPath = "/planningextcontroller/getPlanningMplans"
	search    = `{"searchTerms":{"condition":{"name":"condition","title":"Condition","items":[{"id":1,` +
		`"value":["Unstaffed"],"displayValue":["Unstaffed"],"exactmatch":true,"allActive":false}]}}}`
	single = `{"searchTerms":{"mPlanID":{"name":"mPlanID","title":"ID","items":[{"id":1,"value":["1"],` +
		`"displayValue":["1"],"exactmatch":true,"allActive":false}]}}}`
)

// parts encodes a multipart form from alternating names and values.
func parts(pairs ...string) (media, body string) {
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for i := 0; i < len(pairs); i += 2 {
		_ = w.WriteField(pairs[i], pairs[i+1])
	}
	_ = w.Close()
	return w.FormDataContentType(), b.String()
}

// send sends a request with these cookies and returns the status, header and body of the response.
func send(t *testing.T, h http.Handler, r request, cookies ...string) (int, http.Header, string) {
	t.Helper()
	sent := httptest.NewRequestWithContext(t.Context(), r.method, r.path, strings.NewReader(r.body))
	if r.media != "" {
		sent.Header.Set("Content-Type", r.media)
	}
	for name, value := range r.header {
		sent.Header.Set(name, value)
	}
	for _, c := range cookies {
		sent.Header.Add("Cookie", "PHPSESSID="+c)
	}
	got := httptest.NewRecorder()
	h.ServeHTTP(got, sent)
	return got.Code, got.Header(), got.Body.String()
}

// signedIn opens a session.
func signedIn(t *testing.T, h http.Handler) string {
	t.Helper()
	_, header, _ := send(t, h, signIn("secret"))
	return (&http.Response{Header: header}).Cookies()[0].Value
}

func signIn(password string) request {
	return request{method: "POST", path: "/login/authenticate", media: "application/json",
		body: fmt.Sprintf(
			`{"UserType":"MVEntityUser","UserID":"planner","Password":%q,"Timezone":"America/Indianapolis"}`,
			password,
		)}
}

func plansOf(query ...string) request {
	q := url.Values{
		"intervalStart": {"2026-01-01"},
		"intervalEnd":   {"2026-01-03"},
		"searchFields":  {search},
		"limit":         {"50"},
	}
	for i := 0; i < len(query); i += 2 {
		q.Set(query[i], query[i+1])
		if query[i+1] == "" {
			q.Del(query[i])
		}
	}
	return request{
		method: "GET",
		path:   plansPath + "?" + q.Encode(),
		header: map[string]string{"X-Requested-With": "XMLHttpRequest"},
	}
}

// form returns a booking with changed fields; the value "-" removes a field.
func form(changes ...string) request {
	q := url.Values{
		"ClassName":        {"MVScheduledmPlan"},
		"RepID":            {"101"},
		"mPlanID":          {"1"},
		"LocationID":       {"77"},
		"Start":            {"2026-01-01T09:00:00-05:00"},
		"End":              {"2026-01-01T10:00:00-05:00"},
		"hash":             {""},
		"v":                {"3.0.1"},
		"PlanningOverride": {"true"},
	}
	for i := 0; i < len(changes); i += 2 {
		q.Set(changes[i], changes[i+1])
		if changes[i+1] == "-" {
			q.Del(changes[i])
		}
	}
	return request{
		method: "POST",
		path:   "/planningextcontroller/scheduleMplanEvent",
		media:  formMedia,
		body:   q.Encode(),
	}
}

func inParts(path string, pairs ...string) request {
	media, body := parts(pairs...)
	return request{method: "POST", path: "/schedulingcontroller/" + path, media: media, body: body}
}

// Sessions require exactly one cookie; there are four ways to report expiry.
func TestServer_Sessions(t *testing.T) { synctest.Test(t, sessions) }

func sessions(t *testing.T) {
	info := request{method: "POST", path: "/users/getUserInfo"}
	for ended, want := range map[crossmarktest.EndedAnswer]int{
		"": 302, crossmarktest.EndedRedirect: 302, crossmarktest.EndedPage: 200, crossmarktest.Ended401: 401,
		crossmarktest.EndedForbidden: 403,
	} {
		s := crossmarktest.New(crossmarktest.Options{Ended: ended, SessionLife: 50 * time.Millisecond})
		session := signedIn(t, s)
		if status, header, _ := send(t, s, info, session); status != 200 ||
			header.Get("Expires") != "Thu, 19 Nov 1981 08:52:00 GMT" {
			t.Errorf("a live session: %d with %v", status, header)
		}
		if status, _, _ := send(t, s, info, session, session); status != 400 ||
			s.Entries()[2].Refused != "two session cookies" {
			t.Errorf("two cookies: %d", status)
		}
		other := signedIn(t, s)
		s.EndSessions()
		for _, cookies := range [][]string{nil, {"made up"}, {session}, {other}} {
			status, header, body := send(t, s, info, cookies...)
			if status != want || (header.Get("Location") == "/login") != (want == 302) ||
				strings.Contains(body, "<html>") != (want == 200) {
				t.Errorf("%q: %d, %v, %s, want %d", ended, status, header, body, want)
			}
		}
		if status, _, body := send(t, s, request{method: "GET", path: "/login"}); status != 200 ||
			!strings.Contains(body, "<html>") {
			t.Errorf("the login page: %d %s", status, body)
		}
		again := signedIn(t, s)
		time.Sleep(60 * time.Millisecond)
		if status, _, _ := send(t, s, info, again); status != want {
			t.Errorf("%q: after its life %d, want %d", ended, status, want)
		}
		if e := s.Entries(); e[0].Session != 1 || e[1].Session != 1 || s.Logins() != 3 {
			t.Errorf("entries %+v", e[:2])
		}
	}
}

// The five responses to a successful sign-in, and refusals.
func TestServer_SignIn(t *testing.T) {
	for answer, want := range map[crossmarktest.LoginAnswer]string{
		"":                          `200 {"sessionId":"session0001","success":true,"userId":"1"}`,
		crossmarktest.LoginSuccess:  `200 {"sessionId":"session0001","success":true,"userId":"1"}`,
		crossmarktest.LoginRedirect: `200 {"redirectUrl":"/planning/"}`,
		crossmarktest.LoginPage:     `302 `,
		crossmarktest.LoginOther:    `200 OK`,
		crossmarktest.LoginNeither:  `200 {"message":"try again"}`,
	} {
		s := crossmarktest.New(crossmarktest.Options{Login: answer})
		status, header, body := send(t, s, signIn("secret"))
		if got := fmt.Sprintf("%d %s", status, body); got != want {
			t.Errorf("%q: %s, want %s", answer, got, want)
		}
		if set := header.Get("Set-Cookie") != ""; set != (answer != crossmarktest.LoginNeither) {
			t.Errorf("%q: cookie %q", answer, header.Get("Set-Cookie"))
		}
		if answer == crossmarktest.LoginPage {
			next := request{method: "GET", path: header.Get("Location")}
			if _, _, page := send(t, s, next, "session0001"); !strings.Contains(page, "Scheduling") {
				t.Errorf("the page is %s", page)
			}
		}
	}
	s := crossmarktest.New(crossmarktest.Options{UserID: "me", Password: "mine"})
	wrong := signIn("secret")
	for name, c := range map[string]struct {
		send   request
		status int
	}{
		"another user": {wrong, 401},
		"wrong password": {
			request{"POST", wrong.path, wrong.media, strings.Replace(wrong.body, "planner", "me", 1), nil}, 401,
		},
		"right": {
			request{
				"POST", wrong.path, wrong.media,
				strings.NewReplacer("planner", "me", "secret", "mine").Replace(wrong.body), nil,
			},
			200,
		},
		"no zone": {
			request{"POST", wrong.path, wrong.media, strings.Replace(wrong.body, "Timezone", "Zone", 1), nil}, 400,
		},
		"other names": {request{"POST", wrong.path, wrong.media, `{"username":"me","password":"mine"}`, nil}, 400},
		"another type": {
			request{"POST", wrong.path, wrong.media, strings.Replace(wrong.body, "MVEntityUser", "User", 1), nil},
			400,
		},
		"as a form":      {request{"POST", wrong.path, formMedia, "UserID=me", nil}, 400},
		"JSON as a form": {request{"POST", wrong.path, formMedia, wrong.body, nil}, 400},
	} {
		if status, _, _ := send(t, s, c.send); status != c.status {
			t.Errorf("%s: %d, want %d", name, status, c.status)
		}
	}
}

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

// Random faults have the configured rate, depend only on the seed, and do not affect sign-in.
func TestServer_RandomFaults(t *testing.T) {
	run := func(seed uint64) (names []string) {
		s := crossmarktest.New(crossmarktest.Options{Faults: 0.3, Seed: seed})
		h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			defer func() { _ = recover() }() // a recorder does not support hijacking
			s.ServeHTTP(w, r)
		})
		session := signedIn(t, s)
		for range 200 {
			_, _, _ = send(t, h, request{method: "POST", path: "/users/getUserInfo"}, session)
		}
		for _, e := range s.Entries() {
			names = append(names, e.Fault)
		}
		return names
	}
	a, b, c := run(1), run(1), run(2)
	if !reflect.DeepEqual(a, b) || reflect.DeepEqual(a, c) || a[0] != "" {
		t.Error("the seed does not decide")
	}
	hits := 0
	for _, name := range a {
		if name != "" {
			hits++
		}
	}
	if hits < 40 || hits > 80 {
		t.Errorf("%d of 200 failed, want about 60", hits)
	}
}

// Scripted faults: the response, and whether the work was done.
func TestServer_Scripts(t *testing.T) {
	for _, c := range []struct {
		fault   crossmarktest.Fault
		status  int
		body    string
		applied bool
	}{
		{crossmarktest.Fault{}, 200, `{"success":true,"scheduleEventID":"10000001"}`, true},
		{crossmarktest.ServerError, 500, `{"error":true,"message":"internal"}`, false},
		{crossmarktest.LateError, 500, `{"error":true,"message":"internal"}`, true},
		{crossmarktest.ErrorPage, 503, "<html><body><h1>Service Unavailable</h1></body></html>", false},
		{crossmarktest.StrayPage, 200, "<html><body>Maintenance</body></html>", false},
		{crossmarktest.LateStrayPage, 200, "<html><body>Maintenance</body></html>", true},
		{crossmarktest.CutAnswer, 200, `{"suc`, true},
		{crossmarktest.Reset, 0, "", false},
		{crossmarktest.LateReset, 0, "", true},
	} {
		s := crossmarktest.New(crossmarktest.Options{Plans: []crossmarktest.Plan{{ID: "1"}}})
		server := httptest.NewServer(s)
		session := signedIn(t, s)
		s.Fail("scheduleMplanEvent", c.fault)
		r := form()
		sent, err := http.NewRequestWithContext(t.Context(), r.method, server.URL+r.path, strings.NewReader(r.body))
		if err != nil {
			t.Fatal(err)
		}
		sent.Header.Set("Content-Type", r.media)
		sent.AddCookie(&http.Cookie{Name: "PHPSESSID", Value: session})
		status, body := 0, ""
		if resp, err := server.Client().Do(sent); err == nil {
			data, _ := io.ReadAll(resp.Body)
			_ = resp.Body.Close()
			status, body = resp.StatusCode, string(data)
		}
		server.Close()
		entries := s.Entries()
		last := entries[len(entries)-1]
		if status != c.status || body != c.body || last.Status != c.status || last.Applied != c.applied ||
			last.Fault != c.fault.Name ||
			(len(s.Bookings("1")) == 1) != c.applied {
			t.Errorf("%s: %d %q with entry %+v", c.fault.Name, status, body, last)
		}
	}
}
