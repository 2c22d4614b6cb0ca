package edr

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"

	"github.com/resgen/resgen/resilience/auth"
)

// Shared returns a store that keeps the session of one account in a store of secrets, through which
// a program that signs users in hands it to others. One process at a time exchanges a token for
// all. The name must be the same in all processes and different for each account. It is not secret.
func Shared(secrets auth.SecretStore, name string) Store { return &sharedStore{secrets, name} }

// A sharedStore is a session in a store of secrets.
type sharedStore struct {
	secrets auth.SecretStore
	name    string
}

// Suffixes of the names in the store.
const (
	sessionSuffix  = "/edr-session"
	exchangeSuffix = "/edr-exchange" // locked while a token is exchanged
)

// mostSaves is how often a session is saved again after another process has saved one without the
// lock, because its lease had ended.
const mostSaves = 3

// Format prints the name and nothing else for any verb.
func (s *sharedStore) Format(f fmt.State, _ rune) {
	_, _ = io.WriteString(f, "shared store of "+s.name)
}

// Load returns the stored session.
func (s *sharedStore) Load(ctx context.Context) ([]byte, error) {
	r, err := s.secrets.Load(ctx, s.name+sessionSuffix)
	return r.Data, err
}

// Save replaces the stored session.
func (s *sharedStore) Save(ctx context.Context, data []byte) error {
	for range mostSaves {
		r, err := s.secrets.Load(ctx, s.name+sessionSuffix)
		if err != nil && !errors.Is(err, auth.ErrSealed) {
			return err
		}
		next := auth.SecretRecord{Version: rand.Text(), Data: data}
		saved, err := s.secrets.Save(ctx, s.name+sessionSuffix, r.Version, next)
		if err != nil || saved {
			return err
		}
	}
	return errors.New("other processes change the session all the time")
}

// Lock waits until no other process changes the session.
func (s *sharedStore) Lock(ctx context.Context) (unlock func(), err error) {
	return auth.Hold(ctx, s.secrets, s.name+sessionSuffix)
}

// exchanging waits until no other process exchanges a token.
func (s *sharedStore) exchanging(ctx context.Context) (release func(), err error) {
	return auth.Hold(ctx, s.secrets, s.name+exchangeSuffix)
}
