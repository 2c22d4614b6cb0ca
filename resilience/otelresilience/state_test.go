package otelresilience

import (
	"testing"
	"time"

	"github.com/resgen/resgen/resilience"
)

// Accounts are summed up: the number of series does not depend on them.
func TestMeasure_Accounts(t *testing.T) {
	circuit := func(s resilience.CircuitState) []resilience.CircuitSnapshot {
		return []resilience.CircuitSnapshot{{State: s}}
	}
	bucket := func(tokens float64, held time.Duration, waiting int) []resilience.BucketSnapshot {
		return []resilience.BucketSnapshot{{PerSecond: 1, Burst: 10, Tokens: tokens, Held: held, Waiting: waiting}}
	}
	s := resilience.Snapshot{InFlight: 3, Connections: 2, Gates: []resilience.GateSnapshot{
		{Account: "me", Circuits: circuit(resilience.CircuitOpen)},
		{API: "a", Host: "h", Circuits: circuit(resilience.CircuitHalfOpen),
			Bulkhead:  resilience.BulkheadSnapshot{Key: "a h", Max: 5, InUse: 2, Waiting: 1},
			Bulkheads: []resilience.BulkheadSnapshot{{Key: "a h x", Max: 1, InUse: 1}},
			Budget:    resilience.BudgetSnapshot{Tokens: 30, Size: 40},
			Budgets:   []resilience.BudgetSnapshot{{Size: 0}}},
		{API: "a", Host: "h", Account: "1", Circuits: circuit(resilience.CircuitOpen), Buckets: bucket(5, 0, 2)},
		{API: "a", Host: "h", Account: "2", Circuits: circuit(resilience.CircuitOpen), Buckets: bucket(0.5, 0, 3)},
		{API: "a", Host: "h", Account: "3", Buckets: bucket(2, time.Second, 0)},
		{API: "a", Host: "h", Account: "4", Buckets: []resilience.BucketSnapshot{{Waiting: 1}}}, // no limit
	}}
	got := measure(s)
	state := func(api, host, scope string, state resilience.CircuitState) series {
		return series{circuits, api, host, "resgen.circuit.state", string(state), scope}
	}
	quota := func(state string) series { return series{quotas, "a", "h", "resgen.quota.state", state, ""} }
	plain := func(g gaugeKind) series { return series{gauge: g, api: "a", host: "h"} }
	for s, want := range map[series]float64{
		{gauge: inFlight}: 3, {gauge: connections}: 2,
		state("", "", "sign-in", resilience.CircuitOpen):           1,
		state("a", "h", "host", resilience.CircuitHalfOpen):        1,
		state("a", "h", "host", resilience.CircuitClosed):          0,
		state("a", "h", "account", resilience.CircuitOpen):         2,
		state("a", "h", "account", resilience.CircuitForcedClosed): 0,
		quota("available"): 1, quota("exhausted"): 1, quota("held"): 1,
		plain(quotaFill): 0.05, plain(places): 3, plain(placesMax): 6, plain(budget): 0.75,
		{queued, "a", "h", "resgen.queue", "quota", ""}:    6,
		{queued, "a", "h", "resgen.queue", "bulkhead", ""}: 1,
	} {
		if v, ok := got[s]; !ok || v != want {
			t.Errorf("%+v: got %g, %t, want %g", s, v, ok, want)
		}
	}
	if want := 2 + 3*5 + 3 + 4 + 2; len(got) != want {
		t.Errorf("%d series, want %d", len(got), want)
	}
	if s.Closed = true; len(measure(s)) != 0 {
		t.Error("a closed runtime has values")
	}
}

func TestShare(t *testing.T) {
	for _, c := range [][3]float64{{5, 10, 0.5}, {-1, 10, 0}, {11, 10, 1}, {0.5, 0, 0.5}} {
		if got := share(c[0], c[1]); got != c[2] {
			t.Errorf("%g of %g: got %g, want %g", c[0], c[1], got, c[2])
		}
	}
}
