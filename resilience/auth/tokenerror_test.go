package auth_test

import (
	"errors"
	"io"
	"testing"

	"github.com/resgen/resgen/resilience"
	"github.com/resgen/resgen/resilience/auth"
)

// Each reason has a state of the sign-in.
func TestTokenError_State(t *testing.T) {
	for _, c := range []struct {
		err    auth.TokenError
		outage bool
	}{
		{auth.TokenError{Reason: auth.Unreachable}, true}, {auth.TokenError{Reason: auth.TimedOut}, true},
		{auth.TokenError{Reason: auth.Page, Status: 200}, true}, {auth.TokenError{Reason: auth.NotJSON}, true},
		{auth.TokenError{Reason: auth.Empty}, true}, {auth.TokenError{Reason: auth.TooLarge}, true},
		{auth.TokenError{Reason: auth.NoToken}, false}, {auth.TokenError{Reason: auth.Lifeless}, false},
		{auth.TokenError{Reason: auth.OtherType}, false}, {auth.TokenError{Reason: auth.Insecure}, false},
		{auth.TokenError{Reason: auth.Refused, Status: 429}, true},
		{auth.TokenError{Reason: auth.Refused, Status: 500}, true},
		{auth.TokenError{Reason: auth.Refused, Status: 400, Code: "temporarily_unavailable"}, true},
		{auth.TokenError{Reason: auth.Refused, Status: 400}, false},
		{auth.TokenError{Reason: auth.Refused, Status: 299}, false},
		{auth.TokenError{Reason: auth.Refused, Status: 302}, true},
		{auth.TokenError{Reason: auth.Refused, Status: 503, Code: "invalid_client"}, false},
	} {
		if errors.Is(&c.err, resilience.ErrSignInUnavailable) != c.outage ||
			errors.Is(&c.err, resilience.ErrCredentialRefused) == c.outage ||
			errors.Is(&c.err, resilience.ErrSignInRequired) {
			t.Errorf("%s %d %s: want an outage: %t", c.err.Reason, c.err.Status, c.err.Code, c.outage)
		}
	}
}

func TestFinal_OtherErrorsAreNot(t *testing.T) {
	if auth.Final(nil) || auth.Final(io.EOF) {
		t.Error("an error that is no *TokenError is final")
	}
}
