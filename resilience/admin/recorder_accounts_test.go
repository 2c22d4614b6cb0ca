package admin

import (
	"fmt"
	"testing"
)

func TestAccountRecords_AreBounded(t *testing.T) {
	var a accountRecords
	name := func(i int) string { return fmt.Sprintf("account-%d", i) }
	counted := func(from, to int) (n int) {
		for i := from; i < to; i++ {
			if a.find(name(i)) != nil {
				n++
			}
		}
		return n
	}
	const most = accountShards * mostOfShard
	for i := range 10_000 {
		a.of(name(i), 100).calls.Add(1)
	}
	if n := counted(0, 10_000); n != 10_000 {
		t.Fatalf("%d of 10,000 accounts are counted", n)
	}
	for i := range 2 * most {
		a.of(name(i), 100).calls.Add(1)
	}
	if n := counted(0, 2*most); n != most {
		t.Errorf("%d accounts are counted, want %d", n, most)
	}
	if got := a.find(name(0)).calls.Load(); got != 2 {
		t.Errorf("the first account has %d calls, want 2", got)
	}
	if got := a.others.calls.Load(); got != most {
		t.Errorf("the others have %d calls, want %d", got, most)
	}
	a.of(name(0), 100+accountIdleness)
	for i := range 1000 { // nobody is idle
		a.of(fmt.Sprintf("new-%d", i), 100+accountIdleness)
	}
	if a.find("new-0") != nil {
		t.Error("an account was forgotten that was called 15 minutes ago")
	}
	for i := range 1000 {
		a.of(fmt.Sprintf("new-%d", i), 101+accountIdleness)
	}
	if a.find("new-0") == nil || a.find("new-999") == nil || a.find(name(0)) == nil || counted(1, 2*most) > 0 {
		t.Errorf("idle accounts are not forgotten: %d remain", counted(1, 2*most))
	}
}
