package policy

import (
	"slices"
	"testing"
	"time"
)

func TestTransport_Sized(t *testing.T) {
	on := func(n int) Bulkhead { return Bulkhead{Enabled: On, Max: n} }
	for _, c := range []struct {
		name        string
		in          Transport
		bulkheads   []Bulkhead
		idle, conns int
	}{
		{"one bulkhead", Transport{}, []Bulkhead{on(7)}, 7, 7},
		{"two bulkheads", Transport{}, []Bulkhead{on(7), on(60)}, 67, 67},
		{"not said to be on", Transport{}, []Bulkhead{{Max: 7}}, 7, 7},
		{"off", Transport{}, []Bulkhead{{Enabled: Off, Max: 7}}, 64, 0},
		{"off, large", Transport{}, []Bulkhead{{Enabled: Off, Max: 70}}, 70, 0},
		{"one is off", Transport{}, []Bulkhead{on(60), {Enabled: Off, Max: 7}}, 67, 0},
		{"no bound", Transport{}, []Bulkhead{on(0)}, 64, 0},
		{"negative", Transport{}, []Bulkhead{on(-1), on(70)}, 70, 0},
		{"for each account", Transport{}, []Bulkhead{{Max: 7, Scope: ScopeAccount}}, 64, 0},
		{"for a host", Transport{}, []Bulkhead{{Max: 7, Scope: ScopeHost}}, 7, 7},
		{"none", Transport{}, nil, 0, 0},
		{"set", Transport{MaxIdle: 2, MaxConns: 3}, []Bulkhead{on(7)}, 2, 3},
		{"set without bound", Transport{MaxIdle: 2}, []Bulkhead{on(0)}, 2, 0},
	} {
		c.in.MaxAge = time.Minute
		if got, want := c.in.Sized(c.bulkheads...), (Transport{
			MaxIdle: c.idle, MaxConns: c.conns, MaxAge: time.Minute,
		}); got != want {
			t.Errorf("%s: %+v, want %+v", c.name, got, want)
		}
	}
}

func TestResolved_Bulkheads(t *testing.T) {
	all := Bulkhead{Enabled: On, Max: 64, MaxWait: time.Second}
	patient, own, off, account := all, all, all, all
	patient.MaxWait = time.Minute
	own.Max = 5
	off.Enabled = Off
	account.Scope, account.Max = ScopeAccount, 9
	resolve := func(defaults Bulkhead, operations ...Bulkhead) []Bulkhead {
		r := Resolved{Defaults: Policy{Bulkhead: defaults}}
		for _, b := range operations {
			r.Operations = append(r.Operations, Policy{Bulkhead: b})
		}
		return r.Bulkheads()
	}
	for _, c := range []struct {
		name      string
		got, want []Bulkhead
	}{
		{"no operation", resolve(all), []Bulkhead{all}},
		{"the same", resolve(all, all, patient), []Bulkhead{all}},
		{"own", resolve(all, own, off, own), []Bulkhead{all, own, off, own}},
		{"for each account inside that of the API", resolve(all, account), []Bulkhead{all}},
		{"for each account", resolve(account, account, all), []Bulkhead{account, all}},
		{"another number for each account", resolve(account, Bulkhead{
			Enabled: On, Max: 3, Scope: ScopeAccount, MaxWait: time.Second,
		}), []Bulkhead{account, {Enabled: On, Max: 3, Scope: ScopeAccount, MaxWait: time.Second}}},
	} {
		if !slices.Equal(c.got, c.want) {
			t.Errorf("%s: %+v, want %+v", c.name, c.got, c.want)
		}
	}
}
