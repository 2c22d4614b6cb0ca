package edr_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/resgen/resgen/clients/edr"
	"github.com/resgen/resgen/clients/edr/edrtest"
)

// A session is restored from a file in another process without another code.
func TestClient_RestoresASession(t *testing.T) {
	path := filepath.Join(t.TempDir(), "folder", "session")
	inMemory(t, edrtest.Options{Events: events()}, func(t *testing.T, w *world) {
		config := w.config()
		config.Store, config.File, config.Key = nil, path, key(t, 1)
		one := open(t, config)
		if err := one.RequestCode(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := one.Close(); err != nil {
			t.Fatal(err)
		}
		two := open(t, config) // the code is submitted in another process
		if err := two.Complete(t.Context(), w.server.Code()); err != nil {
			t.Fatal(err)
		}
		sent := len(w.server.Entries())
		three := open(t, config)
		if _, err := three.Report(t.Context(), 601234); err != nil {
			t.Error(err)
		}
		if n := len(w.server.Entries()) - sent; n != 1 {
			t.Errorf("%d requests for one report", n)
		}
		time.Sleep(time.Second)
		w.server.ExpireTokens()
		if _, err := three.Report(t.Context(), 601235); err != nil {
			t.Errorf("a restored session renews its token: %v", err)
		}
		if _, err := two.Report(t.Context(), 601235); err != nil {
			t.Error(err)
		}
		if n := w.server.Count(edrtest.AuthenticateEventManagement); n != 2 {
			t.Errorf("%d tokens: the second client takes the one that the third has got and saved", n)
		}
		for _, c := range []*edr.Client{two, three} {
			if err := c.Close(); err != nil {
				t.Error(err)
			}
		}
	})
	data, err := os.ReadFile(path)
	for _, secret := range []string{"session", "RETAIL", edrtest.Username, edrtest.Password, edrtest.CredentialID} {
		if err != nil || bytes.Contains(bytes.TrimPrefix(data, []byte("edr-session")), []byte(secret)) {
			t.Errorf("%s is in the file, %v", secret, err)
		}
	}
}

// Only the session is stored, nothing that could open another one.
func TestClient_StoresNoPassword(t *testing.T) {
	inMemory(t, edrtest.Options{}, func(t *testing.T, w *world) {
		check := func(when string) {
			data, _ := w.store.Load(t.Context())
			for _, secret := range []string{edrtest.Username, edrtest.Password, edrtest.CredentialID, w.server.Code()} {
				if len(data) == 0 || bytes.Contains(data, []byte(secret)) {
					t.Errorf("%s: %s is in %s", when, secret, data)
				}
			}
		}
		if err := w.client.RequestCode(t.Context()); err != nil {
			t.Fatal(err)
		}
		check("after the first step")
		if err := w.client.Complete(t.Context(), w.server.Code()); err != nil {
			t.Fatal(err)
		}
		check("after the second")
	})
}

func TestClient_SignOut(t *testing.T) {
	inMemory(t, edrtest.Options{Events: events()}, func(t *testing.T, w *world) {
		w.signIn(t)
		if err := w.client.RequestCode(t.Context()); err != nil {
			t.Fatal(err)
		}
		sent := len(w.server.Entries())
		if err := w.client.SignOut(t.Context()); err != nil {
			t.Fatal(err)
		}
		later := open(t, w.config())
		for _, c := range []*edr.Client{w.client, later} {
			if _, err := c.Report(t.Context(), 601234); !errors.Is(err, edr.ErrSignInNeeded) {
				t.Error(err)
			}
			if err := c.Complete(t.Context(), w.server.Code()); !errors.Is(err, edr.ErrNoCodeRequested) {
				t.Error(err)
			}
		}
		if n := len(w.server.Entries()); n != sent {
			t.Errorf("%d requests", n-sent)
		}
		if err := later.Close(); err != nil {
			t.Error(err)
		}
	})
}

// failing is a store that fails on demand.
type failing struct {
	edr.Memory
	load, save error
}

func (f *failing) Load(ctx context.Context) ([]byte, error) {
	if f.load != nil {
		return nil, f.load
	}
	return f.Memory.Load(ctx)
}

func (f *failing) Save(ctx context.Context, data []byte) error {
	if f.save != nil {
		return f.save
	}
	return f.Memory.Save(ctx, data)
}

// If the store cannot be read, nothing is sent. If it cannot be written, that is reported but has
// no effect on this process.
func TestClient_FailingStores(t *testing.T) {
	inMemory(t, edrtest.Options{Events: events()}, func(t *testing.T, w *world) {
		store := &failing{load: errors.New("disk on fire")}
		config := w.config()
		config.Store = store
		c := open(t, config)
		_, err := c.Report(t.Context(), 601234)
		for _, err := range []error{
			c.RequestCode(t.Context()), c.Complete(t.Context(), "123456"), c.SignOut(t.Context()),
			c.ClearBlock(t.Context()), err,
		} {
			if !errors.Is(err, store.load) {
				t.Errorf("the store fails: %v", err)
			}
		}
		if n := len(w.server.Entries()); n != 0 {
			t.Errorf("%d requests", n)
		}
		store.load, store.save = nil, errors.New("disk full")
		if err := c.RequestCode(t.Context()); !errors.Is(err, store.save) {
			t.Errorf("the code was requested, and that cannot be saved: %v", err)
		}
		if err := c.Complete(t.Context(), w.server.Code()); !errors.Is(err, store.save) {
			t.Errorf("the sign-in cannot be saved: %v", err)
		}
		if err := c.Complete(t.Context(), w.server.Code()); !errors.Is(err, store.save) {
			t.Errorf("once more: %v", err)
		}
		if _, err := c.Report(t.Context(), 601234); err != nil {
			t.Errorf("the session works all the same: %v", err)
		}
		w.server.ExpireTokens()
		if _, err := c.Report(t.Context(), 601234); err != nil {
			t.Errorf("and renews its token: %v", err)
		}
		if err := c.Close(); !errors.Is(err, store.save) {
			t.Errorf("Close: %v", err)
		}
	})
}

// journaled is a store that records how it is used.
type journaled struct {
	edr.Memory
	refuses error // of Lock
	mu      sync.Mutex
	done    []string
}

func (j *journaled) note(what string) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.done = append(j.done, what)
}

func (j *journaled) Load(ctx context.Context) ([]byte, error) {
	j.note("load")
	return j.Memory.Load(ctx)
}

func (j *journaled) Save(ctx context.Context, data []byte) error {
	j.note("save")
	return j.Memory.Save(ctx, data)
}

func (j *journaled) Lock(context.Context) (func(), error) {
	j.note("lock")
	return func() { j.note("unlock") }, j.refuses
}

// The store is locked while the session is read, changed and saved, also through encryption.
func TestClient_LocksTheStore(t *testing.T) {
	inMemory(t, edrtest.Options{}, func(t *testing.T, w *world) {
		inner := &journaled{}
		config := w.config()
		config.Store = edr.Encrypted(inner, key(t, 1))
		c := open(t, config)
		if err := c.RequestCode(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(inner.done, " "); got != "load lock load save unlock" {
			t.Errorf("%s", got)
		}
		inner.done, inner.refuses = nil, errors.New("the lock is broken")
		if err := c.RequestCode(t.Context()); !errors.Is(err, inner.refuses) {
			t.Errorf("saved without a lock: %v", err)
		}
		if got := strings.Join(inner.done, " "); got != "load lock" {
			t.Errorf("%s", got)
		}
		inner.refuses = nil
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	})
}

// An encrypted session belongs to its account, even if another one has the key.
func TestClient_EncryptedForeignSession(t *testing.T) {
	inMemory(t, edrtest.Options{}, func(t *testing.T, w *world) {
		config := w.config()
		config.Store = edr.Encrypted(w.store, key(t, 1))
		if err := config.Store.Save(t.Context(), []byte(`{"version":1,"account":"demo"}`)); err != nil {
			t.Fatal(err)
		}
		one := open(t, config)
		if err := one.RequestCode(t.Context()); err != nil {
			t.Fatalf("a session without an owner in its header: %v", err)
		}
		owner := make([]byte, 16)
		if sealed, _ := w.store.Load(t.Context()); bytes.Equal(sealed[46:62], owner) {
			t.Error("the header has no owner")
		}
		if data, err := config.Store.Load(t.Context()); err != nil || len(data) == 0 {
			t.Errorf("the store itself reads it: %q, %v", data, err)
		}
		config.Account = "another"
		two := open(t, config)
		if err := two.RequestCode(t.Context()); err == nil || !strings.Contains(err.Error(), "another account") {
			t.Errorf("another account: %v", err)
		}
		for _, c := range []*edr.Client{one, two} {
			if err := c.Close(); err != nil {
				t.Error(err)
			}
		}
	})
}

func TestMemory_PrintsNothing(t *testing.T) {
	m := &edr.Memory{}
	if err := m.Save(t.Context(), []byte("secret")); err != nil {
		t.Fatal(err)
	}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		got := fmt.Sprintf(verb, struct{ hidden *edr.Memory }{m}) + fmt.Sprintf(verb, m)
		if strings.Contains(got, "secret") || strings.Contains(got, "736563") || strings.Contains(got, "115 101") {
			t.Errorf("%s prints %s", verb, got)
		}
	}
}

// Cookies received after the token are saved by Close.
func TestClient_CloseSavesCookies(t *testing.T) {
	inMemory(t, edrtest.Options{Events: events()}, func(t *testing.T, w *world) {
		w.signIn(t)
		w.server.Script(
			edrtest.GetDailyScheduleReport,
			edrtest.Answer{Work: true, Headers: map[string][]string{"Set-Cookie": {"TS01b=rotated; Path=/"}}},
		)
		if err := w.schedule(t.Context()); err != nil {
			t.Fatal(err)
		}
		for _, saved := range []bool{false, true} {
			data, _ := w.store.Load(t.Context())
			if bytes.Contains(data, []byte("TS01b=rotated")) != saved {
				t.Errorf("saved %t, want %t", !saved, saved)
			}
			if err := w.client.Close(); err != nil {
				t.Error(err)
			}
		}
	})
}

// Stored data of another account or of an unknown version is refused.
func TestClient_ForeignStoredData(t *testing.T) {
	for data, want := range map[string]string{
		`{"version":1,"account":"another"}`: "another account", `{"version":2,"account":"demo"}`: "newer version",
		`{"account":"demo"}`: "cannot be read", `[]`: "cannot be read", `secret`: "cannot be read",
	} {
		inMemory(t, edrtest.Options{}, func(t *testing.T, w *world) {
			if err := w.store.Save(t.Context(), []byte(data)); err != nil {
				t.Fatal(err)
			}
			_, err := w.client.Report(t.Context(), 601234)
			for _, err := range []error{w.client.RequestCode(t.Context()), err} {
				if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "secret") {
					t.Errorf("%s: %v", data, err)
				}
			}
			if n := len(w.server.Entries()); n != 0 {
				t.Errorf("%s: %d requests", data, n)
			}
		})
	}
}

// The end of a session takes effect even if it cannot be saved.
func TestClient_UnsavedEnd(t *testing.T) {
	inMemory(t, edrtest.Options{Events: events()}, func(t *testing.T, w *world) {
		store := &failing{}
		config := w.config()
		config.Store = store
		c := open(t, config)
		if err := errors.Join(c.RequestCode(t.Context()), c.Complete(t.Context(), w.server.Code())); err != nil {
			t.Fatal(err)
		}
		store.save = errors.New("disk full")
		w.server.EndSessions()
		for range 3 {
			if _, err := c.Report(t.Context(), 601234); !errors.Is(err, edr.ErrSignInNeeded) {
				t.Error(err)
			}
		}
		if n := w.counts(edrtest.GetEdrReport, edrtest.AuthenticateEventManagement); n[0] != 1 || n[1] != 2 {
			t.Errorf("%v requests, want one report, and the token of the sign-in and one more", n)
		}
		if err := c.Close(); !errors.Is(err, store.save) {
			t.Error(err)
		}
	})
}
