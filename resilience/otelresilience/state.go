package otelresilience

// This file has the gauges, which are read from snapshots of a runtime. Accounts are summed up, so
// that the number of series does not depend on them.

import (
	"cmp"
	"context"
	"runtime"
	"slices"
	"weak"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"

	"github.com/resgen/resgen/resilience"
)

// A gaugeKind is one of the gauges.
type gaugeKind int

const (
	circuits gaugeKind = iota
	quotas
	quotaFill
	queued
	places
	placesMax
	budget
	inFlight
	connections
	gaugeCount
)

// gaugeTable has name, unit and description of each gauge.
var gaugeTable = [gaugeCount]struct{ name, unit, doc string }{
	circuits:    {"resgen.client.circuits", "{circuit}", "Circuits by state."},
	quotas:      {"resgen.client.quotas", "{quota}", "Rate limits that are available, exhausted or held."},
	quotaFill:   {"resgen.client.quota.fill", "1", "Permits left in the emptiest rate limit, from 0 to 1."},
	queued:      {"resgen.client.queued", "{call}", "Calls that wait for a permit or for a place in a bulkhead."},
	places:      {"resgen.client.bulkhead.used", "{call}", "Places of bulkheads that are taken."},
	placesMax:   {"resgen.client.bulkhead.max", "{call}", "Places that bulkheads have."},
	budget:      {"resgen.client.retry_budget.fill", "1", "What is left of the emptiest retry budget, from 0 to 1."},
	inFlight:    {"resgen.client.in_flight", "{call}", "Calls in flight and streams not yet closed."},
	connections: {"resgen.client.connections", "{connection}", "Open connections."},
}

// A series is what one value of a gauge is about.
type series struct {
	gauge gaugeKind
	api   string
	host  string
	name  string // key of the attribute that differs; empty: none
	value string
	scope string // of circuits: host, account or sign-in
}

// attributes returns the attributes of a series.
func (s series) attributes() attribute.Set {
	var list []attribute.KeyValue
	if s.api != "" {
		list = append(list, attribute.String("resgen.api", s.api))
	}
	if s.host != "" {
		list = append(list, hostOf(s.host)...)
	}
	if s.scope != "" {
		list = append(list, attribute.String("resgen.circuit.scope", s.scope))
	}
	if s.name != "" {
		list = append(list, attribute.String(s.name, s.value))
	}
	return attribute.NewSet(list...)
}

// values are the values of all gauges at one moment.
type values map[series]float64

// low sets a value if it is lower than the present one.
func (v values) low(s series, x float64) {
	if before, ok := v[s]; !ok || x < before {
		v[s] = x
	}
}

// measure returns the values of all gauges. All states of what exists are included, with 0 if
// nothing is in them.
func measure(s resilience.Snapshot) values {
	v := values{}
	if s.Closed {
		return v
	}
	v[series{gauge: inFlight}] = float64(s.InFlight)
	v[series{gauge: connections}] = float64(s.Connections)
	for i := range s.Gates {
		v.gate(&s.Gates[i])
	}
	return v
}

// gate adds the values of one gate.
func (v values) gate(g *resilience.GateSnapshot) {
	of := func(kind gaugeKind, name, value string) series {
		return series{gauge: kind, api: g.API, host: g.Host, name: name, value: value}
	}
	for _, c := range g.Circuits {
		for _, state := range circuitStates {
			s := of(circuits, "resgen.circuit.state", string(state))
			s.scope = scopeOf(g)
			v[s] += one(c.State == state)
		}
	}
	for _, b := range g.Buckets {
		v[of(queued, "resgen.queue", "quota")] += float64(b.Waiting)
		if b.PerSecond == 0 {
			continue
		}
		state := quotaState(b)
		for _, name := range []string{"available", "exhausted", "held"} {
			v[of(quotas, "resgen.quota.state", name)] += one(name == state)
		}
		v.low(of(quotaFill, "", ""), share(b.Tokens, float64(b.Burst)))
	}
	for _, b := range append([]resilience.BulkheadSnapshot{g.Bulkhead}, g.Bulkheads...) {
		if b.Key == "" {
			continue
		}
		v[of(queued, "resgen.queue", "bulkhead")] += float64(b.Waiting)
		v[of(places, "", "")] += float64(b.InUse)
		v[of(placesMax, "", "")] += float64(b.Max)
	}
	for _, b := range append([]resilience.BudgetSnapshot{g.Budget}, g.Budgets...) {
		if b.Size > 0 {
			v.low(of(budget, "", ""), share(b.Tokens, b.Size))
		}
	}
}

var circuitStates = []resilience.CircuitState{
	resilience.CircuitClosed, resilience.CircuitOpen, resilience.CircuitHalfOpen,
	resilience.CircuitForcedOpen, resilience.CircuitForcedClosed,
}

// scopeOf returns whose circuits a gate has.
func scopeOf(g *resilience.GateSnapshot) string {
	switch {
	case g.API == "":
		return "sign-in"
	case g.Account != "":
		return "account"
	}
	return "host"
}

// quotaState returns the state of a rate limit.
func quotaState(b resilience.BucketSnapshot) string {
	switch {
	case b.Held > 0:
		return "held"
	case b.Tokens < 1:
		return "exhausted"
	}
	return "available"
}

// share returns a part of a whole, from 0 to 1.
func share(part, whole float64) float64 { return min(max(part/max(whole, 1), 0), 1) }

func one(is bool) float64 {
	if is {
		return 1
	}
	return 0
}

// gauges registers the gauges of a runtime until it is closed and no longer used. They do not keep
// the runtime in memory.
func gauges(meter metric.Meter, r *resilience.Runtime) {
	instruments := make([]metric.Float64ObservableGauge, gaugeCount)
	observables := make([]metric.Observable, gaugeCount)
	for i, g := range gaugeTable {
		gauge, err := meter.Float64ObservableGauge(g.name, metric.WithUnit(g.unit), metric.WithDescription(g.doc))
		report(err)
		instruments[i], observables[i] = gauge, gauge
	}
	observed := weak.Make(r)
	registration, err := meter.RegisterCallback(func(_ context.Context, o metric.Observer) error {
		r := observed.Value()
		if r == nil {
			return nil
		}
		now := measure(r.Snapshot())
		for _, s := range sorted(now) {
			o.ObserveFloat64(instruments[s.gauge], now[s], metric.WithAttributeSet(s.attributes()))
		}
		return nil
	}, observables...)
	report(err)
	if err == nil {
		runtime.AddCleanup(r, func(g metric.Registration) { report(g.Unregister()) }, registration)
	}
}

// sorted returns the series in order, so that what exceeds a limit of series is always the same.
func sorted(v values) []series {
	list := make([]series, 0, len(v))
	for s := range v {
		list = append(list, s)
	}
	slices.SortFunc(list, func(a, b series) int {
		return cmp.Or(
			cmp.Compare(a.gauge, b.gauge), cmp.Compare(a.api, b.api), cmp.Compare(a.host, b.host),
			cmp.Compare(a.scope, b.scope), cmp.Compare(a.value, b.value),
		)
	})
	return list
}
