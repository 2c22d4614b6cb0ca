package auth_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/resgen/resgen/resilience"
	"github.com/resgen/resgen/resilience/auth"
)

// A sign-in that a person has replaced by another no longer counts, and the new one does.
func TestCredential_SignInByAPerson(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := auth.New(auth.Mechanism[string, string]{
			Account: "shop", Place: auth.Place,
			Fetch: func(_ context.Context, key string) (string, time.Time, error) {
				if key == "signed in" {
					return key, time.Time{}, nil
				}
				return "", time.Time{}, state(resilience.ErrSignInRequired, 0)
			},
		})
		check := func(when string, want resilience.SignInState) {
			t.Helper()
			if got := c.SignIn().SignIn; got != want {
				t.Errorf("%s: got %s, want %s", when, got, want)
			}
		}
		check("unused", resilience.SignInNone)
		for _, step := range []struct {
			key  string
			want resilience.SignInState
		}{
			{"none", resilience.SignInRequired},
			{"signed in", resilience.SignInDone},
			{"ended", resilience.SignInRequired},
		} {
			_, _ = c.Secret(t.Context(), step.key)
			check(step.key, step.want)
			time.Sleep(time.Second)
		}
	})
}
