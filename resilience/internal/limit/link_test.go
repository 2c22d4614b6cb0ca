package limit

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/resgen/resgen/resilience/policy"
)

// A bucket with permits that come back after the link was closed does nothing more: it has nobody
// to give them to.
func TestLink_CloseEndsTimers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := linkTo(newMemory(), "a")
		b := NewSharedBucket(l, "k", policy.Rate{PerSecond: 10, Burst: 10})
		if _, err := b.Take(t.Context(), Ask{MaxWait: time.Second}); err != nil {
			t.Fatal(err)
		}
		time.Sleep(10 * time.Millisecond)
		l.Close()
		b.Leave(t.Context())
		b.Refund(1)
		b.mu.Lock()
		defer b.mu.Unlock()
		if next, ok := b.next(b.now() + time.Hour); ok {
			t.Errorf("the bucket does something in %s", next)
		}
	})
}
