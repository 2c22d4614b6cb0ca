package auth_test

// This file has a fleet of processes with a sign-in service and a store, for tests.

import (
	"context"
	"fmt"
	"sync"
	"testing"
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
