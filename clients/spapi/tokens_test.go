package spapi_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/resgen/resgen/clients/spapi"
	"github.com/resgen/resgen/clients/spapi/spapitest"
	"github.com/resgen/resgen/generated/spapi/listingsitems"
	"github.com/resgen/resgen/generated/spapi/notifications"
	"github.com/resgen/resgen/resilience"
	"github.com/resgen/resgen/resilience/auth"
)

func TestAccount_GrantlessTokenPerScope(t *testing.T) {
	inMemory(t, spapitest.Options{Stock: stock}, func(t *testing.T, w *world) {
		client, err := notifications.New(w.account.Options()...)
		if err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if _, err := client.GetDestinations(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.get(t.Context(), "A"); err != nil {
			t.Fatal(err)
		}
		if n := w.server.TokenRequests(); n != 2 {
			t.Errorf("%d token requests, want one for the scope and one for the seller", n)
		}
		if err := w.do(t.Context(), &scopeless); !errors.Is(err, resilience.ErrCredential) ||
			!strings.Contains(err.Error(), "add auth.scope") {
			t.Errorf("grantless without a scope: %v", err)
		}
		if err := w.do(t.Context(), &strange); !errors.Is(err, resilience.ErrCredential) ||
			!strings.Contains(err.Error(), `auth.kind is "vip"`) {
			t.Errorf("an unknown kind: %v", err)
		}
	})
}

// An application can call grantless operations without a selling partner.
func TestAccount_WithoutRefreshToken(t *testing.T) {
	inMemory(t, spapitest.Options{Stock: stock}, func(t *testing.T, w *world) {
		config := w.config()
		config.RefreshToken = auth.Secret{}
		account := open(t, config)
		client, err := notifications.New(account.Options()...)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := client.GetDestinations(t.Context()); err != nil {
			t.Error(err)
		}
		listings, err := listingsitems.New(account.Options()...)
		if err != nil {
			t.Fatal(err)
		}
		w.listings = listings
		if err := w.get(t.Context(), "A"); !errors.Is(err, resilience.ErrCredential) ||
			!strings.Contains(err.Error(), "set LWA.RefreshToken") {
			t.Errorf("the error is %v", err)
		}
		if err := account.Close(); err != nil {
			t.Error(err)
		}
	})
}

func TestAccount_RestrictedTokenPerPathAndElements(t *testing.T) {
	inMemory(t, spapitest.Options{Stock: stock}, func(t *testing.T, w *world) {
		tokens := func() int { return len(w.statuses(spapitest.CreateRestrictedToken)) }
		for _, order := range []string{"1", "2", "3"} {
			if err := w.do(t.Context(), &getAddress, order); err != nil {
				t.Fatal(err)
			}
		}
		if tokens() != 1 {
			t.Errorf("%d restricted tokens for three orders of one operation, want 1", tokens())
		}
		if err := w.do(t.Context(), &getAddressUnmarked, "1"); resilience.HTTPStatus(err) == 0 {
			t.Errorf("without a restricted token: %v, want 403", err)
		}
		for _, order := range []string{"7", "7", "8"} {
			if err := w.do(spapi.Restricted(t.Context(), "buyerInfo"), &getAddressUnmarked, order); err != nil {
				t.Fatal(err)
			}
		}
		if tokens() != 3 {
			t.Errorf("%d restricted tokens, want one more for each of two paths", tokens())
		}
		time.Sleep(58 * time.Minute)
		if err := w.do(t.Context(), &getAddress, "1"); err != nil || tokens() != 3 {
			t.Errorf("after 58 minutes: %v and %d tokens", err, tokens())
		}
		time.Sleep(70 * time.Second)
		if err := w.do(t.Context(), &getAddress, "1"); err != nil || tokens() != 4 {
			t.Errorf("after 59 minutes: %v and %d tokens", err, tokens())
		}
		w.server.RevokeTokens()
		if err := w.do(t.Context(), &getAddress, "1"); err != nil || tokens() != 6 {
			t.Errorf(
				"after an expiry: %v and %d requests for restricted tokens, want a refused and a good one more",
				err,
				tokens(),
			)
		}
	})
}

// The path of a restricted data token is the API's without the path of the base URL, escaped like
// in the request.
func TestAccount_RestrictedTokenForThePathOfTheAPI(t *testing.T) {
	for _, base := range []string{"https://api.test", "https://proxy.test/a/b", "https://proxy.test/a/"} {
		tap, config := &wireTap{}, whole()
		config.Transport, config.BaseURL = tap, base
		account := open(t, config)
		caller, err := resilience.NewCaller(byHand(), account.Options()...)
		if err != nil {
			t.Fatal(err)
		}
		_ = (&world{plain: caller}).do(spapi.Restricted(t.Context()), &getAddressUnmarked, "a/1")
		body, err := io.ReadAll(tap.sent[1].Body)
		if want := `{"restrictedResources":[{"method":"GET","path":"/orders/v0/orders/a%2F1/address"}]}`; err != nil ||
			string(body) != want {
			t.Errorf("%s: asked for %s, want %s", base, body, want)
		}
		if err := account.Close(); err != nil {
			t.Error(err)
		}
	}
}

func TestAccount_RestrictedTokenDenied(t *testing.T) {
	inMemory(
		t,
		spapitest.Options{Stock: stock, Denied: []string{spapitest.CreateRestrictedToken}},
		func(t *testing.T, w *world) {
			for range 2 {
				err := w.do(t.Context(), &getAddress, "1")
				if !errors.Is(err, resilience.ErrCredential) ||
					!strings.Contains(err.Error(), "createRestrictedDataToken") {
					t.Errorf("the error is %v", err)
				}
			}
			if n := len(w.statuses(spapitest.CreateRestrictedToken)); n != 1 {
				t.Errorf("%d requests, want one: a permission that is missing is missing a moment later", n)
			}
			time.Sleep(31 * time.Second)
			_ = w.do(t.Context(), &getAddress, "1")
			if n := len(w.statuses(spapitest.CreateRestrictedToken)); n != 2 {
				t.Errorf("%d requests, want another after 30 s", n)
			}
		},
	)
	bare, err := spapi.NewCredential(
		spapi.LWA{
			ClientID:     "id",
			ClientSecret: auth.NewSecret(clientSecret),
			RefreshToken: auth.NewSecret(refreshToken),
		},
	)
	if err != nil {
		t.Fatal(err)
	}
	r, _ := http.NewRequestWithContext(spapi.Restricted(t.Context()), http.MethodGet, "http://api.test/x", nil)
	if err := bare.Sign(t.Context(), r, resilience.Scheme{}); err == nil ||
		!strings.Contains(err.Error(), "spapi.New") {
		t.Errorf("a credential alone cannot get restricted tokens: %v", err)
	}
}

// Faults of the token endpoint: the error of the call, the number of token requests, and that no
// request reaches the API.
func TestAccount_TokenEndpointFaults(t *testing.T) {
	page := spapitest.TokenFault{Type: "text/html", Body: "<html>please sign in, " + refreshToken + "</html>"}
	failure := func(status int, code string) spapitest.TokenFault {
		return spapitest.TokenFault{
			Status: status,
			Body:   `{"error":"` + code + `","error_description":"` + refreshToken + `"}`,
		}
	}
	for _, c := range []struct {
		name     string
		fault    spapitest.TokenFault
		reason   auth.Reason
		requests int
		takes    time.Duration // at most
	}{
		{"a page", page, auth.Page, 1, 0},
		{"nothing", spapitest.TokenFault{}, auth.Empty, 1, 0},
		{"5 MB", spapitest.TokenFault{Body: strings.Repeat(" ", 5<<20)}, auth.TooLarge, 1, 0},
		{"expires_in 0", spapitest.TokenFault{Body: `{"access_token":"t","expires_in":0}`}, auth.Lifeless, 1, 0},
		{"invalid_grant", failure(400, "invalid_grant"), auth.Refused, 1, 0},
		{"invalid_client", failure(401, "invalid_client"), auth.Refused, 1, 0},
		{"server_error", failure(500, "server_error"), auth.Refused, 4, 4 * time.Second},
		{"temporarily_unavailable", failure(400, "temporarily_unavailable"), auth.Refused, 4, 4 * time.Second},
		{"429", spapitest.TokenFault{Status: 429}, auth.Refused, 4, 4 * time.Second},
		{"resets", spapitest.TokenFault{Reset: true}, auth.Unreachable, 4, 4 * time.Second},
		{"hanging", spapitest.TokenFault{Hang: true}, auth.TimedOut, 3, 25 * time.Second},
	} {
		t.Run(c.name, func(t *testing.T) {
			inMemory(t, spapitest.Options{Stock: stock}, func(t *testing.T, w *world) {
				w.server.FailTokens(c.fault, c.fault, c.fault, c.fault, c.fault)
				begun := time.Now()
				err := w.get(t.Context(), "A")
				took := time.Since(begun)
				synctest.Wait() // the server logs when it detects the closed connection
				var token *auth.TokenError
				if !errors.Is(err, resilience.ErrCredential) || !errors.As(err, &token) || token.Reason != c.reason {
					t.Fatalf("the error is %v, want a credential's with reason %q", err, c.reason)
				}
				if n := w.server.TokenRequests(); n != c.requests || took > c.takes {
					t.Errorf("%d requests in %s, want %d in %s", n, took, c.requests, c.takes)
				}
				if text := err.Error(); strings.Contains(text, "refresh-token") ||
					strings.Contains(text, clientSecret) ||
					!strings.Contains(text, "lwa.test") {
					t.Errorf("the error is %q", text)
				}
				if len(w.statuses(spapitest.GetListingsItem)) != 0 {
					t.Error("a request went out without a token")
				}
			})
		})
	}
}

// Temporary failures of the token endpoint do not reach the caller.
func TestAccount_TokenEndpointRecovers(t *testing.T) {
	inMemory(t, spapitest.Options{Stock: stock}, func(t *testing.T, w *world) {
		w.server.FailTokens(
			spapitest.TokenFault{Status: 503},
			spapitest.TokenFault{Reset: true},
			spapitest.TokenFault{Status: 400, Body: `{"error":"server_error"}`},
		)
		if err := w.get(t.Context(), "A"); err != nil || w.server.TokenRequests() != 4 {
			t.Errorf("%v after %d token requests, want success at the fourth", err, w.server.TokenRequests())
		}
	})
}

// A refused sign-in is not repeated by each call but only after 30 s, when the cause may have been
// fixed.
func TestAccount_RefusedSignInPauses(t *testing.T) {
	inMemory(t, spapitest.Options{Stock: stock}, func(t *testing.T, w *world) {
		w.server.FailTokens(spapitest.TokenFault{Status: 400, Body: `{"error":"invalid_grant"}`})
		for _, step := range []struct {
			wait     time.Duration
			ok       bool
			requests int
		}{{0, false, 1}, {29 * time.Second, false, 1}, {2 * time.Second, true, 2}} {
			time.Sleep(step.wait)
			if err := w.get(t.Context(), "A"); (err == nil) != step.ok || w.server.TokenRequests() != step.requests {
				t.Errorf(
					"after %s more: %v and %d token requests, want %d",
					step.wait,
					err,
					w.server.TokenRequests(),
					step.requests,
				)
			}
		}
	})
}

// All calls that wait for a sign-in share its failure.
func TestAccount_FailedSignInIsShared(t *testing.T) {
	inMemory(t, spapitest.Options{Stock: stock}, func(t *testing.T, w *world) {
		w.server.FailTokens(
			spapitest.TokenFault{Status: 401, Body: `{"error":"invalid_client"}`, Delay: 300 * time.Millisecond},
		)
		failed := make(chan error, 50)
		for range cap(failed) {
			go func() { failed <- w.do(t.Context(), &getListing, "A") }()
		}
		for range cap(failed) {
			if err := <-failed; !errors.Is(err, resilience.ErrCredential) {
				t.Errorf("the error is %v", err)
			}
		}
		if n := w.server.TokenRequests(); n != 1 {
			t.Errorf("%d token requests for 50 calls, want 1", n)
		}
	})
}

// A caller that cancels does not cancel the sign-in for the others.
func TestAccount_CanceledCallerDoesNotCancelSignIn(t *testing.T) {
	inMemory(t, spapitest.Options{Stock: stock, TokenDelay: time.Second}, func(t *testing.T, w *world) {
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer cancel()
		if err := w.get(ctx, "A"); !errors.Is(err, resilience.ErrTimeout) || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("the error is %v, want a timeout", err)
		}
		if err := w.get(t.Context(), "A"); err != nil || w.server.TokenRequests() != 1 {
			t.Errorf("%v after %d token requests, want the first to serve", err, w.server.TokenRequests())
		}
	})
}

// Close does not wait for a token endpoint that hangs, and neither do calls that wait for the
// token.
func TestAccount_CloseCancelsSignIn(t *testing.T) {
	inMemory(t, spapitest.Options{Stock: stock}, func(t *testing.T, w *world) {
		w.server.FailTokens(spapitest.TokenFault{Hang: true}, spapitest.TokenFault{Hang: true})
		config := w.config()
		account := open(t, config)
		client, err := listingsitems.New(account.Options()...)
		if err != nil {
			t.Fatal(err)
		}
		begin := time.Now()
		failed := make(chan error, 20)
		for range cap(failed) {
			go func() {
				_, err := client.GetListingsItem(
					t.Context(),
					"SELLER",
					"A",
					listingsitems.GetListingsItemParams{MarketplaceIDs: []string{"M"}},
				)
				failed <- err
			}()
		}
		time.Sleep(time.Second)
		if err := account.Close(); err != nil {
			t.Error(err)
		}
		for range cap(failed) {
			if err := <-failed; !errors.Is(err, resilience.ErrRenewalClosed) && !errors.Is(err, resilience.ErrClosed) {
				t.Errorf("the error is %v", err)
			}
		}
		synctest.Wait()
		if took := time.Since(begin); took > 5*time.Second || w.server.TokenRequests() != 1 {
			t.Errorf("all ended after %s and %d token requests, want one and no 30 s", took, w.server.TokenRequests())
		}
	})
}
