package auth

// This file uses the store for a fetch: how long that waits for it, and what it does if it fails.

import (
	"context"
	"encoding/json"
	"errors"
	"time"
)

const (
	// storeWait is the limit for a store that something waits for: until it has said whether
	// another process signs in, and then for each use.
	storeWait = time.Second
	// brokenWait is the limit for one use of a store that has failed and not worked since.
	brokenWait = 250 * time.Millisecond
	// spareWait is the limit for a store while the present secret can be used, or half of the time
	// for which it can. Processes that go on alone sign in once each, so a store that is slow or
	// fails over is worth waiting for as long as nothing waits for the secret.
	spareWait = 10 * time.Second
	// spareRetry is the time between two uses of a store that fails meanwhile.
	spareRetry = 500 * time.Millisecond
)

// spareTime returns until when nothing waits for a fetch that must end within a time, if the
// present secret can be used for a time.
func spareTime(now time.Time, life, limit time.Duration) time.Time {
	return now.Add(min(spareWait, life/2, limit/2))
}

// use uses the store until that works, for as long as the fetch can wait for it.
func (s *sharing[S]) use(ctx context.Context, f func(ctx context.Context, wait time.Duration) error) error {
	for {
		err := f(ctx, s.wait())
		lasting := errors.Is(err, ErrSealed) || errors.Is(err, errForeignRecord)
		if err == nil || lasting || time.Until(s.spare) <= spareRetry || !pause(ctx, spareRetry) {
			s.outage.note(s.name, err)
			return err
		}
	}
}

// wait returns the limit for one use of the store.
func (s *sharing[S]) wait() time.Duration {
	switch spare := time.Until(s.spare); {
	case spare > storeWait:
		return spare
	case s.outage.lasts.Load():
		return brokenWait
	case s.by.IsZero():
		return storeWait
	}
	return max(1, time.Until(s.by))
}

var errForeignRecord = errors.New("the stored secret has another form; give each program its own prefix or name")

// load returns the record and its version. It returns false if the store is not available.
func (s *sharing[S]) load(ctx context.Context) (c common, version string, ok bool) {
	var r SecretRecord
	err := s.use(ctx, func(ctx context.Context, wait time.Duration) (err error) {
		ctx, cancel := context.WithTimeout(ctx, wait)
		defer cancel()
		r, err = s.store.Load(ctx, s.name)
		if err == nil && r.Version != "" && json.Unmarshal(r.Data, &c) != nil { // the cause would quote the secret
			err = errForeignRecord
		}
		return err
	})
	if err != nil {
		return common{}, "", false
	}
	return c.after(r.Age), r.Version, true
}

// hold locks the secret. release is nil if another process has locked it.
func (s *sharing[S]) hold(ctx context.Context) (release func(), err error) {
	err = s.use(ctx, func(ctx context.Context, wait time.Duration) (err error) {
		release, err = tryHold(ctx, s.store, s.name, s.holder, wait)
		return err
	})
	return release, err
}

// save stores a record in place of that with the version old, and returns the new version. It
// returns "" if another process has stored one, or if the store is not available.
func (s *sharing[S]) save(ctx context.Context, old string, c common) (version string) {
	data, err := json.Marshal(c)
	if err != nil {
		return ""
	}
	saved, r := false, SecretRecord{Version: newVersion(), Data: data, Life: c.keep()}
	err = s.use(context.WithoutCancel(ctx), func(ctx context.Context, wait time.Duration) (err error) {
		ctx, cancel := context.WithTimeout(ctx, wait)
		defer cancel()
		saved, err = s.store.Save(ctx, s.name, old, r)
		return err
	})
	if err != nil || !saved {
		return ""
	}
	return r.Version
}
