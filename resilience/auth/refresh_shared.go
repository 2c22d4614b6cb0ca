package auth

// This file keeps refresh tokens in a [SecretStore].

import (
	"context"
	"fmt"
	"slices"
	"sync"
)

// SharedTokens returns a store for the refresh token of one account, which is the record with the
// given name in a store of secrets. While that is not available, each process continues with the
// token it has, and stores a new one at its next renewal.
//
// If the store loses a token that was acknowledged, as a failover may do, a process that has
// replaced the older one stores its own again.
func SharedTokens(s SecretStore, name string) TokenStore { return &sharedTokens{store: s, name: name} }

// sharedTokens is a [TokenStore] in a [SecretStore].
type sharedTokens struct {
	store  SecretStore
	name   string
	outage outage

	mu       sync.Mutex
	latest   Secret
	replaced []string // fingerprints of tokens that this process has replaced, the latest last
}

const (
	mostReplaced = 16 // fingerprints that are remembered
	mostSwaps    = 3  // attempts, because other processes swap too
)

// Load implements [TokenStore].
func (t *sharedTokens) Load(ctx context.Context) (string, error) {
	token, _, err := t.load(ctx)
	t.outage.note(t.name, err)
	if err != nil {
		return "", nil // the caller continues with the token it has
	}
	latest, lost := t.lost(token)
	if !lost {
		return token, nil
	}
	if swapped, err := t.Swap(ctx, token, latest); err != nil || swapped {
		return latest, nil
	}
	token, _, _ = t.load(ctx)
	return token, nil
}

// lost returns the latest token of this process if the store has an older one.
func (t *sharedTokens) lost(stored string) (latest string, lost bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.latest.Reveal(), stored != "" && slices.Contains(t.replaced, Fingerprint(stored))
}

// load returns the stored token and the version of its record.
func (t *sharedTokens) load(ctx context.Context) (token, version string, err error) {
	ctx, cancel := context.WithTimeout(ctx, storeWait)
	defer cancel()
	r, err := t.store.Load(ctx, t.name)
	if err != nil {
		return "", "", fmt.Errorf("the refresh token cannot be loaded: %w", err)
	}
	return string(r.Data), r.Version, nil
}

// Swap implements [TokenStore].
func (t *sharedTokens) Swap(ctx context.Context, old, new string) (bool, error) {
	for range mostSwaps {
		stored, version, err := t.load(ctx)
		if err != nil || stored != "" && stored != old {
			return false, err
		}
		saved, err := t.save(ctx, version, new)
		if err != nil {
			return false, err
		}
		if saved {
			t.swapped(old, new)
			return true, nil
		}
	}
	return false, nil
}

// save stores a token in place of the record with a version. It is kept until it is replaced.
func (t *sharedTokens) save(ctx context.Context, version, token string) (bool, error) {
	ctx, cancel := context.WithTimeout(ctx, storeWait)
	defer cancel()
	return t.store.Save(ctx, t.name, version, SecretRecord{Version: newVersion(), Data: []byte(token)})
}

// swapped remembers that this process has replaced a token.
func (t *sharedTokens) swapped(old, new string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.latest = NewSecret(new)
	f := Fingerprint(old)
	if old == "" || old == new || slices.Contains(t.replaced, f) {
		return
	}
	t.replaced = append(t.replaced, f)
	if n := len(t.replaced) - mostReplaced; n > 0 {
		t.replaced = slices.Delete(t.replaced, 0, n)
	}
}
