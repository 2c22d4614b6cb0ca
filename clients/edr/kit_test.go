package edr_test

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/resgen/resgen/clients/edr"
	"github.com/resgen/resgen/clients/edr/edrtest"
	"github.com/resgen/resgen/clients/internal/clienttest"
	"github.com/resgen/resgen/resilience"
	"github.com/resgen/resgen/resilience/auth"
)

// A world is a fake server in memory and a client for it.
type world struct {
	server    *edrtest.Server
	transport *http.Transport
	store     edr.Store
	client    *edr.Client
}

// Three hosts of one domain, so that they share cookies like the real ones.
var hosts = edr.BaseURLs{
	Login:           "http://login.edr.test",
	Portal:          "http://portal.edr.test",
	EventManagement: "http://portal.edr.test/EventManagement",
}

func (w *world) config() edr.Config {
	return edr.Config{
		Username: edrtest.Username, Password: auth.NewSecret(edrtest.Password),
		CredentialID: auth.NewSecret(edrtest.CredentialID),
		Account:      "demo",
		BaseURLs:     hosts, Store: w.store, Transport: w.transport, Logger: quiet,
	}
}

// inMemory runs a test in a synctest bubble with a fake server over a pipe.
func inMemory(t *testing.T, opts edrtest.Options, test func(t *testing.T, w *world)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		if opts.LoginURL == "" {
			opts.LoginURL = hosts.Login + "/login"
		}
		w := &world{server: edrtest.New(opts), store: &edr.Memory{}}
		transport, server := clienttest.Serve(w.server)
		w.transport = transport
		w.client = open(t, w.config())
		test(t, w)
		if err := errors.Join(w.client.Close(), server.Close()); err != nil {
			t.Error(err)
		}
		w.transport.CloseIdleConnections()
	})
}

func open(t *testing.T, c edr.Config) *edr.Client {
	t.Helper()
	client, err := edr.New(c)
	if err != nil {
		t.Fatal(err)
	}
	return client
}

// signIn performs both steps.
func (w *world) signIn(t *testing.T) {
	t.Helper()
	if err := w.client.RequestCode(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := w.client.Complete(t.Context(), w.server.Code()); err != nil {
		t.Fatal(err)
	}
}

// schedule lists the events of a day, the call without its own rate limit.
func (w *world) schedule(ctx context.Context, opts ...resilience.CallOption) error {
	_, err := w.client.DailySchedule(
		ctx,
		edr.ScheduleQuery{Clubs: []int{8135}, From: day("2026-03-02"), To: day("2026-03-03")},
	)
	return err
}

func day(text string) time.Time {
	t, err := time.Parse(time.DateOnly, text)
	if err != nil {
		panic(err)
	}
	return t
}

// counts returns the number of requests of each operation, in the given order.
func (w *world) counts(operations ...string) (list []int) {
	for _, o := range operations {
		list = append(list, w.server.Count(o))
	}
	return list
}

// refusals fails the test if the server refused a request.
func (w *world) refusals(t *testing.T) {
	t.Helper()
	if list := w.server.Refusals(); len(list) > 0 {
		t.Errorf("refused: %v", list)
	}
}

// events are three events of club 8135 and one of another.
func events() []edrtest.Event {
	items := []edrtest.Item{
		{Number: 980011223, GTIN: 812345678901, Vendor: 55501, Department: 46, Name: "Olive oil 1 l"},
		{Number: 980011224, GTIN: 812345678902, Vendor: 55501, Department: 46, Name: "Olive oil 2 l"},
	}
	return []edrtest.Event{
		{
			Number:      601234,
			Name:        "OIL TASTING   ",
			Day:         "2026-03-02",
			Type:        3,
			TypeName:    "Standard",
			Status:      2,
			StatusName:  "APPROVED",
			Club:        8135,
			Locked:      true,
			Preparation: "Cut the bread.",
			Items:       items,
		},
		{
			Number:     601235,
			Name:       "BREAD",
			Day:        "2026-03-03",
			Type:       45,
			TypeName:   "Club Choice",
			Status:     3,
			StatusName: "CANCELLED",
			Club:       8135,
			Items:      items[:1],
		},
		{
			Number:     601236,
			Name:       "EMPTY",
			Day:        "2026-03-03",
			Type:       7,
			TypeName:   "Supplier",
			Status:     2,
			StatusName: "APPROVED",
			Club:       8135,
		},
		{
			Number:     601237,
			Name:       "ELSEWHERE",
			Day:        "2026-03-03",
			Type:       3,
			TypeName:   "Standard",
			Status:     2,
			StatusName: "APPROVED",
			Club:       4711,
			Items:      items,
		},
	}
}

func contains(text, part string) bool { return strings.Contains(text, part) }

// quiet discards logs.
var quiet = slog.New(slog.DiscardHandler)

// with returns the call of schedule for another client.
func (w *world) with(c *edr.Client) func(context.Context) error {
	other := *w
	other.client = c
	return func(ctx context.Context) error { return other.schedule(ctx) }
}
