package main

import (
	"maps"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"
)

func TestAPI_CountsByWorker(t *testing.T) {
	statuses := []int{200, 429, 503, 404}
	next := 0
	a := &api{of: map[string]*count{}, handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(statuses[next%len(statuses)])
		next++
	})}
	send := func(method, agent string) {
		r := httptest.NewRequest(method, "/", nil)
		r.Header.Set("User-Agent", agent)
		a.ServeHTTP(httptest.NewRecorder(), r)
	}
	if of, since := a.counts(); len(of) != 0 || since != 0 {
		t.Errorf("before the first request: %v, %s", of, since)
	}
	for range 5 {
		send("GET", "worker-1/1 (Language=Go)")
	}
	send("POST", "worker-1/1") // for a token
	send("GET", "worker-2/1")
	of, since := a.counts()
	want := map[string]count{"worker-1": {Sent: 5, Throttled: 1, Down: 1}, "worker-2": {Sent: 1, Down: 1}}
	if !maps.Equal(of, want) || since <= 0 || since > time.Minute {
		t.Errorf("got %v in %s, want %v", of, since, want)
	}
}
