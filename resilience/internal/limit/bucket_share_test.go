package limit

import (
	"context"
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/resgen/resgen/resilience/fleet"
)

// sharing returns a bucket for each of a number of processes, which they share through a store.
func sharing(q fleet.Quotas, processes int) []*Bucket {
	list := make([]*Bucket, processes)
	for i := range list {
		l := NewLink(q, string(rune('a'+i)), 20*time.Millisecond, func(bool, error) {})
		list[i] = NewSharedBucket(l, "key", rated(50, 50))
	}
	return list
}

// takeN takes permits one after the other and returns when each was there.
func takeN(t *testing.T, b *Bucket, n int) []time.Duration {
	t.Helper()
	begin := time.Now()
	var at []time.Duration
	for range n {
		if _, err := b.Take(t.Context(), Ask{MaxWait: time.Hour}); err != nil {
			t.Error(err)
		}
		at = append(at, time.Since(begin))
	}
	return at
}

// Processes that always have calls waiting get the same number of permits, and all of them together
// what the quota allows.
func TestShare_ProcessesTakeTurns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		buckets := sharing(newMemory(), 4)
		takeN(t, buckets[0], 49) // the burst
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		for _, b := range buckets {
			for range 5 {
				go func() {
					var err error
					for err == nil {
						_, err = b.Take(ctx, Ask{MaxWait: time.Hour})
					}
				}()
			}
		}
		<-ctx.Done()
		synctest.Wait()
		total, each := uint64(0), []uint64{}
		for i, b := range buckets {
			s := b.Snapshot()
			total += s.Granted
			if i == 0 {
				s.Granted -= 49
			}
			each = append(each, s.Granted)
			if s.Members != 4 || s.Apart != 0 {
				t.Errorf("%+v", s)
			}
		}
		if total < 540 || total > 549 { // 49 and 10 s of 50/s, less what is reserved in advance
			t.Errorf("%d permits, want 549", total)
		}
		if slices.Max(each)-slices.Min(each) > 4 {
			t.Errorf("permits by process: %v", each)
		}
	})
}

func TestShare_OneHoldHoldsAll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		buckets := sharing(newMemory(), 2)
		takeN(t, buckets[1], 1)
		buckets[0].Throttled(3 * time.Second)
		synctest.Wait()
		if at := takeN(t, buckets[1], 1); at[0] < 3*time.Second {
			t.Errorf("a permit after %v although the other process was rejected", at)
		}
	})
}

// Without a rate, others notice a hold within a second, and nothing waits for the store.
func TestShare_HoldWithoutARate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMemory()
		one := NewSharedBucket(linkTo(m, "a"), "key", rated(0, 0))
		other := NewSharedBucket(linkTo(m, "b"), "key", rated(0, 0))
		takeN(t, other, 2)
		synctest.Wait()
		one.Throttled(5 * time.Second)
		time.Sleep(refreshEvery)
		takeN(t, other, 1)
		synctest.Wait()
		if at := takeN(t, other, 1); at[0] < 3*time.Second || at[0] > 5*time.Second {
			t.Errorf("a permit after %v, want one after the hold", at)
		}
	})
}

// Permits that a process does not need are given back.
func TestShare_ReturnsPermits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMemory()
		buckets := sharing(m, 2)
		takeN(t, buckets[0], 49)
		ctx, cancel := context.WithCancel(t.Context())
		for range 3 {
			go buckets[0].Take(ctx, Ask{MaxWait: time.Hour})
		}
		synctest.Wait()
		cancel()
		time.Sleep(returnAfter + 40*time.Millisecond) // seven permits come in
		synctest.Wait()
		if got := m.ledgers["key"].filled(m.clock()).tokens; got < 6.99 || got > 7.01 {
			t.Errorf("the store has %v permits, want 7", got)
		}
		if s := buckets[0].Snapshot(); s.Waiting != 0 || !buckets[0].share.empty() {
			t.Errorf("%+v", s)
		}
	})
}

func TestShare_Leave(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMemory()
		buckets := sharing(m, 2)
		takeN(t, buckets[0], 1)
		buckets[1].Leave(t.Context()) // never drew
		takeN(t, buckets[1], 1)
		buckets[1].Refund(1) // in hand
		buckets[1].Leave(t.Context())
		if a := m.ledgers["key"]; len(a.members) != 1 || a.tokens != 48 {
			t.Errorf("members %v, %v permits, want one member and 48", a.members, a.tokens)
		}
	})
}

// A call with a short patience is rejected by what the store says, and the next one is served.
func TestShare_RejectsByTheStore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		buckets := sharing(newMemory(), 2)
		takeN(t, buckets[1], 1)
		takeN(t, buckets[0], 48) // buckets[1] does not know that the burst is used up
		_, err := buckets[1].Take(t.Context(), Ask{MaxWait: 5 * time.Millisecond})
		var w *WaitError
		if !errors.As(err, &w) || w.Need != 20*time.Millisecond {
			t.Errorf("got %v, want a wait of 20 ms", err)
		}
		if at := takeN(t, buckets[1], 1); at[0] != 20*time.Millisecond {
			t.Errorf("a permit after %v, want 20 ms", at)
		}
		if s := buckets[1].Snapshot(); s.Refused != 1 || s.Granted != 2 {
			t.Errorf("%+v", s)
		}
	})
}

// counting counts the draws of a store.
type counting struct {
	fleet.Quotas
	draws int
}

func (c *counting) Draw(ctx context.Context, bucket string, d fleet.Draw) (fleet.Grant, error) {
	c.draws++
	return c.Quotas.Draw(ctx, bucket, d)
}

// At a high rate, one process that makes one call after the other needs few requests to the store.
func TestShare_LeasesInBatches(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := &counting{Quotas: newMemory()}
		b := NewSharedBucket(NewLink(store, "a", 20*time.Millisecond, nil), "key", rated(1000, 1000))
		takeN(t, b, 500)
		if store.draws > 60 {
			t.Errorf("%d requests for 500 permits", store.draws)
		}
	})
}
