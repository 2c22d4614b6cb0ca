package crossmark_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/resgen/resgen/clients/crossmark"
	"github.com/resgen/resgen/clients/crossmark/crossmarktest"
	"github.com/resgen/resgen/clients/internal/clienttest"
	api "github.com/resgen/resgen/generated/crossmark"
	"github.com/resgen/resgen/resilience"
	"github.com/resgen/resgen/resilience/auth"
)

// A world is a fake server in memory and a client for it.
type world struct {
	server    *crossmarktest.Server
	transport *http.Transport
	client    *crossmark.Client
	log       bytes.Buffer
	logger    *slog.Logger // of all clients: writes to log one line at a time
}

// Secrets that must not appear in errors and logs.
const (
	password = "the-password"
	user     = "the-user"
)

// inMemory runs a test in a synctest bubble with a fake server over a pipe.
func inMemory(t *testing.T, opts crossmarktest.Options, test func(t *testing.T, w *world)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		opts.UserID, opts.Password = user, password
		w := &world{server: crossmarktest.New(opts)}
		serve(t, w, w.server, test)
	})
}

// serve runs a test with a handler behind the client.
func serve(t *testing.T, w *world, h http.Handler, test func(t *testing.T, w *world)) {
	t.Helper()
	transport, server := clienttest.Serve(h)
	w.transport = transport
	w.logger = slog.New(slog.NewTextHandler(&w.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	w.client = open(t, w.config())
	defer func() { // also after a failed test: a bubble ends only when its servers have ended
		if err := errors.Join(w.client.Close(), server.Close()); err != nil {
			t.Error(err)
		}
		w.transport.CloseIdleConnections()
		time.Sleep(time.Hour) // let abandoned handlers end
		secretFree(t, w.log.String())
	}()
	test(t, w)
}

func (w *world) config() crossmark.Config {
	return crossmark.Config{
		UserID:    user,
		Password:  auth.NewSecret(password),
		Account:   "planner",
		BaseURL:   "http://crossmark.test",
		Transport: w.transport,
		Logger:    w.logger,
	}
}

func open(t *testing.T, c crossmark.Config) *crossmark.Client {
	t.Helper()
	client, err := crossmark.New(c)
	if err != nil {
		t.Fatal(err)
	}
	return client
}

// secretFree fails the test if a text contains a secret: the password, the user or a session.
func secretFree(t *testing.T, text string) {
	t.Helper()
	for _, secret := range []string{password, user, "session0"} {
		if strings.Contains(text, secret) {
			t.Errorf("%q is in %q", secret, text)
		}
	}
}

// who calls a safe operation.
func (w *world) who(ctx context.Context) error {
	_, err := w.client.API().GetUserInfo(ctx)
	return err
}

// remove calls an unsafe operation that may be retried after a rejection.
func (w *world) remove(ctx context.Context) error {
	_, err := w.client.API().DeleteScheduledEvent(ctx, api.EventDeletion{EventID: "1"})
	return err
}

// statuses returns the statuses of an operation's responses.
func (w *world) statuses(operation string) (list []int) {
	for _, e := range w.server.Entries() {
		if e.Operation == operation {
			list = append(list, e.Status)
		}
	}
	return list
}

// failure returns err as a [*resilience.Error] and fails the test if it is none.
func failure(t *testing.T, err error) *resilience.Error {
	t.Helper()
	var f *resilience.Error
	if !errors.As(err, &f) {
		t.Fatalf("the error is %v, want a *resilience.Error", err)
	}
	secretFree(t, err.Error())
	return f
}
