package limit

import (
	"context"
	"errors"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/resgen/resgen/resilience/policy"
)

// However calls come and go, there are never more than the bound, none waits while a place is free,
// and at the end all places are.
func TestBulkhead_ManyAtATime(t *testing.T) {
	b := NewBulkhead("", policy.Bulkhead{Max: 3})
	canceled, cancel := context.WithCancel(t.Context())
	cancel()
	var inside, waited atomic.Int64
	var callers sync.WaitGroup
	for i := range 12 {
		callers.Go(func() {
			for n := range 3000 {
				ctx, wait := t.Context(), time.Hour
				switch (i + n) % 7 {
				case 1:
					wait = 0
				case 2:
					ctx = canceled
				case 3:
					b.Update(policy.Bulkhead{Max: 1 + n%3})
				}
				if !b.Try() {
					waited.Add(1)
					if b.Acquire(ctx, wait, Closed{}) != nil {
						continue
					}
				}
				if now := inside.Add(1); now > 3 {
					t.Errorf("%d calls in 3 places", now)
				}
				runtime.Gosched()
				inside.Add(-1)
				b.Release()
			}
		})
	}
	callers.Wait()
	if s := b.Snapshot(); s.InUse != 0 || s.Waiting != 0 || b.state.Load() != 0 {
		t.Errorf("%+v, state %d", s, b.state.Load())
	}
	if waited.Load() == 0 {
		t.Error("no call found the bulkhead full")
	}
}

// A call that asks while others wait does not overtake them, and needs no lock once none waits.
func TestBulkhead_State(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := NewBulkhead("", policy.Bulkhead{Max: 2})
		check := func(step string, inUse, waiting int, busy bool) {
			t.Helper()
			synctest.Wait()
			if s := b.Snapshot(); s.InUse != inUse || s.Waiting != waiting || b.state.Load() >= full != busy {
				t.Errorf("%s: %+v, state %d", step, s, b.state.Load())
			}
		}
		for place := range 3 {
			if got := b.Try(); got != (place < 2) {
				t.Fatalf("place %d: got %v", place, got)
			}
		}
		check("no place left", 2, 0, false)
		wait := func(want error, most time.Duration) {
			go func() {
				if err := b.Acquire(t.Context(), most, Closed{}); !errors.Is(err, want) {
					t.Errorf("got %v, want %v", err, want)
				}
			}()
			synctest.Wait()
		}
		wait(nil, time.Hour)
		wait(ErrBulkheadFull, time.Minute)
		check("two wait", 2, 2, true)
		b.Release()
		check("one gets the place", 2, 1, true)
		if b.Try() {
			t.Error("a call overtakes one that waits")
		}
		time.Sleep(time.Minute)
		check("the other gives up", 2, 0, true)
		b.Release()
		check("a place is free", 1, 0, false)
		if !b.Try() {
			t.Error("the free place is not given")
		}
		wait(nil, time.Hour)
		b.Update(policy.Bulkhead{Max: 3})
		check("a third place", 3, 0, false)
		wait(nil, time.Hour)
		wait(nil, time.Hour)
		b.Update(policy.Bulkhead{Enabled: policy.Off, Max: 1})
		check("no bound", 5, 0, false)
		for range 5 {
			b.Release()
		}
		check("all gone", 0, 0, false)
	})
}

// BenchmarkBulkhead_Parallel takes places and gives them back on 64 goroutines.
func BenchmarkBulkhead_Parallel(b *testing.B) {
	bulkhead := NewBulkhead("a", policy.Default().Bulkhead)
	b.SetParallelism(64 / runtime.GOMAXPROCS(0))
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if !bulkhead.Try() {
				b.Error("it is full")
				return
			}
			bulkhead.Release()
		}
	})
}
