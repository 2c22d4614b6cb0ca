package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"time"

	"github.com/resgen/resgen/bench/variant"
	"github.com/resgen/resgen/resilience"
)

// drop is a storm in which an HTTP/2 server closes its connections with all their requests. The
// callers have made one call each before.
type drop struct {
	callers  int
	accounts int           // over which the calls of the second part are spread
	linger   time.Duration // from a request to the end of its connection
	coolings int           // length of the storm in cool-downs
}

// Aims in this storm.
const (
	mostBeforeOpen  = 60  // requests before the circuit opens
	mostPerCoolDown = 1.2 // requests in each cool-down, which varies by a tenth
)

func dropStorm() storm {
	d := drop{callers: 50, accounts: 200, linger: 5 * time.Millisecond, coolings: 5}
	s := variant.Storm()
	s.AttemptTimeout = 10 * time.Second
	return storm{
		name: "drop", title: "C: an HTTP/2 server drops its connections", settings: s, run: d.run, check: checkDrop,
		only: []string{variant.Ours},
		columns: []column{
			{"requests before the circuit opens", "%.0f"},
			{"requests per cool-down", "%.2f"},
			{fmt.Sprintf("before it opens, %d accounts", d.accounts), "%.0f"},
			{"per cool-down", "%.2f"},
		},
		rows: []parameter{
			{"load", fmt.Sprintf("%d callers, each at once again after a call; before, one call each succeeds", d.callers)},
			{"server", fmt.Sprintf("HTTP/2 over TLS; closes the connection %s after a request arrives", d.linger)},
			{"end", fmt.Sprintf("after %d cool-downs", d.coolings)},
		},
	}
}

func (d drop) run(c clock, _ uint64, _ variant.Variant, s variant.Settings) ([]float64, error) {
	var row []float64
	for _, accounts := range []int{1, d.accounts} {
		before, each, err := d.storm(s, accounts)
		if err != nil {
			return nil, err
		}
		row = append(row, before, each)
	}
	return row, nil
}

// storm returns the number of requests before the circuit opens, and in each cool-down afterwards.
func (d drop) storm(s variant.Settings, accounts int) (before, each float64, err error) {
	server := newDropping(d.linger)
	defer server.Close()
	var opened atomic.Int64 // requests until the opening, plus 1
	watch := resilience.WithObserver(func(e resilience.Event) {
		if e.Kind == resilience.EventTransition && e.Transition.To == resilience.CircuitOpen {
			// requests that were on their way are counted as well
			time.AfterFunc(s.CoolDown/10, func() { opened.CompareAndSwap(0, server.requests.Load()+1) })
		}
	})
	calls, closeAll, err := variant.Accounts(server.URL, s, accounts, watch, resilience.WithTLS(server.trust()))
	if err != nil {
		return 0, 0, err
	}
	defer closeAll()
	var failed atomic.Pointer[error]
	d.each(func(i int) {
		if err := calls[i%accounts](context.Background()); err != nil {
			failed.Store(&err)
		}
	})
	if err := failed.Load(); err != nil {
		return 0, 0, fmt.Errorf("before the storm: %w", *err)
	}
	server.drops.Store(true)
	end := time.Now().Add(time.Duration(d.coolings) * s.CoolDown)
	d.each(func(i int) {
		for n := i; time.Now().Before(end); n += d.callers {
			if calls[n%accounts](context.Background()) != nil {
				time.Sleep(time.Millisecond) // an open circuit answers at once
			}
		}
	})
	if opened.Load() == 0 {
		return never, never, nil
	}
	before = float64(opened.Load() - 1)
	return before, (float64(server.requests.Load()) - before) / float64(d.coolings), nil
}

// each runs f for all callers at the same time.
func (d drop) each(f func(caller int)) {
	var all sync.WaitGroup
	for i := range d.callers {
		all.Go(func() { f(i) })
	}
	all.Wait()
}

// dropping is a server that answers, and from a moment on drops its connections instead.
type dropping struct {
	*httptest.Server
	drops    atomic.Bool
	requests atomic.Int64 // since then
	linger   time.Duration
}

// connKey is the context key of the connection of a request.
type connKey struct{}

func newDropping(linger time.Duration) *dropping {
	d := &dropping{linger: linger}
	d.Server = httptest.NewUnstartedServer(http.HandlerFunc(d.handle))
	d.EnableHTTP2 = true
	d.Config.ConnContext = func(ctx context.Context, c net.Conn) context.Context {
		return context.WithValue(ctx, connKey{}, c)
	}
	d.StartTLS()
	return d
}

// handle answers a request or closes its connection.
func (d *dropping) handle(w http.ResponseWriter, r *http.Request) {
	if !d.drops.Load() {
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write([]byte(answer))
		return
	}
	d.requests.Add(1)
	time.Sleep(d.linger)
	if c, ok := r.Context().Value(connKey{}).(*tls.Conn); ok {
		_ = c.NetConn().Close()
	}
}

// trust returns the configuration of clients of the server.
func (d *dropping) trust() *tls.Config {
	roots := x509.NewCertPool()
	roots.AddCert(d.Certificate())
	return &tls.Config{RootCAs: roots}
}

// checkDrop evaluates the table of dropped connections.
func checkDrop(t table) []verdict {
	var v []verdict
	for i, who := range []string{"one account", "many accounts"} {
		before, ok := t.at(variant.Ours, 2*i)
		if !ok {
			return nil
		}
		each, _ := t.at(variant.Ours, 2*i+1)
		v = append(v, verdict{fmt.Sprintf("%s, %s: %.0f requests before the circuit opens and %.2f per cool-down; "+
			"at most %d and %.1f are due", variant.Ours, who, before, each, mostBeforeOpen, mostPerCoolDown),
			before <= mostBeforeOpen && each <= mostPerCoolDown, false})
	}
	return v
}
