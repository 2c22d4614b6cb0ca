package lastgood

import (
	"container/list"
	"sync"
	"time"
)

const (
	mostKept    = 256      // responses of a cache
	largestKept = 1 << 20  // bytes of a body
	mostBytes   = 64 << 20 // bytes of all caches of a store
	overhead    = 512      // bytes that a response takes in addition to its body
)

// An ID identifies a request: it is a hash of all that makes it.
type ID [32]byte

// A Response is a kept response. Its body is decoded for each call, so that calls share no values.
type Response[D any] struct {
	At     time.Time
	Target string // what the request is about, without its parameters
	Body   []byte
	Decode D
}

// A Store bounds what the caches of all clients keep together. The zero Store is empty. It is safe
// for concurrent use, as its caches are.
type Store[D any] struct {
	mu    sync.Mutex
	order list.List // of *entry[D]: the one that was not kept again for the longest time is first
	bytes int
	turns uint64 // entries that were ever kept
}

// An entry is a response in a cache.
type entry[D any] struct {
	Response[D]
	id    ID
	turn  uint64 // greater than that of all entries that were kept before
	cache *Cache[D]
}

// size returns how much of the memory of the store an entry takes.
func (e *entry[D]) size() int { return len(e.Body) + overhead }

// A Cache keeps up to 256 responses of up to 1 MiB for one client.
type Cache[D any] struct {
	store *Store[D]
	kept  map[ID]*list.Element
	shut  bool
}

// NewCache returns an empty cache.
func (s *Store[D]) NewCache() *Cache[D] {
	return &Cache[D]{store: s}
}

// Size returns the number of responses that the store holds, and the bytes they take.
func (s *Store[D]) Size() (responses, bytes int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.order.Len(), s.bytes
}

// Keep stores the response to a request, unless it is too large. If the cache or the store is full,
// the response that was not kept again for the longest time is dropped.
func (c *Cache[D]) Keep(id ID, r Response[D]) {
	s := c.store
	s.mu.Lock()
	defer s.mu.Unlock()
	s.drop(c.kept[id]) // what was kept before the new response is out of date in any case
	if c.shut || len(r.Body) > largestKept {
		return
	}
	if c.kept == nil {
		c.kept = map[ID]*list.Element{}
	}
	s.turns++
	e := &entry[D]{Response: r, id: id, turn: s.turns, cache: c}
	c.kept[id] = s.order.PushBack(e)
	s.bytes += e.size()
	if len(c.kept) > mostKept {
		s.drop(c.oldest())
	}
	for s.bytes > mostBytes {
		s.drop(s.order.Front())
	}
}

// oldest returns the response of the cache that was not kept again for the longest time.
func (c *Cache[D]) oldest() (first *list.Element) {
	for _, at := range c.kept {
		if first == nil || at.Value.(*entry[D]).turn < first.Value.(*entry[D]).turn {
			first = at
		}
	}
	return first
}

// drop removes an element, if it is not nil. The lock must be held.
func (s *Store[D]) drop(at *list.Element) {
	if at == nil {
		return
	}
	e := s.order.Remove(at).(*entry[D])
	delete(e.cache.kept, e.id)
	s.bytes -= e.size()
}

// Get returns the response to a request and its age. It returns false if there is none that is at
// most maxAge old.
func (c *Cache[D]) Get(id ID, maxAge time.Duration) (r Response[D], age time.Duration, ok bool) {
	c.store.mu.Lock()
	at := c.kept[id]
	c.store.mu.Unlock()
	if at == nil {
		return Response[D]{}, 0, false
	}
	r = at.Value.(*entry[D]).Response // entries do not change
	if age = time.Since(r.At); age > maxAge {
		return Response[D]{}, 0, false
	}
	return r, age, true
}

// Empty reports whether the cache has no response.
func (c *Cache[D]) Empty() bool {
	c.store.mu.Lock()
	defer c.store.mu.Unlock()
	return len(c.kept) == 0
}

// Drop removes the response to a request.
func (c *Cache[D]) Drop(id ID) {
	c.store.mu.Lock()
	defer c.store.mu.Unlock()
	c.store.drop(c.kept[id])
}

// DropTarget removes the responses to all requests about a target.
func (c *Cache[D]) DropTarget(target string) {
	c.store.mu.Lock()
	defer c.store.mu.Unlock()
	for _, at := range c.kept {
		if at.Value.(*entry[D]).Target == target {
			c.store.drop(at)
		}
	}
}

// Close removes all responses. The cache keeps no others.
func (c *Cache[D]) Close() {
	c.store.mu.Lock()
	defer c.store.mu.Unlock()
	c.shut = true
	for _, at := range c.kept {
		c.store.drop(at)
	}
}
