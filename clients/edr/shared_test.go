package edr_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/resgen/resgen/clients/edr"
	"github.com/resgen/resgen/clients/edr/edrtest"
	"github.com/resgen/resgen/resilience/auth"
)

// sealed returns a store of secrets for several processes.
func sealed(t *testing.T, in auth.SecretStore) auth.SecretStore {
	t.Helper()
	k, err := auth.NewSealKey("test", bytes.Repeat([]byte{7}, 32))
	if err != nil {
		t.Fatal(err)
	}
	return auth.Sealed(in, k)
}

// A web program signs a user in, and workers use the session. A token that expires in all of them
// is exchanged once.
func TestShared_HandsASessionToWorkers(t *testing.T) { handsASessionToWorkers(t, edr.Shared) }

// The same holds if the store is encrypted with another key.
func TestShared_Encrypted(t *testing.T) {
	handsASessionToWorkers(t, func(secrets auth.SecretStore, name string) edr.Store {
		return edr.Encrypted(edr.Shared(secrets, name), key(t, 1))
	})
}

func handsASessionToWorkers(t *testing.T, shared func(auth.SecretStore, string) edr.Store) {
	inMemory(t, edrtest.Options{Events: events()}, func(t *testing.T, w *world) {
		secrets := auth.NewSecretMemory()
		made := func() *edr.Client {
			config := w.config()
			config.Store = shared(sealed(t, secrets), "demo")
			return open(t, config)
		}
		web := made()
		if err := web.RequestCode(t.Context()); err != nil {
			t.Fatal(err)
		}
		var workers []*edr.Client
		for range 8 {
			workers = append(workers, made())
		}
		report := func() (failed int) {
			errs := make(chan error)
			for _, c := range workers {
				go func() {
					_, err := c.Report(t.Context(), 601234)
					errs <- err
				}()
			}
			for range workers {
				if err := <-errs; err != nil {
					failed++
				}
			}
			return failed
		}
		if n := report(); n != 8 {
			t.Errorf("%d workers fail before the sign-in, want all", n)
		}
		if err := web.Complete(t.Context(), w.server.Code()); err != nil {
			t.Fatal(err)
		}
		for n := 1; n <= 3; n++ {
			if failed := report(); failed != 0 {
				t.Errorf("%d workers fail after %d tokens", failed, n)
			}
			if got := w.server.Count(edrtest.AuthenticateEventManagement); got != n {
				t.Errorf("%d tokens, want %d", got, n)
			}
			time.Sleep(time.Second)
			w.server.ExpireTokens()
		}
		for _, c := range append(workers, web) {
			if err := c.Close(); err != nil {
				t.Error(err)
			}
		}
	})
}

func TestShared_KeepsWhatWasSavedLast(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		secrets := auth.NewSecretMemory()
		a, b := edr.Shared(secrets, "a"), edr.Shared(secrets, "b")
		if data, err := a.Load(t.Context()); len(data) != 0 || err != nil {
			t.Errorf("%q, %v; want nothing", data, err)
		}
		for _, text := range []string{"1", "2", "3"} {
			if err := a.Save(t.Context(), []byte(text)); err != nil {
				t.Fatal(err)
			}
			if data, err := edr.Shared(secrets, "a").Load(t.Context()); string(data) != text || err != nil {
				t.Errorf("%q, %v; want %s", data, err, text)
			}
		}
		time.Sleep(365 * 24 * time.Hour)
		if data, _ := a.Load(t.Context()); string(data) != "3" {
			t.Errorf("%q after a year, want 3", data)
		}
		if data, _ := b.Load(t.Context()); len(data) != 0 {
			t.Errorf("another account has %q", data)
		}
		if text := fmt.Sprintf("%v %+v %#v", a, a, a); strings.Count(text, "shared store of a") != 3 {
			t.Errorf("printed as %s", text)
		}
	})
}

func TestShared_Lock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		secrets := auth.NewSecretMemory()
		unlock, err := edr.Shared(secrets, "a").(edr.Locker).Lock(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		if _, err := edr.Shared(secrets, "a").(edr.Locker).Lock(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%v, want to wait", err)
		}
		other, err := edr.Shared(secrets, "b").(edr.Locker).Lock(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		other()
		unlock()
		again, err := edr.Shared(secrets, "a").(edr.Locker).Lock(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		again()
	})
}

// A record that cannot be opened is an error, and is replaced by a new sign-in.
func TestShared_LostKey(t *testing.T) {
	secrets := auth.NewSecretMemory()
	if err := edr.Shared(sealed(t, secrets), "a").Save(t.Context(), []byte("1")); err != nil {
		t.Fatal(err)
	}
	k, err := auth.NewSealKey("next", bytes.Repeat([]byte{8}, 32))
	if err != nil {
		t.Fatal(err)
	}
	s := edr.Shared(auth.Sealed(secrets, k), "a")
	if _, err := s.Load(t.Context()); !errors.Is(err, auth.ErrSealed) {
		t.Errorf("%v, want ErrSealed", err)
	}
	if err := s.Save(t.Context(), []byte("2")); err != nil {
		t.Error(err)
	}
	if data, err := s.Load(t.Context()); string(data) != "2" || err != nil {
		t.Errorf("%q, %v; want 2", data, err)
	}
}
