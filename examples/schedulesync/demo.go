package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"sync/atomic"

	"github.com/resgen/resgen/clients/crossmark"
	"github.com/resgen/resgen/clients/crossmark/crossmarktest"
	"github.com/resgen/resgen/clients/edr"
	"github.com/resgen/resgen/clients/edr/edrtest"
	"github.com/resgen/resgen/examples/internal/demo"
	"github.com/resgen/resgen/resilience/auth"
)

// openDemo starts two fakes on loopback ports, connects to them, and signs in to the EDR with
// the code that its fake would send by SMS.
func openDemo(ctx context.Context, f *flags, _ environment, log *slog.Logger) (*session, error) {
	today := midnight(f.from)
	f.club = demo.Club
	mvretail := crossmarktest.New(crossmarktest.Options{Plans: demo.Plans(today)})
	events := edrtest.New(edrtest.Options{Events: demo.Events(today)})
	var servers session
	var down atomic.Bool // whether the EDR is down; set after signing in
	c, err := servers.serve(outage(mvretail, func() bool { return f.down == "crossmark" }))
	e, eErr := servers.serve(outage(events, down.Load))
	if err := errors.Join(err, eErr); err != nil {
		return nil, errors.Join(err, servers.close())
	}
	s, err := connect(crossmark.Config{UserID: "planner", Password: auth.NewSecret("secret"), BaseURL: c}, edr.Config{
		Username: edrtest.Username, Password: auth.NewSecret(edrtest.Password),
		CredentialID: auth.NewSecret(edrtest.CredentialID),
		Store:        &edr.Memory{}, BaseURLs: hosts(e),
	}, log)
	if err != nil {
		return nil, errors.Join(err, servers.close())
	}
	s.closer = append(servers.closer, s.closer...)
	err = s.edr.RequestCode(ctx)
	if err == nil {
		err = s.edr.Complete(ctx, events.Code())
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("EDR sign-in: %w", err), s.close())
	}
	down.Store(f.down == "edr")
	return s, nil
}

// outage responds with 503 while down returns true.
func outage(h http.Handler, down func() bool) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if down() {
			http.Error(w, "maintenance", http.StatusServiceUnavailable)
			return
		}
		h.ServeHTTP(w, r)
	})
}

// serve serves h on a loopback port until the session is closed and returns its URL.
func (s *session) serve(h http.Handler) (string, error) {
	url, stop, err := demo.Serve("127.0.0.1:0", h)
	if err != nil {
		return "", err
	}
	s.closer = append(s.closer, stop)
	return url, nil
}
