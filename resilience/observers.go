package resilience

import (
	"slices"
	"sync"
	"sync/atomic"
)

// observers are the functions that get events. Reading them takes no lock.
type observers struct {
	mu   sync.Mutex // held while the list is replaced
	list atomic.Pointer[[]*observer]
}

// An observer is a function that gets events.
type observer struct{ f func(Event) }

// all returns the present observers. The list does not change.
func (o *observers) all() []*observer {
	if list := o.list.Load(); list != nil {
		return *list
	}
	return nil
}

// replace replaces the list by what change returns for a copy.
func (o *observers) replace(change func([]*observer) []*observer) {
	o.mu.Lock()
	defer o.mu.Unlock()
	list := change(slices.Clone(o.all()))
	o.list.Store(&list)
}

// Observe calls f for each later [Event] until stop is called, like [WithObserver]. After stop, f
// may still get events of calls that are just ending.
func (r *Runtime) Observe(f func(Event)) (stop func()) {
	o := &observer{f}
	r.observers.replace(func(list []*observer) []*observer { return append(list, o) })
	return func() {
		r.observers.replace(func(list []*observer) []*observer {
			return slices.DeleteFunc(list, func(other *observer) bool { return other == o })
		})
	}
}
