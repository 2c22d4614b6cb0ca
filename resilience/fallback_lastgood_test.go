package resilience_test

import (
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/resgen/resgen/resilience"
	"github.com/resgen/resgen/resilience/faults"
	"github.com/resgen/resgen/resilience/policy"
	"github.com/resgen/resgen/resilience/wire"
)

// stalePolicy keeps responses for an hour and makes one attempt.
func stalePolicy() policy.Policy {
	p := steady()
	staleFor(time.Hour)(&p)
	p.Breaker.Enabled = policy.Off
	return p
}

// The policy of an operation replaces its failures by its last response, unless the client or the
// call has a fallback.
func TestFallback_StaleIfError(t *testing.T) {
	spare := resilience.FallbackValue(&item{"spare"})
	for _, c := range []struct {
		name    string
		method  string
		class   policy.Class
		options []resilience.Option
		call    []resilience.CallOption
		want    string // empty: the call fails
	}{
		{"safe", "GET", policy.Safe, nil, nil, "a"},
		{"safe by policy", "POST", policy.Safe, nil, nil, "a"},
		{"idempotent", "PUT", policy.Idempotent, nil, nil, ""},
		{"unsafe", "POST", policy.Unsafe, nil, nil, ""},
		{"fallback of the client", "GET", policy.Safe, []resilience.Option{resilience.WithFallback("op", spare)}, nil,
			"spare"},
		{"fallback of the call", "GET", policy.Safe, nil,
			[]resilience.CallOption{resilience.WithCallFallback(spare)}, "spare"},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := memory(t, faults.OK(good), faults.Status(500))
				op := operation(c.method, c.class)
				caller := b.client(t, stalePolicy(), op, c.options...)
				if _, err := get(t, caller, op, c.call...); err != nil {
					t.Fatal(err)
				}
				var info resilience.Info
				v, err := get(t, caller, op, append(c.call, resilience.WithInfo(&info))...)
				if c.want == "" {
					failed(t, err)
					return
				}
				if err != nil || v.Name != c.want || !info.Degraded {
					t.Errorf("got %+v, %v, %+v", v, err, info)
				}
			})
		})
	}
}

// A stream is not kept, and its failure is returned.
func TestFallback_StaleStream(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := memory(t, faults.Status(500))
		op := download()
		_, err := open(t.Context(), b.client(t, stalePolicy(), op), op)
		expect{kind: resilience.KindAPI}.check(t, nil, failed(t, err))
		if got := b.runtime.Snapshot().LastGood; got.Responses != 0 {
			t.Errorf("%d responses are kept", got.Responses)
		}
	})
}

// Run-time configuration switches the fallback on and off without a new client.
func TestFallback_StaleIfErrorApplied(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := memory(t, faults.OK(good), faults.Status(500))
		op := operation("GET", policy.Safe)
		p := stalePolicy()
		c := b.client(t, p, op)
		if _, err := get(t, c, op); err != nil {
			t.Fatal(err)
		}
		apply := func(s policy.Switch) {
			t.Helper()
			set := policy.Of(policy.Policy{Fallback: policy.Fallback{Enabled: s}}, policy.Source{})
			config := &policy.Config{APIs: []policy.APIConfig{{Name: "items", Defaults: set}}}
			if err := b.runtime.Apply(config); err != nil {
				t.Fatal(err)
			}
		}
		apply(policy.Off)
		_, err := get(t, c, op)
		failed(t, err)
		apply(policy.On)
		if v, err := get(t, c, op); err != nil || v.Name != "a" {
			t.Errorf("got %+v, %v", v, err)
		}
	})
}

// A degraded answer is counted, logged with its age, and reported to observers.
func TestFallback_Reported(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log, text := logTo(slog.LevelInfo)
		var seen []resilience.Event
		b := configured(t, faults.Config{Script: []faults.Step{faults.OK(good), faults.Status(500)}},
			resilience.WithObserver(func(e resilience.Event) { seen = append(seen, e) }))
		op := operation("GET", policy.Safe)
		c := b.client(t, stalePolicy(), op, resilience.WithLogger(log))
		if _, err := get(t, c, op); err != nil {
			t.Fatal(err)
		}
		degraded := func() uint64 { return b.runtime.Snapshot().Gates[0].Degraded }
		if n := degraded(); n != 0 {
			t.Errorf("%d calls are counted as degraded before the failure", n)
		}
		time.Sleep(time.Minute)
		for range 2 {
			if _, err := get(t, c, op); err != nil {
				t.Fatal(err)
			}
		}
		if n := degraded(); n != 2 {
			t.Errorf("%d calls are counted as degraded, want 2", n)
		}
		if got := b.runtime.Snapshot().LastGood; got.Responses != 1 || got.Bytes < len(good) {
			t.Errorf("kept: %+v", got)
		}
		const line = `level=WARN msg="degraded answer" api=items operation=op account="" kind=api status=500 ` +
			"attempts=1 stopped=attempts elapsed=0s may_have_applied=false age=1m0s\n"
		if text.String() != line+line {
			t.Errorf("got\n%s", text)
		}
		last := seen[len(seen)-2:]
		if last[0].Kind != resilience.EventDegraded || last[0].Age != time.Minute || last[1].Age != time.Minute ||
			!last[1].Degraded || last[1].Cause == nil {
			t.Errorf("got %+v", last)
		}
	})
}

// A fallback that returns no kept response has no age in the log.
func TestFallback_ReportedWithoutAge(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log, text := logTo(slog.LevelInfo)
		b := memory(t, faults.Status(500))
		op := operation("GET", policy.Safe)
		c := b.client(t, stalePolicy(), op, resilience.WithLogger(log),
			resilience.WithFallback("op", resilience.FallbackValue(&item{"spare"})))
		if _, err := get(t, c, op); err != nil || strings.Contains(text.String(), "age=") {
			t.Errorf("%v, %s", err, text)
		}
	})
}

// A kept response is not returned once it is out of date: the server refuses the request, or what
// the request reads was changed.
func TestFallback_LastGoodContradicted(t *testing.T) {
	for _, c := range []struct {
		name   string
		steps  []faults.Step
		method string // of the call between success and outage
		class  policy.Class
		path   string
		kept   bool
	}{
		{"not found", []faults.Step{faults.Status(404)}, "GET", policy.Safe, "/items", false},
		{"forbidden", []faults.Step{faults.Status(403)}, "GET", policy.Safe, "/items", false},
		{"an outage", []faults.Step{faults.Status(500)}, "GET", policy.Safe, "/items", true},
		{"throttled", []faults.Step{faults.Status(429)}, "GET", policy.Safe, "/items", true},
		{"changed", []faults.Step{faults.OK(good)}, "PUT", policy.Idempotent, "/items", false},
		{"perhaps changed", []faults.Step{faults.Fail(faults.Reset)}, "PUT", policy.Idempotent, "/items", false},
		{"not changed", []faults.Step{faults.Status(400)}, "PUT", policy.Idempotent, "/items", true},
		{"something else changed", []faults.Step{faults.OK(good)}, "PUT", policy.Idempotent, "/others", true},
		{"something else is not found", []faults.Step{faults.Status(404)}, "GET", policy.Safe, "/others", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				script := append([]faults.Step{faults.OK(good)}, c.steps...)
				b := memory(t, append(script, faults.Status(500))...)
				read, other := operation("GET", policy.Safe), operation(c.method, c.class)
				read.Path, other.Path, other.ID = "/items", c.path, "other"
				if c.method == "GET" && c.path == read.Path {
					other = read
				}
				other.Policy = read.Policy
				other.Policy.Idempotency = c.class
				api := &resilience.API{Name: "items", Defaults: stalePolicy()}
				api.Operations = []*resilience.Operation{read}
				if other != read {
					api.Operations = append(api.Operations, other)
				}
				caller := callerOf(t, b, api)
				if _, err := get(t, caller, read); err != nil {
					t.Fatal(err)
				}
				_, _ = get(t, caller, other)
				v, err := get(t, caller, read)
				if (err == nil) != c.kept || c.kept && v.Name != "a" {
					t.Errorf("got %+v, %v; want it kept: %t", v, err, c.kept)
				}
			})
		})
	}
}

// The clients of a runtime keep their responses apart, and a closed one keeps none.
func TestFallback_LastGoodOfAClient(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := memory(t, faults.OK(good), faults.Status(500))
		op := operation("GET", policy.Safe)
		one, two := b.client(t, stalePolicy(), op), b.client(t, stalePolicy(), op)
		if _, err := get(t, one, op); err != nil {
			t.Fatal(err)
		}
		_, err := get(t, two, op)
		failed(t, err)
		if v, err := get(t, one, op); err != nil || v.Name != "a" {
			t.Errorf("got %+v, %v", v, err)
		}
		_ = one.Close()
		if got := b.runtime.Snapshot().LastGood; got.Responses != 0 || got.Bytes != 0 {
			t.Errorf("kept after Close: %+v", got)
		}
	})
}

// What a failed item of a batch says about its request does not keep or replace anything.
func TestFallback_LastGoodOfABatch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := memory(t, faults.OK(batch))
		op := operation("GET", policy.Safe)
		p := stalePolicy()
		itemsWith("items", "status")(&p)
		_, err := resilience.Call[*item](t.Context(), b.client(t, p, op), op, wire.Args())
		expect{kind: resilience.KindPartial}.check(t, nil, failed(t, err))
		if got := b.runtime.Snapshot().LastGood; got.Responses != 0 || http.StatusOK != failed(t, err).Status {
			t.Errorf("kept: %+v", got)
		}
	})
}
