package batch

import (
	"context"
	"sync"
)

// places admits items within a window. It is safe for concurrent use.
type places struct {
	mu      sync.Mutex
	changed *sync.Cond
	window  window
	active  int
	waiting int // items that wait for a circuit or a sign-in and have no place
}

func newPlaces(most int) *places {
	p := &places{window: newWindow(most)}
	p.changed = sync.NewCond(&p.mu)
	return p
}

// enter waits for a place and returns the epoch of the window. It returns the error of ctx if that
// ends first. A new item also waits while as many items as the window may ever hold wait for a
// circuit.
func (p *places) enter(ctx context.Context, again bool) (epoch int, err error) {
	stop := context.AfterFunc(ctx, func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.changed.Broadcast()
	})
	defer stop()
	p.mu.Lock()
	defer p.mu.Unlock()
	for ctx.Err() == nil && (p.active >= p.window.limit || !again && p.waiting >= p.window.max) {
		p.changed.Wait()
	}
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	p.active++
	return p.window.epoch, nil
}

// leave gives a place back after an item.
func (p *places) leave(how pace) {
	p.change(func() {
		p.active--
		p.window = p.window.after(how)
	})
}

// pause gives a place back while its item waits.
func (p *places) pause() {
	p.change(func() {
		p.active--
		p.waiting++
	})
}

// resume waits for a place after pause.
func (p *places) resume(ctx context.Context) (epoch int, err error) {
	epoch, err = p.enter(ctx, true)
	p.change(func() { p.waiting-- })
	return epoch, err
}

// limitTo bounds the window by the bulkhead of an operation.
func (p *places) limitTo(most int) {
	p.change(func() { p.window = p.window.within(most) })
}

// state returns the number of active and of waiting items, and the present limit.
func (p *places) state() (active, waiting, limit int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.active, p.waiting, p.window.limit
}

func (p *places) change(f func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	f()
	p.changed.Broadcast()
}
