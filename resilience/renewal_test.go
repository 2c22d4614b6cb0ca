package resilience_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/resgen/resgen/resilience"
)

// Close cancels a hanging fetch and the calls that wait for it, and prevents further fetches.
func TestRenewal_Close(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		fetches, ended := 0, time.Time{}
		r := &resilience.Renewal[string]{Fetch: func(ctx context.Context) (string, time.Time, error) {
			if fetches++; fetches == 1 {
				return "first", time.Time{}, nil
			}
			<-ctx.Done()
			ended = time.Now()
			return "", time.Time{}, ctx.Err()
		}}
		if v, _, err := r.Get(t.Context()); v != "first" || err != nil {
			t.Fatal(v, err)
		}
		begin := time.Now()
		failed := make(chan error, 2)
		for range cap(failed) {
			go func() {
				_, _, err := r.Renew(t.Context(), 1)
				failed <- err
			}()
		}
		time.Sleep(time.Second)
		r.Close()
		r.Close()
		for range cap(failed) {
			if err := <-failed; !errors.Is(err, resilience.ErrRenewalClosed) {
				t.Errorf("who waits gets %v", err)
			}
		}
		synctest.Wait()
		if ended.Sub(begin) != time.Second || time.Since(begin) != time.Second {
			t.Errorf("the fetch ended after %s", ended.Sub(begin))
		}
		if v, _, err := r.Get(t.Context()); v != "" || !errors.Is(err, resilience.ErrRenewalClosed) {
			t.Errorf("Get gives %q, %v", v, err)
		}
		if _, generation, err := r.Renew(t.Context(), 0); generation != 1 ||
			!errors.Is(err, resilience.ErrRenewalClosed) || fetches != 2 {
			t.Errorf("Renew gives generation %d, %v after %d fetches", generation, err, fetches)
		}
	})
}

// A Renewal that was closed before its first use fetches nothing.
func TestRenewal_ClosedAtOnce(t *testing.T) {
	r := &resilience.Renewal[string]{Fetch: func(context.Context) (string, time.Time, error) {
		t.Error("it fetches")
		return "", time.Time{}, nil
	}}
	r.Close()
	if v, generation, err := r.Get(t.Context()); v != "" || generation != 0 ||
		!errors.Is(err, resilience.ErrRenewalClosed) {
		t.Errorf("got %q of generation %d, %v", v, generation, err)
	}
}
