// This file reads the two sides, each on its own: what one cannot tell takes nothing from the other.

package main

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
)

// A session holds the clients of both sides, over one runtime.
type session struct {
	crossmark *crossmark.Client
	edr       *edr.Client
	closer    []func() error // called from the last to the first
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
		UserID: env.variable("CROSSMARK_USER"), Password: env.variable("CROSSMARK_PASSWORD"), BaseURL: f.crossmarkURL,
	}, edr.Config{
		Username: env.variable("EDR_USER"), Password: env.variable("EDR_PASSWORD"), CredentialID: env.variable("EDR_CREDENTIAL_ID"),
		File: f.session, Key: key, BaseURLs: hosts(f.edrURL),
	}, log)
}

// hosts returns the URLs of a stand-in that serves all three hosts.
func hosts(base string) edr.BaseURLs {
	if base == "" {
		return edr.BaseURLs{}
	}
	base = strings.TrimRight(base, "/")
	return edr.BaseURLs{Login: base, Portal: base, EventManagement: base + "/EventManagement"}
}

// connect makes both clients over one runtime.
func connect(c crossmark.Config, e edr.Config, log *slog.Logger) (*session, error) {
	runtime := resilience.NewRuntime(resilience.WithRuntimeLogger(log))
	s := &session{closer: []func() error{runtime.Close}}
	c.Runtime, e.Runtime = runtime, runtime
	var err, bad error
	if s.crossmark, err = crossmark.New(c); err == nil {
		s.closer = append(s.closer, s.crossmark.Close)
	}
	if s.edr, bad = edr.New(e); bad == nil {
		s.closer = append(s.closer, s.edr.Close)
	}
	if err := errors.Join(err, bad); err != nil {
		return nil, errors.Join(err, s.close())
	}
	return s, nil
}

// read reads both sides at a time. Lacking has a line for each thing that could not be read.
func (s *session) read(ctx context.Context, f *flags) (plan, list, []string) {
	events := make(chan list, 1)
	var failed error
	go func() {
		l, err := s.events(ctx, f)
		failed = err
		events <- l
	}()
	p, lacking := s.plan(ctx, f)
	l := <-events
	if failed != nil {
		lacking = append(lacking, "EDR: "+cure(failed))
	}
	return p, l, lacking
}

// cure adds to an error what the person at the keyboard can do about it.
func cure(err error) string {
	if errors.Is(err, edr.ErrSignInNeeded) {
		return err.Error() + " (run once with --sign-in)"
	}
	return err.Error()
}

// plan reads Crossmark. Windows that could not be read become gaps.
func (s *session) plan(ctx context.Context, f *flags) (plan, []string) {
	var p plan
	var failed []failure
	var lacking []string
	for item, err := range s.crossmark.Plans(ctx, f.from, f.to, crossmark.Search{}) {
		if err != nil {
			failed = append(failed, failureOf(err, span{f.from, f.to}))
			continue
		}
		if number := item.StoreNumber(); number != "" && number != strconv.Itoa(f.club) {
			continue // another club's
		}
		v, err := visitOf(item)
		if err != nil {
			lacking = append(lacking, fmt.Sprintf("Crossmark: work item %s: %v", item.ID(), err))
		}
		p.visits = append(p.visits, v)
	}
	for _, g := range merge(failed) {
		p.gaps = append(p.gaps, g.days)
		lacking = append(lacking, fmt.Sprintf("Crossmark, %s to %s: %s", show(g.days.from), show(g.days.to), g.why))
	}
	return p, lacking
}

// A failure is why some days could not be read.
type failure struct {
	days span
	why  string
}

// failureOf returns what an error of a list says; one of no window is about all days.
func failureOf(err error, all span) failure {
	var w *crossmark.WindowError
	if !errors.As(err, &w) {
		return failure{all, err.Error()}
	}
	return failure{span{w.From, w.To}, w.Err.Error()}
}

// merge makes one failure of neighbours with the same reason. They come in the order of their days.
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

// visitOf returns a visit; with a date that cannot be read, it is one without a day.
func visitOf(p crossmark.Plan) (visit, error) {
	at, err := p.Scheduled()
	return visit{
		plan: p.ID(), event: eventNumber(p.Name()), name: p.Name(), store: cmp.Or(p.StoreName(), p.StoreNumber()),
		day: at.Date, condition: string(p.Condition()),
	}, err
}

// events reads the EDR, an event for all rows of its items.
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
