package auth_test

import (
	"errors"
	"testing"
	"time"

	"github.com/resgen/resgen/resilience/auth"
)

func TestEndpoint_Lifetimes(t *testing.T) {
	for _, c := range []struct {
		expiresIn string
		seconds   float64 // -1: refused; 0: unspecified
	}{
		{`3600`, 3600}, {`"3600"`, 3600}, {`0.5`, 0.5}, {`1`, 1}, {`null`, 0}, {`1e400`, 0}, {`315360000`, 0},
		{`315359999`, 315359999},
		{`0`, -1}, {`-1`, -1}, {`"soon"`, -1}, {`"NaN"`, -1}, {`true`, -1}, {`{}`, -1}, {`-1e400`, -1},
	} {
		e, s := endpointAt(t, text(200, `{"access_token":"t","expires_in":`+c.expiresIn+`}`))
		_, expiry, err := e.Token(t.Context(), refresh)
		var failure *auth.TokenError
		switch {
		case c.seconds < 0:
			if !errors.As(err, &failure) || failure.Reason != auth.Lifeless || s.served.Load() != 1 {
				t.Errorf(
					"expires_in %s: %v after %d requests, want Lifeless after one",
					c.expiresIn,
					err,
					s.served.Load(),
				)
			}
		case err != nil:
			t.Errorf("expires_in %s: %v", c.expiresIn, err)
		case c.seconds == 0:
			if !expiry.IsZero() {
				t.Errorf("expires_in %s: expires %s, want never", c.expiresIn, expiry)
			}
		default:
			if off := time.Until(expiry).Seconds() - c.seconds; off > 0 || off < -5 {
				t.Errorf("expires_in %s: expires in %s", c.expiresIn, time.Until(expiry))
			}
		}
	}
}

// Types of tokens are compared without regard to case. Many servers leave the type out.
func TestEndpoint_TokenTypes(t *testing.T) {
	for value, want := range map[string]bool{
		`"bearer"`: true, `"Bearer"`: true, `"BEARER "`: true, `""`: true, `null`: true,
		`"mac"`: false, `"DPoP"`: false, `"N_A"`: false, `"bearer2"`: false,
	} {
		e, _ := endpointAt(t, text(200, `{"access_token":"t","token_type":`+value+`}`))
		_, _, err := e.Token(t.Context(), refresh)
		var failure *auth.TokenError
		if (err == nil) != want || err != nil && (!errors.As(err, &failure) || failure.Reason != auth.OtherType) {
			t.Errorf("%s: %v, want success: %t", value, err, want)
		}
	}
}
