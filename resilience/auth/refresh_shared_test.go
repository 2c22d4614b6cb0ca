package auth_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/resgen/resgen/resilience/auth"
)

func TestSharedTokens_Swap(t *testing.T) {
	s := auth.NewSecretMemory()
	a, b := auth.SharedTokens(s, "shop/refresh"), auth.SharedTokens(s, "shop/refresh")
	for _, step := range []struct {
		store    auth.TokenStore
		old, new string
		swapped  bool
		now      string
	}{
		{a, "r0", "r1", true, "r1"},
		{b, "r0", "r2", false, "r1"},
		{b, "r1", "r2", true, "r2"},
		{a, "", "r3", false, "r2"},
		{a, "r2", "r3", true, "r3"},
	} {
		swapped, err := step.store.Swap(t.Context(), step.old, step.new)
		if swapped != step.swapped || err != nil {
			t.Errorf("%s to %s: %t, %v; want %t", step.old, step.new, swapped, err, step.swapped)
		}
		for _, store := range []auth.TokenStore{a, b} {
			if now, err := store.Load(t.Context()); now != step.now || err != nil {
				t.Errorf("after %s to %s: %q, %v; want %s", step.old, step.new, now, err, step.now)
			}
		}
	}
	if token, err := auth.SharedTokens(s, "other/refresh").Load(t.Context()); token != "" || err != nil {
		t.Errorf("another name has %q, %v", token, err)
	}
}

// A store that was reset to an older token, as by a failover, gets the latest one again.
func TestSharedTokens_AFailoverLosesAToken(t *testing.T) {
	s := auth.NewSecretMemory()
	reset := func(token string) {
		t.Helper()
		r, _ := s.Load(t.Context(), "shop/refresh")
		saved, err := s.Save(t.Context(), "shop/refresh", r.Version, auth.SecretRecord{
			Version: "reset to " + token, Data: []byte(token),
		})
		if !saved || err != nil {
			t.Fatal(saved, err)
		}
	}
	store := auth.SharedTokens(s, "shop/refresh")
	old := "r0"
	for n := 1; n <= 20; n++ {
		next := fmt.Sprintf("r%d", n)
		if swapped, err := store.Swap(t.Context(), old, next); !swapped || err != nil {
			t.Fatal(swapped, err)
		}
		old = next
	}
	for _, c := range []struct{ reset, want string }{
		{"r19", "r20"}, {"r4", "r20"}, {"r3", "r3"}, {"r20", "r20"}, {"another", "another"},
	} {
		reset(c.reset)
		if token, err := store.Load(t.Context()); token != c.want || err != nil {
			t.Errorf("reset to %s: %q, %v; want %s", c.reset, token, err, c.want)
		}
		if token, err := auth.SharedTokens(s, "shop/refresh").Load(t.Context()); token != c.want || err != nil {
			t.Errorf("reset to %s, another process: %q, %v; want %s", c.reset, token, err, c.want)
		}
	}
}

func TestSharedTokens_StoreGone(t *testing.T) {
	log := captureLog(t)
	s := &failing{SecretStore: auth.NewSecretMemory()}
	store := auth.SharedTokens(s, "shop/refresh")
	if swapped, err := store.Swap(t.Context(), "r0", "r1"); !swapped || err != nil {
		t.Fatal(swapped, err)
	}
	gone := errors.New("gone")
	s.fail(gone)
	for range 2 {
		if token, err := store.Load(t.Context()); token != "" || err != nil {
			t.Errorf("%q, %v; want no token and no error", token, err)
		}
	}
	if swapped, err := store.Swap(t.Context(), "r1", "r2"); swapped || !errors.Is(err, gone) {
		t.Errorf("%t, %v; want the error of the store", swapped, err)
	}
	s.fail(nil)
	if token, err := store.Load(t.Context()); token != "r1" || err != nil {
		t.Errorf("%q, %v; want r1", token, err)
	}
	if text := log.String(); strings.Count(text, "gone") != 1 || strings.Contains(text, "r1") {
		t.Errorf("the log is %s", text)
	}
}

// Refresh tokens that a server replaces, with two processes and a store that is away for a while:
// no token is sent twice, and no call fails.
func TestRefreshToken_Shared(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_ = captureLog(t)
		server := &rotator{current: "r0"}
		s := &failing{SecretStore: auth.NewSecretMemory()}
		made := func() *auth.Token {
			sealed := auth.Sealed(s, sealKey(t, "k"))
			return auth.RefreshToken(server.endpoint(), "r0", nil, auth.WithSecretStore(sealed))
		}
		a, b := made(), made()
		want := func(c *auth.Token, want string) {
			t.Helper()
			if got, err := c.Secret(t.Context(), struct{}{}); got != want || err != nil {
				t.Errorf("%s, %v; want %s", got, err, want)
			}
		}
		for n := range 3 { // one fetches, the other uses its token
			want(a, fmt.Sprintf("a%d", 2*n+1))
			want(b, fmt.Sprintf("a%d", 2*n+1))
			time.Sleep(2 * time.Minute)
			want(b, fmt.Sprintf("a%d", 2*n+2))
			want(a, fmt.Sprintf("a%d", 2*n+2))
			time.Sleep(2 * time.Minute)
		}
		s.fail(errors.New("gone"))
		want(b, "a7") // b fetched the token before
		time.Sleep(2 * time.Minute)
		want(b, "a8")
		s.fail(nil)
		time.Sleep(2 * time.Minute)
		want(b, "a9")
		time.Sleep(2 * time.Minute)
		want(a, "a10")
		if slices.Contains(server.used, "") || len(slices.Compact(slices.Sorted(slices.Values(server.used)))) != 10 {
			t.Errorf("refresh tokens sent: %v, want each once", server.used)
		}
	})
}

// Tokens are shared only by credentials that would get the same one.
func TestWithSecretStore_Names(t *testing.T) {
	server := &rotator{current: "r0", keeps: true}
	other := server.endpoint()
	other.URL = "https://other.example"
	client := server.endpoint()
	client.ClientID = "d"
	for _, c := range []struct {
		name string
		c    func(...auth.Option) *auth.Token
		same bool
	}{
		{"the same", func(o ...auth.Option) *auth.Token {
			return auth.RefreshToken(server.endpoint(), "r0", []string{"s"}, o...)
		}, true},
		{"other scopes", func(o ...auth.Option) *auth.Token {
			return auth.RefreshToken(server.endpoint(), "r0", []string{"t"}, o...)
		}, false},
		{"another account", func(o ...auth.Option) *auth.Token {
			return auth.RefreshToken(server.endpoint(), "r0", []string{"s"}, append(o, auth.As("other"))...)
		}, false},
		{"another endpoint", func(o ...auth.Option) *auth.Token {
			return auth.RefreshToken(other, "r0", []string{"s"}, o...)
		}, false},
		{"another client", func(o ...auth.Option) *auth.Token {
			return auth.RefreshToken(client, "r0", []string{"s"}, o...)
		}, false},
		{"another grant", func(o ...auth.Option) *auth.Token {
			return auth.ClientCredentials(server.endpoint(), []string{"s"}, o...)
		}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := auth.NewSecretMemory()
			opts := []auth.Option{auth.As("shop"), auth.WithSecretStore(s)}
			reference := auth.RefreshToken(server.endpoint(), "r0", []string{"s"}, opts...)
			first, err := reference.Secret(t.Context(), struct{}{})
			if err != nil {
				t.Fatal(err)
			}
			second, _ := c.c(opts...).Secret(t.Context(), struct{}{})
			if (first == second) != c.same {
				t.Errorf("%s and %s, the same: want %t", first, second, c.same)
			}
		})
	}
}

func TestTokenSource_Shared(t *testing.T) {
	source := &source{life: time.Hour}
	s := auth.NewSecretMemory()
	for _, account := range []string{"shop", ""} {
		a := auth.TokenSource(source.fetch, auth.As(account), auth.WithSecretStore(s))
		b := auth.TokenSource(source.fetch, auth.As(account), auth.WithSecretStore(s))
		first, _ := a.Secret(t.Context(), struct{}{})
		second, _ := b.Secret(t.Context(), struct{}{})
		if (first == second) != (account != "") {
			t.Errorf("account %q: %s and %s", account, first, second)
		}
	}
}

// Nothing that is stored shows a token.
func TestWithSecretStore_Sealed(t *testing.T) {
	server := &rotator{current: "refresh-0"}
	in := &spy{SecretStore: auth.NewSecretMemory()}
	c := auth.RefreshToken(server.endpoint(), "refresh-0", nil,
		auth.WithSecretStore(auth.Sealed(in, sealKey(t, "k"))), auth.As("shop"))
	token, err := c.Secret(t.Context(), struct{}{})
	if err != nil || in.saves != 2 {
		t.Fatalf("%v after %d records, want an access token and a refresh token", err, in.saves)
	}
	for _, secret := range []string{token, "refresh-0", server.current} {
		if bytes.Contains(in.seen.Bytes(), []byte(secret)) {
			t.Errorf("the store has %q", secret)
		}
	}
}

// spy keeps all that is stored.
type spy struct {
	auth.SecretStore
	seen  bytes.Buffer
	saves int
}

func (s *spy) Save(ctx context.Context, name, old string, r auth.SecretRecord) (bool, error) {
	s.saves++
	fmt.Fprintf(&s.seen, "%s %s %s\n", name, r.Version, r.Data)
	return s.SecretStore.Save(ctx, name, old, r)
}
