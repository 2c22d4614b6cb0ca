package main

import (
	"context"
	"net"
	"net/http"
	"sync"
	"time"
)

// answer is what the server says when it is well.
const answer = `{"name":"umbrella","price":19.5,"tags":["rain","storm"]}`

// A weather decides what becomes of a request that arrives at a time of the storm: when it is
// answered, and with what. It is asked by one goroutine at a time.
type weather func(arrival time.Duration) (answered time.Duration, status int)

// A server answers as the weather says and remembers when requests came.
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

// handle answers one request. A failure has no body: failsafehttp would lose the connection of
// every response that it repeats.
func (s *server) handle(w http.ResponseWriter, r *http.Request) {
	answered, status := s.arrive()
	if !s.wait(r.Context(), answered) {
		return // nobody listens any more
	}
	if status != http.StatusOK {
		w.WriteHeader(status)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write([]byte(answer))
}

// arrive notes a request and asks the weather.
func (s *server) arrive() (answered time.Duration, status int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.clock.now()
	s.arrivals = append(s.arrivals, now)
	return s.weather(now)
}

// wait waits for a time of the storm. It is false if the client goes away first.
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

// close ends the server and returns when requests came, in order.
func (s *server) close() []time.Duration {
	_ = s.http.Close()
	s.done.Wait()
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.arrivals
}
