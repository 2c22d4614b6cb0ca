package crossmarktest_test

import (
	"bytes"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
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
