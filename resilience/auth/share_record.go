package auth

// This file decides what a process does about a secret that several share: pure functions of the
// record in the store.

import (
	"bytes"
	"encoding/json"
	"time"

	"github.com/resgen/resgen/resilience"
)

// A common is the record of a secret. Times are relative to when the record was saved, so that the
// clocks of the processes need not agree.
type common struct {
	Secret   json.RawMessage `json:"secret,omitempty"`
	Expires  bool            `json:"expires,omitempty"`
	Life     time.Duration   `json:"life,omitempty"` // left, if it expires; 0: it has expired
	Whole    time.Duration   `json:"whole,omitempty"`
	Rejected bool            `json:"rejected,omitempty"` // the server has rejected the secret

	Forced   bool          `json:"forced,omitempty"`    // fetched because the one before was rejected
	FetchAge time.Duration `json:"fetch_age,omitempty"` // since the secret was fetched

	Failed *commonFailure `json:"failed,omitempty"` // of the last fetch; nil: it succeeded
}

// A commonFailure is the failure of a fetch.
type commonFailure struct {
	Count  int           `json:"count"` // in a row
	State  string        `json:"state"` // see states
	Reason string        `json:"reason"`
	Rest   time.Duration `json:"rest"` // left, during which nothing is fetched
	By     string        `json:"by"`   // see [Sharing.Identity]
}

// states are the texts of the states of a sign-in that processes share. States that need a person
// are not shared, so that every process notices at once when the person has acted.
var states = map[string]error{
	"unavailable": resilience.ErrSignInUnavailable,
	"refused":     resilience.ErrCredentialRefused,
}

// after returns the record when it is older by d.
func (c common) after(d time.Duration) common {
	d = max(0, d)
	c.Life = max(0, c.Life-d)
	c.FetchAge += d
	if c.Failed != nil {
		f := *c.Failed
		f.Rest = max(0, f.Rest-d)
		c.Failed = &f
	}
	return c
}

// keep returns how long a store should keep the record.
func (c common) keep() time.Duration {
	d := c.Life
	if len(c.Secret) > 0 && !c.Expires && !c.Rejected {
		d = keptSecret
	}
	if c.Failed != nil {
		d = max(d, c.Failed.Rest)
	}
	return d + keptRecord
}

const (
	keptSecret = 30 * 24 * time.Hour // a secret without an expiry
	keptRecord = time.Hour           // a record whose secret has expired, for its failures
)

// A wish is what a process wants of the record.
type wish struct {
	rejected json.RawMessage // the secret that the server has rejected; nil: none
	proven   bool            // the server had accepted that secret before
	margin   time.Duration   // see [Mechanism.Margin]
	pause    time.Duration   // see [Mechanism.Pause]
	identity string
}

// A step is what a process does.
type step uint8

const (
	adopt   step = iota // use the secret of the record
	renew               // fetch a secret
	hurry               // it is too early to replace a secret that was fetched after a rejection
	abstain             // nothing is fetched after a failure
)

// next returns what to do about a record. usable reports whether its secret can be used meanwhile.
// A secret that was fetched after a rejection, by any process, and that the server has not accepted
// is not replaced within the pause: the secret is probably not at fault.
func (w wish) next(c common) (s step, usable bool) {
	mine := len(w.rejected) > 0 && bytes.Equal(w.rejected, c.Secret)
	usable = len(c.Secret) > 0 && !mine && !c.Rejected && c.lives()
	switch {
	case usable && !c.due(w.margin):
		return adopt, true
	case mine && c.Forced && !c.Rejected && c.lives() && !w.proven && c.FetchAge < w.pause:
		return adopt, true
	case c.resting(w.identity):
		return abstain, usable
	}
	return renew, usable
}

// lives reports whether the secret has not expired.
func (c common) lives() bool { return !c.Expires || c.Life > 0 }

// due reports whether the secret should be renewed.
func (c common) due(margin time.Duration) bool {
	return c.Expires && c.Life <= max(0, min(margin, c.Whole/2))
}

// resting reports whether a failure keeps a process from fetching. A refusal says nothing about
// other identities.
func (c common) resting(identity string) bool {
	f := c.Failed
	return f != nil && f.Rest > 0 && (states[f.State] != resilience.ErrCredentialRefused || f.By == identity)
}

// failures returns the number of failures in a row that concern an identity.
func (c common) failures(identity string) int {
	if c.Failed == nil || states[c.Failed.State] == resilience.ErrCredentialRefused && c.Failed.By != identity {
		return 0
	}
	return c.Failed.Count
}

// fetched returns the record with a new secret.
func (w wish) fetched(secret json.RawMessage, expires bool, life time.Duration) common {
	life = max(0, life)
	return common{Secret: secret, Expires: expires, Life: life, Whole: life, Forced: len(w.rejected) > 0}
}

// refuse returns the record without the secret that the server has rejected, if it has that one.
func (w wish) refuse(c common) common {
	if len(w.rejected) > 0 && bytes.Equal(w.rejected, c.Secret) {
		c.Rejected = true
	}
	return c
}
