package quorumtest

import (
	"testing"
	"time"

	"github.com/resgen/resgen/resilience/fleet"
	"github.com/resgen/resgen/resilience/policy"
)

// exact is a policy whose cool-downs are exact.
func exact(change func(*policy.Breaker)) policy.Breaker {
	b := policy.Breaker{
		FailureRate: 0.5, MinCalls: 4, Window: 10 * time.Second, Consecutive: -1,
		Open: 30 * time.Second, MaxOpen: 100 * time.Second, Growth: 2, Jitter: -1, Probes: 1, Successes: 2,
	}
	if change != nil {
		change(&b)
	}
	return b
}

// both opens the circuits of two processes, and with them the shared one.
const both = "a: b: aFFFF a: bFFFF b: =open a: "

// eight makes one call of eight processes.
const eight = "aS bS cS dS eS fS gS hS *: "

// cases are what a fleet must do.
var cases = []struct {
	name, script string
	change       func(*policy.Breaker)
}{
	{name: "one process has its own circuit", script: "a: aFFFF a: =closed a=open ax30s +30s aSS a=closed"},
	{name: "two processes that agree open the shared one",
		script: "a: b: aFFFF a: =closed bFFFF b: =open bx30s a: ax30s"},
	{name: "the cool-down is at least what is left of that of the process",
		script: "a: b: bFFFF b: +30s bF aFFFF a: =closed b: =open bx1m0s a: ax1m0s"},
	{name: "one of two with a broken network does not stop the other",
		script: "aFFFF bSSSS a: b: a: =closed a=open b=closed bS"},
	{name: "three of eight do not", script: eight + "aFFF bFFF cFFF a: b: c: *: =closed a=open dS"},
	{name: "four of eight do", script: eight + "aFFF bFFF cFFF a: b: c: dFFF d: =open *: *x30s"},
	{name: "two of three do", script: "aS bS cS *: aFFF a: =closed bFFF b: =open c: cx30s"},
	{name: "two of five do not", script: "aS bS cS dS eS *: aFFF bFFF a: b: *: =closed c=closed"},
	{name: "a process without calls has no vote", script: "a: b: c: d: e: aFFFF bFFFF a: b: =open"},
	{name: "nor has one whose calls left the window",
		script: "aS bS cS dS eS *: +6s *: +5s aFFFF bFFFF a: b: =open"},
	{name: "calls that are still in the window count",
		script: "aS bS cS dS eS *: +6s *: +3s aFFF bFFF a: b: =closed"},
	{name: "a process that died has none after a while",
		script: "aS bS cS dS eS *: +4999ms aFFF bFFF a: b: =closed +1ms a: =open"},
	{name: "a vote of one that died does not count either",
		script: "aFFFF a: +5s bFFFF b: =closed"},
	{name: "a circuit that closed by itself takes its vote back",
		script: "aFFFF a: +30s aSS a: bFFFF b: =closed b=open"},
	{name: "a failure rate of others is no vote", script: "aSSSF bFFFF a: b: =closed"},

	{name: "one probe of the fleet at a time", script: both + "+30s *=half-open ap bx1s b: bx1s as a: b: bp ax1s"},
	{name: "two successes close it for all",
		script: both + "+30s aS a: b: bS =half-open b: =closed b=closed bS a: a=closed aS"},
	{name: "both of one process", script: both + "+30s aSS a=closed a: =closed b: b=closed bS"},
	{name: "after it closed, old votes do not count",
		script: both + "c: +30s aSS a: =closed b: c: a: =closed aFFFF a: b: =closed bFFFF b: =open"},
	{name: "the vote of one that did not learn that it closed does not count",
		script: both + "+30s aSS a: aFFFF a: b: =closed b=closed"},
	{name: "a failed probe opens it for longer, for all",
		script: both + "+30s aF a: ax1m0s b: bx1m0s +1m bF b: bx1m41s a: ax1m40s"},
	{name: "once closed, the cool-down is the first again",
		script: both + "+30s aF a: +1m aSS a: b: " + both + "ax30s"},
	{name: "the first to ask gets the place, the other learns of it by asking",
		script: both + "+30s ap bx1s as a: b: bp"},
	{name: "a probe that says nothing frees its place", script: both + "+30s aI a: b: bp"},
	{name: "a place of a process that died is free after the lease",
		script: both + "+30s ap b: +4999ms bx1ms +1ms bp"},
	{name: "a late report counts while it is half-open", script: both + "+30s ap b: +5s bI b: af a: =open"},
	{name: "a late report of an earlier generation does not",
		script: both + "+30s ap +5s b: bF b: =open as a: =open a=open ax1m0s"},
	{name: "a failed probe of one process lets others go first",
		script: both + "+29s *x *: +1s aF a: b: +1m ax1s bS b: a: ax1s bS b: =closed"},
	{name: "but not for long", script: both + "+29s *x *: +1s aF a: b: +1m ax1s +1s aSS a: =closed"},
	{name: "two probes at a time", script: both + "c: +30s ap b: bp c: cx1s as a: bs b: =closed",
		change: func(b *policy.Breaker) { b.Probes = 2 }},
	{name: "answers from before it opened change nothing",
		script: "a: b: c: cS cp aFFFF bFFFF a: b: =open c: cf c: =open cx30s"},

	{name: "a process that starts learns that it is open", script: both + "c: cx30s"},
	{name: "and so does one that restarts", script: both + "aN a=closed a: ax30s"},
	{name: "without the store, each has its own circuit",
		script: "a: b: a- b- a: b: aFFFF a=open b=closed bFFFF b=open +30s aS bS"},
	{name: "which begins as the shared one was", script: both + "a- a: ax30s +30s aSS a=closed b: b=half-open"},
	{name: "a probe while the store is gone is the process's own",
		script: both + "a- +30s aSS a=closed b: b=half-open =open"},
	{name: "one that recovered without the store closes it for all",
		script: both + "a- +30s aSS a+ a: =closed b: b=closed"},
	{name: "unless the others have learned more",
		script: both + "a- +30s aSS bF b: =open a+ a: =open a=open ax1m0s"},
	{name: "one that did not learn that it closed closes with it",
		script: both + "a- +30s aI bSS b: =closed a+ a: a=closed"},
	{name: "a failed own probe says nothing about the shared one",
		script: both + "a- +30s aF ax1m0s a+ a: a=half-open aSS a: =closed"},

	{name: "a store that lost everything gets it back", script: both + "lose a: =open ax30s b: bx30s"},
	{name: "a store that lost the last writes gets them back",
		script: both + "save +30s aF a: b: =open back b: =open bx1m0s a: ax1m0s"},
	{name: "an old state does not come back with a failover",
		script: both + "save +30s aSS a: b: back a: =closed a=closed b: b=closed"},
	{name: "nor by a process that restarts after a loss",
		script: both + "+30s aSS a: =closed b: lose aN a: a=closed b: =closed aS"},
	{name: "a place that was lost with the last writes is taken once more",
		script: both + "save +30s ap back b: bp"},

	{name: "the clock of the store jumps forward", script: both + "^1h a: ax30s b: bx30s +30s aSS a: =closed"},
	{name: "the clock of the store jumps back", script: both + "^-1h a: ax30s b: bx30s +30s aSS a: =closed"},
	{name: "a process that starts after a jump waits at most for the longest cool-down",
		script: both + "^-1h c: cx1m40s"},

	{name: "a slow store makes a call wait only for a bounded time", script: both + "+30s a~ ax1s ax1s a! aS"},
	{name: "a place that came late belongs to the next call, for a second",
		script: both + "+30s a~ ax a! b: bx1s +1001ms a: b: bp"},
	{name: "up to a second", script: both + "+30s a~ ax a! +1s a: ap"},
	{name: "a place that came after the state changed is worth nothing",
		script: both + "+30s a~ ax +5s b: bF b: a! a: =open ax1m0s"},

	{name: "what an operator forces is of one process",
		script: both + "aO a: =open a=forced-open b=open +30s bSS b: =closed a: a=forced-open aR a=closed aS"},
	{name: "a forced process has no vote", script: "a: b: aFFFF aO a: bFFFF b: =closed"},
	{name: "after a forced state, the process follows again", script: both + "aO a: aR a=open ax30s a: =open"},
	{name: "a reset closes it for all", script: both + "aR a=closed a: =closed b: b=closed bS"},
	{name: "a reset without the store too, later", script: both + "a- a: aR a=closed =open a+ a: =closed b: b=closed"},
	{name: "a breaker that is switched off has no vote", script: "aFFFF bFFFF a: b: =closed",
		change: func(b *policy.Breaker) { b.Enabled = policy.Off }},
	{name: "a breaker that is observed follows, and admits", script: "aFFFF bFFFF a: b: =open aS +30s aS",
		change: func(b *policy.Breaker) { b.Mode = policy.ModeObserve }},
	{name: "failures in a row", script: "aFF bFF a: b: =open",
		change: func(b *policy.Breaker) { b.FailureRate, b.Consecutive, b.Window = -1, 2, 0 }},
}

// Run runs all cases. The function open returns an empty store with the given clock, and a function
// that makes it lose everything.
func Run(t *testing.T, open func(t *testing.T, c *Clock) (store fleet.Circuits, lose func())) {
	for _, tt := range cases {
		t.Run(tt.name, func(t *testing.T) {
			clock := &Clock{now: 1_800_000_000 * time.Second}
			store, lose := open(t, clock)
			begin := time.Now().Add(time.Hour) // later than circuits are made
			g := &group{
				t: t, store: store, lose: lose, clock: clock, policy: exact(tt.change), begin: begin, now: begin,
				process: map[byte]*process{},
			}
			g.run(tt.script)
		})
	}
}
