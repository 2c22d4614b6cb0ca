package resilience

// This file is the part of a snapshot that belongs to clients: their APIs and sign-ins.

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"
)

// An APISnapshot is an API that has clients.
type APISnapshot struct {
	API      string
	Accounts []string       // of its clients, sorted; empty: without a credential
	Isolated time.Time      // since when all calls fail, see [Runtime.Isolate]; zero: they do not
	Paused   time.Time      // since when all calls wait, see [Runtime.Pause]; zero: they do not
	Until    time.Time      // when the pause ends
	Changes  []PolicyChange // the first 500 values of all its clients that differ from the generated ones
}

// A SignInState is the state of a sign-in.
type SignInState string

// The states of a sign-in.
const (
	SignInNone     SignInState = "not-signed-in"    // no call has needed it yet, or it expired
	SignInDone     SignInState = "signed-in"        // the secret is valid
	SignInRenewing SignInState = "renewing"         // a new secret is being fetched
	SignInResting  SignInState = "resting"          // fetching failed; the next try follows the rest
	SignInRequired SignInState = "sign-in-required" // a person has to sign in
	SignInRefused  SignInState = "refused"          // the credential was refused
	SignInBlocked  SignInState = "blocked"          // the account is blocked
)

// A SignInSnapshot is the sign-in of an account for an API. Credentials that do not sign in, such
// as keys, have none.
type SignInSnapshot struct {
	API, Account string // as in keys of circuits and quotas
	State        SignInState
	Since        time.Time     // of the last failure, or of the success that followed; zero: it has never failed
	RetryAfter   time.Duration // until the next try; 0: the next call tries
	Failures     int           // in a row
}

// apis returns the APIs of clients, sorted by name.
func (r *Runtime) apis(callers []*Caller, now time.Time) []APISnapshot {
	accounts := map[string]map[string]bool{}
	for _, c := range callers {
		name := c.api.Name
		if accounts[name] == nil {
			accounts[name] = map[string]bool{}
		}
		accounts[name][accountOf(c.set.signers)] = true
	}
	changes := changesByAPI(callers)
	var list []APISnapshot
	for name, of := range accounts {
		site := r.gates.Site(name)
		pause := site.Paused(now)
		list = append(list, APISnapshot{
			API: name, Accounts: slices.Sorted(maps.Keys(of)), Isolated: site.Isolated(),
			Paused: pause.Since, Until: pause.Until, Changes: changes[name],
		})
	}
	slices.SortFunc(list, func(a, b APISnapshot) int { return strings.Compare(a.API, b.API) })
	return list
}

// all returns the sign-ins of callers, each once, sorted by API and account.
func (s signInStates) all(callers []*Caller) []SignInSnapshot {
	type key struct {
		api, account string
		credential   SignInReporter
	}
	seen := map[key]bool{}
	var list []SignInSnapshot
	for _, c := range callers {
		account := accountOf(c.set.signers)
		for _, signer := range c.set.signers {
			reporter, ok := signer.credential.(SignInReporter)
			if k := (key{c.api.Name, account, reporter}); ok && !seen[k] {
				seen[k] = true
				list = append(list, signInOf(c.api.Name, account, s.of(reporter)))
			}
		}
	}
	slices.SortStableFunc(list, func(a, b SignInSnapshot) int {
		return cmp.Or(cmp.Compare(a.API, b.API), cmp.Compare(a.Account, b.Account))
	})
	return list
}

// signInOf returns the sign-in of a credential. One that says nothing more than a circuit does is
// resting unless that is closed.
func signInOf(api, account string, c CircuitSnapshot) SignInSnapshot {
	s := SignInSnapshot{
		API: api, Account: account, State: c.SignIn, Since: c.Since, RetryAfter: c.RetryAfter,
		Failures: c.Consecutive,
	}
	switch {
	case s.State != "":
	case c.State == CircuitClosed:
		s.State = SignInDone
	default:
		s.State = SignInResting
	}
	return s
}
