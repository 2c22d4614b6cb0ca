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
	"github.com/resgen/resgen/resilience/policy"
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

func TestBucket_FirstInFirstOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		at := takeAll(t, NewBucket("", rated(5, 5)), 12)
		for i, got := range at {
			want := time.Duration(max(0, i-3)) * 200 * time.Millisecond
			if got < want || got > want+time.Microsecond {
				t.Errorf("caller %d got a permit after %v, want %v", i, got, want)
			}
		}
	})
}

func TestBucket_AdmitsTheBurst(t *testing.T) {
	for _, c := range []struct{ burst, reserve, want int }{{1, 0, 1}, {2, 0, 2}, {7, 0, 7}, {7, 2, 5}, {0, 0, 1}} {
		b := NewBucket("", policy.Rate{PerSecond: 0.001, Burst: c.burst, Reserve: c.reserve})
		got := 0
		for ; got < 10; got++ {
			if _, err := b.Take(t.Context(), Ask{}); err != nil {
				break
			}
		}
		if s := b.Snapshot(); got != c.want || s.Burst != max(c.burst, 1) {
			t.Errorf("burst %d, reserve %d: %d at once, want %d; %+v", c.burst, c.reserve, got, c.want, s)
		}
	}
}

// Calls that cost several permits are served in order of arrival.
func TestBucket_Cost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := NewBucket("", exact(1, 4))
		begin := time.Now()
		at := make([]time.Duration, 5)
		var callers sync.WaitGroup
		for i, cost := range []float64{3, 2, 1, 6, 0} {
			callers.Go(func() {
				if _, err := b.Take(t.Context(), Ask{Cost: cost, MaxWait: time.Hour}); err != nil {
					t.Error(err)
				}
				at[i] = time.Since(begin)
			})
			synctest.Wait()
		}
		_, err := b.Take(t.Context(), Ask{Cost: 2})
		var w *WaitError
		if !errors.As(err, &w) || w.Need != 11*time.Second {
			t.Errorf("got %v, want a wait of 11 s: 13 permits are needed, and one is there and 2 more", err)
		}
		callers.Wait()
		for i, want := range []time.Duration{0, 1, 2, 6, 9} {
			if at[i] != want*time.Second {
				t.Errorf("call %d was served after %s, want %s", i, at[i], want*time.Second)
			}
		}
		if s := b.Snapshot(); s.Granted != 5 || s.Tokens != 0 {
			t.Errorf("%+v", s)
		}
		b.Refund(3)
		if s := b.Snapshot(); s.Granted != 4 || s.Tokens != 3 {
			t.Errorf("%+v, want three permits back", s)
		}
	})
}

func TestBucket_Correct(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := NewBucket("", exact(1, 5))
		begin := time.Now()
		b.Take(t.Context(), Ask{Cost: 5})
		at, failed := make(chan time.Duration), make(chan error)
		go func() { b.Take(t.Context(), Ask{MaxWait: time.Hour}); at <- time.Since(begin) }()
		synctest.Wait()
		go func() { _, err := b.Take(t.Context(), Ask{MaxWait: 3 * time.Second}); failed <- err }()
		synctest.Wait()
		b.Correct(2)
		if err := <-failed; time.Since(begin) != 0 || err == nil {
			t.Errorf("%v after %s, want a rejection at once", err, time.Since(begin))
		}
		if got := <-at; got != 3*time.Second {
			t.Errorf("a permit after %s, want 3 s", got)
		}
		go func() { b.Take(t.Context(), Ask{MaxWait: time.Hour}); at <- time.Since(begin) }()
		synctest.Wait()
		b.Correct(-2)
		if got := <-at; got != 3*time.Second {
			t.Errorf("a permit after %s, want it at once", got)
		}
		if s := b.Snapshot(); s.Tokens != 1 || s.Granted != 3 || s.Refused != 1 {
			t.Errorf("%+v", s)
		}
	})
}

func TestBucket_Check(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := NewBucket("", exact(1, 2))
		for i, c := range []struct {
			ask  Ask
			need time.Duration // 0: none
		}{
			{Ask{}, 0}, {Ask{Cost: 2}, 0}, {Ask{Cost: 3}, 0}, {Ask{Cost: 3, MaxWait: -1}, 0},
		} {
			if err := b.Check(t.Context(), c.ask); err != nil {
				t.Errorf("%d: %v", i, err)
			}
		}
		b.Take(t.Context(), Ask{Cost: 2})
		if err := b.Check(t.Context(), Ask{MaxWait: time.Second}); err != nil {
			t.Error(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		var w *WaitError
		for _, err := range []error{
			b.Check(t.Context(), Ask{MaxWait: time.Second - 1}), b.Check(ctx, Ask{MaxWait: time.Hour}),
		} {
			if !errors.As(err, &w) || w.Need != time.Second {
				t.Errorf("got %v, want a wait of 1 s", err)
			}
		}
		if s := b.Snapshot(); s.Refused != 2 || s.Granted != 1 {
			t.Errorf("%+v", s)
		}
	})
}

// Watching a bucket counts what Take would have rejected, and takes what it would have given.
func TestBucket_Watch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := NewBucket("", exact(1, 2))
		watch := func(a Ask, need time.Duration) {
			t.Helper()
			err := b.Watch(t.Context(), a)
			var w *WaitError
			if errors.As(err, &w) != (need > 0) || need > 0 && w.Need != need {
				t.Errorf("got %v, want a wait of %s", err, need)
			}
		}
		watch(Ask{Cost: 2}, 0)
		watch(Ask{MaxWait: time.Second}, 0) // it would have waited
		watch(Ask{MaxWait: time.Second}, 2*time.Second)
		watch(Ask{MaxWait: 2 * time.Second}, 0)
		watch(Ask{}, 3*time.Second)
		if s := b.Snapshot(); s.Observed != 2 || s.Granted != 3 || s.Refused != 0 || s.Tokens != 0 {
			t.Errorf("%+v", s)
		}
		time.Sleep(3 * time.Second)
		watch(Ask{}, 0)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if b.Watch(ctx, Ask{MaxWait: time.Hour}) == nil || b.Snapshot().Observed != 3 {
			t.Errorf("a permit after the deadline: %+v", b.Snapshot())
		}
	})
}

// A call that is only watched is put before those that wait.
func TestBucket_WatchDelaysTheQueue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := NewBucket("", exact(1, 1))
		b.Take(t.Context(), Ask{})
		begin := time.Now()
		at, failed := make(chan time.Duration), make(chan error)
		go func() { b.Take(t.Context(), Ask{MaxWait: time.Hour}); at <- time.Since(begin) }()
		synctest.Wait()
		go func() { _, err := b.Take(t.Context(), Ask{MaxWait: 2 * time.Second}); failed <- err }()
		synctest.Wait()
		if err := b.Watch(t.Context(), Ask{MaxWait: time.Minute}); err != nil {
			t.Error(err)
		}
		if err := <-failed; err == nil || time.Since(begin) != 0 {
			t.Errorf("%v after %s, want a rejection at once", err, time.Since(begin))
		}
		if got := <-at; got != 2*time.Second {
			t.Errorf("a permit after %s, want 2 s", got)
		}
	})
}

// After a hold the calls that wait leave over a tenth of it, and never faster than the rate.
func TestBucket_SpreadsAfterAHold(t *testing.T) {
	for _, c := range []struct {
		rate float64
		want time.Duration // between two calls
	}{{0, 50 * time.Millisecond}, {1e6, 50 * time.Millisecond}, {10, 100 * time.Millisecond}} {
		synctest.Test(t, func(t *testing.T) {
			b := NewBucket("", exact(c.rate, 100))
			b.Observe(advice.Quota{Counted: true, Reset: 20 * time.Second})
			if c.rate == 0 {
				b.Throttled(20 * time.Second)
			}
			for i, got := range takeAll(t, b, 40) {
				if want := 20*time.Second + time.Duration(i)*c.want; (got - want).Abs() > time.Microsecond {
					t.Errorf("%v/s: call %d left after %s, want %s", c.rate, i, got, want)
				}
			}
		})
	}
}

// A call that could not leave in time because of the spread is rejected at once.
func TestBucket_SpreadBeyondMaxWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := NewBucket("", policy.Rate{})
		b.Throttled(30 * time.Second)
		failures := make([]error, 4)
		var callers sync.WaitGroup
		for i := range failures {
			callers.Go(func() { _, failures[i] = b.Take(t.Context(), Ask{MaxWait: 32 * time.Second}) })
			synctest.Wait()
		}
		callers.Wait()
		for i, err := range failures {
			if (err == nil) != (i < 3) {
				t.Errorf("call %d: %v, want an error for the last of four", i, err)
			}
		}
	})
}

func TestBucket_Closed(t *testing.T) {
	for place := range 2 {
		synctest.Test(t, func(t *testing.T) {
			b := NewBucket("", exact(0.1, 1))
			b.Take(t.Context(), Ask{})
			closed := make(chan struct{})
			ask := Ask{MaxWait: time.Hour}
			ask.Closed[place] = closed
			time.AfterFunc(time.Second, func() { close(closed) })
			if waited, err := b.Take(t.Context(), ask); err != ErrClosed || waited != time.Second {
				t.Errorf("%v after %s, want ErrClosed after 1 s", err, waited)
			}
			if s := b.Snapshot(); s.Waiting != 0 || s.Granted != 1 {
				t.Errorf("%+v", s)
			}
		})
	}
}

func TestBucket_ReportsHowLongItWaited(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := NewBucket("", rated(2, 1))
		for i, want := range []time.Duration{0, 500 * time.Millisecond, 500 * time.Millisecond} {
			if got, err := b.Take(t.Context(), Ask{MaxWait: time.Hour}); got != want || err != nil {
				t.Errorf("%d: %v %v, want %v", i, got, err, want)
			}
		}
	})
}

func TestBucket_FailsAtOnceWhenTheWaitIsTooLong(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := NewBucket("", rated(1, 1))
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

func TestBucket_DoneContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	b := NewBucket("", rated(1, 2))
	if _, err := b.Take(ctx, Ask{MaxWait: 0}); !errors.Is(err, context.Canceled) || b.Snapshot().Granted != 0 {
		t.Errorf("%v, %+v", err, b.Snapshot())
	}
}

func TestBucket_CancelReturnsPermit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := NewBucket("", rated(1, 1))
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
func TestBucket_CancelRacesWithGrant(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := NewBucket("", rated(10, 1))
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
func TestBucket_LeavesAfterItWasSettled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := NewBucket("", rated(1, 1))
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

func TestBucket_RefundServesTheQueue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := NewBucket("", rated(0.1, 1))
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

func TestBucket_RetunesTheQueue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := NewBucket("", rated(0.1, 1))
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
	synctest.Test(t, func(t *testing.T) {
		b := NewBucket("", rated(1, 1))
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

func TestBucket_ObserveSlowsTheQueueDown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := NewBucket("", rated(10, 1))
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
func TestBucket_NeverOverdrawsServer(t *testing.T) {
	for _, tt := range []struct {
		rate  float64
		burst int
	}{{5, 5}, {5, 10}, {2, 2}, {0.5, 30}, {4.9, 20}} {
		synctest.Test(t, func(t *testing.T) {
			b := NewBucket("", rated(tt.rate, tt.burst))
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

func TestBucket_TenThousandWaiters(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := NewBucket("", rated(100, 1))
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
