package resilience_test

import (
	"context"
	"io"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/resgen/resgen/resilience"
	"github.com/resgen/resgen/resilience/faults"
	"github.com/resgen/resgen/resilience/policy"
)

// A panickyHandler panics when a certain message is logged.
type panickyHandler struct {
	slog.Handler
	message string
}

func (h *panickyHandler) Handle(_ context.Context, r slog.Record) error {
	if r.Message == h.message {
		h.message = ""
		panic("boom")
	}
	return nil
}

func (h *panickyHandler) Enabled(context.Context, slog.Level) bool { return true }

// A panic of an observer or a logger reaches the caller, and the call gives back all that it holds:
// its place, its price, its connection and its mark as a call in flight.
func TestPanic_OfObserversAndLoggers(t *testing.T) {
	failing := []faults.Step{faults.Status(503), faults.OK(good)}
	for _, c := range []struct {
		name    string
		event   resilience.EventKind // of the observer that panics
		message string               // at which the logger panics
		script  []faults.Step
		change  func(p *policy.Policy)
		stream  bool
		opts    []resilience.Option
	}{
		{name: "attempt", event: resilience.EventAttempt},
		{name: "attempt with a stream", event: resilience.EventAttempt, stream: true},
		{name: "failed attempt", event: resilience.EventAttempt, script: failing},
		{name: "repeat", event: resilience.EventRepeat, script: failing},
		{name: "repeat, logged", message: "repeat", script: failing},
		{name: "call", event: resilience.EventCall},
		{name: "call with a stream", event: resilience.EventCall, stream: true},
		{name: "failed call", event: resilience.EventCall, script: []faults.Step{faults.Status(404), faults.OK(good)}},
		{name: "failed call, logged", message: "call failed",
			script: []faults.Step{faults.Status(503), faults.Status(503), faults.OK(good)},
			change: func(p *policy.Policy) { p.Retry.Attempts = 2 }},
		{name: "drift", event: resilience.EventDrift, script: []faults.Step{faults.OK(`{"name":1}`), faults.OK(good)}},
		{name: "drift, logged", message: "response differs from the document",
			script: []faults.Step{faults.OK(`{"name":1}`), faults.OK(good)}},
		{name: "degraded", event: resilience.EventDegraded, script: failing,
			change: func(p *policy.Policy) { p.Retry.Attempts = 1 },
			opts:   []resilience.Option{resilience.WithFallback("op", resilience.FallbackValue(&item{}))}},
		{name: "degraded, logged", message: "degraded answer", script: failing,
			change: func(p *policy.Policy) { p.Retry.Attempts = 1 },
			opts:   []resilience.Option{resilience.WithFallback("op", resilience.FallbackValue(&item{}))}},
		{name: "circuit opens", event: resilience.EventTransition, script: failing,
			change: func(p *policy.Policy) { p.Breaker.Consecutive = 1 }},
		{name: "circuit opens, logged", message: "circuit open", script: failing,
			change: func(p *policy.Policy) { p.Breaker.Consecutive = 1 }},
		{name: "hedged attempt", event: resilience.EventAttempt,
			script: []faults.Step{faults.OK(good).In(5 * time.Second), faults.OK(good)},
			change: func(p *policy.Policy) { p.Hedge = hedging().Hedge }},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				armed := c.event != ""
				observer := resilience.WithObserver(func(e resilience.Event) {
					if armed && e.Kind == c.event {
						armed = false
						panic("boom")
					}
				})
				log := slog.New(&panickyHandler{message: c.message})
				op, script := operation("GET", policy.Safe), c.script
				if c.stream {
					op, script = download(), []faults.Step{file("0123")}
				} else if script == nil {
					script = []faults.Step{faults.OK(good)}
				}
				b := configured(t, faults.Config{Script: script}, observer, resilience.WithRuntimeLogger(log))
				p := policy.Default()
				p.Bulkhead.Max, p.Bulkhead.MaxWait = 1, time.Millisecond
				p.Retry.Jitter, p.Breaker.Jitter = policy.NoJitter, -1
				if c.change != nil {
					c.change(&p)
				}
				caller := b.client(t, p, op, append(c.opts, resilience.WithLogger(log))...)
				call := func() (err error) {
					if !c.stream {
						_, err = get(t, caller, op)
						return err
					}
					s, err := open(t.Context(), caller, op)
					if err == nil {
						_, err = io.ReadAll(s)
						_ = s.Close()
					}
					return err
				}
				func() {
					defer func() {
						if got := recover(); got != "boom" {
							t.Errorf("recovered %v", got)
						}
					}()
					_ = call()
				}()
				synctest.Wait()
				s := b.runtime.Snapshot()
				if s.InFlight != 0 || s.Gates[0].Bulkhead.InUse != 0 || s.Gates[0].Budget.Tokens < 495 ||
					strings.HasPrefix(c.name, "repeat") && s.Gates[0].Budget.Tokens != 500 {
					t.Errorf("something is held: %+v", s)
				}
				time.Sleep(time.Minute) // the circuit half-opens
				if err := call(); err != nil {
					t.Errorf("the next call: %v", err)
				}
				if s := b.runtime.Snapshot(); s.Connections != 1 {
					t.Errorf("%d connections", s.Connections)
				}
			})
		})
	}
}
