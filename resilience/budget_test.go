package resilience

import (
	"sync"
	"testing"

	"github.com/resgen/resgen/resilience/policy"
)

func TestBudget(t *testing.T) {
	p := policy.Budget{Tokens: 20, Cost: 5, TimeoutCost: 10, Refill: 1}
	b := newBudget("the key", p)
	tokens := func(want float64) {
		t.Helper()
		if got := b.snapshot(); got != (BudgetSnapshot{Key: "the key", Tokens: want, Size: 20}) {
			t.Errorf("%+v, want %v tokens", got, want)
		}
	}
	spend := func(timeout bool, want float64, wantOK bool) {
		t.Helper()
		if got, ok := b.spend(timeout); got != want || ok != wantOK {
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
	b.earn()
	b.earn()
	tokens(2)
	b.refund(5)
	tokens(7)
	b.refund(100)
	tokens(20) // never more than its size
	b.earn()
	tokens(20)
}

func TestBudget_CountsParts(t *testing.T) {
	b := newBudget("", policy.Budget{Tokens: 1, Cost: 0.25, Refill: 0.125})
	for i := range 4 {
		if _, ok := b.spend(false); !ok {
			t.Errorf("retry %d is not paid", i+1)
		}
	}
	if _, ok := b.spend(false); ok {
		t.Error("a fifth retry of a budget for four")
	}
	b.earn()
	if got := b.snapshot().Tokens; got != 0.125 {
		t.Errorf("%v tokens", got)
	}
}

func TestBudget_SwitchedOff(t *testing.T) {
	b := newBudget("", policy.Budget{Enabled: policy.Off, Tokens: 1, Cost: 5})
	for range 100 {
		if price, ok := b.spend(true); price != 0 || !ok {
			t.Errorf("%v %v, want it to be free", price, ok)
		}
	}
	if got := b.snapshot(); got.Size != 0 || got.Tokens != 1 {
		t.Errorf("%+v", got)
	}
}

func TestBudget_RetuneKeepsWhatIsLeft(t *testing.T) {
	b := newBudget("", policy.Budget{Tokens: 100, Cost: 10})
	b.spend(false)
	b.retune(policy.Budget{Tokens: 200, Cost: 20})
	if got := b.snapshot(); got.Tokens != 90 || got.Size != 200 {
		t.Errorf("%+v", got)
	}
	b.retune(policy.Budget{Tokens: 30, Cost: 20})
	if price, ok := b.spend(false); price != 20 || !ok || b.snapshot().Tokens != 10 {
		t.Errorf("%v %v, %+v", price, ok, b.snapshot())
	}
}

func TestBudget_Concurrent(t *testing.T) {
	b := newBudget("", policy.Budget{Tokens: 500, Cost: 5, Refill: 1})
	var mu sync.Mutex
	paid := 0
	var callers sync.WaitGroup
	for range 16 {
		callers.Go(func() {
			for range 50 {
				if _, ok := b.spend(false); ok {
					mu.Lock()
					paid++
					mu.Unlock()
				}
			}
		})
	}
	callers.Wait()
	if paid != 100 || b.snapshot().Tokens != 0 {
		t.Errorf("%d retries paid, %v tokens left, want 100 and 0", paid, b.snapshot().Tokens)
	}
	for range 16 {
		callers.Go(func() {
			for range 20 {
				b.earn()
			}
		})
	}
	callers.Wait()
	if got := b.snapshot().Tokens; got != 320 {
		t.Errorf("%v tokens, want 320", got)
	}
}
