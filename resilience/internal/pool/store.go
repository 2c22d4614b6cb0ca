package pool

import (
	"crypto/tls"
	"slices"
	"sync"

	"github.com/resgen/resgen/resilience/policy"
)

// A Key identifies a pool: an API and the settings of its connections.
type Key struct {
	API      string
	Settings policy.Transport
}

// A Store holds the pools of a runtime. It is safe for concurrent use.
type Store struct {
	dialing Dialing
	tls     *tls.Config

	mu      sync.Mutex
	pools   map[Key]*Pool
	retired []*Pool // pools that were replaced and whose calls have not ended
	limit   int     // number of pools from which on Full returns true
}

// fewPools is the smallest number of pools for which Full returns true.
const fewPools = 16

// NewStore returns a store without pools. All its pools open connections in the same way.
func NewStore(d Dialing, config *tls.Config) *Store {
	return &Store{dialing: d, tls: config, pools: map[Key]*Pool{}, limit: fewPools}
}

// Get returns the pool with a key.
func (s *Store) Get(k Key) *Pool {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.pools[k]
	if p == nil {
		p = New(k.Settings, s.dialing, s.tls)
		s.pools[k] = p
	}
	return p
}

// Full reports whether there are so many pools that Keep should be called.
func (s *Store) Full() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.pools) >= s.limit
}

// Keep retires all pools but those with the given keys. Their connections are closed as their calls
// end.
func (s *Store) Keep(used map[Key]bool) {
	s.mu.Lock()
	var gone []*Pool
	for k, p := range s.pools {
		if !used[k] {
			gone = append(gone, p)
			delete(s.pools, k)
		}
	}
	s.limit = max(fewPools, 2*len(s.pools))
	s.retired = append(slices.DeleteFunc(s.retired, (*Pool).idle), gone...)
	s.mu.Unlock()
	for _, p := range gone {
		p.Retire()
	}
}

// all returns all pools, also retired ones.
func (s *Store) all() []*Pool {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := slices.Clone(s.retired)
	for _, p := range s.pools {
		list = append(list, p)
	}
	return list
}

// Size returns how many connections are open.
func (s *Store) Size() int {
	n := 0
	for _, p := range s.all() {
		n += p.Size()
	}
	return n
}

// Close closes all pools.
func (s *Store) Close() {
	for _, p := range s.all() {
		p.Close()
	}
}
