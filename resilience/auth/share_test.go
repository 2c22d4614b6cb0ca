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

	"github.com/resgen/resgen/resilience"
	"github.com/resgen/resgen/resilience/auth"
)

// failing is a store that fails while err is set, and answers after a delay.
type failing struct {
	auth.SecretStore

	mu    sync.Mutex
	err   error
	delay time.Duration
	locks int // attempts
}

func (f *failing) fail(err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.err = err
}

// reached waits like a slow server and returns its error.
func (f *failing) reached(ctx context.Context) error {
	f.mu.Lock()
	err, delay := f.err, f.delay
	f.mu.Unlock()
	if delay > 0 {
		select {
		case <-time.After(delay):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return err
}

func (f *failing) Load(ctx context.Context, name string) (auth.SecretRecord, error) {
	if err := f.reached(ctx); err != nil {
		return auth.SecretRecord{}, err
	}
	return f.SecretStore.Load(ctx, name)
}

func (f *failing) Save(ctx context.Context, name, old string, r auth.SecretRecord) (bool, error) {
	if err := f.reached(ctx); err != nil {
		return false, err
	}
	return f.SecretStore.Save(ctx, name, old, r)
}

func (f *failing) Lock(ctx context.Context, name, holder string, lease time.Duration) (bool, error) {
	f.mu.Lock()
	f.locks++
	f.mu.Unlock()
	if err := f.reached(ctx); err != nil {
		return false, err
	}
	return f.SecretStore.Lock(ctx, name, holder, lease)
}

// A service issues token-1, token-2 and so on.
type service struct {
	mu     sync.Mutex
	n      int
	probes int           // fetches after a failed one
	life   time.Duration // of tokens; 0: they do not expire
	delay  time.Duration
	err    error
}

func (s *service) set(change func(*service)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change(s)
}

func (s *service) fetches() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.n
}

func (s *service) fetch(ctx context.Context, _ struct{}) (string, time.Time, error) {
	s.mu.Lock()
	s.n++
	if resilience.IsProbe(ctx) {
		s.probes++
	}
	n, err, delay := s.n, s.err, s.delay
	var until time.Time
	if s.life > 0 {
		until = time.Now().Add(s.life)
	}
	s.mu.Unlock()
	if delay > 0 {
		select {
		case <-time.After(delay):
		case <-ctx.Done():
			return "", time.Time{}, ctx.Err()
		}
	}
	return fmt.Sprintf("token-%d", n), until, err
}

// A fleet is several processes with the same account.
type fleet struct {
	service *service
	store   *failing
	members []*auth.Token
}

const shared = "shop/access"

func newFleet(t *testing.T, n int, change func(*auth.Mechanism[struct{}, string])) *fleet {
	f := &fleet{service: &service{life: time.Hour}, store: &failing{SecretStore: auth.NewSecretMemory()}}
	for range n {
		f.members = append(f.members, f.member(t, change))
	}
	return f
}

func (f *fleet) member(t *testing.T, change func(*auth.Mechanism[struct{}, string])) *auth.Token {
	m := auth.Mechanism[struct{}, string]{
		Account: "shop", Fetch: f.service.fetch, Place: auth.Place,
		Share: auth.Sharing[struct{}]{
			Store: auth.Sealed(f.store, sealKey(t, "k")), Name: func(struct{}) string { return shared }, Identity: "me",
		},
	}
	if change != nil {
		change(&m)
	}
	c := auth.New(m)
	t.Cleanup(func() { _ = c.Close() })
	return c
}

// all runs f for each member, several times at once, and returns the results.
func (f *fleet) all(times int, do func(*auth.Token) string) map[string]int {
	results := make(chan string)
	for _, m := range f.members {
		for range times {
			go func() { results <- do(m) }()
		}
	}
	seen := map[string]int{}
	for range times * len(f.members) {
		seen[<-results]++
	}
	return seen
}

// token returns the token of a member or its error.
func token(t *testing.T) func(*auth.Token) string {
	return func(c *auth.Token) string {
		secret, err := c.Secret(t.Context(), struct{}{})
		if err != nil {
			return err.Error()
		}
		return secret
	}
}

// renewal returns what a member says about the rejection of a token.
func renewal(t *testing.T, rejected string) func(*auth.Token) string {
	return func(c *auth.Token) string {
		again, err := c.Renew(t.Context(), rejection(t, rejected, 401))
		return fmt.Sprint(again, err)
	}
}

func wantResults(t *testing.T, what string, got map[string]int, want string, n int) {
	t.Helper()
	if len(got) != 1 || got[want] != n {
		t.Errorf("%s: %v, want %d times %s", what, got, n, want)
	}
}

func (f *fleet) wantFetches(t *testing.T, what string, want int) {
	t.Helper()
	if got := f.service.fetches(); got != want {
		t.Errorf("%s: %d fetches, want %d", what, got, want)
	}
}

func TestSharing_OneFetchForAll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFleet(t, 8, nil)
		f.service.set(func(s *service) { s.delay = 300 * time.Millisecond })
		begun := time.Now()
		wantResults(t, "at first", f.all(5, token(t)), "token-1", 40)
		f.wantFetches(t, "at first", 1)
		if d := time.Since(begun); d > 600*time.Millisecond {
			t.Errorf("a process waited %s for a fetch of 300 ms", d)
		}
		for n := range 3 { // a minute before each expiry, in all processes at once
			time.Sleep(time.Hour - 59*time.Second)
			f.all(5, token(t))
			time.Sleep(31 * time.Second) // those that used the old token look again
			wantResults(t, "after the expiry", f.all(5, token(t)), fmt.Sprintf("token-%d", n+2), 40)
			f.wantFetches(t, "after the expiry", n+2)
		}
	})
}

// After a token has expired in all processes, all wait for the one that fetches.
func TestSharing_ExpiredInAllAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFleet(t, 8, nil)
		f.service.set(func(s *service) { s.delay = 20 * time.Second })
		f.all(1, token(t))
		time.Sleep(2 * time.Hour)
		wantResults(t, "a slow fetch", f.all(5, token(t)), "token-2", 40)
		f.wantFetches(t, "a slow fetch", 2)
	})
}

// While a token is renewed, processes use the old one, also one that has just started.
func TestSharing_TheOldOneMeanwhile(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFleet(t, 8, nil)
		f.all(1, token(t))
		f.service.set(func(s *service) { s.delay = 20 * time.Second })
		time.Sleep(time.Hour - 50*time.Second)
		begun := time.Now()
		wantResults(t, "during the renewal", f.all(5, token(t)), "token-1", 40)
		late := f.member(t, nil)
		if got := token(t)(late); got != "token-1" {
			t.Errorf("a process that starts has %s, want the old token", got)
		}
		if d := time.Since(begun); d > 300*time.Millisecond {
			t.Errorf("processes waited %s", d)
		}
		time.Sleep(30 * time.Second)
		wantResults(t, "after the renewal", f.all(5, token(t)), "token-2", 40)
		f.wantFetches(t, "after the renewal", 2)
	})
}

// The life of a token is counted by the store, from when it was fetched.
func TestSharing_ALateProcessRenewsInTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFleet(t, 1, nil)
		f.all(1, token(t))
		time.Sleep(50 * time.Minute)
		late := f.member(t, nil)
		for _, step := range []struct {
			wait time.Duration
			want string
		}{{0, "token-1"}, {8 * time.Minute, "token-1"}, {70 * time.Second, "token-2"}} {
			time.Sleep(step.wait)
			if got := token(t)(late); got != step.want {
				t.Errorf("%s after %s more, want %s", got, step.wait, step.want)
			}
		}
	})
}

func TestSharing_ARejectedTokenIsReplacedOnceForAll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFleet(t, 8, nil)
		f.service.set(func(s *service) { s.delay = 300 * time.Millisecond })
		for n := 1; n < 4; n++ {
			old, next := fmt.Sprintf("token-%d", n), fmt.Sprintf("token-%d", n+1)
			wantResults(t, "before", f.all(5, token(t)), old, 40)
			f.all(1, func(c *auth.Token) string { return fmt.Sprint(c.Examine(rejection(t, old, 200))) })
			wantResults(t, "the rejection", f.all(5, renewal(t, old)), "true <nil>", 40)
			wantResults(t, "after", f.all(5, token(t)), next, 40)
			f.wantFetches(t, "after", n+1)
			time.Sleep(time.Second)
		}
	})
}

// A process that starts after a rejection does not use the token that was rejected.
func TestSharing_RejectedForAll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFleet(t, 1, nil)
		f.all(1, token(t))
		f.service.set(func(s *service) { s.err = errors.New("down") })
		f.all(1, renewal(t, "token-1"))
		f.service.set(func(s *service) { s.err = nil })
		time.Sleep(2 * time.Second)
		if got := token(t)(f.member(t, nil)); got != "token-3" {
			t.Errorf("%s, want a token that was not rejected", got)
		}
	})
}

// A server that rejects every token causes one more fetch in each pause, whichever process asks.
func TestSharing_AServerThatRejectsEverything(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFleet(t, 8, nil)
		f.all(1, token(t))
		wantResults(t, "the first rejection", f.all(1, renewal(t, "token-1")), "true <nil>", 8)
		for range 5 {
			wantResults(t, "the second rejection", f.all(3, renewal(t, "token-2")), "false <nil>", 24)
			late := f.member(t, nil)
			if got := token(t)(late) + " " + renewal(t, "token-2")(late); got != "token-2 false <nil>" {
				t.Errorf("a process that starts: %s", got)
			}
			if late.SignIn().State != resilience.CircuitClosed {
				t.Error("the sign-in counts as failed")
			}
			f.wantFetches(t, "within the pause", 2)
			time.Sleep(5 * time.Second)
		}
		time.Sleep(31 * time.Second)
		wantResults(t, "after the pause", f.all(3, renewal(t, "token-2")), "true <nil>", 24)
		f.wantFetches(t, "after the pause", 3)
	})
}

// While the service is down, the whole fleet sends one request in each rest.
func TestSharing_OneProbeForAll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFleet(t, 8, nil)
		f.service.set(func(s *service) { s.err, s.delay = errors.New("down"), 10*time.Millisecond })
		seen := f.all(5, token(t))
		for text := range seen {
			if text != "down" && text != "in another process: down" {
				t.Errorf("the error is %q", text)
			}
		}
		f.wantFetches(t, "at first", 1)
		end := time.Now().Add(5 * time.Minute)
		for time.Now().Before(end) {
			f.all(1, token(t))
			time.Sleep(100 * time.Millisecond)
		}
		// rests of at least 0.5, 1, 2, 4, 8, 16, 30, 30 ... s
		if n := f.service.fetches(); n < 9 || n > 7+9 {
			t.Errorf("%d fetches in 5 minutes, want as many as one process sends", n)
		}
		if f.service.probes != f.service.n-1 {
			t.Errorf("%d of %d fetches were single requests, want all but the first", f.service.probes, f.service.n)
		}
		f.service.set(func(s *service) { s.err = nil })
		n := f.service.fetches()
		time.Sleep(time.Minute)
		wantResults(t, "afterwards", f.all(5, token(t)), fmt.Sprintf("token-%d", n+1), 40)
		f.wantFetches(t, "afterwards", n+1)
		if f.members[0].SignIn().State != resilience.CircuitClosed {
			t.Error("the sign-in still counts as failed")
		}
	})
}

// The error of a rest has its state and the time that is left.
func TestSharing_ErrorsOfOthers(t *testing.T) {
	for _, c := range []struct {
		name  string
		err   error
		state error
		wait  time.Duration // after 2 s
	}{
		{
			"an outage", state(resilience.ErrSignInUnavailable, 10*time.Second), resilience.ErrSignInUnavailable,
			8 * time.Second,
		},
		{"a refusal", state(resilience.ErrCredentialRefused, 0), resilience.ErrCredentialRefused, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := newFleet(t, 2, nil)
				f.service.set(func(s *service) { s.err = c.err })
				token(t)(f.members[0])
				time.Sleep(2 * time.Second)
				_, err := f.members[1].Secret(t.Context(), struct{}{})
				var failure *resilience.CredentialError
				if !errors.As(err, &failure) || failure.State != c.state || failure.RetryAfter != c.wait {
					t.Errorf("%#v, want state %v after %s", failure, c.state, c.wait)
				}
				if !strings.Contains(err.Error(), "in another process: says the service") {
					t.Errorf("the error is %q", err)
				}
				f.wantFetches(t, "in both", 1)
			})
		})
	}
}

// After a refusal, a process with other secrets signs in at once, and the others use its token.
func TestSharing_ACorrectedSecret(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFleet(t, 4, nil)
		f.service.set(func(s *service) { s.err = state(resilience.ErrCredentialRefused, 0) })
		f.all(3, token(t))
		f.wantFetches(t, "with the same secret", 1)
		f.service.set(func(s *service) { s.err = nil })
		corrected := f.member(t, func(m *auth.Mechanism[struct{}, string]) { m.Share.Identity = "corrected" })
		if got := token(t)(corrected); got != "token-2" {
			t.Errorf("%s, want a token at once", got)
		}
		if f.service.probes != 0 {
			t.Error("a refusal of another secret makes this a probe")
		}
		time.Sleep(31 * time.Second)
		wantResults(t, "the others", f.all(3, token(t)), "token-2", 12)
		f.wantFetches(t, "the others", 2)
	})
}

// What a person must do is not shared: each process notices at once what the person has done.
func TestSharing_APersonsConcern(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFleet(t, 2, nil)
		f.service.set(func(s *service) { s.err = state(resilience.ErrSignInRequired, 0) })
		wantResults(t, "before", f.all(1, token(t)), "says the service", 2)
		f.service.set(func(s *service) { s.err = nil })
		wantResults(t, "after", f.all(1, token(t)), "token-3", 2)
	})
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

// A store that answers slowly costs a quarter of a second for each renewal.
func TestSharing_SlowStore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFleet(t, 1, nil)
		f.store.delay = time.Minute
		begun := time.Now()
		wantResults(t, "slow", f.all(3, token(t)), "token-1", 3)
		if d := time.Since(begun); d != 250*time.Millisecond {
			t.Errorf("waited %s, want 250 ms", d)
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

// The lock of a process that died ends after a few seconds, and no wait is longer than a fetch may
// take.
func TestSharing_AProcessThatDied(t *testing.T) {
	for _, c := range []struct {
		lease, least, most time.Duration
		want               string
	}{
		{5 * time.Second, 5 * time.Second, 6 * time.Second, "token-1"},
		{time.Hour, 9 * time.Second, 10 * time.Second, "the sign-in of another process did not end in time"},
	} {
		synctest.Test(t, func(t *testing.T) {
			f := newFleet(t, 3, func(m *auth.Mechanism[struct{}, string]) { m.Timeout = 10 * time.Second })
			if held, err := f.store.Lock(t.Context(), shared, "dead", c.lease); !held || err != nil {
				t.Fatal(held, err)
			}
			begun := time.Now()
			wantResults(t, "waiting", f.all(2, token(t)), c.want, 6)
			if d := time.Since(begun); d < c.least || d > c.most {
				t.Errorf("waited %s, want %s to %s", d, c.least, c.most)
			}
		})
	}
}

// Processes that wait ask rarely.
func TestSharing_PollsRarely(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFleet(t, 2, nil)
		f.service.set(func(s *service) { s.delay = 10 * time.Second })
		f.all(1, token(t))
		// 10 s of at least 100 ms, the first ones shorter, and the extensions of the lease
		if f.store.locks < 40 || f.store.locks > 120 {
			t.Errorf("%d attempts to lock in 10 s", f.store.locks)
		}
	})
}

// A credential that is closed while it fetches says nothing about the service.
func TestSharing_ClosedDuringAFetch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFleet(t, 2, nil)
		f.service.set(func(s *service) { s.delay = 10 * time.Second })
		go token(t)(f.members[0])
		time.Sleep(time.Second)
		f.service.set(func(s *service) { s.delay = 0 })
		_ = f.members[0].Close()
		synctest.Wait()
		begun := time.Now()
		if got := token(t)(f.members[1]); got != "token-2" || time.Since(begun) != 0 {
			t.Errorf("%s after %s, want a fetch at once", got, time.Since(begun))
		}
	})
}

// A process that was stopped for longer than its lease uses what another one has fetched.
func TestSharing_AProcessThatWasStopped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFleet(t, 1, nil)
		other := f.member(t, nil)
		f.service.set(func(s *service) { s.delay = 10 * time.Second })
		got := make(chan string)
		go func() { got <- token(t)(f.members[0]) }()
		time.Sleep(time.Second)
		f.service.set(func(s *service) { s.delay = 0 })
		f.store.SecretStore = &lockless{f.store.SecretStore} // as if the lease had ended
		if other := token(t)(other); other != "token-2" {
			t.Errorf("%s, want token-2", other)
		}
		if first := <-got; first != "token-2" {
			t.Errorf("the process that was stopped uses %s, want what the others use", first)
		}
	})
}

// lockless grants every lock.
type lockless struct{ auth.SecretStore }

func (*lockless) Lock(context.Context, string, string, time.Duration) (bool, error) { return true, nil }

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

// Without a store or a name, nothing is shared.
func TestSharing_Off(t *testing.T) {
	for name, change := range map[string]func(*auth.Mechanism[struct{}, string]){
		"no store": func(m *auth.Mechanism[struct{}, string]) { m.Share.Store = nil },
		"no names": func(m *auth.Mechanism[struct{}, string]) { m.Share.Name = nil },
		"an empty name": func(m *auth.Mechanism[struct{}, string]) {
			m.Share.Name = func(struct{}) string { return "" }
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := newFleet(t, 3, change)
				f.all(2, token(t))
				f.wantFetches(t, name, 3)
				if f.store.locks != 0 {
					t.Error("the store is used")
				}
			})
		})
	}
}
