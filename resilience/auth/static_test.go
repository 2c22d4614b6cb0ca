package auth_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"context"

	"github.com/resgen/resgen/resilience"
	"github.com/resgen/resgen/resilience/auth"
)

func TestKey_SignsWithItsOwnAccount(t *testing.T) {
	one, other := auth.Key("first secret"), auth.Key("second secret")
	r := request(t, "http://api.test/")
	if err := one.Sign(t.Context(), r, inHeader); err != nil || r.Header.Get("X-Api-Key") != "first secret" {
		t.Errorf("signed %v with error %v", r.Header, err)
	}
	if one.Account() == other.Account() || one.Account() != auth.Key("first secret").Account() {
		t.Errorf(
			"accounts %q and %q, want them to tell secrets apart and to stay the same",
			one.Account(),
			other.Account(),
		)
	}
	if got := auth.Key("first secret", auth.As("team a")).Account(); got != "team a" {
		t.Errorf("account %q, want the given name", got)
	}
	if got := auth.Key("x", auth.As("")).Account(); got != auth.Key("x").Account() {
		t.Errorf("account %q, want an empty name to change nothing", got)
	}
}

func TestBasic_Signs(t *testing.T) {
	c := auth.Basic("ann", "open sesame")
	r := request(t, "http://api.test/")
	if err := c.Sign(t.Context(), r, basic); err != nil {
		t.Fatal(err)
	}
	if got := r.Header.Get("Authorization"); got != "Basic YW5uOm9wZW4gc2VzYW1l" || c.Account() != "ann" {
		t.Errorf("signed %q as %q", got, c.Account())
	}
}

func TestBasic_Refuses(t *testing.T) {
	for _, c := range []struct {
		user   string
		scheme resilience.Scheme
		want   string
	}{
		{"ann", bearer, "scheme bearer is not HTTP Basic"},
		{"ann", inHeader, "scheme key is not HTTP Basic"},
		{"ann:admin", basic, "must not contain a colon"},
	} {
		r := request(t, "http://api.test/")
		err := auth.Basic(c.user, "open sesame").Sign(t.Context(), r, c.scheme)
		if err == nil || !strings.Contains(err.Error(), c.want) || len(r.Header) != 0 {
			t.Errorf("%s on %s: %v and headers %v, want %q", c.user, c.scheme.Name, err, r.Header, c.want)
		}
	}
}

func TestFingerprint_SeparatesParts(t *testing.T) {
	if auth.Fingerprint("ab", "c") == auth.Fingerprint("a", "bc") ||
		auth.Fingerprint("a") == auth.Fingerprint("a", "") {
		t.Error("different parts have one fingerprint")
	}
	if got := auth.Fingerprint("a"); len(got) != 12 {
		t.Errorf("fingerprint %q, want 12 digits", got)
	}
}

// Logging a struct that contains a credential must not reveal the secret.
func TestCredentials_PrintNoSecret(t *testing.T) {
	const secret = "very-secret-value"
	token := auth.TokenSource(
		func(context.Context) (string, time.Time, error) { return secret, time.Time{}, nil },
		auth.As("shop"),
	)
	if err := token.Sign(t.Context(), request(t, "http://api.test/"), bearer); err != nil {
		t.Fatal(err)
	}
	endpoint := auth.Endpoint{URL: "http://api.test", ClientID: "id", ClientSecret: auth.NewSecret(secret)}
	for _, v := range []any{
		auth.Key(secret), auth.Basic("ann", secret), token, endpoint, &endpoint,
		auth.RefreshToken(endpoint, secret, nil), auth.ClientCredentials(endpoint, nil),
		struct{ C any }{auth.Key(secret)}, struct{ C any }{token}, struct{ E auth.Endpoint }{endpoint},
	} {
		js, err := json.Marshal(v)
		if err != nil {
			t.Errorf("%T as JSON: %v", v, err)
		}
		for _, text := range []string{
			fmt.Sprint(v), fmt.Sprintf("%+v", v), fmt.Sprintf("%#v", v), fmt.Sprintf("%s %q %x", v, v, v), string(js),
		} {
			if strings.Contains(text, secret) || strings.Contains(text, fmt.Sprintf("%x", secret)) {
				t.Errorf("%T prints its secret: %s", v, text)
			}
		}
	}
	if got := fmt.Sprintf("%+v", token); got != "credential of shop" {
		t.Errorf("a token prints as %q", got)
	}
	if got := fmt.Sprintf("%v", auth.Basic("ann", secret)); got != "credential of ann" {
		t.Errorf("a static credential prints as %q", got)
	}
}
