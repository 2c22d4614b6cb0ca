package limit

import (
	"sync/atomic"

	"github.com/resgen/resgen/resilience/policy"
)

// budgetUnit is the number of counted units in one token, which allows for fractions of a token.
const budgetUnit = 1000

// A Budget pays for the retries of all calls that share it, so that retrying does not make an
// outage worse. It starts full. A retry is paid for before its back-off. A call that succeeds
// without a retry earns a little; a retry that succeeds gets its whole price back.
// It takes no lock.
type Budget struct {
	key    string
	policy atomic.Pointer[policy.Budget]
	units  atomic.Int64
}

// A BudgetSnapshot is what a retry budget holds at one moment.
type BudgetSnapshot struct {
	Key    string
	Tokens float64 // left to spend
	Size   float64 // the most that it holds; 0 if the budget is switched off
}

// NewBudget returns a full budget.
func NewBudget(key string, p policy.Budget) *Budget {
	b := &Budget{key: key}
	b.policy.Store(&p)
	b.units.Store(toUnits(p.Tokens))
	return b
}

// Spend pays for a retry after a timeout, or after any other failure. It returns the price, which
// the caller passes to [Budget.Refund] if the retry succeeds. If too little is left, Spend takes
// nothing and returns false.
func (b *Budget) Spend(afterTimeout bool) (price float64, ok bool) {
	p := b.policy.Load()
	if p.Enabled == policy.Off {
		return 0, true
	}
	price = p.Cost
	if afterTimeout {
		price = p.TimeoutCost
	}
	for {
		held := b.units.Load()
		left := held - toUnits(price)
		if left < 0 {
			return 0, false
		}
		if b.units.CompareAndSwap(held, left) {
			return price, true
		}
	}
}

// Refund gives back the price of a retry.
func (b *Budget) Refund(price float64) { b.put(price) }

// Earn adds what a call earns that succeeds at the first attempt.
func (b *Budget) Earn() { b.put(b.policy.Load().Refill) }

// put adds tokens, up to the size of the budget.
func (b *Budget) put(tokens float64) {
	for {
		held := b.units.Load()
		now := min(held+toUnits(tokens), toUnits(b.policy.Load().Tokens))
		if now == held || b.units.CompareAndSwap(held, now) {
			return
		}
	}
}

// Update changes the policy. What is left to spend is kept, up to the new size.
func (b *Budget) Update(p policy.Budget) {
	b.policy.Store(&p)
	b.put(0)
}

// Snapshot returns what the budget holds.
func (b *Budget) Snapshot() BudgetSnapshot {
	s := BudgetSnapshot{Key: b.key, Tokens: float64(b.units.Load()) / budgetUnit}
	if p := b.policy.Load(); p.Enabled != policy.Off {
		s.Size = p.Tokens
	}
	return s
}

func toUnits(tokens float64) int64 { return int64(tokens * budgetUnit) }
