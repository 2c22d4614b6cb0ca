package pool

import (
	"context"
	"sync"
	"time"
)

// This file opens the first connection to a host. net/http opens one for every request that finds
// none, although the first one may turn out to speak HTTP/2 and serve them all. So as long as it is
// not known which protocol a host speaks, one request opens a connection, and the others wait for
// it.

const (
	firstWait = time.Second // for the first connection; then a request opens one for itself
	mostKnown = 1000        // hosts whose protocol is remembered
)

// firsts are the first connections to hosts.
type firsts struct {
	known sync.Map // hosts whose protocol is known

	mu      sync.Mutex
	count   int // of known hosts
	pending map[string]*First
}

// A First is the first connection to a host, which a request opens.
type First struct {
	pool  *firsts
	host  string
	ended chan struct{} // closed when the connection is open, or could not be opened
}

// Knows reports whether it is known which protocol a host speaks, so that [Pool.Join] need not be
// called before a request.
func (p *Pool) Knows(host string) bool {
	_, known := p.firsts.known.Load(host)
	return known
}

// Join is called before a request to a host whose protocol is not known. It returns a First if the
// request is the one that opens the connection, which must call End. Otherwise it waits for another
// request that does, and returns nil.
func (p *Pool) Join(ctx context.Context, host string) *First {
	f, leads := p.firsts.join(host)
	if leads {
		return f
	}
	timer := time.NewTimer(firstWait)
	defer timer.Stop()
	select {
	case <-f.ended:
	case <-ctx.Done():
	case <-timer.C:
	}
	return nil
}

// join returns the first connection to a host, and reports whether the caller opens it.
func (fs *firsts) join(host string) (f *First, leads bool) {
	fs.mu.Lock()
	defer fs.mu.Unlock()
	if f = fs.pending[host]; f != nil {
		return f, false
	}
	if fs.pending == nil {
		fs.pending = map[string]*First{}
	}
	f = &First{pool: fs, host: host, ended: make(chan struct{})}
	fs.pending[host] = f
	return f, true
}

// End notes that the connection is open and its protocol known, or that there is none. If it is not
// known, those that wait open connections for themselves, and the next request after them is first
// again. Only the first call has an effect. It may be called for nil.
func (f *First) End(known bool) {
	if f == nil {
		return
	}
	fs := f.pool
	fs.mu.Lock()
	defer fs.mu.Unlock()
	if fs.pending[f.host] != f {
		return
	}
	delete(fs.pending, f.host)
	if known {
		if fs.count++; fs.count > mostKnown {
			fs.known.Clear()
			fs.count = 1
		}
		fs.known.Store(f.host, true)
	}
	close(f.ended)
}
