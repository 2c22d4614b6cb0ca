package resilience

import (
	"sync"
	"time"

	"github.com/resgen/resgen/resilience/internal/fault"
	"github.com/resgen/resgen/resilience/internal/limit"
	"github.com/resgen/resgen/resilience/internal/loop"
)

// ledger records the attempts of a call. Hedges write to it concurrently.
type ledger struct {
	mu       sync.Mutex
	first    [1]*Attempt // memory of attempts, so that most calls allocate none
	attempts []*Attempt
	started  int // attempts; the number of the last one
	ended    int
	latest   *outcome      // the last real one
	last     *outcome      // the last real one that was not canceled
	partial  *outcome      // the last one with a value of which some items failed
	counted  int           // attempts that count against the limit; copies of one do not
	wait     time.Duration // before the next attempt
	delayed  bool          // it is a retry, which the server may delay
	applied  bool
	stale    bool   // a connection was found stale
	round    *round // the attempt in progress with its copies; nil without hedging

	retryState
}

// A round is an attempt in progress with the copies that hedging adds to it.
type round struct {
	began   time.Time
	running int      // the attempt, which may not have begun yet, and its copies
	failed  *outcome // the last one that came from the server or the network
}

// retryState is used by the goroutine of the call alone.
type retryState struct {
	paid    float64      // price of the retry in progress
	faults  fault.Set    // faults after which the call was retried
	status  map[int]bool // statuses after which the call was retried
	renewed bool         // credentials were renewed
}

func (l *ledger) init() { l.attempts = l.first[:0] }

// begin returns the number of a new attempt, the wait before it, and how many attempts count so
// far.
func (l *ledger) begin() (number int, wait time.Duration, counted int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.started++
	return l.started, l.wait, l.counted
}

// count counts an attempt.
func (l *ledger) count() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.counted++
}

// setWait sets the wait before the next attempt, and whether that is a retry which the server may
// delay further.
func (l *ledger) setWait(wait time.Duration, delayed bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.wait, l.delayed = wait, delayed
}

// mayDelay reports whether the server may delay the attempt in progress.
func (l *ledger) mayDelay() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.delayed
}

// enter notes that an attempt begins which may have copies, or that a copy of one begins, and
// returns its round. On a busy machine a copy may begin before its attempt does, or when another
// round is in progress already.
func (l *ledger) enter(c loop.Copy) *round {
	l.mu.Lock()
	defer l.mu.Unlock()
	r := l.round
	if r == nil || !r.began.Equal(c.Round) {
		r = &round{began: c.Round, running: 1} // the attempt itself
		if l.round == nil || l.round.began.Before(c.Round) {
			l.round = r
		}
	}
	if c.Hedge {
		r.running++
	}
	return r
}

// leave notes that an attempt of a round ended, and returns the outcome with which the round ends,
// or nil if it does not end yet. Of several failures that may be repeated it is the last one that
// came from the server or the network.
func (l *ledger) leave(r *round, o *outcome) *outcome {
	l.mu.Lock()
	defer l.mu.Unlock()
	r.running--
	if o.endsRound() {
		return o
	}
	if o.real() || r.failed == nil {
		r.failed = o
	}
	if r.running > 0 {
		return nil
	}
	return r.failed
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
	l.latest = o
	if o.fault != fault.Canceled { // a hedge that was canceled has no result
		l.last = o
	}
	if o.fault.OfItems() {
		l.partial = o
	}
}

// idle reports whether no attempt is in progress.
func (l *ledger) idle() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.started == l.ended
}

// summary returns a copy of the attempts and whether the server may have run one. open reports
// whether an attempt is still running: a hedge of a call that was canceled.
func (l *ledger) summary() (attempts []Attempt, applied, open bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, a := range l.attempts {
		attempts = append(attempts, *a)
	}
	return attempts, l.applied, l.started > l.ended
}

// firstStale notes that a connection was stale, and reports whether it is the first one.
func (l *ledger) firstStale() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	first := !l.stale
	l.stale = true
	return first
}

// lastReal returns the last outcome of the server or the network, or nil.
func (l *ledger) lastReal() *outcome {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.last
}

// latestReal returns the outcome of the last attempt that reached the server or the network, also
// if it was canceled, or nil.
func (l *ledger) latestReal() *outcome {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.latest
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
		return l.faults.Has(o.fault)
	}
	return l.status[o.status]
}

// noteReason notes that the call is retried after an outcome.
func (l *ledger) noteReason(o *outcome) {
	switch {
	case o.decision.Retry != fault.Once:
	case o.fault != fault.None:
		l.faults.Add(o.fault)
	default:
		if l.status == nil {
			l.status = map[int]bool{}
		}
		l.status[o.status] = true
	}
}
