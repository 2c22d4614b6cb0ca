package auth_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/resgen/resgen/resilience"
	"github.com/resgen/resgen/resilience/auth"
	"github.com/resgen/resgen/resilience/wire"
)

// rejection is a response to a request that was signed with a secret.
func rejection(t *testing.T, secret string, status int) *resilience.Rejection {
	t.Helper()
	r := request(t, "http://api.test/items?a=1")
	r.Header.Set("Accept", "application/json")
	if err := auth.Place(r, bearer, secret); err != nil {
		t.Fatal(err)
	}
	return &resilience.Rejection{
		Request: r,
		Status:  status,
		Header:  http.Header{},
		Schemes: []resilience.Scheme{bearer},
	}
}

// source returns token-1, token-2 and so on, or fails.
type source struct {
	n    int
	life time.Duration
	err  error
}

func (s *source) fetch(context.Context) (string, time.Time, error) {
	s.n++
	if s.err != nil {
		return "", time.Time{}, s.err
	}
	var until time.Time
	if s.life != 0 {
		until = time.Now().Add(s.life)
	}
	return fmt.Sprintf("token-%d", s.n), until, nil
}

func TestCredential_MarginNoneAndTooEarly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &source{life: time.Minute}
		c := auth.New(auth.Mechanism[struct{}, string]{Margin: -1, Place: auth.Place,
			Fetch: func(ctx context.Context, _ struct{}) (string, time.Time, error) { return s.fetch(ctx) }})
		for _, step := range []struct {
			wait time.Duration
			want string
		}{{0, "token-1"}, {59 * time.Second, "token-1"}, {2 * time.Second, "token-2"}} {
			time.Sleep(step.wait)
			if got, err := c.Secret(t.Context(), struct{}{}); got != step.want || err != nil {
				t.Errorf("%s after %s more, want %s", got, step.wait, step.want)
			}
		}
	})
}

func TestCredential_ExaminesOnly401ByDefault(t *testing.T) {
	token := auth.TokenSource((&source{}).fetch)
	for status, want := range map[int]resilience.Expiry{
		401: resilience.Expired, 403: resilience.NotExpired, 200: resilience.NotExpired, 302: resilience.NotExpired,
	} {
		if got := token.Examine(rejection(t, "token-1", status)); got != want {
			t.Errorf("status %d is %d, want %d", status, got, want)
		}
	}
}

// Renew compares the rejected secret with the current one.
func TestCredential_RenewsWhatWasRejected(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &source{}
		token := auth.TokenSource(s.fetch)
		if err := token.Sign(t.Context(), request(t, "http://api.test/"), bearer); err != nil {
			t.Fatal(err)
		}
		for _, step := range []struct {
			carried string
			wait    time.Duration
			again   bool
			fetched int
		}{
			{"token-0", 0, true, 1}, // signed before another renewal
			{"token-1", 0, true, 2},
			{"token-1", 0, true, 2}, // late: there is a new one already
			{"token-2", 29 * time.Second, false, 2},
			{"token-2", 2 * time.Second, true, 3}, // the pause is over
			{"token-2", 0, true, 3},
			{"token-3", 0, false, 3},
		} {
			time.Sleep(step.wait)
			again, err := token.Renew(t.Context(), rejection(t, step.carried, 401))
			if again != step.again || err != nil || s.n != step.fetched {
				t.Errorf(
					"%s rejected: again %t with error %v after %d fetches, want %t after %d",
					step.carried,
					again,
					err,
					s.n,
					step.again,
					step.fetched,
				)
			}
		}
	})
}

// A token that was accepted is renewed when it is rejected later, even during the pause. Only a
// success of that same token counts.
func TestCredential_TrustsATokenThatWorked(t *testing.T) {
	for _, c := range []struct {
		carried string
		status  int
		again   bool
	}{
		{"token-2", 200, true}, {"token-2", 299, true}, {"token-2", 404, false}, {"token-2", 500, false},
		{"token-2", 302, false}, {"token-2", 401, false}, {"token-1", 200, false},
	} {
		synctest.Test(t, func(t *testing.T) {
			s := &source{}
			token := auth.TokenSource(s.fetch)
			_ = token.Sign(t.Context(), request(t, "http://api.test/"), bearer)
			_, _ = token.Renew(t.Context(), rejection(t, "token-1", 401))
			_ = token.Sign(t.Context(), request(t, "http://api.test/"), bearer)
			token.Examine(rejection(t, c.carried, c.status))
			again, err := token.Renew(t.Context(), rejection(t, "token-2", 401))
			if again != c.again || err != nil {
				t.Errorf("%s had %d: again %t with error %v, want %t", c.carried, c.status, again, err, c.again)
			}
		})
	}
}

// After an outage of the sign-in, a rejected secret is renewed as soon as the rest is over. Until
// then its error is that of the fetch.
func TestCredential_FailedRenewal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &source{}
		token := auth.TokenSource(s.fetch)
		_ = token.Sign(t.Context(), request(t, "http://api.test/"), bearer)
		s.err = errors.New("out of order")
		for _, step := range []struct {
			wait    time.Duration
			fetches int
		}{{0, 2}, {400 * time.Millisecond, 2}, {600 * time.Millisecond, 3}, {900 * time.Millisecond, 3}} {
			time.Sleep(step.wait)
			again, err := token.Renew(t.Context(), rejection(t, "token-1", 401))
			if again || !errors.Is(err, s.err) || !errors.Is(err, resilience.ErrSignInUnavailable) ||
				s.n != step.fetches {
				t.Errorf("again %t with error %v after %d fetches, want %d", again, err, s.n, step.fetches)
			}
		}
		time.Sleep(1100 * time.Millisecond)
		s.err = nil
		if again, err := token.Renew(t.Context(), rejection(t, "token-1", 401)); !again || err != nil || s.n != 4 {
			t.Errorf("after the rest: again %t with error %v after %d fetches", again, err, s.n)
		}
		if again, err := token.Renew(t.Context(), rejection(t, "token-4", 401)); again || err != nil || s.n != 4 {
			t.Errorf("a new secret that is rejected: again %t with error %v after %d fetches", again, err, s.n)
		}
	})
}

// A refused renewal is shared and not repeated during the pause.
func TestCredential_RefusedRenewal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &source{}
		token := auth.New(auth.Mechanism[struct{}, string]{
			Place: auth.Place, Rest: time.Second,
			Final: func(error) bool { return true },
			Fetch: func(ctx context.Context, _ struct{}) (string, time.Time, error) { return s.fetch(ctx) },
		})
		_ = token.Sign(t.Context(), request(t, "http://api.test/"), bearer)
		s.err = errors.New("no such user")
		for _, step := range []struct {
			wait    time.Duration
			fetches int
		}{{0, 2}, {30*time.Second - 1, 2}, {1, 3}} {
			time.Sleep(step.wait)
			again, err := token.Renew(t.Context(), rejection(t, "token-1", 401))
			if again || !errors.Is(err, s.err) || !errors.Is(err, resilience.ErrCredentialRefused) ||
				s.n != step.fetches {
				t.Errorf("again %t with error %v after %d fetches, want %d", again, err, s.n, step.fetches)
			}
		}
	})
}

// A permanent error is returned without another fetch during the rest, which defaults to the pause.
func TestCredential_FinalErrors(t *testing.T) {
	for _, c := range []struct {
		pause   time.Duration
		rest    time.Duration
		fetches [3]int // at once, after 29 s, after 31 s
	}{
		{0, 0, [3]int{1, 1, 2}}, {-1, 0, [3]int{1, 2, 3}}, {10 * time.Second, 0, [3]int{1, 2, 2}},
		{0, time.Hour, [3]int{1, 1, 1}}, {-1, time.Hour, [3]int{1, 1, 1}}, {time.Hour, -1, [3]int{1, 2, 3}},
	} {
		synctest.Test(t, func(t *testing.T) {
			s := &source{err: errors.New("no")}
			token := auth.New(
				auth.Mechanism[struct{}, string]{
					Place: auth.Place,
					Pause: c.pause,
					Rest:  c.rest,
					Final: func(err error) bool { return errors.Is(err, s.err) },
					Fetch: func(ctx context.Context, _ struct{}) (string, time.Time, error) { return s.fetch(ctx) },
				},
			)
			for i, wait := range []time.Duration{0, 29 * time.Second, 2 * time.Second} {
				time.Sleep(wait)
				err := token.Sign(t.Context(), request(t, "http://api.test/"), bearer)
				if !errors.Is(err, s.err) || !errors.Is(err, resilience.ErrCredentialRefused) || s.n != c.fetches[i] {
					t.Errorf("pause %s, rest %s, step %d: %v after %d fetches, want %d", c.pause, c.rest, i, err, s.n,
						c.fetches[i])
				}
				var state *resilience.CredentialError
				if !errors.As(err, &state) || state.RetryAfter != 0 {
					t.Errorf("the error is %+v, want one that suggests no wait", err)
				}
			}
		})
	}
}

// Each key has its own secret. A credential keeps a bounded number of them and evicts the least
// recently used.
func TestCredential_KeepsABoundedNumberOfSecrets(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		fetched := map[string]int{}
		c := auth.New(auth.Mechanism[string, string]{Place: auth.Place,
			Fetch: func(_ context.Context, key string) (string, time.Time, error) {
				fetched[key]++
				return "secret of " + key, time.Time{}, nil
			}})
		get := func(key string) {
			time.Sleep(time.Second)
			if got, err := c.Secret(t.Context(), key); got != "secret of "+key || err != nil {
				t.Fatalf("%q and %v", got, err)
			}
		}
		for i := range 1024 {
			get(fmt.Sprint(i))
		}
		get("0")    // used again, so 1 is the least recently used
		get("1024") // evicts 1
		get("0")
		get("2")
		get("1")
		if fetched["0"] != 1 || fetched["2"] != 1 || fetched["1"] != 2 || len(fetched) != 1025 {
			t.Errorf("fetched 0: %d, 1: %d, 2: %d of %d keys", fetched["0"], fetched["1"], fetched["2"], len(fetched))
		}
	})
}

func TestCredential_KeyErrors(t *testing.T) {
	bad := errors.New("no such secret")
	c := auth.New(auth.Mechanism[string, string]{Place: auth.Place,
		Key: func(r *http.Request, _ resilience.Scheme) (string, error) { return r.Header.Get("X-Key"), bad },
		Fetch: func(context.Context, string) (string, time.Time, error) {
			t.Error("fetched")
			return "", time.Time{}, nil
		}})
	if err := c.Sign(t.Context(), request(t, "http://api.test/"), bearer); !errors.Is(err, bad) {
		t.Errorf("Sign: %v", err)
	}
	if again, err := c.Renew(t.Context(), rejection(t, "x", 401)); again || !errors.Is(err, bad) {
		t.Errorf("Renew: %t and %v", again, err)
	}
	if got := c.Examine(rejection(t, "x", 200)); got != resilience.NotExpired {
		t.Errorf("Examine: %d", got)
	}
}

// A fetch has its own timeout and does not depend on any caller; callers may stop waiting.
func TestCredential_FetchIsBounded(t *testing.T) {
	for timeout, want := range map[time.Duration]time.Duration{0: 30 * time.Second, 5 * time.Second: 5 * time.Second} {
		synctest.Test(t, func(t *testing.T) {
			c := auth.New(auth.Mechanism[struct{}, string]{Place: auth.Place, Timeout: timeout,
				Fetch: func(ctx context.Context, _ struct{}) (string, time.Time, error) {
					<-ctx.Done()
					return "", time.Time{}, ctx.Err()
				}})
			begun := time.Now()
			if _, err := c.Secret(t.Context(), struct{}{}); !errors.Is(err, context.DeadlineExceeded) ||
				time.Since(begun) != want {
				t.Errorf("%v after %s, want %s", err, time.Since(begun), want)
			}
			time.Sleep(time.Second) // the longest rest
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			begun = time.Now()
			if _, err := c.Secret(ctx, struct{}{}); !errors.Is(err, context.DeadlineExceeded) ||
				time.Since(begun) != time.Second {
				t.Errorf("%v after %s, want a second", err, time.Since(begun))
			}
			time.Sleep(time.Minute) // the second fetch ends
		})
	}
}

// A closed credential signs nothing, neither with a cached secret nor with a new one.
func TestCredential_Close(t *testing.T) {
	fetches := 0
	c := auth.New(auth.Mechanism[string, string]{
		Key:   func(r *http.Request, _ resilience.Scheme) (string, error) { return r.URL.Path, nil },
		Fetch: func(context.Context, string) (string, time.Time, error) { fetches++; return "s", time.Time{}, nil },
		Place: auth.Place,
	})
	scheme := resilience.Scheme{Kind: "apiKey", In: wire.Header, Parameter: "X-Key"}
	sign := func(path string) error {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://api.test"+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		return c.Sign(t.Context(), r, scheme)
	}
	if err := sign("/a"); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(c.Close(), c.Close()); err != nil {
		t.Error(err)
	}
	for _, path := range []string{"/a", "/b"} {
		if err := sign(path); !errors.Is(err, resilience.ErrRenewalClosed) || fetches != 1 {
			t.Errorf("%s: %v after %d fetches", path, err, fetches)
		}
	}
}

// A header with two values is not the header with both in one.
func TestCredential_RenewComparesValues(t *testing.T) {
	place := func(r *http.Request, _ resilience.Scheme, secret string) error {
		r.Header["X-Key"] = []string{secret}
		return nil
	}
	fetched := 0
	c := auth.New(auth.Mechanism[struct{}, string]{
		Fetch: func(context.Context, struct{}) (string, time.Time, error) {
			fetched++
			return "a b", time.Time{}, nil
		},
		Place: place,
	})
	a := rejection(t, "a", 401)
	a.Request.Header = http.Header{"X-Key": {"a", "b"}}
	if again, err := c.Renew(t.Context(), a); !again || err != nil || fetched != 1 {
		t.Errorf("again %t, %v, %d fetches, want another request with the first secret", again, err, fetched)
	}
}
