package pool

import (
	"sync/atomic"
	"time"
)

const (
	doubtPause = 10 * time.Second // between two times that all idle connections are closed
	brokeFor   = time.Second      // for which broken connections make others suspect
)

// health is what the failures of some connections say about others. Times are in nanoseconds since
// 1970; 0 means never.
type health struct {
	doubted atomic.Int64 // when idle connections were closed
	broke   atomic.Int64 // when a connection broke that was not idle before
}

// Broke notes that a connection broke that was not idle before.
func (p *Pool) Broke() { p.health.broke.Store(time.Now().UnixNano()) }

// Stale notes that a connection that was idle before turned out to be broken, and reports whether
// that was to be expected of an idle connection: not if the server broke another connection shortly
// before a request took this one. All idle connections are closed, because the server has probably
// ended them as well. That is done at most once in doubtPause, so that a server that breaks some
// connections does not cost all others.
func (p *Pool) Stale(taken time.Time) bool {
	if since := taken.UnixNano() - p.health.broke.Load(); since >= 0 && since < int64(brokeFor) {
		return false
	}
	now, last := time.Now().UnixNano(), p.health.doubted.Load()
	if (last == 0 || now-last >= int64(doubtPause)) && p.health.doubted.CompareAndSwap(last, now) {
		p.CloseIdleConnections()
	}
	return true
}
