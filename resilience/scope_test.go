package resilience_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/resgen/resgen/resilience"
	"github.com/resgen/resgen/resilience/faults"
	"github.com/resgen/resgen/resilience/policy"
	"github.com/resgen/resgen/resilience/wire"
)

// A keyed call for which no key is set has that of the scope, and the scope gets every attempt.
func TestScope(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := memory(t, faults.Status(500), faults.OK(good))
		op := operation("POST", policy.Keyed)
		p := policy.Default()
		p.Rate.PerSecond, p.Rate.Burst, p.Bulkhead.Max = 1, 1, 9
		c := b.client(t, p, op)
		var attempts []resilience.ScopedAttempt
		ctx := resilience.WithScope(t.Context(), &resilience.Scope{
			Key:     func(id string) string { return map[string]string{"op": "of the item"}[id] },
			Attempt: func(a resilience.ScopedAttempt) { attempts = append(attempts, a) },
		})
		for _, opts := range [][]resilience.CallOption{nil, {resilience.WithIdempotencyKey("mine")}} {
			if _, err := resilience.Call[*item](ctx, c, op, wire.Args(), opts...); err != nil {
				t.Fatal(err)
			}
		}
		for i, want := range []string{"of the item", "of the item", "mine"} {
			if got := b.Records()[i].Header.Get("Idempotency-Key"); got != want {
				t.Errorf("request %d: key %q, want %q", i+1, got, want)
			}
		}
		if len(attempts) != 3 || attempts[0].Status != 500 || attempts[1].Status != 200 {
			t.Fatalf("attempts %+v", attempts)
		}
		last := attempts[2]
		if last.API != "items" || last.Operation != op || last.Class != policy.Keyed || last.Places != 9 {
			t.Errorf("got %+v", last)
		}
		if attempts[0].Waited != 0 || last.Waited != time.Second {
			t.Errorf("waited %s and %s for a permit, want 0 and 1s", attempts[0].Waited, last.Waited)
		}
	})
}

// Without functions, or with an empty key, a scope changes nothing.
func TestScope_Empty(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := memory(t, faults.OK(good), faults.OK(good))
		op := operation("POST", policy.Keyed)
		p := policy.Default()
		p.Bulkhead.Enabled = policy.Off
		c := b.client(t, p, op)
		places := -1
		for _, s := range []*resilience.Scope{{}, {
			Key:     func(string) string { return "" },
			Attempt: func(a resilience.ScopedAttempt) { places = a.Places },
		}} {
			if _, err := resilience.Call[*item](resilience.WithScope(t.Context(), s), c, op, wire.Args()); err != nil {
				t.Fatal(err)
			}
		}
		r := b.Records()
		first, second := r[0].Header.Get("Idempotency-Key"), r[1].Header.Get("Idempotency-Key")
		if len(first) != 36 || len(second) != 36 || first == second || places != 0 {
			t.Errorf("keys %q and %q, %d places", first, second, places)
		}
	})
}
