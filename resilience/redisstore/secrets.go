package redisstore

import (
	"context"
	_ "embed"
	"fmt"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/resgen/resgen/resilience/auth"
)

// The scripts of secrets. Their clock is that of the server.
var (
	//go:embed secret_load.lua
	secretLoad string
	//go:embed secret_save.lua
	secretSave string
	//go:embed secret_lock.lua
	secretLock string
	//go:embed secret_unlock.lua
	secretUnlock string

	loadSecret   = redis.NewScript(secretLoad)
	saveSecret   = redis.NewScript(secretSave)
	lockSecret   = redis.NewScript(secretLock)
	unlockSecret = redis.NewScript(secretUnlock)
)

// Secrets returns a store for the sign-in of a fleet: access tokens, sessions and refresh tokens,
// sealed with a key that the server never sees. A record takes less than two kilobytes and about
// as much as the secret. Records of access tokens expire an hour after the token; refresh tokens
// and sessions of persons stay until they are replaced.
func (s *Store) Secrets(k auth.SealKey) auth.SecretStore { return auth.Sealed(secrets{s}, k) }

// secrets are the records of secrets, which are sealed already.
type secrets struct{ *Store }

// Load implements [auth.SecretStore].
func (s secrets) Load(ctx context.Context, name string) (auth.SecretRecord, error) {
	return bounded(ctx, func() (r auth.SecretRecord, err error) {
		fields, err := loadSecret.Run(ctx, s.client, []string{s.key(name, "secret")}).StringSlice()
		if err != nil {
			return r, fmt.Errorf("redisstore: load secret %s: %w", name, err)
		}
		if len(fields) != 3 {
			return r, nil
		}
		age, _ := strconv.ParseInt(fields[2], 10, 64) // the script counts it
		return auth.SecretRecord{
			Version: fields[0], Data: []byte(fields[1]), Age: time.Duration(max(0, age)) * time.Millisecond,
		}, nil
	})
}

// Save implements [auth.SecretStore].
func (s secrets) Save(ctx context.Context, name, old string, r auth.SecretRecord) (bool, error) {
	return s.run(ctx, "save", name, saveSecret, "secret", old, r.Version, r.Data, millis(r.Life))
}

// Lock implements [auth.SecretStore].
func (s secrets) Lock(ctx context.Context, name, holder string, lease time.Duration) (bool, error) {
	return s.run(ctx, "lock", name, lockSecret, "lock", holder, max(1, millis(lease)))
}

// Unlock implements [auth.SecretStore].
func (s secrets) Unlock(ctx context.Context, name, holder string) error {
	_, err := s.run(ctx, "unlock", name, unlockSecret, "lock", holder)
	return err
}

// run runs a script on a part of what the store keeps for a secret, and reports whether it returned
// 1.
func (s secrets) run(
	ctx context.Context, verb, name string, script *redis.Script, part string, args ...any,
) (bool, error) {
	return bounded(ctx, func() (bool, error) {
		n, err := script.Run(ctx, s.client, []string{s.key(name, part)}, args...).Int()
		if err != nil {
			return false, fmt.Errorf("redisstore: %s secret %s: %w", verb, name, err)
		}
		return n == 1, nil
	})
}

// millis returns a duration in milliseconds, rounded up.
func millis(d time.Duration) int64 { return int64((d + time.Millisecond - 1) / time.Millisecond) }

// bounded returns the result of f, or the error of ctx when that ends, because go-redis does not
// stop reading then unless its options say so.
func bounded[T any](ctx context.Context, f func() (T, error)) (T, error) {
	type result struct {
		value T
		err   error
	}
	done := make(chan result, 1)
	go func() {
		value, err := f()
		done <- result{value, err}
	}()
	select {
	case r := <-done:
		return r.value, r.err
	case <-ctx.Done():
		var none T
		return none, ctx.Err()
	}
}
