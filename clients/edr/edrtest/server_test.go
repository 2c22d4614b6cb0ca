package edrtest_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/resgen/resgen/clients/edr/edrtest"
)

// A browser is a plain HTTP client with a cookie jar that does not follow redirects.
type browser struct {
	t      *testing.T
	server *edrtest.Server
	url    string
	client *http.Client
	token  string
}

func browse(t *testing.T, opts edrtest.Options) *browser {
	t.Helper()
	s := edrtest.New(opts)
	h := httptest.NewServer(s)
	t.Cleanup(h.Close)
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	stay := func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &browser{t: t, server: s, url: h.URL, client: &http.Client{Jar: jar, CheckRedirect: stay}}
}

// send returns the status, body and headers of a response.
func (b *browser) send(method, path, body string, headers ...string) (int, string, http.Header) {
	b.t.Helper()
	r, err := http.NewRequest(method, b.url+path, strings.NewReader(body))
	if err != nil {
		b.t.Fatal(err)
	}
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	if b.token != "" {
		r.Header.Set("Authorization", "Bearer "+b.token)
	}
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	resp, err := b.client.Do(r)
	if err != nil {
		b.t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	data, err := io.ReadAll(resp.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	return resp.StatusCode, string(data), resp.Header
}

const (
	passwordBody = `{"username":"demo-user","password":"demo-password","language":"en"}`
	codeBody     = `{"type":"SMS_OTP","credid":"demo-credential-id"}`
	browseBody   = `{"itemNbr":null,"vendorNbr":null,"startDate":"2026-03-02","endDate":"2026-03-03",` +
		`"billType":null,"eventType":[1,3],"userId":null,"primItem":null,"storeNbr":"8135","deptNbr":null}`
	scheduleBody = `{"startDate":"2026-03-02","endDate":"2026-03-03","eventType":[3],"clubList":[8135],` +
		`"walmartWeekYear":""}`
	updateBody = `{"action":"update","eventId":601234,"eventStatusCode":2,"userId":"u","clubId":8135,` +
		`"scheduledDate":"2026-03-09"}`
	browsePath   = "/EventManagement/api/browse-event/browse-data"
	schedulePath = "/EventManagement/api/store-event/daily-schedule-report"
	updatePath   = "/EventManagement/api/club-details"
	reportPath   = "/EventManagement/api/edrReport?id=601234"
	pagePath     = "/rl_portal_services/api/Site/InsertRlPageDetails" +
		"?pageId=6&pageSubId=w6040&pageSubDesc=Event+Management+System"
	tokenPath = "/EventManagement/api/authenticate"
)

func validation(code string) string {
	return `{"type":"SMS_OTP","credid":"demo-credential-id","code":"` + code + `","failureCount":0}`
}

// signIn performs all steps and keeps the token.
func (b *browser) signIn() {
	b.t.Helper()
	for _, step := range []struct{ method, path, body string }{
		{"GET", "/login", ""}, {"POST", "/api/login", passwordBody}, {"POST", "/api/mfa/sendCode", codeBody},
	} {
		if status, body, _ := b.send(step.method, step.path, step.body); status != 200 {
			b.t.Fatalf("%s: %d %s", step.path, status, body)
		}
	}
	if status, body, _ := b.send("POST", "/api/mfa/validateCode", validation(b.server.Code())); status != 200 {
		b.t.Fatalf("code: %d %s", status, body)
	}
	b.authenticate()
}

func (b *browser) authenticate() {
	b.t.Helper()
	status, _, header := b.send("GET", tokenPath, "")
	value, _, _ := strings.Cut(strings.TrimPrefix(header.Get("Set-Cookie"), "auth-token="), ";")
	plain, err := url.QueryUnescape(value)
	var content struct{ Token string }
	if status != 200 || err != nil || json.Unmarshal([]byte(plain), &content) != nil || content.Token == "" ||
		strings.ContainsAny(value, `{"+/=`) {
		b.t.Fatalf("%d with %s", status, value)
	}
	b.token = content.Token
}

var event = edrtest.Event{
	Number:     601234,
	Name:       "OIL",
	Day:        "2026-03-02",
	Type:       3,
	TypeName:   "Standard",
	Status:     2,
	StatusName: "APPROVED",
	Club:       8135,
}

// Everything that clients are known to send is accepted.
func TestServer_Takes(t *testing.T) {
	b := browse(t, edrtest.Options{Events: []edrtest.Event{event}})
	b.signIn()
	for _, c := range []struct{ method, path, body string }{
		{"GET", pagePath, ""}, {"GET", "/rl_portal/", ""}, {"GET", "/EventManagement/", ""}, {"GET", reportPath, ""},
		{"POST", browsePath, browseBody},
		{"POST", browsePath, strings.Replace(browseBody, `"itemNbr":null`, `"itemNbr":7`, 1)},
		{"POST", browsePath, strings.Replace(browseBody, `[1,3]`, `[2,57]`, 1)},
		{"POST", schedulePath, scheduleBody},
		{"POST", schedulePath, strings.Replace(scheduleBody, `[8135]`, `["8135","4711"]`, 1)},
		{"POST", updatePath, updateBody},
	} {
		if status, body, _ := b.send(c.method, c.path, c.body); status != 200 {
			t.Errorf("%s: %d %s", c.path, status, body)
		}
	}
	if list := b.server.Refusals(); len(list) != 0 {
		t.Errorf("refused: %v", list)
	}
	if e := b.server.Events()[0]; e.Day != "2026-03-09" {
		t.Errorf("%+v", e)
	}
}

// Everything else is refused and logged.
func TestServer_Refuses(t *testing.T) {
	edit := func(body, old, with string) string {
		if !strings.Contains(body, old) {
			t.Fatalf("%s is not in %s", old, body)
		}
		return strings.Replace(body, old, with, 1)
	}
	for _, c := range []struct{ method, path, body, why string }{
		{"POST", "/api/login", edit(passwordBody, `,"language":"en"`, ``), "member language is missing"},
		{"POST", "/api/login", edit(passwordBody, `"en"`, `"fr"`), "member language"},
		{"POST", "/api/login", edit(passwordBody, `"demo-user"`, `""`), "member username"},
		{"POST", "/api/login", edit(passwordBody, `"demo-user"`, `null`), "member username"},
		{"POST", "/api/login", edit(passwordBody, `}`, `,"remember":true}`), "another member"},
		{"POST", "/api/login", `[]`, "not a JSON object"},
		{"POST", "/api/login", `username=demo-user`, "not a JSON object"},
		{"POST", "/api/mfa/sendCode", edit(codeBody, "credid", "credentialId"), "member credid is missing"},
		{"POST", "/api/mfa/sendCode", edit(codeBody, "SMS_OTP", "EMAIL"), "member type"},
		{"POST", "/api/mfa/validateCode", validation("12345"), "member code"},
		{"POST", "/api/mfa/validateCode", edit(validation("123456"), `"123456"`, `123456`), "member code"},
		{"POST", "/api/mfa/validateCode", edit(validation("123456"), `:0`, `:1`), "member failureCount"},
		{"POST", "/api/mfa/validateCode", edit(validation("123456"), `:0`, `:"0"`), "member failureCount"},
		{
			"GET", "/rl_portal_services/api/Site/InsertRlPageDetails" +
				"?pageId=6&pageSubId=w6040", "",
			"parameter pageSubDesc",
		},
		{"GET", strings.Replace(pagePath, "pageId=6", "pageId=7", 1), "", "parameter pageId"},
		{"GET", pagePath + "&pageId=6", "", "parameter pageId"},
		{"GET", pagePath + "&more=1", "", "another parameter"},
		{"GET", "/login?x=1", "", "another parameter"},
		{"GET", "/EventManagement/api/edrReport", "", "parameter id"},
		{"GET", "/EventManagement/api/edrReport?id=60x", "", "parameter id"},
		{"POST", browsePath, edit(browseBody, "2026-03-02", "03/02/2026"), "member startDate"},
		{"POST", browsePath, edit(browseBody, "2026-03-03", "2026-02-30"), "member endDate"},
		{"POST", browsePath, edit(browseBody, `"itemNbr":null,`, ``), "member itemNbr is missing"},
		{"POST", browsePath, edit(browseBody, `"itemNbr":null`, `"itemNbr":"7"`), "member itemNbr"},
		{"POST", browsePath, edit(browseBody, `"8135"`, `8135`), "member storeNbr"},
		{"POST", browsePath, edit(browseBody, `"8135"`, `"135"`), "member storeNbr"},
		{"POST", browsePath, edit(browseBody, `[1,3]`, `["1"]`), "member eventType"},
		{"POST", browsePath, edit(browseBody, `[1,3]`, `[0]`), "member eventType"},
		{"POST", browsePath, edit(browseBody, `[1,3]`, `[58]`), "member eventType"},
		{"POST", browsePath, edit(browseBody, `[1,3]`, `[]`), "member eventType"},
		{"POST", browsePath, edit(browseBody, `[1,3]`, `null`), "member eventType"},
		{"POST", schedulePath, edit(scheduleBody, `[8135]`, `["x"]`), "member clubList"},
		{"POST", schedulePath, edit(scheduleBody, `,"walmartWeekYear":""`, ``), "member walmartWeekYear is missing"},
		{"POST", schedulePath, edit(scheduleBody, `""`, `null`), "member walmartWeekYear"},
		{"POST", updatePath, edit(updateBody, `"update"`, `"delete"`), "member action"},
		{"POST", updatePath, edit(updateBody, `601234`, `"601234"`), "member eventId"},
		{"POST", updatePath, edit(updateBody, `2026-03-09`, `2026-03-09T00:00:00Z`), "member scheduledDate"},
		{"GET", reportPath, `{}`, "a body"},
	} {
		b := browse(t, edrtest.Options{Events: []edrtest.Event{event}})
		b.signIn()
		if status, _, _ := b.send(c.method, c.path, c.body); status != 400 {
			t.Errorf("%s %s: %d", c.path, c.body, status)
		}
		if list := b.server.Refusals(); len(list) != 1 || !strings.HasSuffix(list[0], ": "+c.why) {
			t.Errorf("%s %s: refused %v, want %s", c.path, c.body, list, c.why)
		}
	}
}

func TestServer_RefusesOtherThings(t *testing.T) {
	b := browse(t, edrtest.Options{})
	for _, kind := range []string{"application/x-www-form-urlencoded", "text/plain", "application/json; x"} {
		if status, _, _ := b.send("POST", "/api/login", passwordBody, "Content-Type", kind); status != 400 {
			t.Errorf("%s: %d", kind, status)
		}
	}
	if status, _, _ := b.send(
		"POST", "/api/login", passwordBody, "Content-Type", "application/json; charset=utf-8",
	); status != 200 {
		t.Errorf("%d", status)
	}
	for cookies, want := range map[string]int{
		"RLSESSION=a; RLSESSION=b": 400, "auth-token=a; auth-token=a": 400,
		"RLSESSION=a; RETAILLINKSESSION=a; x=1; x=2": 200,
	} {
		if status, _, _ := b.send("GET", "/rl_portal/", "", "Cookie", cookies); status != want {
			t.Errorf("%s: %d, want %d", cookies, status, want)
		}
	}
	for _, path := range []string{"/api/mfa/send-code", "/nothing", "/EventManagement"} {
		if status, _, _ := b.send("GET", path, ""); status != 404 {
			t.Errorf("%s: %d", path, status)
		}
	}
}

// Each step requires the previous ones.
func TestServer_Steps(t *testing.T) {
	b := browse(t, edrtest.Options{Attempts: 2, WrongCode: 422})
	expect := func(path, body string, want int) {
		t.Helper()
		method := "POST"
		if body == "" {
			method = "GET"
		}
		if status, _, _ := b.send(method, path, body); status != want {
			t.Errorf("%s: %d, want %d", path, status, want)
		}
	}
	expect("/api/mfa/sendCode", codeBody, 401)
	expect("/api/login", strings.Replace(passwordBody, "demo-password", "other", 1), 401)
	expect("/api/login", strings.Replace(passwordBody, "demo-user", "other", 1), 401)
	expect("/api/login", passwordBody, 200)
	expect("/api/mfa/validateCode", validation("123456"), 422) // none was sent
	expect("/api/mfa/sendCode", strings.Replace(codeBody, "demo", "other", 1), 401)
	expect(tokenPath, "", 401)
	if b.server.Code() != "" {
		t.Errorf("code %s before any", b.server.Code())
	}
	expect("/api/mfa/sendCode", codeBody, 200)
	first := b.server.Code()
	expect("/api/mfa/sendCode", codeBody, 200)
	expect("/api/mfa/validateCode", validation(first), 422) // replaced
	expect("/api/mfa/validateCode", validation(b.server.Code()), 200)
	expect("/api/mfa/validateCode", validation(b.server.Code()), 422) // valid for one use
	expect(tokenPath, "", 200)
	expect("/api/login", passwordBody, 200)
	expect("/api/mfa/sendCode", codeBody, 200)
	for range 2 {
		expect("/api/mfa/validateCode", validation("000000"), 422)
	}
	expect("/api/mfa/validateCode", validation(b.server.Code()), 422) // locked
}

// The end of a token and of a session shows as configured.
func TestServer_Expiry(t *testing.T) {
	for expiry, want := range map[edrtest.Expiry][2]int{
		edrtest.Unauthorized: {401, 401}, edrtest.LoginPage: {200, 200}, edrtest.ToLogin: {302, 302},
		edrtest.Missing: {401, 404},
	} {
		b := browse(t, edrtest.Options{Expiry: expiry, SessionEnds: expiry, LoginURL: "https://login.test/login"})
		b.signIn()
		b.server.ExpireTokens()
		for i, c := range []struct{ method, path, body string }{
			{"GET", reportPath, ""}, {"POST", browsePath, browseBody},
		} {
			status, body, header := b.send(c.method, c.path, c.body)
			page := strings.HasPrefix(header.Get("Content-Type"), "text/html")
			if status != want[i] || page != (expiry == edrtest.LoginPage || expiry == edrtest.ToLogin) ||
				page != strings.HasPrefix(body, "<!DOCTYPE html>") {
				t.Errorf("%q: %s: %d %s", expiry, c.path, status, body)
			}
			if to := header.Get("Location"); (to == "https://login.test/login") != (expiry == edrtest.ToLogin) {
				t.Errorf("%q: leads to %q", expiry, to)
			}
		}
		b.authenticate()
		if status, body, _ := b.send("GET", reportPath, ""); status != 200 || body != "null" {
			t.Errorf("%q: after a new token: %d %s", expiry, status, body)
		}
		b.server.EndSessions()
		if status, _, _ := b.send("GET", tokenPath, ""); status != want[0] {
			t.Errorf("%q: a session that has ended: %d", expiry, status)
		}
	}
}

// A token without the session's cookies is invalid, and vice versa.
func TestServer_WantsTokenAndCookies(t *testing.T) {
	b := browse(t, edrtest.Options{})
	b.signIn()
	token := b.token
	for _, c := range []struct {
		token  string
		cookie bool
		want   int
	}{{token, true, 200}, {"", true, 401}, {token + "x", true, 401}, {token, false, 401}} {
		b.token = c.token
		var headers []string
		if !c.cookie {
			b.client.Jar = nil
		}
		if status, _, _ := b.send("GET", reportPath, "", headers...); status != c.want {
			t.Errorf("%+v: %d", c, status)
		}
	}
}

func TestServer_BlocksAndScripts(t *testing.T) {
	var log bytes.Buffer
	b := browse(t, edrtest.Options{Log: &log})
	for block, want := range map[edrtest.Block]int{edrtest.BlockForbidden: 403, edrtest.BlockPage: 200} {
		b.server.Block(block)
		if status, body, _ := b.send("POST", "/api/login", passwordBody); status != want ||
			!strings.Contains(body, "captcha") {
			t.Errorf("%s: %d %s", block, status, body)
		}
	}
	b.server.Block(edrtest.NoBlock)
	b.server.Script(
		edrtest.SubmitPassword,
		edrtest.Outage,
		edrtest.Answer{Work: true, Headers: http.Header{"X-A": {"b"}}},
	)
	if status, body, _ := b.send("POST", "/api/login", passwordBody); status != 503 || !strings.Contains(body, "<h1>") {
		t.Errorf("%d %s", status, body)
	}
	if status, _, header := b.send("POST", "/api/login", passwordBody); status != 200 || header.Get("X-A") != "b" {
		t.Errorf("%d %v", status, header)
	}
	if status, _, header := b.send("POST", "/api/login", passwordBody); status != 200 || header.Get("X-A") != "" {
		t.Errorf("%d %v", status, header)
	}
	b.server.Script(edrtest.SubmitPassword, edrtest.Answer{Reset: true, Work: true})
	r, err := http.NewRequest("POST", b.url+"/api/login", strings.NewReader(passwordBody))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.client.Do(r); err == nil {
		t.Error("a reset answers")
	}
	entries := b.server.Entries()
	last := entries[len(entries)-1]
	if b.server.Count(edrtest.SubmitPassword) != 6 || last.Status != 0 || last.Note != "scripted" ||
		entries[0].Note != "blocked" {
		t.Errorf("%+v", entries)
	}
	if lines := strings.Count(log.String(), "\n"); lines != 6 || strings.Contains(log.String(), "demo-password") {
		t.Errorf("%d lines: %s", lines, log.String())
	}
}
