package main

import (
	"context"
	"net"
	"net/http"
	"sync"
	"time"
)

// answer is the body of a successful response.
const answer = `{"name":"umbrella","price":19.5,"tags":["rain","storm"]}`

// A weather determines when and with which status a request is answered, given its arrival in times
// of the storm. Calls are not concurrent.
type weather func(arrival time.Duration) (answered time.Duration, status int)

// A server responds according to the weather and records the arrival of requests.
type server struct {
	url   string
	clock clock
	http  *http.Server
	done  sync.WaitGroup

	mu       sync.Mutex
	weather  weather
	arrivals []time.Duration
}

// serve starts a server on the loopback interface.
func serve(c clock, w weather) (*server, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	s := &server{url: "http://" + l.Addr().String(), clock: c, weather: w}
	s.http = &http.Server{Handler: http.HandlerFunc(s.handle)}
	s.done.Go(func() { _ = s.http.Serve(l) }) // ends with close
	return s, nil
}

// handle answers one request. Failures have no body, because failsafehttp would lose the connection
// of every response that it retries.
func (s *server) handle(w http.ResponseWriter, r *http.Request) {
	answered, status := s.arrive()
	if !s.wait(r.Context(), answered) {
		return // the client has canceled
	}
	if status != http.StatusOK {
		w.WriteHeader(status)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write([]byte(answer))
}

// arrive records a request and consults the weather.
func (s *server) arrive() (answered time.Duration, status int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.clock.now()
	s.arrivals = append(s.arrivals, now)
	return s.weather(now)
}

// wait sleeps until a time of the storm. It returns false if the client cancels earlier.
func (s *server) wait(ctx context.Context, t time.Duration) bool {
	left := s.clock.real(t - s.clock.now())
	if left <= 0 {
		return true
	}
	timer := time.NewTimer(left)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// close stops the server and returns the arrival times of requests in order.
func (s *server) close() []time.Duration {
	_ = s.http.Close()
	s.done.Wait()
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.arrivals
}
