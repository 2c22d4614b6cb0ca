package breaker

import "slices"

// A watcher is a function passed to [Breaker.Subscribe]. It is a pointer type so that one can be
// removed.
type watcher struct{ call func(Transition) }

// Subscribe registers f, which is called for each change of state: in order, one call at a time,
// with no lock held, on the goroutine of whichever call caused the change. f must return quickly
// and may use the breaker. After cancel, f is not called for later changes.
func (b *Breaker) Subscribe(f func(Transition)) (cancel func()) {
	w := &watcher{call: f}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.watchers = append(slices.Clone(b.watchers), w)
	return func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.watchers = slices.DeleteFunc(slices.Clone(b.watchers), func(o *watcher) bool { return o == w })
	}
}

// notify passes all pending transitions to the watchers. If another goroutine is already doing so,
// it delivers them instead.
func (b *Breaker) notify() {
	for {
		t, watchers, ok := b.nextPending()
		if !ok {
			return
		}
		b.callWatchers(t, watchers)
	}
}

// nextPending removes the oldest pending transition and claims the right to deliver it.
func (b *Breaker) nextPending() (Transition, []*watcher, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.notifying || len(b.pending) == 0 {
		return Transition{}, nil, false
	}
	t := b.pending[0]
	b.pending = b.pending[1:]
	b.notifying = true
	return t, b.watchers, true
}

// callWatchers calls the watchers. A panic in one of them does not block later transitions.
func (b *Breaker) callWatchers(t Transition, watchers []*watcher) {
	defer func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.notifying = false
	}()
	for _, w := range watchers {
		w.call(t)
	}
}
