package admin

import (
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
		gate("a", resilience.BucketSnapshot{Burst: 1}),
		gate("b", resilience.BucketSnapshot{Burst: 1, PerSecond: 0.0001, Learned: 0.0001, Tokens: 0.75}),
		gate("c", resilience.BucketSnapshot{Burst: 1, PerSecond: 5, Learned: 5, Tokens: 0.5}),
		gate("d", resilience.BucketSnapshot{Burst: 1}),
	}, now)
	if len(a.Quotas) != 1 {
		t.Fatalf("got %+v, want one quota", a.Quotas)
	}
	if q := a.Quotas[0]; q.Name != "getItem" || q.Buckets != 4 || q.Now != 0.0001 || q.Learned != 0.0001 ||
		q.Tokens != 0.5 {
		t.Errorf("got %+v", q)
	}
	unlimited.shared([]resilience.GateSnapshot{gate("a", resilience.BucketSnapshot{Burst: 1})}, now)
	if len(unlimited.Quotas) != 0 {
		t.Errorf("without a limit: got %+v", unlimited.Quotas)
	}
}
