package resilience

import (
	"sync"
	"time"

	"github.com/resgen/resgen/resilience/internal/fault"
	"github.com/resgen/resgen/resilience/internal/limit"
)

// ledger records the attempts of a call. Hedges write to it concurrently.
type ledger struct {
	mu       sync.Mutex
	first    [1]Attempt // memory of attempts, so that most calls allocate none
	attempts []Attempt
	started  int // attempts; the number of the last one
	ended    int
	applied  bool
	last     *outcome // the last real one
	partial  *outcome // the last one with a value of which some items failed

	retryState
}

// retryState is used by the goroutine of the call alone.
type retryState struct {
	counted int               // attempts that count against the limit
	paid    float64           // price of the retry in progress
	faults  [fault.Count]bool // faults after which the call was retried
	status  map[int]bool      // statuses after which the call was retried
	renewed bool              // credentials were renewed
	wait    time.Duration     // before the next attempt
}

func (l *ledger) init() { l.attempts = l.first[:0] }

// begin returns the number of a new attempt.
func (l *ledger) begin() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.started++
	return l.started
}

// add records the outcome of an attempt.
func (l *ledger) add(o *outcome) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.ended++
	if !o.real() {
		return
	}
	l.attempts = append(l.attempts, o.attempt)
	l.applied = l.applied || o.decision.Applied
	if o.fault != fault.Canceled { // a hedge that was canceled has no result
		l.last = o
	}
	if o.fault.OfItems() {
		l.partial = o
	}
}

// summary returns a copy of the attempts and whether the server may have run one. open reports
// whether an attempt is still running: a hedge of a call that was canceled.
func (l *ledger) summary() (attempts []Attempt, applied, open bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return append([]Attempt(nil), l.attempts...), l.applied, l.started > l.ended
}

// lastReal returns the last outcome of the server or the network, or nil.
func (l *ledger) lastReal() *outcome {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.last
}

// settleBudget refunds a retry that succeeded or was not sent, and lets the budget earn from a call
// that succeeded at once.
func (l *ledger) settleBudget(b *limit.Budget, o *outcome) {
	switch {
	case l.paid > 0 && (o.ok() || !o.real()):
		l.refund(b)
	case o.ok() && l.counted == 0:
		b.Earn()
	}
	l.paid = 0
}

// refund returns the price of the retry in progress.
func (l *ledger) refund(b *limit.Budget) {
	if l.paid > 0 {
		b.Refund(l.paid)
		l.paid = 0
	}
}

// hasReason reports whether the call was retried before for the fault or status of an outcome.
func (l *ledger) hasReason(o *outcome) bool {
	if o.fault != fault.None {
		return l.faults[o.fault]
	}
	return l.status[o.status]
}

// noteReason notes that the call is retried after an outcome.
func (l *ledger) noteReason(o *outcome) {
	switch {
	case o.decision.Retry != fault.Once:
	case o.fault != fault.None:
		l.faults[o.fault] = true
	default:
		if l.status == nil {
			l.status = map[int]bool{}
		}
		l.status[o.status] = true
	}
}
