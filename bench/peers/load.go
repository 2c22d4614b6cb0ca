package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

const (
	workers   = 64
	loadCalls = 3000 // of one run
	loadRuns  = 2    // of one client in a turn; the last one counts
)

// A protocol is how clients and the server on the loopback interface talk.
type protocol struct {
	name       string
	tls, http2 bool
}

var protocols = []protocol{
	{name: "HTTP/1.1"},
	{name: "HTTP/1.1 with TLS", tls: true},
	{name: "HTTP/2", tls: true, http2: true},
}

// A server answers the calls, and counts connections.
type server struct {
	*httptest.Server
	conns atomic.Int64
}

func newServer(p protocol) *server {
	s := new(server)
	s.Server = httptest.NewUnstartedServer(http.HandlerFunc(respond))
	s.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			s.conns.Add(1)
		}
	}
	s.EnableHTTP2 = p.http2
	if p.tls {
		s.StartTLS()
	} else {
		s.Start()
	}
	return s
}

func respond(w http.ResponseWriter, r *http.Request) {
	_, _ = io.Copy(io.Discard, r.Body)
	payload := payloads[operationOf(r)]
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", strconv.Itoa(len(payload)))
	_, _ = w.Write(payload)
}

// A load is what one run showed.
type load struct {
	perSecond float64
	p99       time.Duration
	conns     int64 // opened
}

// loads are the runs of a client over one protocol.
type loads struct {
	protocol, client string
	ratio, p99       []float64 // to the client written by hand, turn by turn
	perSecond        []float64
	conns            int64 // of a run, at most
}

// measureLoad makes runs of both clients in turns, over all protocols. The client written by hand
// is that of net/http with as many idle connections as workers.
func measureLoad(ctx context.Context, turns int) ([]loads, error) {
	var all []loads
	for _, p := range protocols {
		byHand, generated := loads{protocol: p.name, client: "hand"}, loads{protocol: p.name, client: own}
		for n := range turns {
			var results [2]load
			for i := range results {
				client := (n + i) % 2 // who is first changes from turn to turn
				r, err := turnOfLoad(ctx, p, client == 1)
				if err != nil {
					return nil, fmt.Errorf("%s: %w", p.name, err)
				}
				results[client] = r
			}
			base := results[0]
			for i, l := range []*loads{&byHand, &generated} {
				r := results[i]
				l.perSecond = append(l.perSecond, r.perSecond)
				l.ratio = append(l.ratio, r.perSecond/base.perSecond)
				l.p99 = append(l.p99, float64(r.p99)/float64(base.p99))
				l.conns = max(l.conns, r.conns)
			}
		}
		all = append(all, byHand, generated)
	}
	return all, nil
}

// turnOfLoad makes the runs of a turn with a new client and a new server, and returns the last one
// with the connections that both have opened.
func turnOfLoad(ctx context.Context, p protocol, ours bool) (load, error) {
	s := newServer(p)
	defer s.Close()
	call, end, err := loadClient(s, p, ours)
	if err != nil {
		return load{}, err
	}
	defer end()
	var r load
	for range loadRuns {
		if r, err = runLoad(ctx, call); err != nil {
			return load{}, err
		}
	}
	r.conns = s.conns.Load()
	return r, nil
}

// runLoad makes the calls of a run with all workers.
func runLoad(ctx context.Context, c call) (load, error) {
	var wg sync.WaitGroup
	var left atomic.Int64
	left.Store(loadCalls)
	took := make([][]time.Duration, workers)
	errs := make([]error, workers)
	start := time.Now()
	for i := range workers {
		wg.Go(func() {
			for left.Add(-1) >= 0 {
				begin := time.Now()
				if err := c(ctx); err != nil {
					errs[i] = err
					return
				}
				took[i] = append(took[i], time.Since(begin))
			}
		})
	}
	wg.Wait()
	elapsed := time.Since(start)
	all := slices.Sorted(slices.Values(slices.Concat(took...)))
	if err := errors.Join(errs...); err != nil || len(all) == 0 {
		return load{}, fmt.Errorf("a call under load: %w", err)
	}
	return load{perSecond: float64(len(all)) / elapsed.Seconds(), p99: all[len(all)*99/100]}, nil
}
