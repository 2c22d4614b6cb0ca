package auth_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/resgen/resgen/resilience/auth"
)

func TestTokenSource_KeepsATokenUntilRenewal(t *testing.T) {
	for _, c := range []struct {
		life    time.Duration
		kept    time.Duration // at least
		renewed time.Duration // at most
	}{
		{time.Hour, 59*time.Minute - time.Second, 59*time.Minute + time.Second},
		{2 * time.Minute, 59 * time.Second, 61 * time.Second},
		{time.Minute, 29 * time.Second, 31 * time.Second}, // not a minute earlier: it would never be used
		{time.Second, 499 * time.Millisecond, 501 * time.Millisecond},
		{0, 1000 * time.Hour, 0},
	} {
		synctest.Test(t, func(t *testing.T) {
			s := &source{life: c.life}
			token := auth.TokenSource(s.fetch)
			get := func() string {
				got, err := token.Secret(t.Context(), struct{}{})
				if err != nil {
					t.Fatal(err)
				}
				return got
			}
			get()
			time.Sleep(c.kept)
			if got := get(); got != "token-1" {
				t.Errorf("a life of %s: %s after %s, want the first still", c.life, got, c.kept)
			}
			if c.renewed == 0 {
				return
			}
			time.Sleep(c.renewed - c.kept)
			if got := get(); got != "token-2" {
				t.Errorf("a life of %s: %s after %s, want the second", c.life, got, c.renewed)
			}
		})
	}
}

func TestTokenSource_Accounts(t *testing.T) {
	one, other := auth.TokenSource(nil), auth.TokenSource(nil)
	if one.Account() == other.Account() || one.Account() == "" {
		t.Errorf("accounts %q and %q, want each its own", one.Account(), other.Account())
	}
	if got := auth.TokenSource(nil, auth.As("shop")).Account(); got != "shop" {
		t.Errorf("account %q", got)
	}
}
