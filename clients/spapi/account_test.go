package spapi_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/resgen/resgen/clients/spapi"
	"github.com/resgen/resgen/clients/spapi/spapitest"
	"github.com/resgen/resgen/generated/spapi/listingsitems"
	"github.com/resgen/resgen/generated/spapi/notifications"
	"github.com/resgen/resgen/resilience"
	"github.com/resgen/resgen/resilience/auth"
	"github.com/resgen/resgen/resilience/faults"
	"github.com/resgen/resgen/resilience/policy"
	"github.com/resgen/resgen/resilience/wire"
)

// A world is a stand-in in memory with an account at it.
type world struct {
	server    *spapitest.Server
	transport *http.Transport
	account   *spapi.Account
	listings  *listingsitems.Client
	plain     *resilience.Caller // of the operations below, without quotas
}

// Operations written by hand: those of models that no document of ours has, and one without a quota.
var (
	scheme     = []resilience.Requirement{{{Scheme: "accessToken"}}}
	segment    = []wire.Param{{Name: "id", In: wire.Path, Style: wire.Simple, Required: true}}
	getListing = resilience.Operation{ID: "getListing", Method: "GET", Path: "/listings/2021-08-01/items/SELLER/{id}", Params: segment, Security: scheme}
	getAddress = resilience.Operation{ID: "getAddress", Method: "GET", Path: "/orders/v0/orders/{id}/address", Params: segment, Security: scheme,
		Policy: policy.Policy{Auth: policy.Auth{Kind: "restricted", Elements: []string{"shippingAddress", "buyerInfo", "buyerInfo"}}}}
	getAddressUnmarked = resilience.Operation{ID: "getAddressUnmarked", Method: "GET", Path: "/orders/v0/orders/{id}/address", Params: segment, Security: scheme}
	createDocument     = resilience.Operation{ID: "createDocument", Method: "POST", Path: "/feeds/2021-06-30/documents", Security: scheme}
	scopeless          = resilience.Operation{ID: "scopeless", Method: "GET", Path: "/notifications/v1/destinations", Security: scheme,
		Policy: policy.Policy{Auth: policy.Auth{Kind: "grantless"}}}
	strange = resilience.Operation{ID: "strange", Method: "GET", Path: "/notifications/v1/destinations", Security: scheme,
		Policy: policy.Policy{Auth: policy.Auth{Kind: "vip"}}}
)

func byHand() *resilience.API {
	defaults := policy.Default()
	defaults.Rate.Enabled, defaults.Bulkhead.Max = policy.Off, 1000
	return &resilience.API{
		Name: "byhand", Defaults: defaults,
		Servers:    []resilience.Server{{Name: "default", URL: "https://api.test"}},
		Schemes:    []resilience.Scheme{{Name: "accessToken", Kind: "apiKey", In: wire.Header, Parameter: "x-amz-access-token"}},
		Operations: []*resilience.Operation{&getListing, &getAddress, &getAddressUnmarked, &createDocument, &scopeless, &strange},
	}
}

// do calls an operation written by hand.
func (w *world) do(ctx context.Context, op *resilience.Operation, args ...any) error {
	return resilience.Do(ctx, w.plain, op, wire.Args(args...))
}

// wide is a quota that no test meets.
var wide = map[string]spapitest.Rate{}

// inMemory runs a test in a bubble of virtual time, with a stand-in that serves over a pipe.
func inMemory(t *testing.T, opts spapitest.Options, test func(t *testing.T, w *world)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		if opts.Rates == nil {
			opts.Rates = wide
		}
		pipe := faults.NewPipe()
		w := &world{server: spapitest.New(opts), transport: &http.Transport{DialContext: pipe.DialContext}}
		server := &http.Server{Handler: w.server}
		go func() { _ = server.Serve(pipe) }()
		w.account = open(t, w.config())
		var err error
		if w.listings, err = listingsitems.New(w.account.Options()...); err != nil {
			t.Fatal(err)
		}
		if w.plain, err = resilience.NewCaller(byHand(), w.account.Options()...); err != nil {
			t.Fatal(err)
		}
		test(t, w)
		if err := errors.Join(w.listings.Close(), w.plain.Close(), w.account.Close(), server.Close()); err != nil {
			t.Error(err)
		}
		w.transport.CloseIdleConnections()
	})
}

// The secrets that must stand in no error.
const (
	clientSecret = "the-client-secret"
	refreshToken = "Atzr|the-refresh-token"
)

func (w *world) config() spapi.Config {
	return spapi.Config{
		LWA:         spapi.LWA{ClientID: "the-client", ClientSecret: clientSecret, RefreshToken: refreshToken, Account: "shop", Endpoint: "http://lwa.test/auth/o2/token"},
		Application: "Test", Version: "1", BaseURL: "http://api.test", Transport: w.transport,
	}
}

func open(t *testing.T, c spapi.Config) *spapi.Account {
	t.Helper()
	a, err := spapi.New(c)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// get looks a listing up.
func (w *world) get(ctx context.Context, sku string) error {
	_, err := w.listings.GetListingsItem(ctx, "SELLER", sku, listingsitems.GetListingsItemParams{MarketplaceIDs: []string{"ATVPDKIKX0DER"}})
	return err
}

func (w *world) statuses(operation string) (list []int) {
	for _, e := range w.server.Entries() {
		if e.Operation == operation {
			list = append(list, e.Status)
		}
	}
	return list
}

var stock = map[string]int{"A": 1}

func TestAccount_OneTokenForManyCalls(t *testing.T) {
	inMemory(t, spapitest.Options{Stock: stock}, func(t *testing.T, w *world) {
		for range 3 {
			if err := w.get(t.Context(), "A"); err != nil {
				t.Fatal(err)
			}
		}
		if n := w.server.TokenRequests(); n != 1 {
			t.Errorf("%d token requests for three calls, want 1", n)
		}
	})
}

// A token of an hour is replaced a minute before its end, and not earlier.
func TestAccount_ReplacesATokenAMinuteBeforeItExpires(t *testing.T) {
	inMemory(t, spapitest.Options{Stock: stock}, func(t *testing.T, w *world) {
		for _, step := range []struct {
			wait time.Duration
			want int
		}{{0, 1}, {59*time.Minute - time.Second, 1}, {2 * time.Second, 2}, {58 * time.Minute, 2}} {
			time.Sleep(step.wait)
			if err := w.get(t.Context(), "A"); err != nil {
				t.Fatal(err)
			}
			if n := w.server.TokenRequests(); n != step.want {
				t.Errorf("%d token requests after %s more, want %d", n, step.wait, step.want)
			}
		}
	})
}

// callers makes n callers that call until done is closed, and returns how many calls there were and the first error.
func callers(ctx context.Context, n int, call func(context.Context) error, done <-chan struct{}) func() (calls int, err error) {
	var wg sync.WaitGroup
	var mu sync.Mutex
	var calls int
	var first error
	for range n {
		wg.Go(func() {
			for {
				select {
				case <-done:
					return
				default:
				}
				err := call(ctx)
				mu.Lock()
				calls++
				if first == nil {
					first = err
				}
				mu.Unlock()
				time.Sleep(time.Second)
			}
		})
	}
	return func() (int, error) { wg.Wait(); return calls, first }
}

// The acceptance case: three expiries under 200 callers, a refresh taking 300 ms. The tokens expire unseen, by revocation, in quick
// succession, so that nothing but rejections tells.
func TestAccount_ThreeExpiriesUnderLoadAreThreeRefreshes(t *testing.T) {
	for _, status := range []int{http.StatusUnauthorized, http.StatusForbidden} {
		opts := spapitest.Options{Stock: stock, TokenDelay: 300 * time.Millisecond, ExpiredStatus: status, Latency: [2]time.Duration{time.Millisecond, 20 * time.Millisecond}}
		inMemory(t, opts, func(t *testing.T, w *world) {
			done := make(chan struct{})
			wait := callers(t.Context(), 200, func(ctx context.Context) error { return w.do(ctx, &getListing, "A") }, done)
			for range 3 {
				time.Sleep(2 * time.Second)
				w.server.RevokeTokens()
			}
			time.Sleep(2 * time.Second)
			close(done)
			calls, err := wait()
			if err != nil {
				t.Errorf("a call failed: %v", err)
			}
			if n := w.server.TokenRequests(); n != 4 || calls < 1000 {
				t.Errorf("status %d: %d token requests in %d calls, want 4: the first and one for each expiry", status, n, calls)
			}
		})
	}
}

// A missing permission is answered like an expired token but for its words. No token cures it, so none is fetched and nothing is repeated.
func TestAccount_MissingPermissionIsFinal(t *testing.T) {
	inMemory(t, spapitest.Options{Stock: stock, Denied: []string{spapitest.GetListingsItem}}, func(t *testing.T, w *world) {
		for range 2 {
			err := w.get(t.Context(), "A")
			var failure *resilience.Error
			if !errors.As(err, &failure) || failure.Kind != resilience.KindAPI || failure.Status != http.StatusForbidden || failure.MayHaveApplied {
				t.Errorf("the error is %v, want status 403", err)
			}
		}
		if got := w.statuses(spapitest.GetListingsItem); len(got) != 2 || w.server.TokenRequests() != 1 {
			t.Errorf("answers %v and %d token requests, want one request a call and one token", got, w.server.TokenRequests())
		}
	})
}

// A token service that issues tokens which the API refuses is left alone: one new token, one repeat, then errors until 30 s are over.
func TestAccount_TokensThatNeverWorkAreNotFetchedAgainAndAgain(t *testing.T) {
	inMemory(t, spapitest.Options{Stock: stock}, func(t *testing.T, w *world) {
		bad := spapitest.TokenFault{Body: `{"access_token":"of another world","expires_in":3600}`}
		w.server.FailTokens(bad, bad, bad, bad, bad, bad)
		for _, step := range []struct {
			wait     time.Duration
			tokens   int
			requests int
		}{{0, 2, 2}, {time.Second, 2, 3}, {28 * time.Second, 2, 4}, {2 * time.Second, 3, 6}, {time.Second, 3, 7}} {
			time.Sleep(step.wait)
			err := w.do(t.Context(), &getListing, "A")
			if resilience.HTTPStatus(err) == 0 || err == nil || !strings.Contains(err.Error(), "403") {
				t.Errorf("the error is %v, want a 403", err)
			}
			if got := w.statuses(spapitest.GetListingsItem); len(got) != step.requests || w.server.TokenRequests() != step.tokens {
				t.Errorf("after %s more: %d requests and %d tokens, want %d and %d", step.wait, len(got), w.server.TokenRequests(), step.requests, step.tokens)
			}
		}
	})
}

// The request was refused at the door, so an operation that is never repeated otherwise is repeated too.
func TestAccount_ExpiryRepeatsUnsafeOperationsOnce(t *testing.T) {
	inMemory(t, spapitest.Options{Stock: stock}, func(t *testing.T, w *world) {
		if err := w.do(t.Context(), &createDocument); err != nil {
			t.Fatal(err)
		}
		w.server.RevokeTokens()
		if err := w.do(t.Context(), &createDocument); err != nil {
			t.Fatal(err)
		}
		if got := w.statuses(spapitest.CreateFeedDocument); len(got) != 3 || got[1] != 403 || got[2] != 201 {
			t.Errorf("answers %v, want 201, 403, 201", got)
		}
		w.server.RevokeTokens()
		err := resilience.Do(t.Context(), w.plain, &createDocument, wire.Args(), resilience.WithAttempts(1))
		if resilience.HTTPStatus(err) == 0 || len(w.statuses(spapitest.CreateFeedDocument)) != 4 {
			t.Errorf("one attempt at most: error %v after %v", err, w.statuses(spapitest.CreateFeedDocument))
		}
	})
}

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
		if err := w.do(t.Context(), &scopeless); !errors.Is(err, resilience.ErrCredential) || !strings.Contains(err.Error(), "add auth.scope") {
			t.Errorf("grantless without a scope: %v", err)
		}
		if err := w.do(t.Context(), &strange); !errors.Is(err, resilience.ErrCredential) || !strings.Contains(err.Error(), `auth.kind is "vip"`) {
			t.Errorf("an unknown kind: %v", err)
		}
	})
}

// An application can call grantless operations without any selling partner.
func TestAccount_WithoutRefreshToken(t *testing.T) {
	inMemory(t, spapitest.Options{Stock: stock}, func(t *testing.T, w *world) {
		config := w.config()
		config.RefreshToken = ""
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
		if err := w.get(t.Context(), "A"); !errors.Is(err, resilience.ErrCredential) || !strings.Contains(err.Error(), "set LWA.RefreshToken") {
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
			t.Errorf("after an expiry: %v and %d requests for restricted tokens, want a refused and a good one more", err, tokens())
		}
	})
}

func TestAccount_RestrictedTokenDenied(t *testing.T) {
	inMemory(t, spapitest.Options{Stock: stock, Denied: []string{spapitest.CreateRestrictedToken}}, func(t *testing.T, w *world) {
		for range 2 {
			err := w.do(t.Context(), &getAddress, "1")
			if !errors.Is(err, resilience.ErrCredential) || !strings.Contains(err.Error(), "createRestrictedDataToken") {
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
	})
	bare, err := spapi.NewCredential(spapi.LWA{ClientID: "id", ClientSecret: clientSecret, RefreshToken: refreshToken})
	if err != nil {
		t.Fatal(err)
	}
	r, _ := http.NewRequestWithContext(spapi.Restricted(t.Context()), http.MethodGet, "http://api.test/x", nil)
	if err := bare.Sign(t.Context(), r, resilience.Scheme{}); err == nil || !strings.Contains(err.Error(), "spapi.New") {
		t.Errorf("a credential alone cannot get restricted tokens: %v", err)
	}
}

// What the token endpoint can do to a call: what the call's error says, how many requests the endpoint gets, and that none reaches the API.
func TestAccount_TokenEndpointFaults(t *testing.T) {
	page := spapitest.TokenFault{Type: "text/html", Body: "<html>please sign in, " + refreshToken + "</html>"}
	failure := func(status int, code string) spapitest.TokenFault {
		return spapitest.TokenFault{Status: status, Body: `{"error":"` + code + `","error_description":"` + refreshToken + `"}`}
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
				synctest.Wait() // the server writes its log when it notices that nobody listens any more
				var token *auth.TokenError
				if !errors.Is(err, resilience.ErrCredential) || !errors.As(err, &token) || token.Reason != c.reason {
					t.Fatalf("the error is %v, want a credential's with reason %q", err, c.reason)
				}
				if n := w.server.TokenRequests(); n != c.requests || took > c.takes {
					t.Errorf("%d requests in %s, want %d in %s", n, took, c.requests, c.takes)
				}
				if text := err.Error(); strings.Contains(text, "refresh-token") || strings.Contains(text, clientSecret) || !strings.Contains(text, "lwa.test") {
					t.Errorf("the error is %q", text)
				}
				if len(w.statuses(spapitest.GetListingsItem)) != 0 {
					t.Error("a request went out without a token")
				}
			})
		})
	}
}

// Bad seconds of the token endpoint are not the caller's trouble.
func TestAccount_TokenEndpointRecovers(t *testing.T) {
	inMemory(t, spapitest.Options{Stock: stock}, func(t *testing.T, w *world) {
		w.server.FailTokens(spapitest.TokenFault{Status: 503}, spapitest.TokenFault{Reset: true}, spapitest.TokenFault{Status: 400, Body: `{"error":"server_error"}`})
		if err := w.get(t.Context(), "A"); err != nil || w.server.TokenRequests() != 4 {
			t.Errorf("%v after %d token requests, want success at the fourth", err, w.server.TokenRequests())
		}
	})
}

// A refused sign-in is not asked for again by each call; after 30 s it is, for somebody may have put it right.
func TestAccount_RefusedSignInRests(t *testing.T) {
	inMemory(t, spapitest.Options{Stock: stock}, func(t *testing.T, w *world) {
		w.server.FailTokens(spapitest.TokenFault{Status: 400, Body: `{"error":"invalid_grant"}`})
		for _, step := range []struct {
			wait     time.Duration
			ok       bool
			requests int
		}{{0, false, 1}, {29 * time.Second, false, 1}, {2 * time.Second, true, 2}} {
			time.Sleep(step.wait)
			if err := w.get(t.Context(), "A"); (err == nil) != step.ok || w.server.TokenRequests() != step.requests {
				t.Errorf("after %s more: %v and %d token requests, want %d", step.wait, err, w.server.TokenRequests(), step.requests)
			}
		}
	})
}

// All who wait for a sign-in share its failure.
func TestAccount_FailedSignInIsShared(t *testing.T) {
	inMemory(t, spapitest.Options{Stock: stock}, func(t *testing.T, w *world) {
		w.server.FailTokens(spapitest.TokenFault{Status: 401, Body: `{"error":"invalid_client"}`, Delay: 300 * time.Millisecond})
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

// A caller that gives up does not take the sign-in from the others.
func TestAccount_ImpatientCallerDoesNotEndTheSignIn(t *testing.T) {
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
