package batch

import (
	"sync"
	"time"
)

// An outage is the time since the last sign of life of the server. It is safe for concurrent use.
type outage struct {
	mu    sync.Mutex
	since time.Time
}

// over notes a sign of life.
func (o *outage) over(now time.Time) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.since = now
}

// lasted returns how long there was no sign of life.
func (o *outage) lasted(now time.Time) time.Duration {
	o.mu.Lock()
	defer o.mu.Unlock()
	return now.Sub(o.since)
}
