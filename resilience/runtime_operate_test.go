package resilience_test

import (
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/resgen/resgen/resilience"
	"github.com/resgen/resgen/resilience/faults"
	"github.com/resgen/resgen/resilience/policy"
)

func TestRuntime_Isolate(t *testing.T) {
	for _, enabled := range []policy.Switch{policy.On, policy.Off} {
		synctest.Test(t, func(t *testing.T) {
			b := memory(t, faults.OK(good))
			p := policy.Default()
			p.Breaker.Enabled = enabled
			op := operation("GET", policy.Safe)
			c := b.client(t, p, op)
			if b.runtime.Isolate("other") {
				t.Error("an API without a client was isolated")
			}
			begun := time.Now()
			if !b.runtime.Isolate("items") {
				t.Fatal("the API is unknown")
			}
			time.Sleep(time.Second)
			b.runtime.Isolate("items") // keeps the time
			_, err := get(t, c, op)
			if !errors.Is(err, resilience.ErrCircuitOpen) {
				t.Errorf("breaker %s: got %v", enabled, err)
			}
			if n := len(b.requests()); n != 0 {
				t.Errorf("%d requests were sent", n)
			}
			if got := b.runtime.Snapshot().APIs[0]; got.API != "items" || !got.Isolated.Equal(begun) {
				t.Errorf("got %+v", got)
			}
			if !b.runtime.Reset("items") {
				t.Fatal("the API is unknown")
			}
			if _, err := get(t, c, op); err != nil {
				t.Errorf("after Reset: %v", err)
			}
			if got := b.runtime.Snapshot().APIs[0]; !got.Isolated.IsZero() {
				t.Errorf("after Reset: got %+v", got)
			}
		})
	}
}

func TestRuntime_Pause(t *testing.T) {
	for _, mode := range []string{policy.ModeEnforce, policy.ModeObserve} {
		synctest.Test(t, func(t *testing.T) {
			b := memory(t, faults.OK(good), faults.OK(good), faults.OK(good))
			p := policy.Default()
			p.Rate.Mode, p.Rate.MaxWait = mode, time.Minute
			op := operation("GET", policy.Safe)
			c := b.client(t, p, op)
			if b.runtime.Pause("other", time.Second) || b.runtime.Pause("items", 0) {
				t.Error("a pause of nothing was accepted")
			}
			begun := time.Now()
			b.runtime.Pause("items", 10*time.Second)
			got := b.runtime.Snapshot().APIs[0]
			if !got.Paused.Equal(begun) || !got.Until.Equal(begun.Add(10*time.Second)) {
				t.Errorf("got %+v", got)
			}
			if _, err := get(t, c, op); err != nil || time.Since(begun) != 10*time.Second {
				t.Errorf("%s: the call took %s: %v", mode, time.Since(begun), err)
			}
			if got := b.runtime.Snapshot().APIs[0]; !got.Paused.IsZero() || !got.Until.IsZero() {
				t.Errorf("after the pause: got %+v", got)
			}
			b.runtime.Pause("items", time.Hour)
			if got := b.runtime.Snapshot().APIs[0].Until; !got.Equal(time.Now().Add(15 * time.Minute)) {
				t.Errorf("a pause of an hour lasts until %s, want 15 minutes", got)
			}
			begun = time.Now()
			if _, err := get(t, c, op); !errors.Is(err, resilience.ErrRateLimited) || time.Since(begun) > time.Second {
				t.Errorf("a call that may wait a minute: got %v after %s", err, time.Since(begun))
			}
			b.runtime.Pause("items", 30*time.Second) // replaces the longer one
			done := make(chan error)
			go func() {
				_, err := get(t, c, op)
				done <- err
			}()
			time.Sleep(5 * time.Second)
			b.runtime.Reset("items")
			begun = time.Now()
			if err := <-done; err != nil || time.Since(begun) > time.Second {
				t.Errorf("after Reset: the call waited %s more: %v", time.Since(begun), err)
			}
		})
	}
}

func TestRuntime_ResetClosesCircuits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := memory(t, faults.OK(good))
		op := operation("GET", policy.Safe)
		c := b.client(t, policy.Default(), op)
		if _, err := get(t, c, op); err != nil {
			t.Fatal(err)
		}
		b.runtime.ForceOpen(b.circuit().Key)
		b.runtime.Reset("items")
		if got := b.circuit().State; got != resilience.CircuitClosed {
			t.Errorf("got %s", got)
		}
	})
}

func TestRuntime_Observe(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := memory(t, faults.OK(good), faults.OK(good), faults.OK(good))
		op := operation("GET", policy.Safe)
		c := b.client(t, policy.Default(), op)
		calls := [2]int{}
		observe := func(i int) func(resilience.Event) {
			return func(e resilience.Event) {
				if e.Kind == resilience.EventCall {
					calls[i]++
				}
			}
		}
		_, _ = get(t, c, op)
		stop := b.runtime.Observe(observe(0))
		b.runtime.Observe(observe(1))
		_, _ = get(t, c, op)
		stop()
		stop()
		_, _ = get(t, c, op)
		if calls != [2]int{1, 2} {
			t.Errorf("got %v, want 1 and 2 calls", calls)
		}
	})
}

func TestRuntime_Changes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := memory(t)
		op := operation("GET", policy.Safe)
		op.Policy.Timeout.Attempt = time.Second
		b.client(t, policy.Default(), op)
		apply := func(defaults, own policy.Policy) []resilience.PolicyChange {
			t.Helper()
			config := &policy.Config{APIs: []policy.APIConfig{{
				Name: "items", Defaults: policy.Of(defaults, policy.Source{}),
				Operations: []policy.Entry{{Key: policy.Selector{ID: "op"}, Layer: policy.Of(own, policy.Source{})}},
			}}}
			if err := b.runtime.Apply(config); err != nil {
				t.Fatal(err)
			}
			return b.runtime.Snapshot().APIs[0].Changes
		}
		begun := time.Now()
		attempts := policy.Policy{Retry: policy.Retry{Attempts: 7}}
		slow := policy.Policy{Timeout: policy.Timeout{Attempt: 2 * time.Second}}
		want := []resilience.PolicyChange{
			{Key: "retry.attempts", Generated: "4", Now: "7", Since: begun},
			{Subject: "op", Key: "timeout.attempt", Generated: "1s", Now: "2s", Since: begun},
		}
		check := func(got []resilience.PolicyChange) {
			t.Helper()
			if len(got) != len(want) {
				t.Fatalf("got %+v, want %+v", got, want)
			}
			for i := range want {
				if got[i] != want[i] {
					t.Errorf("got %+v, want %+v", got[i], want[i])
				}
			}
		}
		check(apply(attempts, slow))
		time.Sleep(time.Minute)
		slow.Timeout.Attempt = 3 * time.Second
		want[1].Now, want[1].Since = "3s", time.Now() // the other value is as old as before
		check(apply(attempts, slow))
		_ = b.runtime.Apply(nil)
		if got := b.runtime.Snapshot().APIs[0].Changes; len(got) != 0 {
			t.Errorf("without configuration: got %+v", got)
		}
	})
}

// Clients with different configurations share a list, which has each change once and is bounded.
func TestRuntime_ChangesOfSeveralClients(t *testing.T) {
	b := memory(t)
	api := &resilience.API{Name: "items", Defaults: policy.Default()}
	for i := range 300 {
		op := operation("GET", policy.Safe)
		op.ID, op.Path = fmt.Sprint("op", i), fmt.Sprint("/", i)
		api.Operations = append(api.Operations, op)
	}
	open := func(config policy.APIConfig) {
		t.Helper()
		config.Name = "items"
		c, err := resilience.NewCaller(api, resilience.WithBaseURL(b.URL), resilience.WithRuntime(b.runtime),
			resilience.WithConfig(&policy.Config{APIs: []policy.APIConfig{config}}))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = c.Close() })
	}
	check := func(want int) {
		t.Helper()
		changes := b.runtime.Snapshot().APIs[0].Changes
		if len(changes) != want {
			t.Errorf("%d changes, want %d", len(changes), want)
		}
		listed := map[resilience.PolicyChange]bool{}
		for _, c := range changes {
			c.Since = time.Time{}
			if listed[c] {
				t.Errorf("%+v is listed twice", c)
			}
			listed[c] = true
		}
	}
	attempts := func(n int) policy.Layer {
		return policy.Of(policy.Policy{Retry: policy.Retry{Attempts: n}}, policy.Source{})
	}
	open(policy.APIConfig{Defaults: attempts(7)})
	open(policy.APIConfig{Defaults: attempts(7)})
	check(1)
	for n := range 2 {
		var config policy.APIConfig
		for _, op := range api.Operations {
			entry := policy.Entry{Key: policy.Selector{ID: op.ID}, Layer: attempts(8 + n)}
			config.Operations = append(config.Operations, entry)
		}
		open(config)
	}
	check(500)
}
