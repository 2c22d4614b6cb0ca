package spapi_test

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/resgen/resgen/clients/internal/clienttest"
	"github.com/resgen/resgen/clients/spapi/spapitest"
	"github.com/resgen/resgen/resilience"
	"github.com/resgen/resgen/resilience/wire"
)

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

// A token that is valid for an hour is replaced a minute before it expires, and not earlier.
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

// Three expiries under 200 concurrent calls, with refreshes that take 300 ms. The tokens are
// revoked, so only rejections reveal it.
func TestAccount_ThreeExpiriesUnderLoadAreThreeRefreshes(t *testing.T) {
	for _, status := range []int{http.StatusUnauthorized, http.StatusForbidden} {
		opts := spapitest.Options{
			Stock:         stock,
			TokenDelay:    300 * time.Millisecond,
			ExpiredStatus: status,
			Latency:       [2]time.Duration{50 * time.Millisecond, 250 * time.Millisecond},
		}
		inMemory(t, opts, func(t *testing.T, w *world) {
			done := make(chan struct{})
			wait := clienttest.Callers(
				t.Context(),
				200,
				clienttest.Every(0),
				func(ctx context.Context) error { return w.do(ctx, &getListing, "A") },
				done,
			)
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
			if n := w.server.TokenRequests(); n != 4 || calls < 5000 {
				t.Errorf(
					"status %d: %d token requests in %d calls, want 4: the first and one for each expiry",
					status,
					n,
					calls,
				)
			}
		})
	}
}

// The same by the clock: tokens valid for two minutes are replaced after one, so there are three
// expiries in 190 s without a rejection.
func TestAccount_ThreeExpiriesByTheClock(t *testing.T) {
	opts := spapitest.Options{
		Stock:      stock,
		TokenLife:  2 * time.Minute,
		TokenDelay: 300 * time.Millisecond,
		Latency:    [2]time.Duration{50 * time.Millisecond, 250 * time.Millisecond},
	}
	inMemory(t, opts, func(t *testing.T, w *world) {
		done := make(chan struct{})
		wait := clienttest.Callers(
			t.Context(),
			200,
			clienttest.Every(5*time.Second),
			func(ctx context.Context) error { return w.do(ctx, &getListing, "A") },
			done,
		)
		time.Sleep(190 * time.Second)
		close(done)
		calls, err := wait()
		if err != nil {
			t.Errorf("a call failed: %v", err)
		}
		if n := w.server.TokenRequests(); n != 4 || calls < 7000 ||
			slices.Contains(w.statuses(spapitest.GetListingsItem), http.StatusForbidden) {
			t.Errorf("%d token requests in %d calls, want 4 and no call rejected", n, calls)
		}
	})
}

// Only words distinguish a missing permission from an expired token. A new token cannot cure it, so
// none is fetched and nothing is retried.
func TestAccount_MissingPermissionIsFinal(t *testing.T) {
	inMemory(
		t,
		spapitest.Options{Stock: stock, Denied: []string{spapitest.GetListingsItem}},
		func(t *testing.T, w *world) {
			for range 2 {
				err := w.get(t.Context(), "A")
				var failure *resilience.Error
				if !errors.As(err, &failure) || failure.Kind != resilience.KindAPI ||
					failure.Status != http.StatusForbidden ||
					failure.MayHaveApplied {
					t.Errorf("the error is %v, want status 403", err)
				}
			}
			if got := w.statuses(spapitest.GetListingsItem); len(got) != 2 || w.server.TokenRequests() != 1 {
				t.Errorf(
					"answers %v and %d token requests, want one request a call and one token",
					got,
					w.server.TokenRequests(),
				)
			}
		},
	)
}

// If the API rejects newly issued tokens, there is one new token and one retry, then errors until
// 30 s have passed.
func TestAccount_TokensThatNeverWork(t *testing.T) {
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
			if got := w.statuses(spapitest.GetListingsItem); len(got) != step.requests ||
				w.server.TokenRequests() != step.tokens {
				t.Errorf(
					"after %s more: %d requests and %d tokens, want %d and %d",
					step.wait,
					len(got),
					w.server.TokenRequests(),
					step.requests,
					step.tokens,
				)
			}
		}
	})
}

// A request with an expired token was not applied, so even an operation that is never retried
// otherwise is retried.
func TestAccount_ExpiryRetriesUnsafeOperationsOnce(t *testing.T) {
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
