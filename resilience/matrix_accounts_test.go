package resilience_test

import (
	"context"

	"github.com/resgen/resgen/resilience"
	"github.com/resgen/resgen/resilience/policy"
)

// This file has helpers of the rows of the matrix in which others have called before.

// threeInRow makes three failures in a row open a circuit.
func threeInRow(p *policy.Policy) { p.Breaker.Consecutive = 3 }

// panicking is an observer that panics at the end of the attempts of an account.
func panicking(e resilience.Event) {
	if e.Kind == resilience.EventAttempt && e.Account == "panicking" {
		panic("an observer")
	}
}

// callRecovered makes a call of one attempt and ignores its result, also if it panics.
func callRecovered(c *resilience.Caller, op *resilience.Operation) {
	defer func() { _ = recover() }()
	_ = send(context.Background(), c, op, resilience.WithAttempts(1))
}
