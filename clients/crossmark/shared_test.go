package crossmark_test

import (
	"testing"
	"time"

	"github.com/resgen/resgen/clients/crossmark"
	"github.com/resgen/resgen/clients/crossmark/crossmarktest"
	"github.com/resgen/resgen/resilience/auth"
)

// clients returns clients with a shared session, each as in another process.
func (w *world) clients(t *testing.T, n int, change func(*crossmark.Config)) (list []*crossmark.Client) {
	t.Helper()
	secrets := auth.NewSecretMemory()
	for range n {
		config := w.config()
		config.SecretStore = secrets
		if change != nil {
			change(&config)
		}
		c := open(t, config)
		t.Cleanup(func() { _ = c.Close() })
		list = append(list, c)
	}
	return list
}

// ask calls the server with all clients at once and returns the number of errors.
func ask(t *testing.T, list []*crossmark.Client) (failed int) {
	t.Helper()
	errs := make(chan error)
	for _, c := range list {
		go func() {
			_, err := c.API().GetUserInfo(t.Context())
			errs <- err
		}()
	}
	for range list {
		if <-errs != nil {
			failed++
		}
	}
	return failed
}

// Eight processes have one session, and replace it once when it has ended.
func TestConfig_SecretStore(t *testing.T) {
	for _, ended := range []crossmarktest.EndedAnswer{
		crossmarktest.EndedRedirect, crossmarktest.EndedPage, crossmarktest.Ended401, crossmarktest.EndedForbidden,
	} {
		t.Run(string(ended), func(t *testing.T) {
			opts := crossmarktest.Options{Ended: ended, LoginDelay: 300 * time.Millisecond}
			inMemory(t, opts, func(t *testing.T, w *world) {
				list := w.clients(t, 8, nil)
				for n := 1; n <= 3; n++ {
					if failed := ask(t, list); failed != 0 || w.server.Logins() != n {
						t.Errorf("%d calls failed after %d sign-ins, want 0 after %d", failed, w.server.Logins(), n)
					}
					time.Sleep(time.Second)
					w.server.EndSessions()
				}
				time.Sleep(2 * time.Hour)
				if failed := ask(t, list); failed != 0 || w.server.Logins() != 4 {
					t.Errorf("%d calls failed after %d sign-ins, want 0 after 4", failed, w.server.Logins())
				}
			})
		})
	}
}

// A wrong password is sent once in 15 minutes by all processes together, because more attempts lock
// the account.
func TestConfig_SecretStoreSharesRefusals(t *testing.T) {
	inMemory(t, crossmarktest.Options{}, func(t *testing.T, w *world) {
		list := w.clients(t, 8, func(c *crossmark.Config) { c.Password = auth.NewSecret("wrong") })
		for n := 1; n <= 2; n++ {
			for range 14 {
				if failed := ask(t, list); failed != 8 {
					t.Errorf("%d calls failed, want all", failed)
				}
				time.Sleep(time.Minute)
			}
			if got := len(w.server.Entries()); got != n {
				t.Errorf("%d sign-ins were sent, want %d", got, n)
			}
			time.Sleep(2 * time.Minute)
		}
	})
}
