package main

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"time"

	"github.com/resgen/resgen/clients/crossmark"
	"github.com/resgen/resgen/clients/crossmark/crossmarktest"
	"github.com/resgen/resgen/clients/edr"
	"github.com/resgen/resgen/clients/edr/edrtest"
	"github.com/resgen/resgen/examples/internal/demo"
	"github.com/resgen/resgen/resilience"
	"github.com/resgen/resgen/resilience/auth"
	"github.com/resgen/resgen/resilience/policy/policyfile/watch"
)

// staleEvents is how old the events may be that are shown while the EDR is down.
const staleEvents = time.Hour

// services holds the clients of both services, over one runtime.
type services struct {
	runtime   *resilience.Runtime
	crossmark *crossmark.Client
	edr       *edr.Client
	club      int
	demo      *outages       // nil: the services are real
	watcher   *watch.Watcher // of the policy file; nil: there is none
	closer    []func() error // called in reverse order
}

func (s *services) close() error {
	var err error
	for i := len(s.closer) - 1; i >= 0; i-- {
		err = errors.Join(err, s.closer[i]())
	}
	return err
}

// configure applies a policy file now and whenever it changes.
func (s *services) configure(path string, log *slog.Logger) (err error) {
	if path == "" {
		return nil
	}
	if s.watcher, err = watch.File(path, s.runtime.Apply, watch.WithLogger(log)); err == nil {
		s.closer = append(s.closer, s.watcher.Close)
	}
	return err
}

// open connects to the real services, or to fakes for a demo.
func open(f *flags, variable func(string) string, stdout io.Writer, log *slog.Logger) (*services, error) {
	if f.demo {
		return openDemo(stdout, log)
	}
	key, err := edr.Passphrase(variable("EDR_SESSION_KEY"))
	if err != nil {
		return nil, fmt.Errorf("EDR_SESSION_KEY: %w", err)
	}
	s, err := connect(crossmark.Config{
		UserID: variable("CROSSMARK_USER"), Password: auth.NewSecret(variable("CROSSMARK_PASSWORD")),
	}, edr.Config{
		Username: variable("EDR_USER"), Password: auth.NewSecret(variable("EDR_PASSWORD")),
		CredentialID: auth.NewSecret(variable("EDR_CREDENTIAL_ID")), Key: key,
	}, log)
	if err != nil {
		return nil, err
	}
	s.club = f.club
	return s, nil
}

// openDemo starts two fakes on loopback ports and connects to them. The code that the EDR would
// send by SMS is printed.
func openDemo(stdout io.Writer, log *slog.Logger) (*services, error) {
	today := time.Now()
	events := edrtest.New(edrtest.Options{Events: demo.Events(today)})
	mvretail := crossmarktest.New(crossmarktest.Options{Plans: demo.Plans(today)})
	o := newOutages(mvretail, demo.Phone(events, stdout, ""))
	c, stopC, err := demo.Serve("127.0.0.1:0", &o.crossmark)
	if err != nil {
		return nil, err
	}
	e, stopE, err := demo.Serve("127.0.0.1:0", &o.edr)
	if err != nil {
		return nil, errors.Join(err, stopC())
	}
	s, err := connectDemo(c, e, log)
	if err != nil {
		return nil, errors.Join(err, stopC(), stopE())
	}
	s.demo = o
	s.closer = append([]func() error{stopC, stopE}, s.closer...)
	return s, nil
}

// connectDemo connects to two fakes.
func connectDemo(crossmarkURL, edrURL string, log *slog.Logger) (*services, error) {
	s, err := connect(crossmark.Config{
		UserID: "planner", Password: auth.NewSecret("secret"), BaseURL: crossmarkURL,
	}, edr.Config{
		Username: edrtest.Username, Password: auth.NewSecret(edrtest.Password),
		CredentialID: auth.NewSecret(edrtest.CredentialID), Store: &edr.Memory{},
		BaseURLs: edr.BaseURLs{Login: edrURL, Portal: edrURL, EventManagement: edrURL + "/EventManagement"},
	}, log)
	if err != nil {
		return nil, err
	}
	s.club = demo.Club
	return s, nil
}

// connect creates both clients over one runtime.
func connect(c crossmark.Config, e edr.Config, log *slog.Logger) (*services, error) {
	runtime := resilience.NewRuntime(resilience.WithRuntimeLogger(log))
	s := &services{runtime: runtime, closer: []func() error{runtime.Close}}
	c.Runtime, e.Runtime = runtime, runtime
	e.Options = append(e.Options,
		resilience.WithFallback("browseEventData", resilience.FallbackLastGood(staleEvents)))
	var err, edrErr error
	if s.crossmark, err = crossmark.New(c); err == nil {
		s.closer = append(s.closer, s.crossmark.Close)
	}
	if s.edr, edrErr = edr.New(e); edrErr == nil {
		s.closer = append(s.closer, s.edr.Close)
	}
	if err := errors.Join(err, edrErr); err != nil {
		return nil, errors.Join(err, s.close())
	}
	return s, nil
}
