package crossmarktest_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"

	"github.com/resgen/resgen/clients/crossmark/crossmarktest"
)

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
