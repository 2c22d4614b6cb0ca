package resilience

import (
	"testing"
	"time"

	"github.com/resgen/resgen/resilience/internal/fault"
	"github.com/resgen/resgen/resilience/internal/loop"
)

// An attempt and its copies may begin in any order, and a copy may begin when its round is over.
func TestLedger_Rounds(t *testing.T) {
	at := time.Unix(1_000_000_000, 0)
	attempt, copied := loop.Copy{Round: at}, loop.Copy{Round: at, Hedge: true}
	later := loop.Copy{Round: at.Add(1)}
	for name, order := range map[string][]loop.Copy{
		"attempt first": {attempt, copied}, "copy first": {copied, attempt},
	} {
		var l ledger
		a, b := l.enter(order[0]), l.enter(order[1])
		if a != b || a.running != 2 {
			t.Errorf("%s: rounds %p and %p with %d running, want one with 2", name, a, b, a.running)
		}
	}
	var l ledger
	first := l.enter(attempt)
	next := l.enter(later)
	if late := l.enter(copied); late == next || late == first || next.running != 1 {
		t.Errorf("a late copy joined another round: %d running, want 1", next.running)
	}
	if again := l.enter(loop.Copy{Round: at.Add(1), Hedge: true}); again != next || next.running != 2 {
		t.Errorf("a copy did not join its round: %d running, want 2", next.running)
	}
}

// A copy that fails before its attempt has begun does not end the round.
func TestLedger_CopyFailsFirst(t *testing.T) {
	at := time.Unix(1_000_000_000, 0)
	var l ledger
	r := l.enter(loop.Copy{Round: at, Hedge: true})
	failed := &outcome{cause: cause{fault: fault.Reset}}
	failed.decision.Retry = fault.Always
	if end := l.leave(r, failed); end != nil {
		t.Errorf("the round ended with %v", end)
	}
	l.enter(loop.Copy{Round: at})
	if end := l.leave(r, failed); end == nil {
		t.Error("the round did not end with its last attempt")
	}
}
