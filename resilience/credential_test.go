package resilience_test

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/resgen/resgen/resilience"
	"github.com/resgen/resgen/resilience/faults"
	"github.com/resgen/resgen/resilience/policy"
	"github.com/resgen/resgen/resilience/wire"
)

// A tokenCredential signs with numbered tokens and can renew them.
type tokenCredential struct {
	tokens  resilience.Renewal[string]
	fetched atomic.Int64
	fail    atomic.Bool
	useless bool // Renew reports failure
	seen    sync.Map
}

func newTokenCredential(takes time.Duration) *tokenCredential {
	b := &tokenCredential{}
	b.tokens.Fetch = func(ctx context.Context) (string, time.Time, error) {
		n := b.fetched.Add(1)
		time.Sleep(takes)
		if b.fail.Load() {
			return "", time.Time{}, errors.New("sign-in is down")
		}
		return "token-" + strconv.FormatInt(n, 10), time.Time{}, nil
	}
	return b
}

func (b *tokenCredential) Account() string { return "me" }

func (b *tokenCredential) Sign(ctx context.Context, r *http.Request, s resilience.Scheme) error {
	token, generation, err := b.tokens.Get(ctx)
	if err != nil {
		return err
	}
	b.seen.Store(token, generation)
	r.Header.Set("Authorization", "Bearer "+token)
	return nil
}

func (b *tokenCredential) Renew(ctx context.Context, r *resilience.Rejection) (bool, error) {
	generation, _ := b.seen.Load(strings.TrimPrefix(r.Request.Header.Get("Authorization"), "Bearer "))
	_, _, err := b.tokens.Renew(ctx, generation.(uint64))
	return err == nil && !b.useless, err
}

// tokenServer responds with 401 to all tokens before the given one.
func tokenServer(t *testing.T, first int) bench {
	return configured(t, faults.Config{Handle: func(r *faults.Request) faults.Step {
		n, _ := strconv.Atoi(strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer token-"))
		if n < first {
			return faults.Status(401).With("WWW-Authenticate", "Bearer").In(time.Second)
		}
		return faults.OK(good).In(time.Second)
	}})
}

// tokenClient returns a client that signs with a tokenCredential.
func tokenClient(
	t *testing.T, b bench, p policy.Policy, op *resilience.Operation, c *tokenCredential,
) *resilience.Caller {
	op.Security = []resilience.Requirement{{{Scheme: "oauth", Scopes: []string{"read"}}}}
	api := &resilience.API{
		Name: "items", Defaults: p, Operations: []*resilience.Operation{op},
		Schemes: []resilience.Scheme{{Name: "oauth", Kind: "oauth2", Scopes: []string{"read", "write"}}},
	}
	caller, err := resilience.NewCaller(api, resilience.WithBaseURL(b.URL), resilience.WithRuntime(b.runtime),
		resilience.WithLogger(quiet), resilience.WithCredential(c))
	if err != nil {
		t.Fatal(err)
	}
	return caller
}

func TestRenewal_OnceForEachClass(t *testing.T) {
	for _, class := range []policy.Class{policy.Safe, policy.Unsafe} {
		synctest.Test(t, func(t *testing.T) {
			b := tokenServer(t, 2)
			p := policy.Default()
			p.Retry.Attempts = 2
			op := operation("POST", class)
			cred := newTokenCredential(time.Second)
			var info resilience.Info
			c := tokenClient(t, b, p, op, cred)
			_, err := get(t, c, op, resilience.WithInfo(&info))
			if err != nil || b.Count() != 2 || cred.fetched.Load() != 2 || len(info.Attempts) != 2 ||
				info.Attempts[0].Status != 401 {
				t.Errorf("%s: %d requests, %d tokens, %v, %+v", class, b.Count(), cred.fetched.Load(), err,
					info.Attempts)
			}
			if tokens := b.runtime.Snapshot().Gates[0].Budget.Tokens; tokens != 500 {
				t.Errorf("%v tokens, want 500: it is free", tokens)
			}
			if _, err := get(t, c, op); err != nil || b.Count() != 3 {
				t.Errorf("the next call: %d requests, %v", b.Count(), err)
			}
		})
	}
}

func TestRenewal_Second401IsTheAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := tokenServer(t, 9)
		op := operation("GET", policy.Safe)
		cred := newTokenCredential(0)
		_, err := get(t, tokenClient(t, b, policy.Default(), op, cred), op)
		expect{requests: 2, kind: resilience.KindAPI, status: 401}.check(t, b, failed(t, err))
		if e := failed(t, err); cred.fetched.Load() != 2 || e.MayHaveApplied {
			t.Errorf("%d requests, %d tokens; got %+v", b.Count(), cred.fetched.Load(), e)
		}
	})
}

func TestRenewal_WithoutRetry(t *testing.T) {
	for name, opts := range map[string]struct {
		body    any
		calls   []resilience.CallOption
		useless bool
		fetch   int64
	}{
		"one attempt":   {nil, []resilience.CallOption{resilience.WithAttempts(1)}, false, 2},
		"one-shot body": {true, nil, false, 2},
		"no use":        {nil, nil, true, 2},
	} {
		synctest.Test(t, func(t *testing.T) {
			b := tokenServer(t, 2)
			op := operation("PUT", policy.Idempotent)
			in := wire.Args()
			if opts.body != nil {
				op.Body = &wire.Body{Media: "text/csv", Format: wire.Binary}
				in = in.With(struct{ bareReader }{bareReader{strings.NewReader("a,b")}})
			}
			cred := newTokenCredential(0)
			cred.useless = opts.useless
			_, err := resilience.Call[*item](t.Context(), tokenClient(t, b, policy.Default(), op, cred), op, in,
				opts.calls...)
			if e := failed(t, err); e.Status != 401 || b.Count() != 1 || cred.fetched.Load() != opts.fetch {
				t.Errorf("%s: %d requests, %d tokens; got %+v", name, b.Count(), cred.fetched.Load(), e)
			}
		})
	}
}

// bareReader hides all methods of a reader except Read.
type bareReader struct{ r *strings.Reader }

func (b bareReader) Read(p []byte) (int, error) { return b.r.Read(p) }

func TestRenewal_Fails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := tokenServer(t, 2)
		op := operation("GET", policy.Safe)
		cred := newTokenCredential(0)
		c := tokenClient(t, b, policy.Default(), op, cred)
		if _, _, err := cred.tokens.Get(t.Context()); err != nil {
			t.Fatal(err)
		}
		cred.fail.Store(true)
		_, err := get(t, c, op)
		expect{requests: 1, status: 401}.check(t, b, failed(t, err))
		if !strings.Contains(err.Error(), "the credential cannot be renewed: sign-in is down") {
			t.Errorf("got %v", err)
		}
	})
}

func TestRenewal_Hangs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := tokenServer(t, 2)
		op := operation("GET", policy.Safe)
		cred := newTokenCredential(0)
		c := tokenClient(t, b, policy.Default(), op, cred)
		if _, _, err := cred.tokens.Get(t.Context()); err != nil {
			t.Fatal(err)
		}
		cred.tokens.Fetch = func(ctx context.Context) (string, time.Time, error) {
			<-ctx.Done()
			return "", time.Time{}, ctx.Err()
		}
		begin := time.Now()
		_, err := get(t, c, op, resilience.WithTimeout(5*time.Second))
		expect{kind: resilience.KindCredential, status: 401}.check(t, nil, failed(t, err))
		if time.Since(begin) != 4750*time.Millisecond || !errors.Is(err, resilience.ErrSignInUnavailable) {
			t.Errorf("after %s: got %v", time.Since(begin), err)
		}
		time.Sleep(30 * time.Second) // the fetch continues for other calls until its timeout
	})
}

func TestRenewal_ManyCallersFetchOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := tokenServer(t, 2)
		op := operation("GET", policy.Safe)
		cred := newTokenCredential(3 * time.Second)
		c := tokenClient(t, b, policy.Default(), op, cred)
		impatient, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		var wait sync.WaitGroup
		wait.Go(func() { // this call may start the renewal and times out during it
			_, err := resilience.Call[*item](impatient, c, op, wire.Args())
			if e := failed(t, err); e.Kind != resilience.KindTimeout && e.Status != 401 {
				t.Errorf("got %v", err)
			}
		})
		for range 49 {
			wait.Go(func() {
				if _, err := get(t, c, op); err != nil {
					t.Error(err)
				}
			})
		}
		wait.Wait()
		if n := cred.fetched.Load(); n != 2 {
			t.Errorf("%d tokens were fetched, want 2", n)
		}
	})
}

func TestRenewal_Values(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := 0
		var fail error
		r := resilience.Renewal[int]{Early: time.Minute, Timeout: 5 * time.Second,
			Fetch: func(ctx context.Context) (int, time.Time, error) {
				n++
				if n == 6 {
					panic("boom")
				}
				if n == 7 {
					<-ctx.Done()
					return 0, time.Time{}, ctx.Err()
				}
				return n, time.Now().Add(time.Hour), fail
			}}
		value, generation, err := r.Get(t.Context())
		if value != 1 || generation != 1 || err != nil {
			t.Errorf("first: got %d of %d, %v", value, generation, err)
		}
		if value, generation, _ = r.Get(t.Context()); value != 1 || generation != 1 {
			t.Errorf("kept: got %d of %d", value, generation)
		}
		if value, generation, _ = r.Renew(t.Context(), 0); value != 1 || generation != 1 {
			t.Errorf("ada else has renewed it: got %d of %d", value, generation)
		}
		if value, generation, _ = r.Renew(t.Context(), 1); value != 2 || generation != 2 {
			t.Errorf("renewed: got %d of %d", value, generation)
		}
		time.Sleep(59*time.Minute - 1)
		if value, _, _ = r.Get(t.Context()); value != 2 {
			t.Errorf("just before a minute before its end: got %d", value)
		}
		time.Sleep(time.Nanosecond)
		if value, generation, _ = r.Get(t.Context()); value != 3 || generation != 3 {
			t.Errorf("a minute before its end: got %d of %d", value, generation)
		}
		time.Sleep(2 * time.Hour)
		fail = errors.New("down")
		if _, _, err = r.Get(t.Context()); !errors.Is(err, fail) {
			t.Errorf("got %v", err)
		}
		fail = nil
		if value, generation, _ = r.Get(t.Context()); value != 5 || generation != 4 {
			t.Errorf("after a failure: got %d of %d", value, generation)
		}
		if _, _, err = r.Renew(t.Context(), 4); err == nil || !strings.Contains(err.Error(), "panicked") {
			t.Errorf("got %v", err)
		}
		begin := time.Now()
		if _, _, err = r.Renew(t.Context(), 4); !errors.Is(err, context.DeadlineExceeded) ||
			time.Since(begin) != 5*time.Second {
			t.Errorf("got %v after %s", err, time.Since(begin))
		}
	})
}

func TestRenewal_DefaultTimeout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := resilience.Renewal[int]{Fetch: func(ctx context.Context) (int, time.Time, error) {
			<-ctx.Done()
			return 0, time.Time{}, ctx.Err()
		}}
		begin := time.Now()
		if _, _, err := r.Get(t.Context()); err == nil || time.Since(begin) != 30*time.Second {
			t.Errorf("got %v after %s, want 30 s", err, time.Since(begin))
		}
	})
}

// A scoped credential records the schemes that it signs for.
type scoped struct{ got []resilience.Scheme }

func (s *scoped) Account() string { return "" }
func (s *scoped) Sign(_ context.Context, _ *http.Request, scheme resilience.Scheme) error {
	s.got = append(s.got, scheme)
	return nil
}

func TestCredential_OperationScopes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := memory(t, faults.OK(good))
		op := operation("GET", policy.Safe)
		op.Security = []resilience.Requirement{{{Scheme: "oauth", Scopes: []string{"read"}}}}
		api := &resilience.API{
			Name: "items", Defaults: policy.Default(), Operations: []*resilience.Operation{op},
			Schemes: []resilience.Scheme{{Name: "oauth", Kind: "oauth2", Scopes: []string{"read", "write"}}},
		}
		cred := &scoped{}
		c, err := resilience.NewCaller(api, resilience.WithBaseURL(b.URL), resilience.WithRuntime(b.runtime),
			resilience.WithCredential(cred))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := get(t, c, op); err != nil || len(cred.got) != 1 ||
			strings.Join(cred.got[0].Scopes, " ") != "read" || cred.got[0].Kind != "oauth2" {
			t.Errorf("%v, %+v", err, cred.got)
		}
	})
}
