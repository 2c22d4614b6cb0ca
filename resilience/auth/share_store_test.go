package auth_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/resgen/resgen/resilience/auth"
)

// slow makes the store answer after a time.
func (f *fleet) slow(d time.Duration) {
	f.store.mu.Lock()
	defer f.store.mu.Unlock()
	f.store.delay = d
}

// busy makes each member ask for its token every 50 ms for a time, and returns the longest wait.
func (f *fleet) busy(t *testing.T, d time.Duration) (longest time.Duration) {
	var mu sync.Mutex
	var all sync.WaitGroup
	end := time.Now().Add(d)
	for i, m := range f.members {
		all.Go(func() {
			time.Sleep(time.Duration(i) * 7 * time.Millisecond)
			for time.Now().Before(end) {
				begun := time.Now()
				if got := token(t)(m); !strings.HasPrefix(got, "token-") {
					t.Errorf("member %d: %s", i, got)
				}
				mu.Lock()
				longest = max(longest, time.Since(begun))
				mu.Unlock()
				time.Sleep(50 * time.Millisecond)
			}
		})
	}
	all.Wait()
	return longest
}

// However slow the store is, calls wait for it for a second at most. A fleet fetches once if the
// store answers within half a second, and a secret that is about to expire also if it is slower.
func TestSharing_SlowStore(t *testing.T) {
	const ms, s = time.Millisecond, time.Second
	for _, c := range []struct {
		store, signIn              time.Duration
		atFirst, ahead, rejected   int           // fetches of 8 processes
		firstWait, wait, againWait time.Duration // longest of a call
	}{
		{10 * ms, 200 * ms, 1, 1, 1, 400 * ms, 250 * ms, 400 * ms},
		{300 * ms, 200 * ms, 1, 1, 1, 1600 * ms, 250 * ms, 2300 * ms},
		{300 * ms, 2 * s, 1, 1, 1, 3800 * ms, 250 * ms, 3800 * ms},
		{600 * ms, 200 * ms, 8, 1, 8, 1200 * ms, 250 * ms, 1200 * ms},
		{time.Second, 2 * s, 8, 1, 8, 3*s + 1, 250 * ms, 3*s + 1},
		{3 * s, 200 * ms, 8, 8, 8, 1200 * ms, 250 * ms, 1200 * ms},
		{time.Hour, 200 * ms, 8, 8, 8, 1200 * ms, 250 * ms, 1200 * ms},
	} {
		t.Run(fmt.Sprint(c.store, " ", c.signIn), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := newFleet(t, 8, nil)
				f.service.set(func(s *service) { s.delay = c.signIn })
				check := func(when string, before, want int, wait, most time.Duration) {
					t.Helper()
					if n := f.service.fetches() - before; n != want || wait > most {
						t.Errorf("%s: %d fetches, want %d; a call waited %s, at most %s", when, n, want, wait, most)
					}
				}
				renewed := func() (fetches int) { // with a store that is fast
					f.slow(0)
					time.Sleep(2 * time.Hour)
					f.busy(t, 10*time.Second)
					f.slow(c.store)
					return f.service.fetches()
				}
				f.slow(c.store)
				check("at first", 0, c.atFirst, f.busy(t, 20*time.Second), c.firstWait)
				n := renewed()
				time.Sleep(58 * time.Minute)
				check("before an expiry", n, c.ahead, f.busy(t, 3*time.Minute), c.wait)
				n = renewed()
				begun := time.Now()
				wantResults(t, "renewal", f.all(3, renewal(t, fmt.Sprintf("token-%d", n))), "true <nil>", 24)
				check("after a rejection", n, c.rejected, time.Since(begun), c.againWait)
			})
		})
	}
}

// While a store is known not to work, it costs a quarter of a second for each fetch.
func TestSharing_BrokenStore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFleet(t, 1, nil)
		f.slow(time.Minute)
		for n, want := range []time.Duration{time.Second, 250 * time.Millisecond, 250 * time.Millisecond} {
			begun := time.Now()
			wantResults(t, "slow", f.all(3, token(t)), fmt.Sprintf("token-%d", n+1), 3)
			if d := time.Since(begun); d != want {
				t.Errorf("fetch %d: waited %s, want %s", n+1, d, want)
			}
			time.Sleep(2 * time.Hour)
		}
		f.slow(0)
		f.all(1, token(t))
		time.Sleep(2 * time.Hour)
		f.slow(time.Minute)
		begun := time.Now()
		if f.all(1, token(t)); time.Since(begun) != time.Second {
			t.Errorf("after it has worked: waited %s, want a second", time.Since(begun))
		}
	})
}

// A store that fails while a secret is about to expire is tried again, for ten seconds at most.
func TestSharing_StoreFailsOver(t *testing.T) {
	for outage, want := range map[time.Duration]int{0: 1, 8 * time.Second: 1, 20 * time.Second: 8} {
		synctest.Test(t, func(t *testing.T) {
			f := newFleet(t, 8, nil)
			f.all(1, token(t))
			time.Sleep(59*time.Minute + time.Second)
			if outage > 0 {
				f.store.fail(errors.New("failing over"))
				time.AfterFunc(outage, func() { f.store.fail(nil) })
			}
			if wait := f.busy(t, 30*time.Second); wait > 250*time.Millisecond {
				t.Errorf("an outage of %s: a call waited %s", outage, wait)
			}
			f.wantFetches(t, fmt.Sprint("an outage of ", outage), 1+want)
		})
	}
}

// A secret that lives for a short time, or a sign-in with a short limit, leaves less time.
func TestSharing_ShortLife(t *testing.T) {
	for _, c := range []struct{ life, limit, most time.Duration }{
		{20 * time.Second, 0, 6 * time.Second}, {time.Hour, 8 * time.Second, 5 * time.Second},
	} {
		synctest.Test(t, func(t *testing.T) {
			f := newFleet(t, 1, func(m *auth.Mechanism[struct{}, string]) { m.Timeout = c.limit })
			f.service.set(func(s *service) { s.life = c.life })
			f.all(1, token(t))
			time.Sleep(c.life - min(time.Minute, c.life/2) + time.Second)
			f.store.fail(errors.New("gone"))
			begun := time.Now()
			for f.service.fetches() == 1 {
				f.all(1, token(t))
				time.Sleep(50 * time.Millisecond)
			}
			if d := time.Since(begun); d > c.most || d < c.most/2 {
				t.Errorf("%+v: fetched alone after %s", c, d)
			}
		})
	}
}

// captureLog returns what is logged during the test.
func captureLog(t *testing.T) *bytes.Buffer {
	var b bytes.Buffer
	before := slog.Default()
	slog.SetDefault(slog.New(slog.NewTextHandler(&b, nil)))
	t.Cleanup(func() { slog.SetDefault(before) })
	return &b
}

// Without the store, each process signs in for itself, says so once, and shares again afterwards.
func TestSharing_StoreGone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := captureLog(t)
		f := newFleet(t, 3, nil)
		f.store.fail(errors.New("connection refused"))
		for n := 1; n <= 3; n++ {
			for text, n := range f.all(2, token(t)) {
				if n != 2 || !strings.HasPrefix(text, "token-") {
					t.Errorf("%d times %q, want a token for each process", n, text)
				}
			}
			f.wantFetches(t, "without the store", 3*n)
			time.Sleep(2 * time.Hour)
		}
		f.store.fail(nil)
		wantResults(t, "with the store", f.all(2, token(t)), "token-10", 6)
		text := log.String()
		if strings.Count(text, "this process signs in for itself") != 3 ||
			strings.Count(text, "secrets are shared again") != 3 || strings.Count(text, "connection refused") != 3 {
			t.Errorf("the log is %s", text)
		}
		if strings.Contains(text, "token-") {
			t.Errorf("the log shows a token: %s", text)
		}
	})
}

// A store that fails at any step of a renewal makes no call fail.
func TestSharing_StoreFailsInBetween(t *testing.T) {
	for after := range 8 {
		synctest.Test(t, func(t *testing.T) {
			f := newFleet(t, 1, func(m *auth.Mechanism[struct{}, string]) {
				m.Share.Store = &failingAfter{SecretStore: m.Share.Store, left: after}
			})
			wantResults(t, "the first", f.all(1, token(t)), "token-1", 1)
			if got := renewal(t, "token-1")(f.members[0]); got != "true <nil>" {
				t.Errorf("after %d uses of the store: %s", after, got)
			}
			wantResults(t, "the second", f.all(1, token(t)), "token-2", 1)
		})
	}
}

// failingAfter fails after a number of uses.
type failingAfter struct {
	auth.SecretStore
	left int
}

func (f *failingAfter) use() error {
	f.left--
	if f.left < 0 {
		return errors.New("gone")
	}
	return nil
}

func (f *failingAfter) Load(ctx context.Context, name string) (auth.SecretRecord, error) {
	if err := f.use(); err != nil {
		return auth.SecretRecord{}, err
	}
	return f.SecretStore.Load(ctx, name)
}

func (f *failingAfter) Save(ctx context.Context, name, old string, r auth.SecretRecord) (bool, error) {
	if err := f.use(); err != nil {
		return false, err
	}
	return f.SecretStore.Save(ctx, name, old, r)
}

func (f *failingAfter) Lock(ctx context.Context, name, holder string, lease time.Duration) (bool, error) {
	if err := f.use(); err != nil {
		return false, err
	}
	return f.SecretStore.Lock(ctx, name, holder, lease)
}

// A record that this package did not write is left alone.
func TestSharing_ForeignRecords(t *testing.T) {
	for _, data := range []string{"hush", `{"secret":{"a":1}}`, `{"secret":3}`} {
		synctest.Test(t, func(t *testing.T) {
			log := captureLog(t)
			f := newFleet(t, 2, nil)
			foreign := auth.SecretRecord{Version: "v", Data: []byte(data)}
			save(t, auth.Sealed(f.store, sealKey(t, "k")), shared, foreign)
			for text, n := range f.all(1, token(t)) {
				if n != 1 || !strings.HasPrefix(text, "token-") {
					t.Errorf("%d times %q, want a token for each process", n, text)
				}
			}
			if r, err := f.store.Load(t.Context(), shared); err != nil || r.Version != "v" {
				t.Errorf("the record has changed: %q, %v", r.Version, err)
			}
			if strings.Contains(log.String(), "hush") || !strings.Contains(log.String(), "has another form") {
				t.Errorf("the log is %s", log)
			}
		})
	}
}
