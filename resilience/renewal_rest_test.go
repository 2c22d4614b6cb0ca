package resilience_test

// This file tests what a renewal does when fetches fail, hang or come too late.

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/resgen/resgen/resilience"
)

// A well is the source of a renewal: it numbers its values.
type well struct {
	n      int
	probes int // fetches that were probes
	life   time.Duration
	takes  time.Duration
	err    error
	hangs  bool
	ended  time.Time // when the last hanging fetch ended
}

func (w *well) fetch(ctx context.Context) (int, time.Time, error) {
	w.n++
	n := w.n
	if resilience.IsProbe(ctx) {
		w.probes++
	}
	var until time.Time
	if w.life > 0 {
		until = time.Now().Add(w.life)
	}
	if w.hangs {
		<-ctx.Done()
		w.ended = time.Now()
		return 0, time.Time{}, ctx.Err()
	}
	time.Sleep(w.takes)
	return n, until, w.err
}

// drawn calls Get and compares the value and the time it took.
func drawn(t *testing.T, r *resilience.Renewal[int], want int, takes time.Duration) {
	t.Helper()
	begun := time.Now()
	got, _, err := r.Get(t.Context())
	if got != want || err != nil || time.Since(begun) != takes {
		t.Errorf("got %d, %v after %s, want %d after %s", got, err, time.Since(begun), want, takes)
	}
}

// A value is renewed before it expires, at most half of its life.
func TestRenewal_Early(t *testing.T) {
	const minute = time.Minute
	for _, c := range []struct {
		life, early, due time.Duration // due: when it is renewed; 0: never
	}{
		{10 * minute, minute, 9 * minute}, {2 * minute, minute, minute}, {minute, minute, minute / 2},
		{10 * minute, 0, 10 * minute}, {10 * minute, -minute, 10 * minute}, {0, minute, 0},
	} {
		synctest.Test(t, func(t *testing.T) {
			w := &well{life: c.life}
			r := &resilience.Renewal[int]{Fetch: w.fetch, Early: c.early}
			drawn(t, r, 1, 0)
			if c.due == 0 {
				time.Sleep(1000 * time.Hour)
				drawn(t, r, 1, 0)
				return
			}
			time.Sleep(c.due - 1)
			drawn(t, r, 1, 0)
			time.Sleep(time.Nanosecond)
			drawn(t, r, 2, 0)
		})
	}
}

// The life of a value begins with its request, not with its response.
func TestRenewal_EarlyOfASlowFetch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &well{life: time.Minute, takes: 10 * time.Second}
		r := &resilience.Renewal[int]{Fetch: w.fetch, Early: time.Minute}
		drawn(t, r, 1, 10*time.Second)
		time.Sleep(20*time.Second - 1)
		drawn(t, r, 1, 0)
		w.takes = 0
		time.Sleep(time.Nanosecond)
		drawn(t, r, 2, 0)
	})
}

// While the renewal of a value fails, the value is used until it expires.
func TestRenewal_FailsEarly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &well{life: 10 * time.Minute}
		r := &resilience.Renewal[int]{Fetch: w.fetch, Early: time.Minute,
			Rest: func(error, int) time.Duration { return 20 * time.Second }}
		drawn(t, r, 1, 0)
		w.err = errors.New("down")
		time.Sleep(9 * time.Minute)
		drawn(t, r, 1, 0)
		drawn(t, r, 1, 0)
		if w.n != 2 {
			t.Errorf("%d fetches, want no other during the rest", w.n)
		}
		time.Sleep(20*time.Second - 1)
		drawn(t, r, 1, 0)
		time.Sleep(time.Nanosecond)
		drawn(t, r, 1, 0)
		if w.n != 3 {
			t.Errorf("%d fetches, want one after the rest", w.n)
		}
		time.Sleep(40*time.Second - 1)
		drawn(t, r, 1, 0)
		time.Sleep(time.Nanosecond) // the value expires, and the rest after the fourth fetch has just begun
		_, generation, err := r.Get(t.Context())
		var state *resilience.CredentialError
		if !errors.As(err, &state) || state.RetryAfter != 20*time.Second-1 || !errors.Is(err, w.err) || w.n != 4 ||
			generation != 1 {
			t.Errorf("after its expiry: generation %d, %v after %d fetches", generation, err, w.n)
		}
		w.err = nil
		time.Sleep(20*time.Second - 1)
		drawn(t, r, 5, 0)
	})
}

// While the renewal of a value hangs, each call waits a moment at most: a quarter of a second or of
// what is left, counted from the beginning of the renewal.
func TestRenewal_HangsEarly(t *testing.T) {
	for _, c := range []struct{ life, after, moment time.Duration }{
		{10 * time.Minute, 9 * time.Minute, 250 * time.Millisecond},
		{4 * time.Second, 3 * time.Second, 250 * time.Millisecond},
		{4 * time.Second, 3200 * time.Millisecond, 200 * time.Millisecond},
	} {
		synctest.Test(t, func(t *testing.T) {
			w := &well{life: c.life}
			r := &resilience.Renewal[int]{Fetch: w.fetch, Early: time.Minute}
			drawn(t, r, 1, 0)
			w.hangs = true
			time.Sleep(c.after)
			drawn(t, r, 1, c.moment)
			drawn(t, r, 1, 0)
			r.Close()
			synctest.Wait()
			if since := time.Until(w.ended); since != 0 || w.n != 2 {
				t.Errorf("the fetch ended %s ago, %d fetches", since, w.n)
			}
		})
	}
}

// A renewal that takes a moment gives its value, a slower one gives it to later calls.
func TestRenewal_SlowEarly(t *testing.T) {
	for takes, first := range map[time.Duration]int{
		249 * time.Millisecond: 2, 251 * time.Millisecond: 1, 5 * time.Second: 1,
	} {
		synctest.Test(t, func(t *testing.T) {
			w := &well{life: 10 * time.Minute}
			r := &resilience.Renewal[int]{Fetch: w.fetch, Early: time.Minute}
			drawn(t, r, 1, 0)
			w.takes = takes
			time.Sleep(9 * time.Minute)
			drawn(t, r, first, min(takes, 250*time.Millisecond))
			time.Sleep(5 * time.Second)
			drawn(t, r, 2, 0)
			if w.n != 2 {
				t.Errorf("%s: %d fetches, want 2", takes, w.n)
			}
		})
	}
}

// A call that ends during the moment has the old value.
func TestRenewal_CanceledEarly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &well{life: 10 * time.Minute}
		r := &resilience.Renewal[int]{Fetch: w.fetch, Early: time.Minute}
		drawn(t, r, 1, 0)
		w.hangs = true
		time.Sleep(9 * time.Minute)
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer cancel()
		begun := time.Now()
		got, generation, err := r.Get(ctx)
		if got != 1 || generation != 1 || err != nil || time.Since(begun) != 100*time.Millisecond {
			t.Errorf("got %d of %d, %v after %s", got, generation, err, time.Since(begun))
		}
		r.Close()
	})
}

// A failed fetch is shared; the next one follows after the rest, and is a probe.
func TestRenewal_Rest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var asked []int
		w := &well{err: errors.New("down"), takes: time.Second}
		r := &resilience.Renewal[int]{Fetch: w.fetch, Rest: func(err error, failures int) time.Duration {
			if !errors.Is(err, w.err) {
				t.Errorf("it asks for %v", err)
			}
			asked = append(asked, failures)
			return time.Duration(failures) * time.Minute
		}}
		failed := make(chan error)
		for range 50 {
			go func() {
				_, _, err := r.Get(t.Context())
				failed <- err
			}()
		}
		check := func(err error, left time.Duration, n int) {
			t.Helper()
			var state *resilience.CredentialError
			if !errors.As(err, &state) || state.State != resilience.ErrSignInUnavailable || state.RetryAfter != left ||
				!errors.Is(err, w.err) || err.Error() != "down" || w.n != n {
				t.Errorf("got %v with %+v after %d fetches, want %s left after %d", err, state, w.n, left, n)
			}
		}
		for range 50 {
			check(<-failed, time.Minute, 1)
		}
		time.Sleep(time.Minute - 1)
		_, _, err := r.Get(t.Context())
		check(err, 1, 1)
		_, _, err = r.Renew(t.Context(), 0)
		check(err, 1, 1)
		time.Sleep(time.Nanosecond)
		_, _, err = r.Renew(t.Context(), 0)
		check(err, 2*time.Minute, 2)
		time.Sleep(2 * time.Minute)
		w.err = nil
		drawn(t, r, 3, time.Second)
		if len(asked) != 2 || asked[0] != 1 || asked[1] != 2 || w.probes != 2 {
			t.Errorf("Rest was called with %v, %d probes, want 1 and 2, and all but the first", asked, w.probes)
		}
		w.err = errors.New("down")
		_, _, err = r.Renew(t.Context(), 1)
		check(err, time.Minute, 4)
		if w.probes != 2 {
			t.Errorf("%d probes, want none after a success", w.probes)
		}
	})
}

// While a service is down, a single caller waits for a probe. Others wait a moment, in case it
// succeeds.
func TestRenewal_OneCallerPerProbe(t *testing.T) {
	for _, c := range []struct {
		takes time.Duration
		err   error
		waits time.Duration // of the other callers
	}{
		{time.Minute / 2, nil, 250 * time.Millisecond}, {249 * time.Millisecond, nil, 249 * time.Millisecond},
		{249 * time.Millisecond, errors.New("still down"), 249 * time.Millisecond},
	} {
		synctest.Test(t, func(t *testing.T) {
			w := &well{err: errors.New("down")}
			r := &resilience.Renewal[int]{Fetch: w.fetch, Timeout: time.Minute,
				Rest: func(error, int) time.Duration { return time.Hour }}
			_, _, _ = r.Get(t.Context())
			time.Sleep(time.Hour)
			first := w.err
			w.takes, w.err = c.takes, c.err
			begun := time.Now()
			var calls sync.WaitGroup
			calls.Go(func() {
				if got, _, err := r.Get(t.Context()); (err == nil) != (c.err == nil) || err == nil && got != 2 ||
					time.Since(begun) != c.takes {
					t.Errorf("the probe: got %d, %v after %s", got, err, time.Since(begun))
				}
			})
			synctest.Wait()
			for range 10 {
				calls.Go(func() {
					got, _, err := r.Get(t.Context())
					var state *resilience.CredentialError
					switch {
					case time.Since(begun) != c.waits:
						t.Errorf("another call ended after %s, want %s", time.Since(begun), c.waits)
					case c.takes > c.waits && (!errors.As(err, &state) || state.RetryAfter != time.Second ||
						!errors.Is(err, first)):
						t.Errorf("another call: got %d, %+v", got, err)
					case c.takes == c.waits && (!errors.Is(err, c.err) || err == nil && got != 2):
						t.Errorf("another call: got %d, %v", got, err)
					}
				})
			}
			ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
			defer cancel()
			_, _, err := r.Get(ctx)
			if err != context.DeadlineExceeded || time.Since(begun) != 100*time.Millisecond {
				t.Errorf("a call that ends: %v after %s", err, time.Since(begun))
			}
			calls.Wait()
			if w.n != 2 {
				t.Errorf("%d fetches, want 2", w.n)
			}
		})
	}
}

// Without a rest, errors are those of the fetch, and each call fetches.
func TestRenewal_NoRest(t *testing.T) {
	w := &well{err: errors.New("down")}
	r := &resilience.Renewal[int]{Fetch: w.fetch}
	for i := range 3 {
		if _, _, err := r.Get(t.Context()); err != w.err || w.n != i+1 {
			t.Errorf("got %v after %d fetches", err, w.n)
		}
	}
	r.Rest = func(error, int) time.Duration { return -time.Hour }
	for i := range 3 {
		if _, _, err := r.Get(t.Context()); !errors.Is(err, w.err) || w.n != i+4 {
			t.Errorf("with a negative one: got %v after %d fetches", err, w.n)
		}
	}
}

// A later value serves a rejected one even during a rest, and only as long as it has not expired.
func TestRenewal_RenewTakesALaterValue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &well{life: time.Minute}
		r := &resilience.Renewal[int]{Fetch: w.fetch, Rest: func(error, int) time.Duration { return time.Hour }}
		drawn(t, r, 1, 0)
		if got, generation, err := r.Renew(t.Context(), 1); got != 2 || generation != 2 || err != nil {
			t.Errorf("got %d of %d, %v", got, generation, err)
		}
		w.err = errors.New("down")
		if _, _, err := r.Renew(t.Context(), 2); !errors.Is(err, w.err) {
			t.Errorf("got %v", err)
		}
		if got, generation, err := r.Renew(t.Context(), 1); got != 2 || generation != 2 || err != nil {
			t.Errorf("during the rest: got %d of %d, %v", got, generation, err)
		}
		time.Sleep(time.Minute)
		if got, generation, err := r.Renew(t.Context(), 1); got != 0 || generation != 2 || !errors.Is(err, w.err) {
			t.Errorf("expired: got %d of %d, %v", got, generation, err)
		}
	})
}

// A panic of Fetch is a failure like any other.
func TestRenewal_RestAfterAPanic(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := 0
		r := &resilience.Renewal[int]{
			Fetch: func(context.Context) (int, time.Time, error) { n++; panic("boom") },
			Rest:  func(error, int) time.Duration { return time.Minute },
		}
		for range 3 {
			if _, _, err := r.Get(t.Context()); !errors.Is(err, resilience.ErrSignInUnavailable) || n != 1 {
				t.Errorf("got %v after %d fetches", err, n)
			}
		}
	})
}

func TestRenewal_Circuit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &well{}
		r := &resilience.Renewal[int]{Fetch: w.fetch, Rest: func(error, int) time.Duration { return time.Minute }}
		check := func(when string, want resilience.CircuitSnapshot) {
			t.Helper()
			want.Key = "key"
			got := r.Circuit("key")
			if got.Key != want.Key || got.State != want.State || !got.Since.Equal(want.Since) ||
				got.RetryAfter != want.RetryAfter || got.Consecutive != want.Consecutive || got.Probes != want.Probes {
				t.Errorf("%s: got %+v, want %+v", when, got, want)
			}
		}
		check("unused", resilience.CircuitSnapshot{State: resilience.CircuitClosed})
		drawn(t, r, 1, 0)
		check("never failed", resilience.CircuitSnapshot{State: resilience.CircuitClosed})
		w.err = errors.New("down")
		_, _, _ = r.Renew(t.Context(), 1)
		begun := time.Now()
		time.Sleep(10 * time.Second)
		check("resting", resilience.CircuitSnapshot{
			State: resilience.CircuitOpen, Since: begun, RetryAfter: 50 * time.Second, Consecutive: 1,
		})
		time.Sleep(50 * time.Second)
		check("rested", resilience.CircuitSnapshot{
			State: resilience.CircuitHalfOpen, Since: begun.Add(time.Minute), Consecutive: 1,
		})
		w.err, w.takes = nil, time.Second
		go func() { _, _, _ = r.Renew(t.Context(), 1) }()
		synctest.Wait()
		check("fetching", resilience.CircuitSnapshot{
			State: resilience.CircuitHalfOpen, Since: begun.Add(time.Minute), Consecutive: 1, Probes: 1,
		})
		time.Sleep(time.Second)
		synctest.Wait()
		check("works", resilience.CircuitSnapshot{State: resilience.CircuitClosed, Since: time.Now()})
		_, _, _ = r.Renew(t.Context(), 2)
		check("still works", resilience.CircuitSnapshot{
			State: resilience.CircuitClosed, Since: begun.Add(61 * time.Second),
		})
	})
}
