package spapi_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/resgen/resgen/clients/spapi"
	"github.com/resgen/resgen/clients/spapi/spapitest"
	"github.com/resgen/resgen/resilience"
	"github.com/resgen/resgen/resilience/auth"
	"github.com/resgen/resgen/resilience/wire"
)

// callers returns clients like that of the world, each as in another process.
func (w *world) callers(t *testing.T, n int, change func(*spapi.Config)) (list []*resilience.Caller) {
	t.Helper()
	for range n {
		config := w.config()
		change(&config)
		account := open(t, config)
		c, err := resilience.NewCaller(byHand(), account.Options()...)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			_ = c.Close()
			_ = account.Close()
		})
		list = append(list, c)
	}
	return list
}

// Eight processes request one token of each kind, and replace one that was revoked once.
func TestLWA_SecretStore(t *testing.T) {
	for _, status := range []int{http.StatusUnauthorized, http.StatusForbidden} {
		opts := spapitest.Options{Stock: stock, TokenDelay: 300 * time.Millisecond, ExpiredStatus: status}
		inMemory(t, opts, func(t *testing.T, w *world) {
			secrets := auth.NewSecretMemory()
			list := w.callers(t, 8, func(c *spapi.Config) { c.SecretStore = secrets })
			call := func(op *resilience.Operation) {
				t.Helper()
				errs := make(chan error)
				for _, c := range list {
					go func() { errs <- resilience.Do(t.Context(), c, op, wire.Args("A")) }()
				}
				for range list {
					if err := <-errs; err != nil {
						t.Errorf("%s: %v", op.ID, err)
					}
				}
			}
			for n := 1; n <= 3; n++ {
				call(&getListing)
				if got := w.server.TokenRequests(); got != n {
					t.Errorf("%d token requests, want %d", got, n)
				}
				w.server.RevokeTokens()
				time.Sleep(time.Second)
			}
		})
	}
}

// Tokens are shared only within an application and an authorization.
func TestLWA_SecretStoreKeepsAuthorizationsApart(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*spapi.Config)
		want   int
	}{
		"the same":              {func(*spapi.Config) {}, 1},
		"another account":       {func(c *spapi.Config) { c.Account = "other" }, 2},
		"another authorization": {func(c *spapi.Config) { c.RefreshToken = auth.NewSecret("Atzr|next") }, 2},
		"another client secret": {func(c *spapi.Config) { c.ClientSecret = auth.NewSecret("next") }, 1},
	} {
		t.Run(name, func(t *testing.T) {
			inMemory(t, spapitest.Options{Stock: stock}, func(t *testing.T, w *world) {
				secrets := auth.NewSecretMemory()
				share := func(c *spapi.Config) { c.SecretStore = secrets }
				changed := func(config *spapi.Config) { share(config); c.change(config) }
				for _, caller := range append(w.callers(t, 1, share), w.callers(t, 1, changed)...) {
					_ = resilience.Do(t.Context(), caller, &getListing, wire.Args("A"))
				}
				if got := w.server.TokenRequests(); got != c.want {
					t.Errorf("%d token requests, want %d", got, c.want)
				}
			})
		})
	}
}
