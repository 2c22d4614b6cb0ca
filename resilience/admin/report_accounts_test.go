package admin

import (
	"testing"
	"time"

	"github.com/resgen/resgen/resilience"
)

func TestSignInState(t *testing.T) {
	for _, tt := range []struct {
		signIn resilience.SignInSnapshot
		want   State
	}{
		{resilience.SignInSnapshot{State: resilience.SignInNone}, Pass},
		{resilience.SignInSnapshot{State: resilience.SignInDone}, Pass},
		{resilience.SignInSnapshot{State: resilience.SignInRenewing}, Pass},
		{resilience.SignInSnapshot{State: resilience.SignInRenewing, Failures: 1}, Warn},
		{resilience.SignInSnapshot{State: resilience.SignInResting}, Warn},
		{resilience.SignInSnapshot{State: resilience.SignInResting, RetryAfter: time.Second}, Fail},
		{resilience.SignInSnapshot{State: resilience.SignInRequired}, Fail},
		{resilience.SignInSnapshot{State: resilience.SignInRefused}, Fail},
		{resilience.SignInSnapshot{State: resilience.SignInBlocked}, Fail},
	} {
		if got := signInState(tt.signIn); got != tt.want {
			t.Errorf("%+v: got %s, want %s", tt.signIn, got, tt.want)
		}
	}
}

// Of several sign-ins of an account the worst is shown.
func TestAccount_WorstSignIn(t *testing.T) {
	a := Account{Status: Pass}
	for _, step := range []struct {
		state resilience.SignInState
		want  string
	}{
		{resilience.SignInDone, "signed-in"}, {resilience.SignInResting, "resting"}, {resilience.SignInDone, "resting"},
		{resilience.SignInBlocked, "blocked"}, {resilience.SignInRefused, "blocked"},
	} {
		a.signIn(resilience.SignInSnapshot{State: step.state}, begin)
		if a.SignIn.State != step.want {
			t.Errorf("after %s: got %s, want %s", step.state, a.SignIn.State, step.want)
		}
	}
	if a.Status != Fail || !a.SignIn.NeedsHelp {
		t.Errorf("got %+v", a)
	}
}
