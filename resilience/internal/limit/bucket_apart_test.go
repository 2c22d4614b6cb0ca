package limit

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/resgen/resgen/resilience/fleet"
	"github.com/resgen/resgen/resilience/policy"
)

// A flaky store is one that can be slow, or fail.
type flaky struct {
	*Memory
	mu    sync.Mutex
	delay time.Duration
	err   error
	draws int
}

func (f *flaky) set(delay time.Duration, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.delay, f.err = delay, err
}

func (f *flaky) Draw(ctx context.Context, bucket string, d fleet.Draw) (fleet.Grant, error) {
	f.mu.Lock()
	f.draws++
	delay, err := f.delay, f.err
	f.mu.Unlock()
	if delay > 0 {
		select {
		case <-ctx.Done():
			return fleet.Grant{}, ctx.Err()
		case <-time.After(delay):
		}
	}
	if err != nil {
		return fleet.Grant{}, err
	}
	return f.Memory.Draw(ctx, bucket, d)
}

var errGone = errors.New("gone")

// A store that takes half a second delays one call by 20 ms, and no other.
func TestApart_SlowStore(t *testing.T) {
	for name, known := range map[string]bool{"from the start": false, "later": true} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := &flaky{Memory: newMemory()}
				b := sharing(f, 1)[0]
				if known {
					takeN(t, b, 1)
				}
				f.set(500*time.Millisecond, nil)
				at := takeN(t, b, 20)
				if at[0] != 20*time.Millisecond || at[19] != at[0] {
					t.Errorf("permits after %v, want all after 20 ms", at)
				}
				time.Sleep(5 * time.Second)
				if at := takeN(t, b, 20); at[19] != 0 {
					t.Errorf("later, permits after %v, want all at once", at)
				}
				if s := b.Snapshot(); s.Apart < 5*time.Second || s.Members != 1 {
					t.Errorf("%+v", s)
				}
				f.mu.Lock()
				draws := f.draws
				f.mu.Unlock()
				if draws > 25 { // one, and four probes a second
					t.Errorf("%d requests to a slow store", draws)
				}
				b.share.link.Close()
				time.Sleep(drawTimeout) // for the probes
			})
		})
	}
}

// Processes without the store use their part of the quota, and come back to it at the same moment.
func TestApart_OutageOfTheStore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &flaky{Memory: newMemory()}
		buckets := sharing(f, 4)
		end := make(chan struct{})
		for _, b := range buckets {
			for range 5 {
				go func() {
					var err error
					for err == nil {
						_, err = b.Take(t.Context(), Ask{MaxWait: time.Hour, Closed: Closed{end}})
					}
				}()
			}
		}
		count := func() (n uint64) {
			for _, b := range buckets {
				n += b.Snapshot().Granted
			}
			return n
		}
		within := func(what string, got uint64, least, most uint64) {
			t.Helper()
			if got < least || got > most {
				t.Errorf("%s: %d permits, want %d to %d", what, got, least, most)
			}
		}
		time.Sleep(5 * time.Second)
		before := count()
		within("at first", before, 290, 299)
		f.set(0, errGone)
		time.Sleep(10 * time.Second)
		during := count()
		within("in the outage", during-before, 470, 505)
		for i, b := range buckets {
			if s := b.Snapshot(); s.Apart < 9*time.Second || s.Members != 4 || s.PerSecond != 12.5 {
				t.Errorf("process %d: %+v", i, s)
			}
		}
		f.Memory.mu.Lock()
		clear(f.ledgers) // the store has lost everything
		f.Memory.mu.Unlock()
		f.set(0, nil)
		time.Sleep(nextProbe + handover + time.Millisecond)
		for i, b := range buckets {
			if s := b.Snapshot(); s.Apart != 0 {
				t.Errorf("process %d, a second after the outage: %+v", i, s)
			}
		}
		within("in the handover", count()-during, 35, 55)
		time.Sleep(5*time.Second - nextProbe - handover)
		within("afterwards", count()-during, 230, 255)
		close(end)
		synctest.Wait()
	})
}

// What a process has sent in a short absence is missing in the store afterwards.
func TestApart_ShortAbsence(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &flaky{Memory: newMemory()}
		b := sharing(f, 1)[0]
		takeN(t, b, 1)
		f.set(0, errGone)
		takeN(t, b, 10)
		f.set(0, nil)
		time.Sleep(firstProbe + 1)
		synctest.Wait()
		if s := b.Snapshot(); s.Apart != 0 {
			t.Errorf("%+v", s)
		}
		// 48 were left and 2.5 came in, which is more than 49.
		if got := f.ledgers["key"].filled(f.clock()).tokens; got < 38.9 || got > 41 {
			t.Errorf("the store has %v permits, want 39 to 41", got)
		}
	})
}

// A hold that begins without the store is reported to it.
func TestApart_ReportsHolds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &flaky{Memory: newMemory()}
		buckets := sharing(f, 2)
		takeN(t, buckets[0], 1)
		takeN(t, buckets[1], 1)
		f.set(0, errGone)
		takeN(t, buckets[0], 1)
		buckets[0].Throttled(10 * time.Second)
		f.set(0, nil)
		time.Sleep(time.Second)
		if at := takeN(t, buckets[1], 1); at[0] < 8*time.Second {
			t.Errorf("a permit after %v, want one after the hold", at)
		}
	})
}

// A slow answer costs nothing while the process has no permit itself, and is not taken to be an
// outage.
func TestApart_WaitsForWhatItDoesNotHave(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &flaky{Memory: newMemory()}
		buckets := sharing(f, 2)
		b := buckets[0]
		takeN(t, buckets[1], 1)
		takeN(t, b, 48)
		f.set(50*time.Millisecond, nil)
		takeN(t, b, 1)
		if s := b.Snapshot(); s.Apart != 0 || s.Granted != 49 {
			t.Errorf("%+v", s)
		}
		time.Sleep(time.Second)
	})
}

// If the bucket cannot hold a permit for each process, they begin with the debt of that.
func TestApart_SmallBucket(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &flaky{Memory: newMemory()}
		var list []*Bucket
		for i := range 5 {
			l := NewLink(f, string(rune('a'+i)), 20*time.Millisecond, func(bool, error) {})
			list = append(list, NewSharedBucket(l, "key", policy.Rate{PerSecond: 1, Burst: 1}))
			takeN(t, list[i], 1)
		}
		time.Sleep(2 * time.Second)
		f.set(0, errGone)
		at := takeN(t, list[4], 2) // one of five processes, so each call counts as five
		if at[0] < 3*time.Second || at[1]-at[0] < 4999*time.Millisecond || at[1]-at[0] > 5001*time.Millisecond {
			t.Errorf("permits after %v, want one each 5 s", at)
		}
		for _, b := range list {
			b.share.link.Close()
		}
	})
}

// uncounted is a store that reports no members.
type uncounted struct{ *flaky }

func (u uncounted) Draw(ctx context.Context, bucket string, d fleet.Draw) (fleet.Grant, error) {
	g, err := u.flaky.Draw(ctx, bucket, d)
	g.Members = 0
	return g, err
}

// A process that its store does not count has a limit without the store, too: it counts itself.
func TestApart_StoreWithoutMembers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &flaky{Memory: newMemory()}
		b := sharing(uncounted{f}, 1)[0]
		takeN(t, b, 1)
		f.set(0, errGone)
		if at := takeN(t, b, 150); at[149] < 1900*time.Millisecond {
			t.Errorf("150 permits after %s, with 50 per second and a burst of 50", at[149])
		}
		if s := b.Snapshot(); s.Members != 1 {
			t.Errorf("%+v", s)
		}
	})
}
