package auth

// This file holds locks of a [SecretStore] for as long as something runs.

import (
	"cmp"
	"context"
	crand "crypto/rand"
	"math/rand/v2"
	"sync"
	"time"
)

const (
	leaseTime = 5 * time.Second       // how long the lock of a process that died stays
	extension = leaseTime / 3         // how often the lease of one that lives is extended
	firstPoll = 20 * time.Millisecond // between two attempts to lock a name
	mostPoll  = 200 * time.Millisecond
)

// Hold locks a name in a store and waits while another process has locked it. The lock stays until
// release is called, or for a few seconds if this process dies. It returns an error if ctx ends
// first or if the store fails.
func Hold(ctx context.Context, store SecretStore, name string) (release func(), err error) {
	for n := 0; ; n++ {
		release, err := tryHold(ctx, store, name, newVersion(), storeWait)
		if release != nil || err != nil {
			return release, err
		}
		if !pause(ctx, pollAfter(n, rand.Float64())) {
			return nil, cmp.Or(ctx.Err(), context.DeadlineExceeded)
		}
	}
}

// tryHold is Hold without waiting for other processes. It waits for the store for a limited time.
// release is nil if another process has locked the name.
func tryHold(
	ctx context.Context, store SecretStore, name, holder string, wait time.Duration,
) (release func(), err error) {
	lock := func(ctx context.Context, wait time.Duration) (bool, error) {
		ctx, cancel := context.WithTimeout(ctx, wait)
		defer cancel()
		return store.Lock(ctx, name, holder, leaseTime)
	}
	if held, err := lock(ctx, wait); err != nil || !held {
		return nil, err
	}
	apart := context.WithoutCancel(ctx)
	extending, end := context.WithCancel(apart)
	var ended sync.WaitGroup
	ended.Go(func() { repeat(extending.Done(), extension, func() { _, _ = lock(extending, extension) }) })
	return func() {
		end()
		ended.Wait()
		ctx, cancel := context.WithTimeout(apart, brokenWait)
		defer cancel()
		_ = store.Unlock(ctx, name, holder) // otherwise the lease ends by itself
	}, nil
}

// repeat calls f at intervals until done is closed.
func repeat(done <-chan struct{}, every time.Duration, f func()) {
	t := time.NewTicker(every)
	defer t.Stop()
	for {
		select {
		case <-t.C:
			f()
		case <-done:
			return
		}
	}
}

// pollAfter returns the wait before looking again, after n looks: it doubles, and is shortened by
// up to half so that processes do not stay in step. random must be in [0, 1).
func pollAfter(n int, random float64) time.Duration {
	d := min(mostPoll, firstPoll<<min(n, 10))
	return d - time.Duration(random*float64(d/2))
}

// newVersion returns a text that is different each time.
func newVersion() string { return crand.Text() }
