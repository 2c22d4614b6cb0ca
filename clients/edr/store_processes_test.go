package edr_test

// This file tests what a client notices of other processes that use its store.

import (
	"bytes"
	"errors"
	"testing"
	"time"

	"github.com/resgen/resgen/clients/edr"
	"github.com/resgen/resgen/clients/edr/edrtest"
)

// Calls without a session send nothing, and detect at once that another process has signed in.
func TestClient_SeesSignInOfOtherProcess(t *testing.T) {
	inMemory(t, edrtest.Options{Events: events()}, func(t *testing.T, w *world) {
		other := open(t, w.config())
		for range 2 {
			if err := w.schedule(t.Context()); !errors.Is(err, edr.ErrSignInNeeded) {
				t.Error(err)
			}
		}
		if n := len(w.server.Entries()); n != 0 {
			t.Errorf("%d requests without a session", n)
		}
		err := errors.Join(other.RequestCode(t.Context()), other.Complete(t.Context(), w.server.Code()))
		if err != nil {
			t.Fatal(err)
		}
		if err := w.schedule(t.Context()); err != nil {
			t.Error(err)
		}
		// The session ends and the other process signs in again: this process detects the end and
		// must not undo the new sign-in.
		w.server.EndSessions()
		time.Sleep(time.Second)
		err = errors.Join(other.RequestCode(t.Context()), other.Complete(t.Context(), w.server.Code()))
		if err != nil {
			t.Fatal(err)
		}
		if err := w.schedule(t.Context()); err != nil {
			t.Error(err)
		}
		if err := other.Close(); err != nil {
			t.Error(err)
		}
	})
}

// Two processes that use one store keep each other's changes.
func TestClient_KeepsChangesOfOtherProcesses(t *testing.T) {
	inMemory(t, edrtest.Options{Events: events()}, func(t *testing.T, w *world) {
		w.signIn(t)
		if err := w.schedule(t.Context()); err != nil {
			t.Fatal(err)
		}
		other := open(t, w.config())
		if err := other.RequestCode(t.Context()); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Second)
		w.server.ExpireTokens()
		if err := w.schedule(t.Context()); err != nil { // saves a new token
			t.Fatal(err)
		}
		time.Sleep(time.Second)
		third := open(t, w.config())
		if err := third.Complete(t.Context(), w.server.Code()); err != nil {
			t.Fatalf("the request for a code was lost: %v", err)
		}
		w.server.Script(
			edrtest.GetDailyScheduleReport,
			edrtest.Answer{Work: true, Headers: map[string][]string{"Set-Cookie": {"TS01b=rotated; Path=/"}}},
		)
		if err := w.schedule(t.Context()); err != nil {
			t.Fatal(err)
		}
		before, _ := w.store.Load(t.Context())
		if err := w.client.Close(); err != nil { // saves cookies of a session that is not the latest
			t.Fatal(err)
		}
		after, _ := w.store.Load(t.Context())
		if !bytes.Equal(before, after) {
			t.Errorf("the newer session was changed from %s to %s", before, after)
		}
		for _, c := range []*edr.Client{other, third} {
			if err := c.Close(); err != nil {
				t.Error(err)
			}
		}
	})
}

// A block that is cleared in one process is cleared in all.
func TestClient_ClearedBlocksAreSeen(t *testing.T) {
	inMemory(t, edrtest.Options{Events: events()}, func(t *testing.T, w *world) {
		w.signIn(t)
		w.server.Script(edrtest.GetDailyScheduleReport, edrtest.Answer{Type: "text/html", Body: "<p>captcha</p>"})
		for range 2 {
			if err := w.schedule(t.Context()); !errors.Is(err, edr.ErrBlocked) {
				t.Fatal(err)
			}
		}
		other := open(t, w.config())
		if err := other.ClearBlock(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := w.schedule(t.Context()); err != nil {
			t.Error(err)
		}
		if n := w.counts(edrtest.GetDailyScheduleReport, edrtest.AuthenticateEventManagement); n[0] != 2 || n[1] != 1 {
			t.Errorf("%v requests, want the blocked one and one after, and no other token", n)
		}
		if err := other.Close(); err != nil {
			t.Error(err)
		}
	})
}
