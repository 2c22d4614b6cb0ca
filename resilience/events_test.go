package resilience_test

import (
	"bytes"
	"cmp"
	"context"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/resgen/resgen/resilience"
	"github.com/resgen/resgen/resilience/faults"
	"github.com/resgen/resgen/resilience/policy"
	"github.com/resgen/resgen/resilience/wire"
)

// logTo returns a logger that writes to the buffer, without times.
func logTo(level slog.Level) (*slog.Logger, *bytes.Buffer) {
	b := new(bytes.Buffer)
	return slog.New(slog.NewTextHandler(b, &slog.HandlerOptions{Level: level,
		ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
			if a.Key == slog.TimeKey {
				return slog.Attr{}
			}
			return a
		}})), b
}

func TestLog_FailedCall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log, text := logTo(slog.LevelDebug)
		b := configured(t, faults.Config{Script: []faults.Step{faults.Status(500).With("X-Request-Id", "r 1")}},
			resilience.WithRuntimeLogger(log))
		p := policy.Default()
		p.Retry.Attempts, p.Retry.Jitter, p.Breaker.Consecutive, p.Breaker.Jitter = 2, policy.NoJitter, 2, -1
		op := operation("GET", policy.Safe)
		c := b.client(t, p, op, resilience.WithLogger(log), resilience.WithCredential(key{"me", "s3cret"}))
		_, err := get(t, c, op)
		if e := failed(t, err); e.RequestID != "r1" {
			t.Errorf("request id: got %q", e.RequestID)
		}
		_, _ = get(t, c, op)
		want := strings.Join([]string{
			`level=DEBUG msg=attempt api=items operation=op account=me attempt=1 latency=0s status=500 ` +
				`reused=false hedge=false reason="status 500"`,
			`level=DEBUG msg=repeat api=items operation=op account=me reason="status 500" wait=500ms ` +
				`instructed=false attempt=1 max=2 budget=495`,
			`level=WARN msg="circuit open" circuit="items faults.test" from=closed ` +
				`reason="consecutive failures" cool_down=30s`,
			`level=DEBUG msg=attempt api=items operation=op account=me attempt=2 latency=0s status=500 ` +
				`reused=true hedge=false reason="status 500"`,
			`level=WARN msg="call failed" api=items operation=op account=me kind=api status=500 request_id=r1 ` +
				`attempts=2 stopped=attempts elapsed=500ms retry_after=30s may_have_applied=false`,
			`level=INFO msg="call failed" api=items operation=op account=me kind=circuit-open attempts=0 ` +
				`stopped=final elapsed=0s retry_after=30s may_have_applied=false`,
			"",
		}, "\n")
		if text.String() != want {
			t.Errorf("got\n%s\nwant\n%s", text, want)
		}
	})
}

// Every failed call has one line, at a level that says who must act.
func TestLog_EveryFailure(t *testing.T) {
	canceled := func(ctx context.Context) (context.Context, context.CancelFunc) {
		ctx, cancel := context.WithCancel(ctx)
		cancel()
		return ctx, cancel
	}
	const head, once = `msg="call failed" api=items operation=op account="" `, "attempts=1 stopped=final elapsed=0s "
	for _, c := range []struct {
		name  string
		class policy.Class
		step  faults.Step
		ctx   func(context.Context) (context.Context, context.CancelFunc)
		opts  []resilience.CallOption
		want  string
	}{
		{name: "refusal", step: faults.JSON(404, `{"code":"NotFound","message":"no such item"}`),
			want: "level=INFO " + head + `kind=api status=404 code=NotFound message="no such item" ` +
				once + "may_have_applied=false"},
		{name: "redirection", step: faults.Status(304),
			want: "level=INFO " + head + "kind=api status=304 " + once + "may_have_applied=false"},
		{name: "redirection after the work", class: policy.Unsafe, step: faults.Status(303),
			want: "level=WARN " + head + "kind=api status=303 " + once + "may_have_applied=true"},
		{name: "server error", step: faults.Status(501),
			want: "level=WARN " + head + "kind=api status=501 " + once + "may_have_applied=false"},
		{name: "499", step: faults.Status(499),
			want: "level=INFO " + head + "kind=api status=499 " + once + "may_have_applied=false"},
		{name: "unsafe", class: policy.Unsafe, step: faults.Status(500),
			want: "level=WARN " + head + "kind=api status=500 " + once + "may_have_applied=true"},
		{name: "throttled", step: faults.Status(429), opts: []resilience.CallOption{resilience.WithAttempts(1)},
			want: "level=INFO " + head + "kind=throttled status=429 attempts=1 stopped=attempts elapsed=0s " +
				"may_have_applied=false"},
		{name: "contract", step: faults.OK("{"), want: "level=WARN " + head + "kind=contract status=200 " +
			`error="JSON at byte 1: the text ends too early" ` + once + "may_have_applied=false"},
		{name: "no connection", step: faults.Fail(faults.Garbage), want: "level=WARN " + head + "kind=transport " +
			`error="net/http: HTTP/1.x transport connection broken: malformed HTTP status code \"this\"" ` + once +
			"may_have_applied=false"},
		{name: "timeout", class: policy.Unsafe, step: faults.Fail(faults.Hang),
			opts: []resilience.CallOption{resilience.WithTimeout(time.Second)},
			want: "level=WARN " + head + `kind=timeout error="context deadline exceeded" attempts=1 stopped=final ` +
				"elapsed=1s may_have_applied=true"},
		{name: "canceled", step: faults.OK(good), ctx: canceled, want: "level=INFO " + head +
			`kind=canceled error="context canceled" attempts=0 elapsed=0s may_have_applied=false`},
		{name: "invalid request", step: faults.OK(good), opts: []resilience.CallOption{resilience.WithHeader("", "x")},
			want: "level=INFO " + head + `kind=invalid-request error="header \"\": invalid header name" attempts=0 ` +
				"elapsed=0s may_have_applied=false"},
		{name: "success", step: faults.OK(good)},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				log, text := logTo(slog.LevelInfo)
				b := memory(t, c.step)
				op := operation("GET", cmp.Or(c.class, policy.Safe))
				ctx := t.Context()
				if c.ctx != nil {
					var cancel context.CancelFunc
					ctx, cancel = c.ctx(ctx)
					defer cancel()
				}
				caller := b.client(t, policy.Default(), op, resilience.WithLogger(log))
				_, _ = resilience.Call[*item](ctx, caller, op, wire.Args(), c.opts...)
				if got := strings.TrimSuffix(text.String(), "\n"); got != c.want {
					t.Errorf("\ngot  %s\nwant %s", got, c.want)
				}
			})
		})
	}
}

// Path parameters are logged, and query parameters and headers that are named. Secrets never are.
func TestLog_Parts(t *testing.T) {
	none, list := []string{}, []string{"id", "apiKey", "size", "token", "X-Trace", "Authorization", "X-Region"}
	for _, c := range []struct {
		name   string
		logged resilience.Logged
		want   string
	}{
		{"default", resilience.Logged{}, "path.id=7 path.name=b\\u202ec "},
		{"nothing", resilience.Logged{PathParams: none}, ""},
		{"all lists", resilience.Logged{PathParams: list, Query: list, Headers: list},
			`path.id=7 query.size="1, 2" request_header.X-Trace="[redacted] t" response_header.X-Region=eu `},
	} {
		synctest.Test(t, func(t *testing.T) {
			log, text := logTo(slog.LevelInfo)
			b := memory(t, faults.Status(404).With("X-Region", "eu"))
			op := operation("GET", policy.Safe)
			op.Path = "/{id}/{name}/{apiKey}"
			for _, name := range []string{"id", "name", "apiKey"} {
				op.Params = append(op.Params, wire.Param{Name: name, In: wire.Path})
			}
			op.Security = []resilience.Requirement{{{Scheme: "one"}}}
			id := 7
			caller := b.client(t, policy.Default(), op, resilience.WithLogger(log), resilience.WithLogged(c.logged),
				resilience.WithCredential(placed(func(r *http.Request) { r.Header.Set("X-Key", "t0psecret") })))
			_, _ = resilience.Call[*item](t.Context(), caller, op, wire.Args(&id, "b\u202ec", "s3cret"),
				resilience.WithQuery("size", "1"), resilience.WithQuery("size", "2"),
				resilience.WithQuery("token", "s3cret"), resilience.WithQuery("other", "x"),
				resilience.WithHeader("Authorization", "s3cret"),
				resilience.WithHeader("X-Trace", "t0psecret t"))
			want := `level=INFO msg="call failed" api=items operation=op account=me ` + c.want +
				"kind=api status=404 attempts=1 stopped=final elapsed=0s may_have_applied=false\n"
			if text.String() != want {
				t.Errorf("%s:\ngot  %s\nwant %s", c.name, text, want)
			}
		})
	}
}

func TestLog_Fallback(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log, text := logTo(slog.LevelInfo)
		b := memory(t, faults.Status(500))
		op := operation("POST", policy.Unsafe)
		_, _ = get(t, b.client(t, policy.Default(), op, resilience.WithLogger(log),
			resilience.WithFallback("op", resilience.FallbackValue(&item{}))), op)
		want := `level=WARN msg="degraded answer" api=items operation=op account="" kind=api status=500 attempts=1 ` +
			"stopped=final elapsed=0s may_have_applied=true\n"
		if text.String() != want {
			t.Errorf("got  %s\nwant %s", text, want)
		}
	})
}

func TestObserver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		var seen []resilience.Event
		watch := resilience.WithObserver(func(e resilience.Event) {
			mu.Lock()
			defer mu.Unlock()
			seen = append(seen, e)
		})
		b := configured(t, faults.Config{Script: []faults.Step{faults.Status(500).In(time.Second), faults.Status(500)}},
			watch)
		p := policy.Default()
		p.Retry.Attempts, p.Retry.Jitter, p.Breaker.Consecutive = 2, policy.NoJitter, 2
		op := operation("GET", policy.Safe)
		c := b.client(t, p, op, resilience.WithCredential(key{"me", "x"}),
			resilience.WithFallback("op", resilience.FallbackValue(&item{})))
		_, _ = get(t, c, op)
		var kinds []string
		for _, e := range seen {
			kinds = append(kinds, string(e.Kind))
			if e.Kind != resilience.EventTransition && (e.API != "items" || e.Operation != op || e.Account != "me") {
				t.Errorf("%s: got %+v", e.Kind, e)
			}
		}
		if got, want := strings.Join(kinds, " "), "attempt repeat transition attempt degraded call"; got != want {
			t.Fatalf("got %s, want %s", got, want)
		}
		if a := seen[0].Attempt; a.Latency != time.Second || a.Number != 1 || a.Status != 500 {
			t.Errorf("attempt: got %+v", a)
		}
		if seen[1].Wait != 500*time.Millisecond || seen[2].Transition.To != resilience.CircuitOpen ||
			seen[4].Err == nil || seen[5].Err != nil || seen[4].Cause != seen[4].Err || !seen[4].Degraded ||
			!seen[5].Degraded || seen[5].Cause != seen[4].Err || seen[4].Elapsed != 0 ||
			seen[5].Elapsed != 1500*time.Millisecond || !seen[5].At.Equal(time.Now()) || !seen[4].At.IsZero() {
			t.Errorf("got %+v", seen)
		}
	})
}

// A circuit that is only observed lets every attempt pass, and what it would have denied is logged,
// reported to observers and counted.
func TestLog_ObservedCircuit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log, text := logTo(slog.LevelInfo)
		var events []string
		b := configured(t, faults.Config{Script: []faults.Step{faults.Status(404), faults.Status(500)}},
			resilience.WithRuntimeLogger(log), resilience.WithObserver(func(e resilience.Event) {
				switch e.Kind {
				case resilience.EventObserved:
					events = append(events, "observed "+e.Operation.ID+" "+e.Wait.String())
				case resilience.EventTransition:
					events = append(events, string(e.Transition.To))
				}
			}))
		p := steady()
		p.Breaker.MinCalls, p.Breaker.Mode, p.Retry.Attempts = 2, policy.ModeObserve, 3
		op := operation("GET", policy.Safe)
		c := b.client(t, p, op, resilience.WithLogger(log))
		_, _ = get(t, c, op)
		if _, err := get(t, c, op); failed(t, err).Stopped != resilience.StopAttempts || b.Count() != 4 {
			t.Errorf("%v after %d requests", err, b.Count())
		}
		want := strings.Join([]string{
			`level=WARN msg="circuit open, observed only" circuit="items faults.test" from=closed ` +
				`reason="failure rate" cool_down=30s`,
			`level=INFO msg="circuit open, observed only" api=items operation=op account="" ` +
				`circuit="items faults.test" retry_after=29.5s`,
			`level=INFO msg="circuit open, observed only" api=items operation=op account="" ` +
				`circuit="items faults.test" retry_after=28.5s`,
			"",
		}, "\n")
		var circuit strings.Builder
		for line := range strings.Lines(text.String()) {
			if strings.Contains(line, "circuit") {
				circuit.WriteString(line)
			}
		}
		if circuit.String() != want {
			t.Errorf("got\n%s\nwant\n%s", text, want)
		}
		if got := strings.Join(events, ", "); got != "open, observed op 29.5s, observed op 28.5s" {
			t.Errorf("events: %s", got)
		}
		s := b.circuit()
		if s.Observed != 2 || s.State != resilience.CircuitOpen || s.RetryAfter != 28500*time.Millisecond ||
			!s.Transitions[0].Observed {
			t.Errorf("got %+v", s)
		}
	})
}

// An observer that panics while an attempt is admitted by an observed circuit leaves nothing
// behind.
func TestLog_ObservedCircuitPanic(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		armed := true
		b := configured(t, faults.Config{Script: []faults.Step{faults.Status(500)}},
			resilience.WithRuntimeLogger(quiet), resilience.WithObserver(func(e resilience.Event) {
				if e.Kind == resilience.EventObserved && armed {
					panic("observer")
				}
			}))
		p := steady()
		openAtOnce(&p)
		p.Breaker.Mode, p.Bulkhead.Max = policy.ModeObserve, 1
		op := operation("GET", policy.Safe)
		c := b.client(t, p, op)
		_, _ = get(t, c, op)
		func() {
			defer func() {
				if recover() == nil {
					t.Error("no panic")
				}
			}()
			_, _ = get(t, c, op)
		}()
		armed = false
		if _, err := get(t, c, op); observe(err).kind != "api" {
			t.Errorf("got %v", err)
		}
		if s := b.runtime.Snapshot(); s.InFlight != 0 || s.Gates[0].Bulkhead.InUse != 0 {
			t.Errorf("got %+v", s)
		}
	})
}

// Slow attempts open the circuit although they succeed, and the snapshot has them.
func TestSlowCalls(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		slow := faults.OK(good).In(6 * time.Second)
		b := memory(t, slow, faults.OK(good).In(5*time.Second), slow)
		p := steady()
		p.Breaker.MinCalls, p.Breaker.SlowCall = 3, policy.SlowCall{After: 5 * time.Second, Rate: 0.6}
		op := operation("GET", policy.Safe)
		c := b.client(t, p, op)
		for range 2 {
			if _, err := get(t, c, op); err != nil {
				t.Fatal(err)
			}
		}
		if s := b.circuit(); s.Slow != 1 || s.Successes != 2 {
			t.Errorf("got %+v", s)
		}
		if _, err := get(t, c, op); err != nil {
			t.Fatal(err)
		}
		_, err := get(t, c, op)
		if reason := b.circuit().Transitions[0].Reason; observe(err).kind != "circuit-open" || reason != "slow calls" {
			t.Errorf("got %v, %s", err, reason)
		}
	})
}

// A credential that takes long to sign, or a wait for a connection that other calls use, does not
// make an attempt slow.
func TestSlowCalls_LocalWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := memory(t, faults.OK(good).In(4*time.Second))
		p := steady()
		p.Breaker.SlowCall, p.Transport.MaxConns = policy.SlowCall{After: 5 * time.Second, Rate: 1}, 1
		p.Bulkhead.MaxWait = time.Minute
		op := operation("GET", policy.Safe)
		op.Security = []resilience.Requirement{{{Scheme: "one"}}}
		c, err := resilience.NewCaller(&resilience.API{
			Name: "items", Defaults: p, Operations: []*resilience.Operation{op},
			Schemes: []resilience.Scheme{{Name: "one", Kind: "apiKey", Parameter: "X-One"}},
		}, resilience.WithBaseURL(b.URL), resilience.WithRuntime(b.runtime), resilience.WithLogger(quiet),
			resilience.WithCredential(sluggish{}))
		if err != nil {
			t.Fatal(err)
		}
		kinds := together(3, func() error {
			_, err := get(t, c, op)
			return err
		})
		if s := b.circuit(); s.Slow != 0 || s.Successes != 3 {
			t.Errorf("%s: %+v", kinds, s)
		}
	})
}

// sluggish is a credential that takes three seconds to sign.
type sluggish struct{}

func (sluggish) Sign(context.Context, *http.Request, resilience.Scheme) error {
	time.Sleep(3 * time.Second)
	return nil
}

func (sluggish) Account() string { return "slow" }

// Waits for permits do not make an attempt slow.
func TestSlowCalls_WithoutWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := memory(t, faults.OK(good))
		p := steady()
		p.Rate.PerSecond, p.Rate.Burst = 0.1, 1
		p.Breaker.MinCalls, p.Breaker.SlowCall = 1, policy.SlowCall{After: time.Second, Rate: 0.1}
		op := operation("GET", policy.Safe)
		c := b.client(t, p, op)
		for range 3 {
			if _, err := get(t, c, op); err != nil {
				t.Error(err)
			}
		}
		if s := b.circuit(); s.Slow != 0 || s.Successes != 3 {
			t.Errorf("got %+v", s)
		}
	})
}

// A call with too few arguments is logged without them.
func TestLog_MissingArguments(t *testing.T) {
	log, text := logTo(slog.LevelInfo)
	op := operation("GET", policy.Safe)
	op.Path = "/{id}"
	op.Params = []wire.Param{{Name: "id", In: wire.Path, Required: true}}
	_, err := get(t, client(t, "http://a.test", policy.Default(), op, resilience.WithLogger(log)), op)
	if failed(t, err).Kind != resilience.KindInvalidRequest || strings.Contains(text.String(), "path.id") ||
		strings.Count(text.String(), "\n") != 1 {
		t.Errorf("got %v and %s", err, text)
	}
}
