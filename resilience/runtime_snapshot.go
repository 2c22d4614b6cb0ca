package resilience

import (
	"cmp"
	"slices"
	"time"

	"github.com/resgen/resgen/resilience/internal/breaker"
	"github.com/resgen/resgen/resilience/internal/gate"
)

// A Snapshot is the state of a runtime at one moment, sorted by key. It contains no secrets.
type Snapshot struct {
	At          time.Time
	Closed      bool
	InFlight    int // calls in flight and streams not yet closed
	Connections int // open connections
	Gates       []GateSnapshot
	APIs        []APISnapshot
	SignIns     []SignInSnapshot
	LastGood    LastGoodSnapshot
}

// A LastGoodSnapshot says how much the runtime keeps for fallbacks; see [FallbackLastGood].
type LastGoodSnapshot struct{ Responses, Bytes int }

// A GateSnapshot is what calls to one host of an API share. One without an Account and an
// Application is shared by all accounts: circuits, bulkhead and retry budget. One with an Account
// has its buckets, and the circuits that its own failures have opened. One with an Application has
// the buckets that all its accounts share. Those without an API come last: each is the sign-in of
// an account that failed before, see [SignInReporter], and has only a circuit, which cannot be
// forced.
type GateSnapshot struct {
	API, Host, Account string
	Application        string
	Circuits           []CircuitSnapshot
	Buckets            []BucketSnapshot
	Bulkhead           BulkheadSnapshot
	Budget             BudgetSnapshot
	Bulkheads          []BulkheadSnapshot // of operations whose limits differ from those of the API
	Budgets            []BudgetSnapshot   // of such operations
	Degraded           uint64             // calls of all accounts so far that a fallback answered
}

// Snapshot returns the present state. Its parts are read one after the other and calls continue
// meanwhile, so they need not be consistent with each other.
func (r *Runtime) Snapshot() Snapshot {
	s := Snapshot{At: time.Now(), Closed: r.closed.Load(), InFlight: int(r.inFlight.Load())}
	s.Connections = r.pools.Size()
	s.LastGood.Responses, s.LastGood.Bytes = r.stale.Size()
	r.applying.Lock()
	callers := r.living()
	r.applying.Unlock()
	asked := signInStates{}
	s.Gates = append(r.gateSnapshots(s.At), asked.gates(callers)...)
	s.APIs, s.SignIns = r.apis(callers, s.At), asked.all(callers)
	return s
}

// gateSnapshots returns the states of all gates, sorted. The circuits of accounts are listed under
// their account.
func (r *Runtime) gateSnapshots(now time.Time) []GateSnapshot {
	var list []GateSnapshot
	of := map[gate.Key][]CircuitSnapshot{}
	for _, g := range r.gates.All() {
		state := g.Snapshot(now)
		list = append(list, gateSnapshotOf(g.Key, state))
		for _, c := range state.Accounts {
			key := gate.Key{API: g.Key.API, Host: g.Key.Host, Account: c.Account}
			of[key] = append(of[key], circuitSnapshotOf(c))
		}
	}
	for i := range list {
		s := &list[i]
		key := gate.Key{API: s.API, Host: s.Host, Account: s.Account}
		if s.Application == "" && len(of[key]) > 0 {
			s.Circuits = append(s.Circuits, of[key]...)
			delete(of, key)
		}
	}
	for key, circuits := range of {
		list = append(list, GateSnapshot{API: key.API, Host: key.Host, Account: key.Account, Circuits: circuits})
	}
	slices.SortFunc(list, func(a, b GateSnapshot) int {
		return cmp.Or(
			cmp.Compare(a.API, b.API), cmp.Compare(a.Host, b.Host),
			cmp.Compare(a.Account, b.Account), cmp.Compare(a.Application, b.Application),
		)
	})
	return list
}

// signInStates are the states of sign-ins. Each is asked once: its state takes a lock, and all
// parts of a snapshot must say the same of it.
type signInStates map[SignInReporter]CircuitSnapshot

// of returns the state of a sign-in.
func (s signInStates) of(reporter SignInReporter) CircuitSnapshot {
	state, ok := s[reporter]
	if !ok {
		state = reporter.SignIn()
		s[reporter] = state
	}
	return state
}

// gates returns the sign-ins of callers that failed before, each once, sorted by account.
func (s signInStates) gates(callers []*Caller) []GateSnapshot {
	var list []GateSnapshot
	seen := map[SignInReporter]bool{}
	for _, c := range callers {
		for _, signer := range c.set.signers {
			reporter, ok := signer.credential.(SignInReporter)
			if !ok || seen[reporter] {
				continue
			}
			seen[reporter] = true
			if state := s.of(reporter); !state.Since.IsZero() {
				list = append(list, GateSnapshot{Account: reporter.Account(), Circuits: []CircuitSnapshot{state}})
			}
		}
	}
	slices.SortStableFunc(list, func(a, b GateSnapshot) int { return cmp.Compare(a.Account, b.Account) })
	return list
}

func gateSnapshotOf(key gate.Key, state gate.Snapshot) GateSnapshot {
	s := GateSnapshot{API: key.API, Host: key.Host, Account: key.Account, Application: key.Application}
	s.Degraded = state.Degraded
	for _, c := range state.Circuits {
		s.Circuits = append(s.Circuits, circuitSnapshotOf(c))
	}
	for _, b := range state.Buckets {
		s.Buckets = append(s.Buckets, BucketSnapshot(b))
	}
	for _, b := range state.Bulkheads {
		if b.Key == key.String() {
			s.Bulkhead = BulkheadSnapshot(b)
			continue
		}
		s.Bulkheads = append(s.Bulkheads, BulkheadSnapshot(b))
	}
	for _, b := range state.Budgets {
		if b.Key == key.String() {
			s.Budget = BudgetSnapshot(b)
			continue
		}
		s.Budgets = append(s.Budgets, BudgetSnapshot(b))
	}
	return s
}

// ForceOpen makes the circuit with the given key, see [CircuitSnapshot.Key], reject all calls until
// [Runtime.ResetCircuit]. It returns false if the circuit does not exist.
func (r *Runtime) ForceOpen(key string) bool { return r.control(key, (*breaker.Breaker).ForceOpen) }

// ForceClosed makes the circuit admit all calls regardless of their outcomes, until
// [Runtime.ResetCircuit]. The circuit that all accounts share admits those of all of them. It
// returns false if the circuit does not exist.
func (r *Runtime) ForceClosed(key string) bool { return r.control(key, (*breaker.Breaker).ForceClosed) }

// ResetCircuit closes the circuit and clears its counts; with the circuit that all accounts share,
// those of the accounts too. It returns false if the circuit does not exist.
func (r *Runtime) ResetCircuit(key string) bool { return r.control(key, (*breaker.Breaker).Reset) }

// control calls do with the key of a circuit, and reports whether there is one.
func (r *Runtime) control(key string, do func(*breaker.Breaker, string) bool) bool {
	for _, g := range r.gates.All() {
		for _, c := range g.Circuits() {
			if do(c, key) {
				return true
			}
		}
	}
	return false
}

// A BucketSnapshot is the contents of a rate limit at one moment.
type BucketSnapshot struct {
	Key       string
	PerSecond float64       // tokens per second now; 0 means no limit
	Stated    float64       // tokens per second by policy
	Learned   float64       // tokens per second stated by the server, within the policy's bounds; 0 if it stated none
	Burst     int           // by policy
	Tokens    float64       // calls that could be sent at once; 0 without a limit
	Waiting   int           // calls in the queue
	Held      time.Duration // how much longer all calls are held
	Granted   uint64        // calls that got their permits so far
	Refused   uint64        // calls rejected so far because the wait would have been too long
	Observed  uint64        // calls sent so far that would have been rejected if rate.mode were enforce
	Members   int           // processes that share the bucket, this one included; 0: it is not shared
	Apart     time.Duration // how long it has used its part of the bucket without the store; 0: it uses the store
}

// A BulkheadSnapshot is the occupancy of a bulkhead at one moment.
type BulkheadSnapshot struct {
	Key     string
	Max     int // 0 means no bound
	InUse   int
	Waiting int
}

// A BudgetSnapshot is what a retry budget holds at one moment.
type BudgetSnapshot struct {
	Key    string
	Tokens float64 // left to spend
	Size   float64 // the most that it holds; 0 if the budget is switched off
}

// A CircuitState is one of the five states of a circuit.
type CircuitState string

// The states of a circuit.
const (
	CircuitClosed       CircuitState = "closed"        // calls are admitted and their outcomes counted
	CircuitOpen         CircuitState = "open"          // calls fail at once until the cool-down is over
	CircuitHalfOpen     CircuitState = "half-open"     // a few probes are admitted, and their outcomes decide
	CircuitForcedOpen   CircuitState = "forced-open"   // calls fail at once until [Runtime.ResetCircuit]
	CircuitForcedClosed CircuitState = "forced-closed" // calls are admitted until [Runtime.ResetCircuit]
)

// A Transition is a change of a circuit's state.
type Transition struct {
	Circuit  string // key of the circuit
	From, To CircuitState

	// Reason is "failure rate", "slow calls", "consecutive failures", "cool-down over", "probe
	// failed", "probes were slow", "probes succeeded", "forced", "reset", or "fleet" if other
	// processes decided it; see [WithStore].
	Reason   string
	At       time.Time     // on the wall clock
	CoolDown time.Duration // if To is CircuitOpen: how long until the circuit is half-open
	Observed bool          // breaker.mode is observe, so nothing is denied
}

// A CircuitSnapshot is the state of a circuit at one moment.
type CircuitSnapshot struct {
	Key         string        // API and host, and the account if the circuit is that of one account
	State       CircuitState  // half-open as soon as the cool-down is over
	Since       time.Time     // when the circuit entered the state
	RetryAfter  time.Duration // how long calls are rejected at most; 0 if they are not, or if unknown
	Successes   int           // in the window, while closed
	Failures    int           // in the window, while closed
	Slow        int           // of both, those slower than the policy's slow-call.after
	Consecutive int           // failures in a row, while closed
	Probes      int           // in flight, while half-open
	Won         int           // successful probes, while half-open
	Observed    uint64        // attempts sent so far that would have been denied if breaker.mode were enforce
	Transitions []Transition  // the last 50, oldest first
	SignIn      SignInState   // of a sign-in
	Fleet       FleetCircuit
}

// A FleetCircuit says what a circuit has to do with those of other processes; see [WithStore]. The
// zero value is that of a circuit that is not shared.
type FleetCircuit struct {
	Shared    bool // the store can be reached
	Follows   bool // the state is that of the shared circuit, which is not closed
	Processes int  // with calls in the window, this one included, when the store last answered
	Open      int  // those of them that had opened theirs, while the shared circuit was closed
}

func transitionOf(t breaker.Transition) Transition {
	return Transition{
		Circuit: t.Key, From: CircuitState(t.From), To: CircuitState(t.To),
		Reason: t.Reason, At: t.At, CoolDown: t.CoolDown, Observed: t.Observed,
	}
}

func circuitSnapshotOf(s breaker.Snapshot) CircuitSnapshot {
	c := CircuitSnapshot{
		Key: s.Key, State: CircuitState(s.State), Since: s.Since, RetryAfter: s.RetryAfter,
		Successes: s.Successes, Failures: s.Failures, Slow: s.Slow, Consecutive: s.Consecutive, Probes: s.Probes,
		Won: s.Won, Observed: s.Observed, Fleet: FleetCircuit(s.Fleet),
	}
	for _, t := range s.Transitions {
		c.Transitions = append(c.Transitions, transitionOf(t))
	}
	return c
}
