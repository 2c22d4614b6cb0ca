package lastgood

import (
	"sync"
	"time"
)

const (
	mostKept    = 256     // responses
	largestKept = 1 << 20 // bytes
)

// An ID identifies a request: it is a hash of all that makes it.
type ID [32]byte

// A Response is a kept response. Its body is decoded for each call, so that calls share no values.
type Response[D any] struct {
	At     time.Time
	Body   []byte
	Decode D
}

// A Cache keeps up to 256 responses of up to 1 MiB, and drops the oldest. The zero Cache is empty.
// It is safe for concurrent use.
type Cache[D any] struct {
	mu    sync.Mutex
	kept  map[ID]Response[D]
	order []ID // oldest first
}

// Keep stores the response to a request, unless it is too large.
func (c *Cache[D]) Keep(id ID, r Response[D]) {
	if len(r.Body) > largestKept {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.kept == nil {
		c.kept = map[ID]Response[D]{}
	}
	if _, ok := c.kept[id]; !ok {
		c.order = append(c.order, id)
	}
	c.kept[id] = r
	if len(c.order) > mostKept {
		delete(c.kept, c.order[0])
		c.order = c.order[1:]
	}
}

// Get returns the response to a request and its age. It returns false if there is none that is at
// most maxAge old.
func (c *Cache[D]) Get(id ID, maxAge time.Duration) (r Response[D], age time.Duration, ok bool) {
	c.mu.Lock()
	r, ok = c.kept[id]
	c.mu.Unlock()
	if age = time.Since(r.At); !ok || age > maxAge {
		return Response[D]{}, 0, false
	}
	return r, age, true
}
