package resilience_test

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/resgen/resgen/resilience"
	"github.com/resgen/resgen/resilience/faults"
	"github.com/resgen/resgen/resilience/policy"
	"github.com/resgen/resgen/resilience/wire"
)

// restricted returns an operation with rules for its parameter and body, and its API.
func restricted() (*resilience.API, *resilience.Operation) {
	op := operation("POST", policy.Unsafe)
	op.Params = []wire.Param{{Name: "size", In: wire.Query, Rule: &wire.Rule{Max: "9"}}}
	op.Body.Rule = &wire.Rule{Ref: "Item"}
	p := policy.Default()
	p.Rate.PerSecond, p.Rate.Burst, p.Rate.MaxWait = 0.1, 1, time.Millisecond
	return &resilience.API{
		Name: "items", Defaults: p, Operations: []*resilience.Operation{op},
		Rules: wire.NewRules(wire.NamedRule{
			Name: "Item", Rule: &wire.Rule{Members: []wire.MemberRule{{Name: "name", Rule: &wire.Rule{MinLength: 2}}}},
		}),
	}, op
}

// A call that breaks a rule of the document sends nothing, takes no permit and makes no attempt.
func TestCall_BreaksARule(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := memory(t, faults.OK(good))
		api, op := restricted()
		send := func(c *resilience.Caller, size int, body any, opts ...resilience.CallOption) error {
			_, err := resilience.Call[*item](t.Context(), c, op, wire.Args(size).With(body), opts...)
			return err
		}
		newCaller := func(opts ...resilience.Option) *resilience.Caller {
			c, err := resilience.NewCaller(api, append([]resilience.Option{
				resilience.WithBaseURL(b.URL), resilience.WithRuntime(b.runtime), resilience.WithLogger(quiet),
			}, opts...)...)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { c.Close() })
			return c
		}
		c := newCaller()
		for range 5 {
			var invalid *wire.InvalidError
			err := send(c, 10, item{"a"})
			if e := failed(t, err); !errors.Is(err, resilience.ErrInvalidRequest) || !errors.As(err, &invalid) ||
				len(invalid.Faults) != 2 || invalid.Faults[0].Path != "query.size" ||
				invalid.Faults[1].Path != "$.name" ||
				len(e.Attempts) != 0 || e.MayHaveApplied || b.Count() != 0 {
				t.Fatalf("%d requests, %v", b.Count(), err)
			}
		}
		if err := send(c, 9, item{"ab"}); err != nil { // the only permit is still there
			t.Errorf("a valid call: %v", err)
		}
		time.Sleep(time.Minute)
		if err := send(c, 9, nil, resilience.WithBody("application/json", []byte(`{"name":"a"}`))); err != nil {
			t.Errorf("bytes of the caller: %v", err)
		}
		time.Sleep(time.Minute)
		if err := send(newCaller(resilience.WithValidation(true)), 10, item{"ab"}); err == nil {
			t.Error("validation that is switched on does nothing")
		}
		if err := send(newCaller(resilience.WithValidation(false)), 10, item{"a"}); err != nil || b.Count() != 3 {
			t.Errorf("validation is switched off: %d requests, %v", b.Count(), err)
		}
	})
}
