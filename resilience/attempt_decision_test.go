package resilience_test

import (
	"crypto/tls"
	"fmt"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/resgen/resgen/resilience"
	"github.com/resgen/resgen/resilience/faults"
	"github.com/resgen/resgen/resilience/policy"
	"github.com/resgen/resgen/resilience/wire"
)

// limited is an error of an API that says with a 403 that there were too many requests.
const limited = `{"error":{"code":403,"errors":[{"domain":"usageLimits","reason":"rateLimitExceeded"}]}}`

// quota is the rule for it.
var quota = []policy.Rule{{
	Status: []int{403}, Code: policy.ErrorCode{Path: "error.errors.0.reason", In: []string{"rateLimitExceeded"}},
}}

// A response that a rule takes for throttling is handled like a 429 in every respect: it waits as
// long, holds the bucket for all calls, and is an error of the same kind.
func TestRules_ThrottledLike429(t *testing.T) {
	for _, want := range []struct {
		name  string
		step  faults.Step
		after time.Duration // of the first call
		held  time.Duration // wait of the second call after it
	}{
		{"429", faults.JSON(429, limited), time.Second, 0},
		{"403", faults.JSON(403, limited), time.Second, 0},
		{"429 with Retry-After", faults.JSON(429, limited).With("Retry-After", "20"), 0, 20 * time.Second},
		{"403 with Retry-After", faults.JSON(403, limited).With("Retry-After", "20"), 0, 20 * time.Second},
	} {
		t.Run(want.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := memory(t, want.step, faults.OK(good))
				p := steady()
				p.Throttled, p.Rate.PerSecond, p.Rate.Burst = quota, 100, 100
				p.Retry.MaxRetryAfter = 10 * time.Second
				op := operation("POST", policy.Unsafe)
				c := b.client(t, p, op)
				begin := time.Now()
				_, err := get(t, c, op)
				if took := time.Since(begin); took != want.after {
					t.Errorf("the first call took %s, want %s", took, want.after)
				}
				if want.held > 0 {
					if e := failed(t, err); e.Kind != resilience.KindThrottled || e.MayHaveApplied ||
						e.Stopped != resilience.StopRetryAfter || resilience.HTTPStatus(err) != 503 {
						t.Errorf("got %s, may have applied %t, stopped %s", e.Kind, e.MayHaveApplied, e.Stopped)
					}
				}
				begin = time.Now()
				if _, err := get(t, c, op); err != nil {
					t.Error(err)
				}
				if took := time.Since(begin); took < want.held || took > want.held*11/10 {
					t.Errorf("the second call waited %s, want about %s", took, want.held)
				}
				if s := b.circuit(); s.Failures != 0 {
					t.Errorf("the circuit counted %d failures", s.Failures)
				}
			})
		})
	}
}

// A rule says nothing about failures of other statuses, codes and kinds, nor about errors of the
// program.
func TestRules_OnlyWhatMatches(t *testing.T) {
	all := []string{"transport", "timeout", "api", "throttled", "contract", "empty-body", "too-large"}
	kinds := func(list ...string) []policy.Rule { return []policy.Rule{{Kind: list}} }
	for _, c := range []struct {
		name  string
		rules []policy.Rule
		step  faults.Step
		want  string
	}{
		{"another status", []policy.Rule{{Status: []int{409}}}, faults.Status(410), "1 0s api"},
		{"a status that is retried anyway", []policy.Rule{{Status: []int{409}}}, faults.Status(503), "4 3.5s api"},
		{"a kind", kinds("api"), faults.Status(404), "4 3.5s api"},
		{"another kind", kinds("contract"), faults.Status(404), "1 0s api"},
		{"contract", kinds("contract"), faults.OK(`[]`), "4 3.5s contract"},
		{"empty body", kinds("empty-body"), faults.OK(``), "4 3.5s empty-body"},
		{"too large", kinds("too-large"), faults.Bomb(1 << 20), "4 3.5s too-large"},
		{"not HTTP", kinds("transport"), faults.Fail(faults.Garbage), "4 3.5s transport"},
		{"a response that forbids it", kinds(all...), faults.Status(404).With("X-Should-Retry", "false"), "1 0s api"},
		{"throttled", kinds("throttled"), faults.Status(429), "4 7s throttled"},
		{"HTML", kinds("contract"), faults.HTML(200), "4 3.5s contract"},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := steady()
				p.Retry.When, p.Response.MaxBytes, p.Breaker.Enabled = c.rules, 1<<16, policy.Off
				if got := (scene{script: []faults.Step{c.step}}).play(t, p); got != c.want {
					t.Errorf("got %q, want %q", got, c.want)
				}
			})
			synctest.Test(t, func(t *testing.T) {
				p := steady()
				p.Retry.When, p.Response.MaxBytes, p.Breaker.Enabled = c.rules, 1<<16, policy.Off
				if got := (scene{method: "POST", script: []faults.Step{c.step}}).play(t, p); got[:1] != "1" &&
					c.name != "throttled" {
					t.Errorf("unsafe: got %q, want one request", got)
				}
			})
		})
	}
}

// The kind of a failure that a rule takes for throttling is throttled, for the other rules too.
func TestRules_ThrottledIsTheKind(t *testing.T) {
	for _, c := range []struct {
		kind string
		want string
	}{
		{"throttled", "1 0s circuit-open"},
		{"api", "2 0s throttled"},
	} {
		synctest.Test(t, func(t *testing.T) {
			p := steady()
			openAtOnce(&p)
			p.Throttled, p.Breaker.When.Failure = quota, []policy.Rule{{Kind: []string{c.kind}}}
			if got := (scene{calls: 2, script: []faults.Step{faults.JSON(403, limited)}}).play(t, p); got != c.want {
				t.Errorf("%s: got %q, want %q", c.kind, got, c.want)
			}
		})
	}
}

// A dial that runs out of time is a timeout for rules and for the caller.
func TestRules_SlowDial(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := steady()
		openAtOnce(&p)
		p.Breaker.When.Ignore = []policy.Rule{{Kind: []string{"timeout"}}}
		hangs := scene{calls: 2, dials: []faults.Dial{faults.DialHang, faults.DialHang}}
		if got := hangs.play(t, p); got != "0 10s timeout" {
			t.Errorf("got %q", got)
		}
	})
}

// Rules about the circuit change what counts, but not which circuit an operation has.
func TestRules_SameCircuit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := memory(t, faults.Status(404), faults.OK(good))
		one, other := operation("GET", policy.Safe), operation("GET", policy.Safe)
		one.Policy.Breaker.When.Failure = []policy.Rule{{Status: []int{404}}}
		other.ID = "other"
		p := steady()
		openAtOnce(&p)
		c := callerOf(t, b, &resilience.API{Name: "items", Defaults: p,
			Operations: []*resilience.Operation{one, other}})
		_, _ = get(t, c, one)
		if _, err := get(t, c, other); observe(err).kind != "circuit-open" {
			t.Errorf("the other operation: %v", err)
		}
	})
}

// The rules of a named circuit hold for the operations that name it and have no rules themselves.
func TestRules_NamedCircuit(t *testing.T) {
	rules := func(status int) []policy.Rule { return []policy.Rule{{Status: []int{status}}} }
	for _, c := range []struct {
		name            string
		own, api, named policy.When
		step            faults.Step
		want            string
	}{
		{name: "of the circuit", named: policy.When{Failure: rules(404)}, step: faults.Status(404),
			want: "circuit-open"},
		{name: "of the circuit and the API", api: policy.When{Failure: rules(410)},
			named: policy.When{Failure: rules(404)}, step: faults.Status(404), want: "circuit-open"},
		{name: "of the API alone", api: policy.When{Failure: rules(404)}, step: faults.Status(404),
			want: "circuit-open"},
		{name: "of the operation", own: policy.When{Failure: rules(404)}, named: policy.When{Failure: rules(410)},
			step: faults.Status(404), want: "circuit-open"},
		{name: "replaced by the operation", own: policy.When{Failure: rules(410)},
			named: policy.When{Failure: rules(404)}, step: faults.Status(404), want: "api"},
		{name: "ignored by the circuit", named: policy.When{Ignore: rules(503)}, step: faults.Status(503), want: "api"},
		{name: "ignored by the operation", own: policy.When{Ignore: rules(503)},
			named: policy.When{Ignore: rules(504)}, step: faults.Status(503), want: "api"},
		{name: "replaced in the operation", own: policy.When{Ignore: rules(504)},
			named: policy.When{Ignore: rules(503)}, step: faults.Status(503), want: "circuit-open"},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := memory(t, c.step)
				op := operation("GET", policy.Safe)
				op.Policy.Breaker = policy.Breaker{Circuit: "main", When: c.own}
				p := steady()
				openAtOnce(&p)
				p.Breaker.When = c.api
				api := &resilience.API{Name: "items", Defaults: p, Operations: []*resilience.Operation{op},
					Circuits: map[string]policy.Breaker{"main": {When: c.named}}}
				caller := callerOf(t, b, api)
				_, _ = get(t, caller, op)
				if _, err := get(t, caller, op); observe(err).kind != c.want {
					t.Errorf("got %v, want %s", err, c.want)
				}
			})
		})
	}
}

// Rules match bodies over real sockets, with HTTP/1.1 and HTTP/2, for failures and for streams.
func TestRules_Sockets(t *testing.T) {
	for _, proto := range []string{"HTTP/1.1", "HTTP/2.0"} {
		s, err := faults.Config{
			HTTP2: proto == "HTTP/2.0", TLS: proto == "HTTP/2.0",
			Script: []faults.Step{faults.JSON(409, busy), faults.OK(good)},
		}.Start()
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		p := quick()
		p.Retry.When = codes("Busy")
		op := operation("PUT", policy.Idempotent)
		r := resilience.NewRuntime(resilience.WithRuntimeLogger(quiet),
			resilience.WithTLS(&tls.Config{RootCAs: s.CertPool()}))
		defer r.Close()
		if v, err := get(t, client(t, s.URL, p, op, resilience.WithRuntime(r)), op); err != nil || v.Name != "a" ||
			s.Count() != 2 {
			t.Errorf("%s: %v, %v after %d requests", proto, v, err, s.Count())
		}
	}
}

func TestRules_StreamedOperation(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := memory(t, faults.JSON(409, busy), file("data"))
		p := steady()
		p.Retry.When = codes("Busy")
		op := download()
		s, err := resilience.Call[*resilience.Stream](t.Context(), b.client(t, p, op), op, wire.Args())
		if err != nil || b.Count() != 2 {
			t.Fatalf("%v after %d requests", err, b.Count())
		}
		s.Close()
	})
}

// A rule may name a status that is a failure without a body, and a body with other members first.
func TestRules_CodeInPartOfTheBody(t *testing.T) {
	url, count := serve(t, func(n int, w http.ResponseWriter, _ *http.Request) {
		if n == 1 {
			reply(w, 409, `{"message":"later","errors":[{"code":1},{"code":"Busy"}]}`)
			return
		}
		reply(w, 200, good)
	})
	p := quick()
	p.Retry.When = []policy.Rule{{Code: policy.ErrorCode{Path: "errors.1.code", In: []string{"Busy"}}}}
	op := operation("GET", policy.Safe)
	if _, err := get(t, client(t, url, p, op), op); err != nil || count.Load() != 2 {
		t.Errorf("%v after %d requests", err, count.Load())
	}
}

// The configuration of a running program changes rules, also those of a named circuit.
func TestRules_Apply(t *testing.T) {
	for _, c := range []struct {
		name, config string
		calls        int
		want         string
	}{
		{"nothing", "{}", 1, "1 api"},
		{"retry.when", "{operations: {op: {retry: {when: [{code: {path: code, in: [Busy]}}]}}}}", 1, "3 api"},
		{"retry.when of another code", "{operations: {op: {retry: {when: [{code: {path: code, in: [Full]}}]}}}}",
			1, "1 api"},
		{"throttled", "{defaults: {throttled: [{status: [409]}]}}", 1, "3 throttled"},
		{"the circuit", "{circuits: {main: {when: {failure: [{status: [409]}]}, consecutive: 1}}}",
			2, "1 circuit-open"},
		{"the circuit observed", "{circuits: {main: {when: {failure: [{status: [409]}]}, consecutive: 1, " +
			"mode: observe}}}", 2, "2 api"},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := memory(t, faults.JSON(409, busy))
				p := steady()
				none := policy.Backoff{Base: 1, Factor: 1, Max: 1}
				p.Retry.Throttle, p.Retry.Server, p.Retry.Attempts = none, none, 3
				op := operation("GET", policy.Safe)
				op.Policy.Breaker.Circuit = "main"
				caller := callerOf(t, b, &resilience.API{Name: "items", Defaults: p,
					Operations: []*resilience.Operation{op}, Circuits: map[string]policy.Breaker{"main": {}}})
				if err := b.runtime.Apply(config(t, "apis: {items: "+c.config+"}")); err != nil {
					t.Fatal(err)
				}
				var err error
				for range c.calls {
					_, err = get(t, caller, op)
				}
				if got := fmt.Sprintf("%d %s", b.Count(), observe(err).kind); got != c.want {
					t.Errorf("got %q, want %q", got, c.want)
				}
			})
		})
	}
}
