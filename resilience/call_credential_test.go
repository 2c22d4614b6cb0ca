package resilience_test

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/resgen/resgen/resilience"
	"github.com/resgen/resgen/resilience/faults"
	"github.com/resgen/resgen/resilience/policy"
	"github.com/resgen/resgen/resilience/wire"
)

// A broken credential cannot sign.
type broken struct{ err error }

func (broken) Account() string { return "me" }

func (b broken) Sign(context.Context, *http.Request, resilience.Scheme) error { return b.err }

// signIn returns an error with a state of the sign-in.
func signIn(state error, wait time.Duration) error {
	return &resilience.CredentialError{State: state, RetryAfter: wait, Err: errors.New("the service says no")}
}

// signedBy returns a client of the server whose calls are signed by the credential.
func (b bench) signedBy(
	t *testing.T, c resilience.Credential, op *resilience.Operation, opts ...resilience.Option,
) *resilience.Caller {
	t.Helper()
	op.Security = []resilience.Requirement{{{Scheme: "token"}}}
	return b.client(t, policy.Default(), op, append(opts, resilience.WithCredential(c))...)
}

// What a call, its handler and its fallback make of each state of a sign-in.
func TestCredential_States(t *testing.T) {
	call := func(k resilience.Kind, status int, wait time.Duration) error {
		return fmt.Errorf("sign-in: %w", &resilience.Error{Kind: k, Status: status, RetryAfter: wait})
	}
	for _, c := range []struct {
		name     string
		err      error
		state    error // nil: none
		status   int
		header   string // Retry-After
		kind     string // type of the problem document
		title    string
		fallback bool
	}{
		{
			"unavailable", signIn(resilience.ErrSignInUnavailable, 90*time.Second), resilience.ErrSignInUnavailable,
			503, "90", "sign-in-unavailable", "the sign-in is unavailable", true,
		},
		{
			"unavailable, wrapped", fmt.Errorf("pool: %w", signIn(resilience.ErrSignInUnavailable, 0)),
			resilience.ErrSignInUnavailable, 503, "", "sign-in-unavailable", "the sign-in is unavailable", true,
		},
		{
			"refused", signIn(resilience.ErrCredentialRefused, time.Minute), resilience.ErrCredentialRefused,
			502, "60", "credential-refused", "the credential was refused", false,
		},
		{
			"sign-in required", signIn(resilience.ErrSignInRequired, time.Minute), resilience.ErrSignInRequired,
			503, "60", "sign-in-required", "sign-in required", false,
		},
		{
			"blocked", signIn(resilience.ErrBlocked, 0), resilience.ErrBlocked,
			503, "", "blocked", "the account is blocked", false,
		},
		{
			"blocked and unavailable", fmt.Errorf("%w, %w", resilience.ErrSignInUnavailable, resilience.ErrBlocked),
			resilience.ErrBlocked, 503, "", "blocked", "the account is blocked", false,
		},
		{"unknown", errors.New("odd"), nil, 502, "", "credential", "no usable credential", false},
		{
			"a timeout of the credential", context.DeadlineExceeded, resilience.ErrSignInUnavailable,
			503, "", "sign-in-unavailable", "the sign-in is unavailable", true,
		},
		{
			"no connection", syscall.ECONNREFUSED, resilience.ErrSignInUnavailable,
			503, "", "sign-in-unavailable", "the sign-in is unavailable", true,
		},
		{
			"a reset connection", syscall.ECONNRESET, resilience.ErrSignInUnavailable,
			503, "", "sign-in-unavailable", "the sign-in is unavailable", true,
		},
		{
			"an unknown host", &net.DNSError{IsNotFound: true}, resilience.ErrSignInUnavailable,
			503, "", "sign-in-unavailable", "the sign-in is unavailable", true,
		},
		{
			"a certificate", x509.UnknownAuthorityError{}, resilience.ErrSignInUnavailable,
			503, "", "sign-in-unavailable", "the sign-in is unavailable", true,
		},
		{
			"a call with 503", call(resilience.KindAPI, 503, 7*time.Second), resilience.ErrSignInUnavailable,
			503, "7", "sign-in-unavailable", "the sign-in is unavailable", true,
		},
		{
			"a call with an open circuit", call(resilience.KindCircuitOpen, 0, 7*time.Second),
			resilience.ErrSignInUnavailable, 503, "7", "sign-in-unavailable", "the sign-in is unavailable", true,
		},
		{
			"a call with 400", call(resilience.KindAPI, 400, 0), nil, 502, "", "credential", "no usable credential",
			false,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := memory(t, faults.OK(good))
				op := operation("GET", policy.Safe)
				_, err := get(t, b.signedBy(t, broken{c.err}, op), op)
				e := failed(t, err)
				expect{requests: none, kind: resilience.KindCredential}.check(t, b, e)
				if !errors.Is(err, c.err) || !errors.Is(err, resilience.ErrCredential) || e.MayHaveApplied {
					t.Errorf("got %+v", e)
				}
				for _, state := range []error{resilience.ErrSignInUnavailable, resilience.ErrCredentialRefused,
					resilience.ErrSignInRequired, resilience.ErrBlocked} {
					if errors.Is(err, state) != (state == c.state || errors.Is(c.err, state)) {
						t.Errorf("is %v: %t", state, errors.Is(err, state))
					}
				}
				if got := resilience.HTTPStatus(fmt.Errorf("around: %w", err)); got != c.status {
					t.Errorf("status %d, want %d", got, c.status)
				}
				w := httptest.NewRecorder()
				resilience.WriteError(w, err)
				want := fmt.Sprintf(`{"type":%q,"title":%q,"status":%d,"detail":`, c.kind, c.title, c.status)
				if !strings.HasPrefix(w.Body.String(), want) || w.Header().Get("Retry-After") != c.header ||
					w.Code != c.status {
					t.Errorf("wrote %d, Retry-After %q and %s", w.Code, w.Header().Get("Retry-After"), w.Body)
				}
				value, err := get(t, b.signedBy(t, broken{c.err}, op), op,
					resilience.WithCallFallback(resilience.FallbackValue(&item{Name: "spare"})))
				if (err == nil) != c.fallback || c.fallback && value.Name != "spare" {
					t.Errorf("with a fallback: %v, %v", value, err)
				}
				if s := b.circuit(); s.Failures != 0 || s.Successes != 0 {
					t.Errorf("the circuit of the API counted %+v", s)
				}
			})
		})
	}
}

// Errors that are not those of a call have a status as well.
func TestHTTPStatus_SignIn(t *testing.T) {
	denied := &resilience.Error{Kind: resilience.KindAPI, Status: 403}
	for _, c := range []struct {
		err  error
		want int
	}{
		{resilience.ErrSignInUnavailable, 503}, {resilience.ErrSignInRequired, 503}, {resilience.ErrBlocked, 503},
		{resilience.ErrCredentialRefused, 502}, {resilience.ErrCredential, 500},
		{errors.Join(resilience.ErrBlocked, denied), 503}, {errors.Join(resilience.ErrSignInRequired, denied), 503},
		{errors.Join(resilience.ErrCredentialRefused, denied), 502},
		{errors.Join(resilience.ErrSignInUnavailable, denied), 502},
		{errors.Join(resilience.ErrSignInUnavailable, &resilience.Error{Kind: resilience.KindTimeout}), 504},
	} {
		if got := resilience.HTTPStatus(c.err); got != c.want {
			t.Errorf("%v: status %d, want %d", c.err, got, c.want)
		}
	}
}

func TestCredentialError(t *testing.T) {
	cause := errors.New("why")
	e := &resilience.CredentialError{State: resilience.ErrBlocked, Err: cause}
	if e.Error() != "why" || !errors.Is(e, cause) || !errors.Is(e, resilience.ErrBlocked) {
		t.Errorf("got %v", e)
	}
	e.Err = nil
	if e.Error() != "the account is blocked" || errors.Is(e, cause) || !errors.Is(e, resilience.ErrBlocked) {
		t.Errorf("without a cause: got %v", e)
	}
}

func TestRetryAfter(t *testing.T) {
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	for value, want := range map[string]time.Duration{
		"7200": 2 * time.Hour, "1.5": 1500 * time.Millisecond, "Fri, 02 Jan 2026 03:04:15 GMT": 10 * time.Second,
		"soon": 0,
	} {
		got, ok := resilience.RetryAfter(http.Header{"Retry-After": {value}}, now)
		if got != want || ok != (want > 0) {
			t.Errorf("%s: got %s, %t, want %s", value, got, ok, want)
		}
	}
}

// A rejected token whose renewal fails: the error keeps the status of the rejection and has the
// state of the sign-in.
func TestRenewal_FailsWithAState(t *testing.T) {
	for _, c := range []struct {
		state    error
		status   int
		wait     time.Duration
		fallback bool
	}{
		{resilience.ErrSignInUnavailable, 503, 9 * time.Second, true},
		{resilience.ErrCredentialRefused, 502, 0, false},
		{resilience.ErrSignInRequired, 503, 0, false},
		{resilience.ErrBlocked, 503, 0, false},
	} {
		synctest.Test(t, func(t *testing.T) {
			b := tokenServer(t, 2)
			op := operation("GET", policy.Safe)
			cred := newTokenCredential(0)
			caller := tokenClient(t, b, policy.Default(), op, cred)
			if _, _, err := cred.tokens.Get(t.Context()); err != nil {
				t.Fatal(err)
			}
			cred.tokens.Fetch = func(context.Context) (string, time.Time, error) {
				return "", time.Time{}, signIn(c.state, c.wait)
			}
			_, err := get(t, caller, op)
			e := failed(t, err)
			expect{requests: 1, kind: resilience.KindCredential, status: 401}.check(t, b, e)
			if !errors.Is(err, c.state) || e.RetryAfter != c.wait || resilience.HTTPStatus(err) != c.status ||
				e.MayHaveApplied || !strings.Contains(err.Error(), "the credential cannot be renewed: the service") {
				t.Errorf("got %+v: %v", e, err)
			}
			value, err := get(t, caller, op,
				resilience.WithCallFallback(resilience.FallbackValue(&item{Name: "spare"})))
			if (err == nil) != c.fallback || c.fallback && value.Name != "spare" {
				t.Errorf("with a fallback: %v, %v", value, err)
			}
		})
	}
}

// A call that waits for a sign-in ends before its deadline, as an outage and in time for its
// fallback, which can then use the rest of its time. Calls of a second or less, and those whose
// context is canceled, end like any other call.
func TestRenewal_CallsEndInTime(t *testing.T) {
	for _, c := range []struct {
		name  string
		call  time.Duration // WithTimeout; 0: none
		ctx   time.Duration // deadline of the context; 0: none
		takes time.Duration
		kind  resilience.Kind
		wait  time.Duration // RetryAfter
	}{
		{"attempt timeout", 0, 0, 29750 * time.Millisecond, resilience.KindCredential, 250 * time.Millisecond},
		{"timeout of the call", 5 * time.Second, 0, 4750 * time.Millisecond, resilience.KindCredential,
			25250 * time.Millisecond},
		{"deadline of the context", 0, 2 * time.Second, 1800 * time.Millisecond, resilience.KindCredential,
			28200 * time.Millisecond},
		{"a second", time.Second, 0, time.Second, resilience.KindTimeout, 0},
		{"a second of the context", 0, time.Second, time.Second, resilience.KindTimeout, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := memory(t, faults.OK(good))
				op := operation("GET", policy.Safe)
				cred := newTokenCredential(time.Hour)
				cred.tokens.Fetch = func(ctx context.Context) (string, time.Time, error) {
					<-ctx.Done()
					return "", time.Time{}, ctx.Err()
				}
				caller := b.signedBy(t, cred, op)
				ctx, cancel := context.WithCancel(t.Context())
				if c.ctx > 0 {
					ctx, cancel = context.WithTimeout(ctx, c.ctx)
				}
				defer cancel()
				var opts []resilience.CallOption
				if c.call > 0 {
					opts = append(opts, resilience.WithTimeout(c.call))
				}
				begun := time.Now()
				err := resilience.Do(ctx, caller, op, wire.Args(), opts...)
				e := failed(t, err)
				expect{requests: none, kind: c.kind}.check(t, b, e)
				if time.Since(begun) != c.takes || e.RetryAfter != c.wait ||
					(resilience.HTTPStatus(err) == 503) != (c.kind == resilience.KindCredential) {
					t.Errorf("after %s: %v with %s", time.Since(begun), err, e.RetryAfter)
				}
				time.Sleep(30 * time.Second) // the fetch ends
			})
		})
	}
}

// Closing the runtime ends calls that wait for a sign-in, and the sign-in.
func TestRuntime_CloseEndsSignIns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := memory(t, faults.OK(good))
		op := operation("GET", policy.Safe)
		cred := newTokenCredential(0)
		begun := time.Now()
		var ended time.Duration
		cred.tokens.Fetch = func(ctx context.Context) (string, time.Time, error) {
			<-ctx.Done()
			ended = time.Since(begun)
			return "", time.Time{}, ctx.Err()
		}
		caller := b.signedBy(t, cred, op)
		var calls sync.WaitGroup
		for range 10 {
			calls.Go(func() {
				_, err := get(t, caller, op)
				expect{kind: resilience.KindClosed}.check(t, nil, failed(t, err))
			})
		}
		time.Sleep(3 * time.Second)
		_ = b.runtime.Close()
		calls.Wait()
		synctest.Wait()
		if ended != 3*time.Second || time.Since(begun) != ended {
			t.Errorf("the sign-in ended after %s, the calls after %s, want 3 s", ended, time.Since(begun))
		}
		if s := b.runtime.Snapshot(); s.InFlight != 0 {
			t.Errorf("%d calls in flight", s.InFlight)
		}
	})
}

// A sign-in continues as long as calls of another runtime, or other code, wait for it.
func TestRuntime_CloseLeavesSharedSignIns(t *testing.T) {
	for _, other := range []string{"runtime", "code"} {
		t.Run(other, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b, c := memory(t, faults.OK(good)), memory(t, faults.OK(good))
				op := operation("GET", policy.Safe)
				cred := newTokenCredential(10 * time.Second)
				first, second := b.signedBy(t, cred, op), c.signedBy(t, cred, op)
				var calls sync.WaitGroup
				calls.Go(func() {
					_, err := get(t, first, op)
					expect{kind: resilience.KindClosed}.check(t, nil, failed(t, err))
				})
				time.Sleep(time.Second)
				calls.Go(func() {
					var err error
					if other == "runtime" {
						_, err = get(t, second, op)
					} else {
						_, _, err = cred.tokens.Get(t.Context())
					}
					if err != nil {
						t.Error(err)
					}
				})
				time.Sleep(time.Second)
				_ = b.runtime.Close()
				calls.Wait()
				if cred.fetched.Load() != 1 {
					t.Errorf("%d fetches, want 1", cred.fetched.Load())
				}
			})
		})
	}
}
