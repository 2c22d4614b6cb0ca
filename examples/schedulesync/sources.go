package main

// This file reads the two sides independently, so that a failure of one does not affect the other.

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"strings"
	"time"

	"github.com/resgen/resgen/clients/crossmark"
	"github.com/resgen/resgen/clients/edr"
	"github.com/resgen/resgen/resilience"
	"github.com/resgen/resgen/resilience/auth"
)

// A session holds the clients of both sides, over one runtime.
type session struct {
	crossmark *crossmark.Client
	edr       *edr.Client
	closer    []func() error // called in reverse order
}

func (s *session) close() error {
	var err error
	for i := len(s.closer) - 1; i >= 0; i-- {
		err = errors.Join(err, s.closer[i]())
	}
	return err
}

// openReal connects with the credentials of the environment.
func openReal(_ context.Context, f *flags, env environment, log *slog.Logger) (*session, error) {
	key, err := edr.Passphrase(env.variable("EDR_SESSION_KEY"))
	if err != nil {
		return nil, fmt.Errorf("EDR_SESSION_KEY: %w", err)
	}
	return connect(crossmark.Config{
		UserID:   env.variable("CROSSMARK_USER"),
		Password: auth.NewSecret(env.variable("CROSSMARK_PASSWORD")),
		BaseURL:  f.crossmarkURL,
	}, edr.Config{
		Username: env.variable("EDR_USER"), Password: auth.NewSecret(env.variable("EDR_PASSWORD")),
		CredentialID: auth.NewSecret(env.variable("EDR_CREDENTIAL_ID")),
		File:         f.session, Key: key, BaseURLs: hosts(f.edrURL),
	}, log)
}

// hosts returns the URLs of a fake that serves all three hosts at one base URL.
func hosts(base string) edr.BaseURLs {
	if base == "" {
		return edr.BaseURLs{}
	}
	base = strings.TrimRight(base, "/")
	return edr.BaseURLs{Login: base, Portal: base, EventManagement: base + "/EventManagement"}
}

// connect creates both clients over one runtime.
func connect(c crossmark.Config, e edr.Config, log *slog.Logger) (*session, error) {
	runtime := resilience.NewRuntime(resilience.WithRuntimeLogger(log))
	s := &session{closer: []func() error{runtime.Close}}
	c.Runtime, e.Runtime = runtime, runtime
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

// read reads both sides concurrently. missing has a line for each failure.
func (s *session) read(ctx context.Context, f *flags) (_ plan, _ list, missing []string) {
	events := make(chan list, 1)
	var failed error
	go func() {
		l, err := s.events(ctx, f)
		failed = err
		events <- l
	}()
	p, missing := s.plan(ctx, f)
	l := <-events
	if failed != nil {
		missing = append(missing, "EDR: "+withCure(failed))
	}
	return p, l, missing
}

// withCure returns the error's text with advice for the user.
func withCure(err error) string {
	if errors.Is(err, edr.ErrSignInNeeded) {
		return err.Error() + " (run once with --sign-in)"
	}
	return err.Error()
}

// plan reads Crossmark. Windows that could not be read become gaps.
func (s *session) plan(ctx context.Context, f *flags) (plan, []string) {
	var p plan
	var failed []failure
	var missing []string
	for item, err := range s.crossmark.Plans(ctx, f.from, f.to, crossmark.Search{}) {
		if err != nil {
			failed = append(failed, failureOf(err, span{f.from, f.to}))
			continue
		}
		if number := item.StoreNumber(); number != "" && number != strconv.Itoa(f.club) {
			continue // a visit to another club
		}
		v, err := visitOf(item)
		if err != nil {
			missing = append(missing, fmt.Sprintf("Crossmark: work item %s: %v", item.ID(), err))
		}
		p.visits = append(p.visits, v)
	}
	for _, g := range merge(failed) {
		p.gaps = append(p.gaps, g.days)
		missing = append(missing, fmt.Sprintf("Crossmark, %s to %s: %s", show(g.days.from), show(g.days.to), g.why))
	}
	return p, missing
}

// A failure is a range of days that could not be read, and the reason.
type failure struct {
	days span
	why  string
}

// failureOf converts an error of a listing. An error that is not about a single window applies to
// all days. The wait that is left is omitted: it differs between windows that fail for one reason.
func failureOf(err error, all span) failure {
	var w *crossmark.WindowError
	if errors.As(err, &w) {
		all, err = span{w.From, w.To}, w.Err
	}
	why, _, _ := strings.Cut(err.Error(), "; try again in ")
	return failure{all, why}
}

// merge joins adjacent failures with the same reason. They must be in the order of their days.
func merge(failed []failure) []failure {
	var out []failure
	for _, f := range failed {
		last := len(out) - 1
		if last >= 0 && out[last].why == f.why && f.days.from.Compare(out[last].days.to.AddDays(1)) <= 0 {
			out[last].days.to = f.days.to
			continue
		}
		out = append(out, f)
	}
	return out
}

// visitOf converts a work item. If its date cannot be read, the visit has no day and the error says
// why.
func visitOf(p crossmark.Plan) (visit, error) {
	at, err := p.Scheduled()
	return visit{
		plan: p.ID(), event: eventNumber(p.Name()), name: p.Name(), store: cmp.Or(p.StoreName(), p.StoreNumber()),
		day: at.Date, condition: string(p.Condition()),
	}, err
}

// events reads the events from the EDR, which has a row for each item of an event.
func (s *session) events(ctx context.Context, f *flags) (list, error) {
	rows, err := s.edr.Browse(ctx, edr.BrowseQuery{Club: f.club, From: midnight(f.from), To: midnight(f.to)})
	if err != nil {
		return list{down: true}, err
	}
	var l list
	for _, g := range edr.ByEvent(rows) {
		e, err := eventOf(g.Rows[0])
		if err != nil {
			return list{down: true}, err
		}
		l.events = append(l.events, e)
	}
	return l, nil
}

func midnight(d crossmark.Date) time.Time {
	return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, time.UTC)
}

func eventOf(r edr.Row) (event, error) {
	d, err := r.Day()
	if err != nil {
		return event{}, err
	}
	e := event{number: strconv.FormatInt(r.Event(), 10), status: r.Status(), name: r.ItemName()}
	if r.EventName != nil {
		e.name = cmp.Or(strings.TrimSpace(*r.EventName), e.name)
	}
	if !d.IsZero() {
		e.day = crossmark.DateOf(d)
	}
	return e, nil
}
