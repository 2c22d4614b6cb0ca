package auth_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/resgen/resgen/resilience"
	"github.com/resgen/resgen/resilience/auth"
	"github.com/resgen/resgen/resilience/wire"
)

// The scheme in the OpenAPI document determines where a key is placed.
func ExampleKey() {
	credential := auth.Key("secret", auth.As("shop"))
	r, _ := http.NewRequest(http.MethodGet, "https://api.example/items", nil)
	scheme := resilience.Scheme{Name: "key", Kind: "apiKey", In: wire.Header, Parameter: "X-Api-Key"}
	if err := credential.Sign(context.Background(), r, scheme); err != nil {
		fmt.Println(err)
	}
	fmt.Println(r.Header.Get("X-Api-Key"), "for", credential.Account())
	// Output: secret for shop
}

// A credential needs only a function that returns tokens; pass it to generated clients with
// resilience.WithCredential.
func ExampleTokenSource() {
	credential := auth.TokenSource(func(context.Context) (string, time.Time, error) {
		return "token", time.Now().Add(time.Hour), nil
	}, auth.As("shop"))
	r, _ := http.NewRequest(http.MethodGet, "https://api.example/items", nil)
	if err := credential.Sign(context.Background(), r, resilience.Scheme{Name: "oauth", Kind: "oauth2"}); err != nil {
		fmt.Println(err)
	}
	fmt.Println(r.Header.Get("Authorization"))
	// Output: Bearer token
}

// A session cookie whose expiry shows as a redirect to the sign-in page, or as that page with
// status 200.
func ExampleNew() {
	signIn := func(context.Context, struct{}) (string, time.Time, error) { return "session-1", time.Time{}, nil }
	credential := auth.New(auth.Mechanism[struct{}, string]{
		Account: "shop",
		Fetch:   signIn,
		Place: func(r *http.Request, _ resilience.Scheme, session string) error {
			return auth.PlaceCookie(r, "SID", session)
		},
		Expired: func(a *resilience.Rejection) resilience.Expiry {
			switch {
			case a.Status == http.StatusFound && a.Header.Get("Location") == "/login":
				return resilience.Expired // the request was not applied
			case a.Status == http.StatusOK && strings.Contains(string(a.Body), "<title>Sign in</title>"):
				return resilience.ExpiredInDoubt // it may have been applied
			}
			return resilience.NotExpired
		},
	})
	r, _ := http.NewRequest(http.MethodGet, "https://api.example/visits", nil)
	if err := credential.Sign(context.Background(), r, resilience.Scheme{Name: "session"}); err != nil {
		fmt.Println(err)
	}
	fmt.Println(r.Header.Get("Cookie"))
	// Output: SID=session-1
}
