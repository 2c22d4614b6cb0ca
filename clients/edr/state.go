package edr

import (
	"bytes"
	"encoding/json"
	"errors"
	"time"
)

// stateVersion is the version of the stored format. Others are refused.
const stateVersion = 1

// A state is the state that outlives a call. It is stored as JSON.
type state struct {
	Version int    `json:"version"`
	Account string `json:"account"`
	Pending *login `json:"pending,omitempty"` // a code was requested
	Session *login `json:"session,omitempty"`
	Blocked string `json:"blocked,omitempty"` // the operation that was blocked by the bot protection
}

// A login is a sign-in, pending or complete.
type login struct {
	ID        string        `json:"id"`
	Cookies   []savedCookie `json:"cookies"`
	Validated bool          `json:"validated,omitempty"` // the code was accepted
	Token     string        `json:"token,omitempty"`
	At        time.Time     `json:"at"` // when the code was requested, or for a session when the token was received
}

// Errors of stored sessions.
var (
	errStoredForm = errors.New("the stored session cannot be read; delete it and sign in again")
	errOtherOwner = errors.New(
		"the store contains the session of another account; use a separate store for each account",
	)
	errNewerStored = errors.New(
		"the stored session was written by a newer version; upgrade, or delete it and sign in again",
	)
)

// decodeState parses what was stored for an account. Empty data is the empty state.
func decodeState(data []byte, account string) (state, error) {
	empty := state{Version: stateVersion, Account: account}
	if len(bytes.TrimSpace(data)) == 0 {
		return empty, nil
	}
	var s state
	switch err := json.Unmarshal(data, &s); {
	case err != nil, s.Version < 1:
		return empty, errStoredForm // the cause would quote stored data
	case s.Version > stateVersion:
		return empty, errNewerStored
	case s.Account != account:
		return empty, errOtherOwner
	}
	return s, nil
}

func (s state) encode() []byte {
	data, _ := json.Marshal(s) // cannot fail: strings and times only
	return data
}
