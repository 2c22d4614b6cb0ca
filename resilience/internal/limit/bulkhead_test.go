package limit

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/resgen/resgen/resilience/policy"
)

func TestBulkhead_Full(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := NewBulkhead("the key", policy.Bulkhead{Max: 2})
		begin := time.Now()
		for range 2 {
			if err := b.Acquire(t.Context(), 0, Closed{}); err != nil {
				t.Error(err)
			}
		}
		for _, wait := range []time.Duration{0, -1} {
			err := b.Acquire(t.Context(), wait, Closed{})
			if !errors.Is(err, ErrBulkheadFull) || time.Since(begin) != 0 {
				t.Errorf("%v after %v", err, time.Since(begin))
			}
		}
		if got := b.Snapshot(); got != (BulkheadSnapshot{Key: "the key", Max: 2, InUse: 2}) {
			t.Errorf("%+v", got)
		}
		b.Release()
		if err := b.Acquire(t.Context(), 0, Closed{}); err != nil {
			t.Error(err)
		}
	})
}

func TestBulkhead_MaxWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := NewBulkhead("", policy.Bulkhead{Max: 1})
		b.Acquire(t.Context(), 0, Closed{})
		begin := time.Now()
		if err := b.Acquire(t.Context(), time.Second, Closed{}); !errors.Is(err, ErrBulkheadFull) ||
			time.Since(begin) != time.Second {
			t.Errorf("%v after %v", err, time.Since(begin))
		}
		if got := b.Snapshot(); got.Waiting != 0 || got.InUse != 1 {
			t.Errorf("%+v", got)
		}
		b.Release()
		if got := b.Snapshot(); got.InUse != 0 {
			t.Errorf("%+v", got)
		}
	})
}

func TestBulkhead_FirstInFirstOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := NewBulkhead("", policy.Bulkhead{Max: 1})
		b.Acquire(t.Context(), 0, Closed{})
		var order []int
		var callers sync.WaitGroup
		for i := range 5 {
			callers.Go(func() {
				if err := b.Acquire(t.Context(), time.Minute, Closed{}); err != nil {
					t.Error(err)
				}
				order = append(order, i) // the place protects order
				time.Sleep(time.Second)
				b.Release()
			})
			synctest.Wait()
		}
		if got := b.Snapshot().Waiting; got != 5 {
			t.Errorf("%d waiting", got)
		}
		begin := time.Now()
		b.Release()
		callers.Wait()
		for i, got := range order {
			if got != i {
				t.Fatalf("order %v", order)
			}
		}
		if time.Since(begin) != 5*time.Second {
			t.Errorf("%v, want one at a time", time.Since(begin))
		}
	})
}

func TestBulkhead_Canceled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := NewBulkhead("", policy.Bulkhead{Max: 1})
		done, cancel := context.WithCancel(t.Context())
		cancel()
		if err := b.Acquire(done, time.Minute, Closed{}); !errors.Is(err, context.Canceled) || b.Snapshot().InUse != 0 {
			t.Errorf("%v %+v", err, b.Snapshot())
		}
		b.Acquire(t.Context(), 0, Closed{})
		short, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := b.Acquire(short, time.Minute, Closed{}); !errors.Is(err, context.DeadlineExceeded) {
			t.Error(err)
		}
		if got := b.Snapshot(); got.Waiting != 0 {
			t.Errorf("%+v", got)
		}
	})
}

// No place is lost if it becomes free at the moment when the context of a waiting call ends.
func TestBulkhead_CancelRacesWithRelease(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := NewBulkhead("", policy.Bulkhead{Max: 1})
		for i := range 500 {
			if err := b.Acquire(t.Context(), 0, Closed{}); err != nil {
				t.Fatalf("round %d: a place is lost", i)
			}
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			time.AfterFunc(time.Second, b.Release)
			maxWait := time.Second
			if i%2 == 0 {
				maxWait = time.Minute
			}
			if b.Acquire(ctx, maxWait, Closed{}) == nil {
				b.Release()
			}
			cancel()
			synctest.Wait()
			if got := b.Snapshot(); got.InUse != 0 || got.Waiting != 0 {
				t.Fatalf("round %d: %+v", i, got)
			}
		}
	})
}

func TestBulkhead_Retune(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := NewBulkhead("", policy.Bulkhead{Max: 1})
		b.Acquire(t.Context(), 0, Closed{})
		var callers sync.WaitGroup
		for range 3 {
			callers.Go(func() { b.Acquire(t.Context(), time.Hour, Closed{}) })
		}
		synctest.Wait()
		b.Update(policy.Bulkhead{Max: 3})
		synctest.Wait()
		if got := b.Snapshot(); got.InUse != 3 || got.Waiting != 1 || got.Max != 3 {
			t.Errorf("%+v, want 3 in use and 1 waiting", got)
		}
		b.Update(policy.Bulkhead{Max: 1})
		b.Release()
		b.Release()
		synctest.Wait()
		if got := b.Snapshot(); got.InUse != 1 || got.Waiting != 1 {
			t.Errorf("%+v, want 1 in use and 1 waiting", got)
		}
		b.Update(policy.Bulkhead{Max: 1, Enabled: policy.Off})
		callers.Wait()
		for range 100 {
			if err := b.Acquire(t.Context(), 0, Closed{}); err != nil {
				t.Fatal(err)
			}
		}
		if got := b.Snapshot(); got.Max != 0 || got.InUse != 102 {
			t.Errorf("%+v", got)
		}
	})
}

func TestBulkhead_Closed(t *testing.T) {
	for place := range 2 {
		synctest.Test(t, func(t *testing.T) {
			b := NewBulkhead("", policy.Bulkhead{Max: 1})
			if err := b.Acquire(t.Context(), 0, Closed{}); err != nil {
				t.Fatal(err)
			}
			gone := make(chan struct{})
			var closed Closed
			closed[place] = gone
			begin := time.Now()
			time.AfterFunc(time.Second, func() { close(gone) })
			if err := b.Acquire(t.Context(), time.Hour, closed); err != ErrClosed || time.Since(begin) != time.Second {
				t.Errorf("%v after %s, want ErrClosed after 1 s", err, time.Since(begin))
			}
			if s := b.Snapshot(); s.Waiting != 0 || s.InUse != 1 {
				t.Errorf("%+v", s)
			}
		})
	}
}
