package main

import (
	"context"
	"errors"
	"strings"
	"sync"
	"time"
)

// A target is a listing: a SKU in a marketplace.
type target struct{ store, sku string }

// key returns the key of the target in the journal.
func (t target) key() string { return t.store + " " + t.sku }

// A lookup finds the values of many SKUs in groups, each of which needs one call. All who ask for
// SKUs of a group at the same time share the call, and what it found is used for a while. A lookup
// is safe for concurrent use.
type lookup[V any] struct {
	load   func(ctx context.Context, store string, skus []string) (map[string]V, error)
	fresh  time.Duration // how long values are used
	groups map[target]*group[V]
}

// newLookup returns a lookup of these targets with at most size SKUs in a group.
func newLookup[V any](
	targets []target, size int, fresh time.Duration,
	load func(ctx context.Context, store string, skus []string) (map[string]V, error),
) *lookup[V] {
	l := &lookup[V]{load: load, fresh: fresh, groups: map[target]*group[V]{}}
	var open *group[V]
	for _, t := range targets {
		// The API would read a SKU with a comma as two of a list.
		if alone := strings.Contains(t.sku, ","); alone {
			l.groups[t] = &group[V]{store: t.store, skus: []string{t.sku}}
			continue
		}
		if open == nil || open.store != t.store || len(open.skus) == size {
			open = &group[V]{store: t.store}
		}
		open.skus = append(open.skus, t.sku)
		l.groups[t] = open
	}
	return l
}

// A group is looked up with one call.
type group[V any] struct {
	store string
	skus  []string

	mu   sync.Mutex
	last *answer[V] // of the last call; nil: none was made
}

// An answer is the result of a call, complete when done is closed.
type answer[V any] struct {
	begun  time.Time
	done   chan struct{}
	values map[string]V
	err    error
}

// errPanicked is the error for those who share a call that panicked.
var errPanicked = errors.New("the lookup ended early")

// get returns the value of a target, and whether there is one.
func (l *lookup[V]) get(ctx context.Context, t target) (v V, found bool, err error) {
	g := l.groups[t]
	a, first := g.join(l.fresh)
	if first {
		l.call(ctx, g, a)
	}
	select {
	case <-a.done:
		v, found = a.values[t.sku]
		return v, found, a.err
	case <-ctx.Done():
		return v, false, ctx.Err()
	}
}

// call makes the call of a group.
func (l *lookup[V]) call(ctx context.Context, g *group[V], a *answer[V]) {
	defer close(a.done)
	a.err = errPanicked
	a.values, a.err = l.load(ctx, g.store, g.skus)
}

// join returns the answer to use. If first is true, the caller must make its call.
func (g *group[V]) join(fresh time.Duration) (a *answer[V], first bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.last == nil || !g.last.usable(fresh) {
		g.last, first = &answer[V]{begun: time.Now(), done: make(chan struct{})}, true
	}
	return g.last, first
}

// usable reports whether an answer is awaited or has values that are still fresh.
func (a *answer[V]) usable(fresh time.Duration) bool {
	select {
	case <-a.done:
		return a.err == nil && time.Since(a.begun) < fresh
	default:
		return true
	}
}
