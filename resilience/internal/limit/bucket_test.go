package limit

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/resgen/resgen/resilience/internal/advice"
)

// takeAll starts n callers one after the other, each in a goroutine, and returns when each of them
// got its permit.
func takeAll(t *testing.T, b *Bucket, n int) []time.Duration {
	t.Helper()
	begin := time.Now()
	at := make([]time.Duration, n)
	var callers sync.WaitGroup
	for i := range n {
		callers.Go(func() {
			if _, err := b.Take(t.Context(), Ask{MaxWait: time.Hour}); err != nil {
				t.Error(err)
			}
			at[i] = time.Since(begin)
		})
		synctest.Wait()
	}
	callers.Wait()
	return at
}

func TestBucket_FirstInFirstOut(t *testing.T) { overBoth(t, testFirstInFirstOut) }

func testFirstInFirstOut(t *testing.T, newBucket maker) {
	synctest.Test(t, func(t *testing.T) {
		at := takeAll(t, newBucket("", rated(5, 5)), 12)
		for i, got := range at {
			want := time.Duration(max(0, i-3)) * 200 * time.Millisecond
			if got < want || got > want+time.Microsecond {
				t.Errorf("caller %d got a permit after %v, want %v", i, got, want)
			}
		}
	})
}

func TestBucket_ReportsHowLongItWaited(t *testing.T) { overBoth(t, testReportsHowLongItWaited) }

func testReportsHowLongItWaited(t *testing.T, newBucket maker) {
	synctest.Test(t, func(t *testing.T) {
		b := newBucket("", rated(2, 1))
		for i, want := range []time.Duration{0, 500 * time.Millisecond, 500 * time.Millisecond} {
			if got, err := b.Take(t.Context(), Ask{MaxWait: time.Hour}); got != want || err != nil {
				t.Errorf("%d: %v %v, want %v", i, got, err, want)
			}
		}
	})
}

func TestBucket_FailsAtOnceWhenTheWaitIsTooLong(t *testing.T) {
	overBoth(t, testFailsAtOnceWhenTheWaitIsTooLong)
}

func testFailsAtOnceWhenTheWaitIsTooLong(t *testing.T, newBucket maker) {
	synctest.Test(t, func(t *testing.T) {
		b := newBucket("", rated(1, 1))
		b.Take(t.Context(), Ask{MaxWait: 0})
		begin := time.Now()
		fails := func(ctx context.Context, maxWait time.Duration) {
			t.Helper()
			waited, err := b.Take(ctx, Ask{MaxWait: maxWait})
			var w *WaitError
			if !errors.As(err, &w) || w.Need != time.Second || waited != 0 || time.Since(begin) != 0 {
				t.Errorf("%v after %v, want a wait of 1s reported at once", err, time.Since(begin))
			}
		}
		fails(t.Context(), 0)
		fails(t.Context(), time.Second-1)
		short, cancel := context.WithTimeout(t.Context(), time.Second) // just when the permit would come
		defer cancel()
		fails(short, time.Hour)
		if s := b.Snapshot(); s.Refused != 3 || s.Granted != 1 || s.Waiting != 0 {
			t.Errorf("%+v", s)
		}
		long, cancel := context.WithTimeout(t.Context(), time.Second+2)
		defer cancel()
		if _, err := b.Take(long, Ask{MaxWait: time.Second}); err != nil || time.Since(begin) != time.Second {
			t.Errorf("%v after %v, want a permit after 1s", err, time.Since(begin))
		}
	})
}

func TestBucket_DoneContext(t *testing.T) { overBoth(t, testDoneContext) }

func testDoneContext(t *testing.T, newBucket maker) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	b := newBucket("", rated(1, 2))
	if _, err := b.Take(ctx, Ask{MaxWait: 0}); !errors.Is(err, context.Canceled) || b.Snapshot().Granted != 0 {
		t.Errorf("%v, %+v", err, b.Snapshot())
	}
}

func TestBucket_CancelReturnsPermit(t *testing.T) { overBoth(t, testCancelReturnsPermit) }

func testCancelReturnsPermit(t *testing.T, newBucket maker) {
	synctest.Test(t, func(t *testing.T) {
		b := newBucket("", rated(1, 1))
		b.Take(t.Context(), Ask{MaxWait: 0})
		ctx, cancel := context.WithCancel(t.Context())
		first := make(chan error)
		go func() { _, err := b.Take(ctx, Ask{MaxWait: time.Hour}); first <- err }()
		synctest.Wait()
		begin := time.Now()
		second := make(chan time.Duration)
		go func() { b.Take(t.Context(), Ask{MaxWait: time.Hour}); second <- time.Since(begin) }()
		synctest.Wait()
		if got := b.Snapshot().Waiting; got != 2 {
			t.Errorf("%d waiting, want 2", got)
		}
		time.Sleep(500 * time.Millisecond)
		cancel()
		if err := <-first; !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
		if got := <-second; got != time.Second {
			t.Errorf("the second got its permit after %v, want 1s", got)
		}
		if got := b.Snapshot(); got.Granted != 2 || got.Waiting != 0 {
			t.Errorf("%+v", got)
		}
	})
}

// If the timer fires and the context ends at the same time, no permit is lost and none is granted
// twice.
func TestBucket_CancelRacesWithGrant(t *testing.T) { overBoth(t, testCancelRacesWithGrant) }

func testCancelRacesWithGrant(t *testing.T, newBucket maker) {
	synctest.Test(t, func(t *testing.T) {
		b := newBucket("", rated(10, 1))
		var got, lost int
		begin := time.Now()
		for time.Since(begin) < 100*time.Second {
			ctx, cancel := context.WithCancel(t.Context())
			stop := time.AfterFunc(100*time.Millisecond, cancel)
			if _, err := b.Take(ctx, Ask{MaxWait: time.Hour}); err == nil {
				got++
			} else {
				lost++
			}
			stop.Stop()
			cancel()
		}
		if most := 1001; got > most {
			t.Errorf("%d permits in 100s at 10/s", got)
		}
		if lost == 0 && got < 900 {
			t.Errorf("%d permits and %d cancelled", got, lost)
		}
		if s := b.Snapshot(); s.Granted != uint64(got) {
			t.Errorf("%d granted, %d taken", s.Granted, got)
		}
	})
}

// The context ends just after a permit was granted, or just after the caller was rejected.
func TestBucket_LeavesAfterItWasSettled(t *testing.T) { overBoth(t, testLeavesAfterItWasSettled) }

func testLeavesAfterItWasSettled(t *testing.T, newBucket maker) {
	synctest.Test(t, func(t *testing.T) {
		b := newBucket("", rated(1, 1))
		b.Take(t.Context(), Ask{MaxWait: 0})
		w, _ := b.enter(time.Now(), 1, time.Hour)
		time.Sleep(time.Second)
		synctest.Wait()
		<-w.ready
		b.leave(w)
		if s := b.Snapshot(); s.Granted != 1 || s.Tokens != 1 {
			t.Errorf("%+v, want the permit back", s)
		}
		b.Take(t.Context(), Ask{MaxWait: 0})
		w, _ = b.enter(time.Now(), 1, time.Second)
		b.Throttled(time.Minute)
		<-w.ready
		held := b.Snapshot()
		b.leave(w)
		if s := b.Snapshot(); s != held || w.err == nil {
			t.Errorf("%+v, want %+v: there was no permit to give back", s, held)
		}
	})
}

func TestBucket_RefundServesTheQueue(t *testing.T) { overBoth(t, testRefundServesTheQueue) }

func testRefundServesTheQueue(t *testing.T, newBucket maker) {
	synctest.Test(t, func(t *testing.T) {
		b := newBucket("", rated(0.1, 1))
		b.Take(t.Context(), Ask{MaxWait: 0})
		begin := time.Now()
		done := make(chan time.Duration)
		go func() { b.Take(t.Context(), Ask{MaxWait: time.Hour}); done <- time.Since(begin) }()
		time.Sleep(time.Second)
		b.Refund(0)
		if got := <-done; got != time.Second {
			t.Errorf("%v, want 1s", got)
		}
		if s := b.Snapshot(); s.Granted != 1 {
			t.Errorf("%+v", s)
		}
	})
}

func TestBucket_RetunesTheQueue(t *testing.T) { overBoth(t, testRetunesTheQueue) }

func testRetunesTheQueue(t *testing.T, newBucket maker) {
	synctest.Test(t, func(t *testing.T) {
		b := newBucket("", rated(0.1, 1))
		b.Take(t.Context(), Ask{MaxWait: 0})
		begin := time.Now()
		at := make(chan time.Duration, 2)
		for range 2 {
			go func() { b.Take(t.Context(), Ask{MaxWait: time.Hour}); at <- time.Since(begin) }()
			synctest.Wait()
		}
		time.Sleep(5 * time.Second) // half a token
		b.Update(rated(1, 1))
		for _, want := range []time.Duration{5500 * time.Millisecond, 6500 * time.Millisecond} {
			if got := <-at; got != want {
				t.Errorf("%v, want %v", got, want)
			}
		}
	})
}

func TestBucket_RejectsWaitersThatCannotBeServedInTime(t *testing.T) {
	overBoth(t, testRejectsWaitersThatCannotBeServedInTime)
}

func testRejectsWaitersThatCannotBeServedInTime(t *testing.T, newBucket maker) {
	synctest.Test(t, func(t *testing.T) {
		b := newBucket("", rated(1, 1))
		b.Take(t.Context(), Ask{MaxWait: 0})
		begin := time.Now()
		type end struct {
			err error
			at  time.Duration
		}
		ends := make([]end, 3)
		var callers sync.WaitGroup
		for i, maxWait := range []time.Duration{time.Hour, 5 * time.Second, time.Hour} {
			callers.Go(func() {
				_, err := b.Take(t.Context(), Ask{MaxWait: maxWait})
				ends[i] = end{err, time.Since(begin)}
			})
			synctest.Wait()
		}
		time.Sleep(500 * time.Millisecond)
		b.Throttled(10 * time.Second)
		callers.Wait()
		if ends[0].err != nil || ends[0].at != 10500*time.Millisecond {
			t.Errorf("the first: %+v, want a permit after 10.5s", ends[0])
		}
		var w *WaitError
		if !errors.As(ends[1].err, &w) || ends[1].at != 500*time.Millisecond || w.Need < 10*time.Second ||
			w.Need > 12*time.Second {
			t.Errorf("the second: %+v, want a rejection at once", ends[1])
		}
		if ends[2].err != nil || ends[2].at < 11800*time.Millisecond || ends[2].at > 12*time.Second {
			t.Errorf("the third: %+v, want a permit about 1/0.7 s after the first", ends[2])
		}
		if s := b.Snapshot(); s.Refused != 1 || s.Granted != 3 {
			t.Errorf("%+v", s)
		}
	})
}

func TestBucket_ObserveSlowsTheQueueDown(t *testing.T) { overBoth(t, testObserveSlowsTheQueueDown) }

func testObserveSlowsTheQueueDown(t *testing.T, newBucket maker) {
	synctest.Test(t, func(t *testing.T) {
		b := newBucket("", rated(10, 1))
		b.Take(t.Context(), Ask{MaxWait: 0})
		b.Observe(advice.Quota{PerSecond: 2})
		if got, err := b.Take(t.Context(), Ask{MaxWait: time.Hour}); got != 500*time.Millisecond || err != nil {
			t.Errorf("%v %v, want 500ms", got, err)
		}
		if s := b.Snapshot(); s.PerSecond != 2 || s.Learned != 2 || s.Stated != 10 {
			t.Errorf("%+v", s)
		}
	})
}

func TestBucket_Snapshot(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := NewBucket("the key", rated(5, 5))
		b.Take(t.Context(), Ask{MaxWait: 0})
		if b.timer != nil {
			t.Error("a permit that is there at once needs no timer")
		}
		want := BucketSnapshot{Key: "the key", PerSecond: 5, Stated: 5, Burst: 5, Tokens: 3, Granted: 1}
		if got := b.Snapshot(); got != want {
			t.Errorf("%+v\nwant %+v", got, want)
		}
		b.Throttled(7 * time.Second)
		want.PerSecond, want.Tokens, want.Held = 3.5, 1, 7*time.Second
		if got := b.Snapshot(); got != want {
			t.Errorf("%+v\nwant %+v", got, want)
		}
		free := NewBucket("", rated(0, 0))
		if got := free.Snapshot(); got != (BucketSnapshot{}) {
			t.Errorf("%+v, want nothing", got)
		}
	})
}

// A server-side bucket of the same rate and burst is never overdrawn if transmission takes less
// than 1/rate.
func TestBucket_NeverOverdrawsServer(t *testing.T) { overBoth(t, testNeverOverdrawsServer) }

func testNeverOverdrawsServer(t *testing.T, newBucket maker) {
	for _, tt := range []struct {
		rate  float64
		burst int
	}{{5, 5}, {5, 10}, {2, 2}, {0.5, 30}, {4.9, 20}} {
		synctest.Test(t, func(t *testing.T) {
			b := newBucket("", rated(tt.rate, tt.burst))
			r := rand.New(rand.NewPCG(1, uint64(tt.burst)))
			var mu sync.Mutex
			tokens, last, overdrawn := float64(tt.burst), time.Now(), 0
			var callers sync.WaitGroup
			for i := range 400 {
				if i%100 == 99 {
					// idle, so that the burst refills
					time.Sleep(time.Duration(r.Float64() * float64(time.Minute)))
				}
				if _, err := b.Take(t.Context(), Ask{MaxWait: time.Hour}); err != nil {
					t.Fatal(err)
				}
				way := 10*time.Millisecond + time.Duration(r.Float64()*float64(time.Second)/tt.rate)
				callers.Go(func() {
					time.Sleep(way)
					mu.Lock()
					defer mu.Unlock()
					tokens = min(float64(tt.burst), tokens+tt.rate*time.Since(last).Seconds()) - 1
					last = time.Now()
					if tokens < -1e-6 {
						overdrawn++
					}
				})
			}
			callers.Wait()
			if overdrawn > 0 {
				t.Errorf("%v/s, burst %d: overdrawn %d times", tt.rate, tt.burst, overdrawn)
			}
		})
	}
}

func TestBucket_TenThousandWaiters(t *testing.T) { overBoth(t, testTenThousandWaiters) }

func testTenThousandWaiters(t *testing.T, newBucket maker) {
	synctest.Test(t, func(t *testing.T) {
		b := newBucket("", rated(100, 1))
		begin := time.Now()
		var callers sync.WaitGroup
		for range 10_000 {
			callers.Go(func() {
				if _, err := b.Take(t.Context(), Ask{MaxWait: time.Hour}); err != nil {
					t.Error(err)
				}
			})
		}
		synctest.Wait()
		if got := b.Snapshot().Waiting; got != 9_999 {
			t.Errorf("%d waiting", got)
		}
		callers.Wait()
		if got := time.Since(begin); got < 99990*time.Millisecond || got > 99991*time.Millisecond {
			t.Errorf("all served after %v, want 99.99s", got)
		}
	})
}

// A bubble fails if a goroutine is left over; a leftover timer would let its clock advance.
func TestBucket_NoLeaks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := NewBucket("", rated(0.001, 1))
		b.Take(t.Context(), Ask{MaxWait: 0})
		ctx, cancel := context.WithTimeout(t.Context(), 2000*time.Second)
		defer cancel()
		go func() { time.Sleep(time.Second); cancel() }()
		if _, err := b.Take(ctx, Ask{MaxWait: time.Hour}); !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
		if b.timer.Stop() {
			t.Error("the timer runs although the queue is empty")
		}
	})
}

func TestWaitError_Text(t *testing.T) {
	err := &WaitError{Need: 1500 * time.Millisecond}
	if got, want := err.Error(), "the next permit is 1.5s away; call less often or raise max-wait"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func BenchmarkBucket(b *testing.B) {
	bucket := NewBucket("", rated(1e12, 1_000_000))
	b.ReportAllocs()
	for b.Loop() {
		bucket.Take(b.Context(), Ask{MaxWait: time.Second})
	}
}
