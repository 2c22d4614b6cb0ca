package resilience_test

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/resgen/resgen/resilience"
	"github.com/resgen/resgen/resilience/auth"
	"github.com/resgen/resgen/resilience/faults"
	"github.com/resgen/resgen/resilience/policy"
	"github.com/resgen/resgen/resilience/wire"
)

// slowKey is a credential whose Sign waits until its context ends.
type slowKey struct{ key }

func (slowKey) Sign(ctx context.Context, _ *http.Request, _ resilience.Scheme) error {
	<-ctx.Done()
	return ctx.Err()
}

// hangingToken returns a credential with the given secrets. The fetch after the last one waits
// until its context ends.
func hangingToken(secrets ...string) resilience.Credential {
	return auth.New(auth.Mechanism[struct{}, string]{
		Account: "a",
		Fetch: func(ctx context.Context, _ struct{}) (string, time.Time, error) {
			if len(secrets) > 0 {
				secret := secrets[0]
				secrets = secrets[1:]
				return secret, time.Time{}, nil
			}
			<-ctx.Done()
			return "", time.Time{}, ctx.Err()
		},
		Place: func(r *http.Request, _ resilience.Scheme, secret string) error {
			r.Header.Set("X-Key", secret)
			return nil
		},
	})
}

// Each case is a call that waits for something that does not come. Closing ends it.
func TestClose_EndsWaits(t *testing.T) {
	for name, c := range map[string]struct {
		change     func(*policy.Policy)
		script     []faults.Step
		credential func() resilience.Credential
		before     int // calls before
		busy       bool
		want       expect
	}{
		"a permit": {
			change: func(p *policy.Policy) { p.Rate.PerSecond, p.Rate.Burst = 0.01, 1 }, before: 1,
			want: expect{requests: 1, kind: resilience.KindClosed},
		},
		"a permit of an application": {
			change: func(p *policy.Policy) {
				p.Rate.PerSecond, p.Rate.Burst, p.Rate.Scope = 0.01, 1, policy.ScopeApplication
			},
			before: 1, want: expect{requests: 1, kind: resilience.KindClosed},
		},
		"a permit for a retry": {
			change: func(p *policy.Policy) { p.Rate.PerSecond, p.Rate.Burst = 0.01, 1 },
			script: []faults.Step{faults.Status(500)},
			want:   expect{requests: 1, kind: resilience.KindAPI, status: 500, stopped: resilience.StopClosed},
		},
		"a place": {
			change: func(p *policy.Policy) { p.Bulkhead.Max, p.Bulkhead.MaxWait = 1, time.Hour },
			script: []faults.Step{faults.OK(good).In(1500 * time.Millisecond)}, busy: true,
			want: expect{requests: 1, kind: resilience.KindClosed},
		},
		"a retry": {
			script: []faults.Step{faults.Status(503).With("Retry-After", "30")},
			want:   expect{requests: 1, kind: resilience.KindAPI, status: 503, stopped: resilience.StopClosed},
		},
		"a retry of a hedged call": {
			change: func(p *policy.Policy) { p.Hedge.Enabled, p.Hedge.After = policy.On, time.Minute },
			script: []faults.Step{faults.Status(503).With("Retry-After", "30")},
			want:   expect{requests: 1, kind: resilience.KindAPI, status: 503, stopped: resilience.StopClosed},
		},
		"a signature": {
			credential: func() resilience.Credential { return slowKey{key{"a", "x"}} },
			want:       expect{requests: none, kind: resilience.KindClosed},
		},
		"a token": {
			credential: func() resilience.Credential { return hangingToken() },
			want:       expect{requests: none, kind: resilience.KindClosed},
		},
		"another token": {
			script:     []faults.Step{faults.Status(401)},
			credential: func() resilience.Credential { return hangingToken("old") },
			want:       expect{requests: 1, kind: resilience.KindAPI, status: 401, stopped: resilience.StopClosed},
		},
	} {
		for _, what := range []string{"client", "runtime"} {
			t.Run(name+", the "+what+" is closed", func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					if c.script == nil {
						c.script = []faults.Step{faults.OK(good)}
					}
					b := memory(t, c.script...)
					p := steady()
					if c.change != nil {
						c.change(&p)
					}
					op := operation("GET", policy.Safe)
					op.Security = []resilience.Requirement{{{Scheme: "k"}}}
					var opts []resilience.Option
					if opts = append(opts, resilience.WithoutCredential()); c.credential != nil {
						opts = append(opts, resilience.WithCredential(c.credential()))
					}
					client := b.client(t, p, op, opts...)
					for range c.before {
						if _, err := get(t, client, op); err != nil {
							t.Fatal(err)
						}
					}
					if c.busy {
						go func() { _, _ = resilience.Call[*item](t.Context(), client, op, wire.Args()) }()
						synctest.Wait()
					}
					begin := time.Now()
					failure := make(chan error, 1)
					go func() {
						_, err := resilience.Call[*item](t.Context(), client, op, wire.Args())
						failure <- err
						if d := time.Since(begin); d != time.Second {
							t.Errorf("the call ended after %s, want 1 s", d)
						}
					}()
					time.Sleep(time.Second)
					if what == "client" {
						client.Close()
					} else {
						b.runtime.Close()
					}
					err := <-failure
					c.want.check(t, b, failed(t, err))
					if !errors.Is(err, resilience.ErrClosed) {
						t.Errorf("got %v, want ErrClosed", err)
					}
				})
			})
		}
	}
}

// Close waits for calls in flight for a second, and not for streams.
func TestClose_CallsInFlight(t *testing.T) {
	for _, c := range []struct{ takes, want time.Duration }{
		{0, 0}, {400 * time.Millisecond, 400 * time.Millisecond}, {time.Second - 1, time.Second - 1},
		{5 * time.Second, time.Second},
	} {
		synctest.Test(t, func(t *testing.T) {
			b := memory(t, faults.OK(good).In(c.takes))
			op := operation("GET", policy.Safe)
			client := b.client(t, steady(), op)
			ended := make(chan error, 1)
			if c.takes > 0 {
				go func() {
					_, err := resilience.Call[*item](t.Context(), client, op, wire.Args())
					ended <- err
				}()
				synctest.Wait()
			} else {
				_, err := get(t, client, op)
				ended <- err
			}
			begin := time.Now()
			b.runtime.Close()
			if d := time.Since(begin); d != c.want {
				t.Errorf("with a call of %s Close takes %s, want %s", c.takes, d, c.want)
			}
			if err := <-ended; err != nil || time.Since(begin) != c.takes {
				t.Errorf("the call of %s ended after %s with %v", c.takes, time.Since(begin), err)
			}
			synctest.Wait()
			if s := b.runtime.Snapshot(); s.InFlight != 0 || s.Connections != 0 {
				t.Errorf("%d calls and %d connections remain", s.InFlight, s.Connections)
			}
		})
	}
}

func TestClose_OpenStream(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := memory(t, faults.OK(good))
		op := operation("GET", policy.Safe)
		op.Success = []wire.Outcome{{Status: 200, Media: "application/json", Stream: true}}
		client := b.client(t, steady(), op)
		s, err := resilience.Call[*resilience.Stream](t.Context(), client, op, wire.Args())
		if err != nil {
			t.Fatal(err)
		}
		begin := time.Now()
		b.runtime.Close()
		if d := time.Since(begin); d != 0 || b.runtime.Snapshot().InFlight != 1 {
			t.Errorf("Close takes %s and leaves %d in flight, want 0 and the stream", d, b.runtime.Snapshot().InFlight)
		}
		s.Close()
		if got := b.runtime.Snapshot(); got.InFlight != 0 || got.Connections != 0 {
			t.Errorf("%d calls and %d connections remain", got.InFlight, got.Connections)
		}
	})
}

// A fetch ends with the last runtime whose calls wait for it.
func TestClose_SharedFetch(t *testing.T) {
	for name, c := range map[string]struct {
		other, byHand bool // who else waits
		want          time.Duration
	}{
		"no other caller":     {want: time.Second},
		"another runtime":     {other: true, want: 3 * time.Second},
		"a program by itself": {byHand: true, want: 30 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				begin, ended := time.Now(), make(chan time.Duration, 1)
				token := auth.TokenSource(func(ctx context.Context) (string, time.Time, error) {
					<-ctx.Done()
					ended <- time.Since(begin)
					return "", time.Time{}, ctx.Err()
				}, auth.As("a"))
				op := operation("GET", policy.Safe)
				op.Security = []resilience.Requirement{{{Scheme: "k"}}}
				one, two := memory(t, faults.OK(good)), memory(t, faults.OK(good))
				call := func(b bench) {
					client := b.client(t, steady(), op, resilience.WithCredential(token))
					go func() { _, _ = resilience.Call[*item](t.Context(), client, op, wire.Args()) }()
				}
				call(one)
				call(one)
				if c.other {
					call(two)
				}
				if c.byHand {
					go func() { _, _ = token.Secret(t.Context(), struct{}{}) }()
				}
				time.Sleep(time.Second)
				one.runtime.Close()
				time.Sleep(2 * time.Second)
				two.runtime.Close()
				if d := <-ended; d != c.want {
					t.Errorf("the fetch ended after %s, want %s", d, c.want)
				}
			})
		})
	}
}
