package main

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

func TestOutages_Change(t *testing.T) {
	ok := http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})
	o := newOutages(ok, ok)
	app := secured(newOutageMux(o))
	status := func(s *outage) int {
		w := httptest.NewRecorder()
		s.ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
		return w.Code
	}
	for _, c := range []struct {
		service, down        string
		want, crossmark, edr int
	}{
		{"crossmark", "true", 303, 503, 200},
		{"edr", "true", 303, 503, 503},
		{"crossmark", "false", 303, 200, 503},
		{"crossmark", "maybe", 404, 200, 503},
		{"other", "true", 404, 200, 503},
		{"edr", "false", 303, 200, 200},
	} {
		w := httptest.NewRecorder()
		r := httptest.NewRequest("POST", "/demo/"+c.service, strings.NewReader(url.Values{"down": {c.down}}.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		app.ServeHTTP(w, r)
		if w.Code != c.want || status(&o.crossmark) != c.crossmark || status(&o.edr) != c.edr {
			t.Errorf("%s %s: %d, crossmark %d, edr %d", c.service, c.down, w.Code, status(&o.crossmark), status(&o.edr))
		}
	}
}

// newOutageMux returns the handler of the buttons.
func newOutageMux(o *outages) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /demo/{service}", o.change)
	return mux
}
