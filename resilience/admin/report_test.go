package admin

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/resgen/resgen/resilience"
)

// Buckets of accounts for which the server has stated no limit say nothing about the others.
func TestAPI_QuotaOfSomeAccounts(t *testing.T) {
	gate := func(account string, b resilience.BucketSnapshot) resilience.GateSnapshot {
		b.Key = "shop host " + account + " getItem"
		return resilience.GateSnapshot{
			API: "shop", Host: "host", Account: account, Buckets: []resilience.BucketSnapshot{b},
		}
	}
	var a, unlimited API
	now := time.Now()
	a.shared([]resilience.GateSnapshot{
		gate("a", resilience.BucketSnapshot{Burst: 1, Granted: 5, Refused: 3, Observed: 1, Waiting: 2}),
		gate("b", resilience.BucketSnapshot{
			Burst: 1, PerSecond: 0.0001, Learned: 0.0001, Tokens: 0.75, Granted: 7, Refused: 4, Observed: 2, Waiting: 3,
			Held: 2500 * time.Millisecond,
		}),
		gate("e", resilience.BucketSnapshot{Burst: 1, Members: 3, Apart: 1500 * time.Millisecond}),
		gate("c", resilience.BucketSnapshot{Burst: 1, PerSecond: 5, Learned: 5, Tokens: 0.5}),
		gate("d", resilience.BucketSnapshot{Burst: 1}),
	}, now)
	if len(a.Quotas) != 1 {
		t.Fatalf("got %+v, want one quota", a.Quotas)
	}
	if q := a.Quotas[0]; q.Name != "getItem" || q.Buckets != 5 || q.Now != 0.0001 || q.Learned != 0.0001 ||
		q.Tokens != 0.5 || q.Members != 3 || q.Apart != 1.5 {
		t.Errorf("got %+v", q)
	} else if q.Granted != 12 || q.Refused != 7 || q.Observed != 3 || q.Waiting != 5 || q.HeldSeconds != 2.5 {
		t.Errorf("the sums are %+v", q)
	}
	a.judge(nil)
	if want := "rate limit getItem: not shared, because the store cannot be used"; !slices.Contains(a.Reasons, want) {
		t.Errorf("reasons %q, want %q", a.Reasons, want)
	}
	unlimited.shared([]resilience.GateSnapshot{gate("a", resilience.BucketSnapshot{Burst: 1})}, now)
	if len(unlimited.Quotas) != 0 {
		t.Errorf("without a limit: got %+v", unlimited.Quotas)
	}
}

// The row of a circuit says what it has to do with those of other processes.
func TestReport_SharedCircuits(t *testing.T) {
	circuit := func(key string, f resilience.FleetCircuit) resilience.CircuitSnapshot {
		return resilience.CircuitSnapshot{Key: key, State: resilience.CircuitClosed, Since: begin, Fleet: f}
	}
	own := resilience.FleetCircuit{Processes: 9, Open: 9} // the store cannot be reached
	votes := resilience.FleetCircuit{Shared: true, Processes: 8, Open: 3}
	follows := resilience.FleetCircuit{Shared: true, Follows: true, Processes: 6}
	r := report{records: &recorder{since: begin}, query: Query{Page: 1}, snapshot: resilience.Snapshot{
		At: begin, APIs: []resilience.APISnapshot{{API: "shop"}},
		Gates: []resilience.GateSnapshot{{API: "shop", Host: "host", Circuits: []resilience.CircuitSnapshot{
			circuit("own", own), circuit("votes", votes), circuit("follows", follows),
		}}},
	}}
	s := r.status()
	list := s.APIs[0].Circuits
	if len(list) != 3 || list[0].Fleet != nil || *list[1].Fleet != (Fleet{Processes: 8, Open: 3}) ||
		*list[2].Fleet != (Fleet{Follows: true, Processes: 6}) {
		t.Fatalf("got %+v", list)
	}
	var out strings.Builder
	if err := pageTemplate.Execute(&out, pageData{s, false}); err != nil {
		t.Fatal(err)
	}
	html := out.String()
	for _, want := range []string{"open in 3 of 8 processes", "as in 6 processes"} {
		if strings.Count(html, want) != 1 {
			t.Errorf("the page does not say once: %s", want)
		}
	}
	if strings.Contains(html, "9 processes") {
		t.Error("the page says that a circuit is shared that is not")
	}
}

// The operations called most are listed.
func TestReport_ManyOperations(t *testing.T) {
	records := recorder{since: begin}
	for i := range 250 {
		op := &resilience.Operation{ID: fmt.Sprintf("op-%03d", i)}
		for range 1 + i/249 {
			records.observe(called(op, "a", 0))
		}
	}
	r := report{
		records: &records, query: Query{Page: 1},
		snapshot: resilience.Snapshot{At: begin, APIs: []resilience.APISnapshot{{API: "shop"}}},
	}
	a := r.status().APIs[0]
	if a.Found != 250 || len(a.Operations) != 200 || a.Operations[0].ID != "op-249" || a.Operations[1].ID != "op-000" ||
		a.Calls.Total != 251 {
		t.Errorf("%d of %d operations, first %s, %d calls", len(a.Operations), a.Found, a.Operations[0].ID,
			a.Calls.Total)
	}
	if p := a.Calls.P50; p < 0.0076 || p > 0.0084 {
		t.Errorf("the median of the API is %g s, want 0.008 s", p)
	}
	r.query.Text = "OP-01"
	if a := r.status().APIs[0]; a.Found != 10 || a.Calls.Total != 251 {
		t.Errorf("found %d, %d calls", a.Found, a.Calls.Total)
	}
}
