package main

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

func TestLookup(t *testing.T) {
	targets := append(targetsOf([]string{"M"}, []string{"a", "b,", "c", "d"}), target{"N", "a"}, target{"N", "b"})
	synctest.Test(t, func(t *testing.T) {
		var calls []string
		broken := errors.New("broken")
		fail := false
		l := newLookup(targets, 2, time.Minute, func(
			_ context.Context, store string, skus []string,
		) (map[string]int, error) {
			calls = append(calls, store+":"+strings.Join(skus, "|"))
			time.Sleep(time.Second)
			if fail {
				return nil, broken
			}
			return map[string]int{skus[0]: len(calls)}, nil
		})
		ask := func(t *testing.T, at target, value int, found bool, err error) {
			t.Helper()
			if v, ok, e := l.get(t.Context(), at); v != value || ok != found || !errors.Is(e, err) {
				t.Errorf("%v: %d, %t, %v, want %d, %t, %v", at, v, ok, e, value, found, err)
			}
		}
		ask(t, targets[0], 1, true, nil)
		ask(t, targets[2], 0, false, nil) // in the same group
		ask(t, targets[1], 2, true, nil)
		ask(t, targets[3], 3, true, nil)
		ask(t, targets[5], 0, false, nil)
		ask(t, targets[4], 4, true, nil)
		time.Sleep(time.Minute - 6*time.Second)
		ask(t, targets[5], 0, false, nil) // still fresh
		if got, want := strings.Join(calls, " "), "M:a|c M:b, M:d N:a|b"; got != want {
			t.Errorf("calls %q, want %q", got, want)
		}
		time.Sleep(2 * time.Second)
		fail = true
		var both sync.WaitGroup
		for range 2 {
			both.Go(func() { ask(t, targets[0], 0, false, broken) })
		}
		both.Wait()
		fail = false
		ask(t, targets[0], 6, true, nil) // an error is not kept
		if len(calls) != 6 {
			t.Errorf("calls %q", calls)
		}
	})
}

// Who shares a call does not wait for it longer than its context.
func TestLookup_Ends(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := target{"M", "a"}
		l := newLookup([]target{a}, 1, time.Minute, func(context.Context, string, []string) (map[string]int, error) {
			time.Sleep(time.Hour)
			panic("boom")
		})
		var first sync.WaitGroup
		first.Go(func() {
			defer func() {
				if recover() == nil {
					t.Error("no panic")
				}
			}()
			_, _, _ = l.get(t.Context(), a)
		})
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, _, err := l.get(ctx, a); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v", err)
		}
		if _, _, err := l.get(t.Context(), a); !errors.Is(err, errPanicked) {
			t.Errorf("got %v", err)
		}
		first.Wait()
	})
}
