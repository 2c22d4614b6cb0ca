package limit

import (
	"sync"
	"testing"

	"github.com/resgen/resgen/resilience/policy"
)

func TestBudget(t *testing.T) {
	p := policy.Budget{Tokens: 20, Cost: 5, TimeoutCost: 10, Refill: 1}
	b := NewBudget("the key", p)
	tokens := func(want float64) {
		t.Helper()
		if got := b.Snapshot(); got != (BudgetSnapshot{Key: "the key", Tokens: want, Size: 20}) {
			t.Errorf("%+v, want %v tokens", got, want)
		}
	}
	spend := func(timeout bool, want float64, wantOK bool) {
		t.Helper()
		if got, ok := b.Spend(timeout); got != want || ok != wantOK {
			t.Errorf("spend(%v) = %v %v, want %v %v", timeout, got, ok, want, wantOK)
		}
	}
	tokens(20)
	spend(false, 5, true)
	tokens(15)
	spend(true, 10, true)
	tokens(5)
	spend(true, 0, false)
	tokens(5)
	spend(false, 5, true)
	tokens(0)
	spend(false, 0, false)
	b.Earn()
	b.Earn()
	tokens(2)
	b.Refund(5)
	tokens(7)
	b.Refund(100)
	tokens(20) // at most its size
	b.Earn()
	tokens(20)
}

func TestBudget_CountsParts(t *testing.T) {
	b := NewBudget("", policy.Budget{Tokens: 1, Cost: 0.25, Refill: 0.125})
	for i := range 4 {
		if _, ok := b.Spend(false); !ok {
			t.Errorf("retry %d is not paid", i+1)
		}
	}
	if _, ok := b.Spend(false); ok {
		t.Error("a fifth retry of a budget for four")
	}
	b.Earn()
	if got := b.Snapshot().Tokens; got != 0.125 {
		t.Errorf("%v tokens", got)
	}
}

func TestBudget_SwitchedOff(t *testing.T) {
	b := NewBudget("", policy.Budget{Enabled: policy.Off, Tokens: 1, Cost: 5})
	for range 100 {
		if price, ok := b.Spend(true); price != 0 || !ok {
			t.Errorf("%v %v, want it to be free", price, ok)
		}
	}
	if got := b.Snapshot(); got.Size != 0 || got.Tokens != 1 {
		t.Errorf("%+v", got)
	}
}

func TestBudget_RetuneKeepsTokens(t *testing.T) {
	b := NewBudget("", policy.Budget{Tokens: 100, Cost: 10})
	b.Spend(false)
	b.Update(policy.Budget{Tokens: 200, Cost: 20})
	if got := b.Snapshot(); got.Tokens != 90 || got.Size != 200 {
		t.Errorf("%+v", got)
	}
	b.Update(policy.Budget{Tokens: 30, Cost: 20})
	if price, ok := b.Spend(false); price != 20 || !ok || b.Snapshot().Tokens != 10 {
		t.Errorf("%v %v, %+v", price, ok, b.Snapshot())
	}
}

func TestBudget_Concurrent(t *testing.T) {
	b := NewBudget("", policy.Budget{Tokens: 500, Cost: 5, Refill: 1})
	var mu sync.Mutex
	paid := 0
	var callers sync.WaitGroup
	for range 16 {
		callers.Go(func() {
			for range 50 {
				if _, ok := b.Spend(false); ok {
					mu.Lock()
					paid++
					mu.Unlock()
				}
			}
		})
	}
	callers.Wait()
	if paid != 100 || b.Snapshot().Tokens != 0 {
		t.Errorf("%d retries paid, %v tokens left, want 100 and 0", paid, b.Snapshot().Tokens)
	}
	for range 16 {
		callers.Go(func() {
			for range 20 {
				b.Earn()
			}
		})
	}
	callers.Wait()
	if got := b.Snapshot().Tokens; got != 320 {
		t.Errorf("%v tokens, want 320", got)
	}
}
