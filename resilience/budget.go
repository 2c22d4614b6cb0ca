package resilience

import (
	"sync/atomic"

	"github.com/resgen/resgen/resilience/policy"
)

// budgetUnit is the smallest part of a token that a budget counts.
const budgetUnit = 1000

// A budget pays for the retries of all calls that share it, so that an outage is not made worse by retrying. It starts full. A retry is
// paid before it is waited for; a call without a retry that succeeds puts a little back, a retry that succeeds its whole price.
// It is safe for concurrent use and takes no lock.
type budget struct {
	key    string
	policy atomic.Pointer[policy.Budget]
	units  atomic.Int64
}

// A BudgetSnapshot is what a retry budget holds at a moment.
type BudgetSnapshot struct {
	Key    string
	Tokens float64 // left to spend
	Size   float64 // most that it holds; 0: the budget is switched off
}

// newBudget returns a full budget.
func newBudget(key string, p policy.Budget) *budget {
	b := &budget{key: key}
	b.policy.Store(&p)
	b.units.Store(toUnits(p.Tokens))
	return b
}

// spend pays for a retry, after a timeout or after another failure. It returns the price, which goes back through refund if the retry succeeds,
// and false, having taken nothing, if there is too little left.
func (b *budget) spend(afterTimeout bool) (price float64, ok bool) {
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

// refund gives back what a retry cost.
func (b *budget) refund(price float64) { b.put(price) }

// earn puts in what a success at the first attempt is worth.
func (b *budget) earn() { b.put(b.policy.Load().Refill) }

// put adds tokens up to the size.
func (b *budget) put(tokens float64) {
	for {
		held := b.units.Load()
		now := min(held+toUnits(tokens), toUnits(b.policy.Load().Tokens))
		if now == held || b.units.CompareAndSwap(held, now) {
			return
		}
	}
}

// retune changes the policy and keeps what is left, as far as it fits.
func (b *budget) retune(p policy.Budget) {
	b.policy.Store(&p)
	b.put(0)
}

// snapshot returns what the budget holds.
func (b *budget) snapshot() BudgetSnapshot {
	s := BudgetSnapshot{Key: b.key, Tokens: float64(b.units.Load()) / budgetUnit}
	if p := b.policy.Load(); p.Enabled != policy.Off {
		s.Size = p.Tokens
	}
	return s
}

// toUnits converts tokens.
func toUnits(tokens float64) int64 { return int64(tokens * budgetUnit) }
