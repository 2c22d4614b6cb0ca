package auth_test

import (
	"io"
	"net/http"
	"testing"

	"github.com/resgen/resgen/resilience/auth"
)

// The grants of a token endpoint and their accounts.
func TestOAuthCredentials(t *testing.T) {
	var form string
	e, _ := endpointAt(t, func(w http.ResponseWriter, r *http.Request) {
		_ = r.ParseForm()
		form = r.PostForm.Encode()
		_, _ = io.WriteString(w, good)
	})
	for _, c := range []struct {
		credential *auth.Token
		account    string
		form       string
	}{
		{
			auth.RefreshToken(*e, "r1", nil), "oauth-" + auth.Fingerprint("the-client", "r1"),
			"client_id=the-client&client_secret=the-secret&grant_type=refresh_token&refresh_token=r1",
		},
		{
			auth.RefreshToken(*e, "r1", []string{"a", "b"}, auth.As("shop")), "shop",
			"client_id=the-client&client_secret=the-secret&grant_type=refresh_token&refresh_token=r1&scope=a+b",
		},
		{
			auth.ClientCredentials(*e, nil), "the-client",
			"client_id=the-client&client_secret=the-secret&grant_type=client_credentials",
		},
		{
			auth.ClientCredentials(*e, []string{"a"}, auth.As("shop")), "shop",
			"client_id=the-client&client_secret=the-secret&grant_type=client_credentials&scope=a",
		},
	} {
		r := request(t, "http://api.test/")
		if err := c.credential.Sign(t.Context(), r, bearer); err != nil ||
			r.Header.Get("Authorization") != "Bearer good-token" {
			t.Errorf("signed %v with error %v", r.Header, err)
		}
		if form != c.form || c.credential.Account() != c.account {
			t.Errorf("account %q asked %q, want %q and %q", c.credential.Account(), form, c.account, c.form)
		}
	}
	e, s := endpointAt(t, text(400, `{"error":"invalid_grant"}`))
	token := auth.RefreshToken(*e, "r1", nil)
	for range 2 {
		if err := token.Sign(t.Context(), request(t, "http://api.test/"), bearer); !auth.Final(err) ||
			s.served.Load() != 1 {
			t.Errorf("%v after %d requests, want one refusal for both", err, s.served.Load())
		}
	}
}
