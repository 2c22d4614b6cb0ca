package limit

import (
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/resgen/resgen/resilience/policy"
)

// An outage is reported once, with its reason, and its end once. A hiccup is not reported.
func TestLink_ReportsOutages(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &flaky{Memory: newMemory()}
		var mu sync.Mutex
		var reports []string
		l := NewLink(f, "a", 20*time.Millisecond, func(down bool, err error) {
			mu.Lock()
			defer mu.Unlock()
			if down {
				reports = append(reports, "down: "+err.Error())
			} else {
				reports = append(reports, "up")
			}
		})
		b := NewSharedBucket(l, "key", rated(50, 50))
		other := NewSharedBucket(l, "other", rated(50, 50))
		takeN(t, b, 1)
		takeN(t, other, 1)
		f.set(0, errGone)
		takeN(t, b, 1)
		f.set(0, nil)
		time.Sleep(time.Second)
		synctest.Wait()
		if len(reports) != 0 || !l.Down().IsZero() {
			t.Errorf("after a hiccup: %q, down since %v", reports, l.Down())
		}
		begin := time.Now()
		f.set(0, errGone)
		takeN(t, b, 1)
		time.Sleep(3 * time.Second)
		if at := takeN(t, other, 1); at[0] != 0 || other.Snapshot().Apart == 0 {
			t.Errorf("another bucket waited %v for a store that is known to be down", at)
		}
		if !l.Down().Equal(begin) {
			t.Errorf("down since %v, want %v", l.Down(), begin)
		}
		f.set(0, nil)
		time.Sleep(2 * time.Second)
		synctest.Wait()
		if len(reports) != 2 || reports[0] != "down: gone" || reports[1] != "up" {
			t.Errorf("reports %q", reports)
		}
		if b.Snapshot().Apart != 0 || other.Snapshot().Apart != 0 {
			t.Errorf("%+v\n%+v", b.Snapshot(), other.Snapshot())
		}
	})
}

// After the first contact it is known whether calls should wait for the store.
func TestLink_Meet(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &flaky{Memory: newMemory()}
		begin := time.Now()
		good := linkTo(f.Memory, "a")
		good.Meet(250 * time.Millisecond)
		if time.Since(begin) != 0 || !good.Down().IsZero() || good.members() != 1 {
			t.Errorf("after %s: down %v, %d members", time.Since(begin), good.Down(), good.members())
		}
		f.set(time.Hour, nil)
		bad := NewLink(f, "b", 20*time.Millisecond, func(bool, error) {})
		bad.Meet(250 * time.Millisecond)
		if time.Since(begin) != 250*time.Millisecond || bad.Down().IsZero() {
			t.Errorf("after %s: down %v", time.Since(begin), bad.Down())
		}
		if at := takeN(t, NewSharedBucket(bad, "key", rated(50, 50)), 1); at[0] != 0 {
			t.Errorf("a call waited %v for a store that did not answer", at)
		}
		bad.Close()
		good.Close()
		time.Sleep(drawTimeout)
	})
}

// A bucket with permits that come back after the link was closed does nothing more: it cannot
// give them back.
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
