package admin

// This file makes the part of a status that belongs to accounts.

import (
	"time"

	"github.com/resgen/resgen/resilience"
)

// gate adds the circuits and quotas of an account.
func (a *Account) gate(g resilience.GateSnapshot, at time.Time) {
	for _, c := range g.Circuits {
		v := circuitView(c, at)
		a.Circuits = append(a.Circuits, v)
		switch {
		case v.rejects():
			a.Status = Fail
		case !v.passes():
			a.Status = worst(a.Status, Warn)
		}
	}
	for _, b := range g.Buckets {
		a.Waiting += b.Waiting
		a.Held = max(a.Held, rounded(b.Held.Seconds()))
	}
	if a.Held > 0 {
		a.Status = worst(a.Status, Warn)
	}
}

// signIn sets the sign-in of an account, the worse one if there are several.
func (a *Account) signIn(s resilience.SignInSnapshot, at time.Time) {
	state := signInState(s)
	if a.SignIn != nil && rank(a.SignIn.Status) <= rank(state) {
		return
	}
	a.Status = worst(a.Status, state)
	a.SignIn = &SignIn{
		Status: state, State: string(s.State), Since: optional(s.Since), NextTry: after(at, s.RetryAfter),
		Failures: s.Failures,
		NeedsHelp: s.State == resilience.SignInRequired || s.State == resilience.SignInBlocked ||
			s.State == resilience.SignInRefused,
	}
}

// signInState returns what a sign-in means for calls.
func signInState(s resilience.SignInSnapshot) State {
	switch s.State {
	case resilience.SignInRequired, resilience.SignInRefused, resilience.SignInBlocked:
		return Fail
	case resilience.SignInResting:
		if s.RetryAfter > 0 {
			return Fail
		}
		return Warn
	case resilience.SignInRenewing:
		if s.Failures > 0 {
			return Warn
		}
	}
	return Pass
}

// accountsOf returns a page of accounts.
func accountsOf(all []Account, q Query) Accounts {
	a := Accounts{Total: len(all), List: []Account{}}
	for i, one := range all { // those that do not pass come first
		if one.Status != Pass {
			a.Degraded++
			a.degraded = all[:i+1]
		}
		if one.Status == Fail {
			a.failing++
		}
		if !q.matches(one.Name) {
			continue
		}
		if first := (q.Page - 1) * pageSize; a.Found >= first && a.Found < first+pageSize {
			a.List = append(a.List, one)
		}
		a.Found++
	}
	a.Pages = (a.Found + pageSize - 1) / pageSize
	return a
}
