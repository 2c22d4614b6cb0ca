package simulation

import (
	"io"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"time"
)

// A server is an API with a quota, as a token bucket that counts requests when they arrive. It is
// the transport of its clients.
type server struct {
	perSecond, burst float64
	down             span
	begin            time.Time

	mu      sync.Mutex
	random  *rand.Rand
	tokens  float64
	at      time.Duration
	seconds []second
	of      map[string]int // accepted requests, by process
}

// A span is a part of a simulation, without its end.
type span struct{ from, to time.Duration }

func (s span) has(t time.Duration) bool { return s.from <= t && t < s.to }

// A second is what arrived in one second.
type second struct {
	Accepted, Throttled, Down int
	Store                     int // requests to the store
}

func newServer(perSecond, burst float64, down span, seed uint64) *server {
	return &server{
		perSecond: perSecond, burst: burst, tokens: burst, down: down, begin: time.Now(),
		random: rand.New(rand.NewPCG(seed, 1)), of: map[string]int{},
	}
}

// now returns the time since the simulation began.
func (s *server) now() time.Duration { return time.Since(s.begin) }

// processHeader is the header with the name of the process.
const processHeader = "Process"

// RoundTrip transmits a request, which takes a while, and the response, which takes another.
func (s *server) RoundTrip(r *http.Request) (*http.Response, error) {
	if err := sleep(r.Context().Done(), s.between(5*time.Millisecond, 40*time.Millisecond)); err != nil {
		return nil, r.Context().Err()
	}
	status := s.arrive(r.Header.Get(processHeader))
	if err := sleep(r.Context().Done(), s.between(20*time.Millisecond, 60*time.Millisecond)); err != nil {
		return nil, r.Context().Err()
	}
	return &http.Response{
		StatusCode: status, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Request: r,
		Header: http.Header{"Content-Type": {"application/json"}}, Body: io.NopCloser(strings.NewReader("{}")),
		ContentLength: 2,
	}, nil
}

// between returns a random duration.
func (s *server) between(least, most time.Duration) time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	return least + time.Duration(s.random.Int64N(int64(most-least)))
}

// arrive counts a request and returns the status of the response.
func (s *server) arrive(process string) int {
	now := s.now()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tokens = min(s.burst, s.tokens+s.perSecond*(now-s.at).Seconds())
	s.at = now
	n := s.second(now)
	switch {
	case s.down.has(now):
		n.Down++
		return http.StatusServiceUnavailable
	case s.tokens < 1:
		n.Throttled++
		return http.StatusTooManyRequests
	}
	s.tokens--
	n.Accepted++
	s.of[process]++
	return http.StatusOK
}

// second returns the second that contains a time.
func (s *server) second(t time.Duration) *second {
	for len(s.seconds) <= int(t/time.Second) {
		s.seconds = append(s.seconds, second{})
	}
	return &s.seconds[int(t/time.Second)]
}

// asked counts a request to the store.
func (s *server) asked() {
	now := s.now()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.second(now).Store++
}

// errEnded is returned when a wait was ended.
type errEnded struct{}

func (errEnded) Error() string { return "ended" }

// sleep waits for d, or until done is closed.
func sleep(done <-chan struct{}, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-done:
		return errEnded{}
	}
}
