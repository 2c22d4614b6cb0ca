package auth_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/resgen/resgen/resilience/auth"
)

// A lock is held for as long as something runs, and is free at once afterwards.
func TestHold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &failing{SecretStore: auth.NewSecretMemory()}
		release, err := auth.Hold(t.Context(), s, "a")
		if err != nil {
			t.Fatal(err)
		}
		for range 10 {
			time.Sleep(4 * time.Second)
			if held, _ := s.SecretStore.Lock(t.Context(), "a", "other", time.Minute); held {
				t.Fatal("the lock was lost while it was held")
			}
		}
		if n := s.locks; n < 1+40/2 || n > 1+40 {
			t.Errorf("%d uses of the store in 40 s, want one in one or two seconds", n)
		}
		release()
		n := s.locks
		if held, _ := s.SecretStore.Lock(t.Context(), "a", "other", time.Minute); !held {
			t.Error("the lock is held after its release")
		}
		time.Sleep(time.Minute)
		if s.locks != n {
			t.Error("the lease is extended after its release")
		}
	})
}

func TestHold_Waits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := auth.NewSecretMemory()
		first, err := auth.Hold(t.Context(), s, "a")
		if err != nil {
			t.Fatal(err)
		}
		time.AfterFunc(time.Minute, first)
		begun := time.Now()
		second, err := auth.Hold(t.Context(), s, "a")
		if d := time.Since(begun); err != nil || d < time.Minute || d > time.Minute+200*time.Millisecond {
			t.Fatalf("%v after %s, want the lock after a minute", err, d)
		}
		second()
	})
}

func TestHold_Fails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &failing{SecretStore: auth.NewSecretMemory()}
		if held, err := s.Lock(t.Context(), "a", "other", time.Hour); !held || err != nil {
			t.Fatal(held, err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if release, err := auth.Hold(ctx, s, "a"); release != nil || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%v, want the deadline", err)
		}
		ctx, cancel = context.WithCancel(t.Context())
		time.AfterFunc(time.Second, cancel)
		if release, err := auth.Hold(ctx, s, "a"); release != nil || !errors.Is(err, context.Canceled) {
			t.Errorf("%v, want the end of the context", err)
		}
		gone := errors.New("gone")
		s.fail(gone)
		if release, err := auth.Hold(t.Context(), s, "b"); release != nil || !errors.Is(err, gone) {
			t.Errorf("%v, want the error of the store", err)
		}
		s.fail(nil)
		s.delay = time.Hour
		begun := time.Now()
		if _, err := auth.Hold(t.Context(), s, "b"); err == nil || time.Since(begun) != time.Second {
			t.Errorf("%v after %s, want an error after a second", err, time.Since(begun))
		}
	})
}
