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

func TestBucket_AdmitsTheBurst(t *testing.T) { overBoth(t, testAdmitsTheBurst) }

func testAdmitsTheBurst(t *testing.T, newBucket maker) {
	for _, c := range []struct{ burst, reserve, want int }{{1, 0, 1}, {2, 0, 2}, {7, 0, 7}, {7, 2, 5}, {0, 0, 1}} {
		b := newBucket("", policy.Rate{PerSecond: 0.001, Burst: c.burst, Reserve: c.reserve})
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
func TestBucket_Cost(t *testing.T) { overBoth(t, testCost) }

func testCost(t *testing.T, newBucket maker) {
	synctest.Test(t, func(t *testing.T) {
		b := newBucket("", exact(1, 4))
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

func TestBucket_Correct(t *testing.T) { overBoth(t, testCorrect) }

func testCorrect(t *testing.T, newBucket maker) {
	synctest.Test(t, func(t *testing.T) {
		b := newBucket("", exact(1, 5))
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

func TestBucket_Check(t *testing.T) { overBoth(t, testCheck) }

func testCheck(t *testing.T, newBucket maker) {
	synctest.Test(t, func(t *testing.T) {
		b := newBucket("", exact(1, 2))
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
func TestBucket_Watch(t *testing.T) { overBoth(t, testWatch) }

func testWatch(t *testing.T, newBucket maker) {
	synctest.Test(t, func(t *testing.T) {
		b := newBucket("", exact(1, 2))
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
func TestBucket_WatchDelaysTheQueue(t *testing.T) { overBoth(t, testWatchDelaysTheQueue) }

func testWatchDelaysTheQueue(t *testing.T, newBucket maker) {
	synctest.Test(t, func(t *testing.T) {
		b := newBucket("", exact(1, 1))
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

func TestBucket_Closed(t *testing.T) { overBoth(t, testClosed) }

func testClosed(t *testing.T, newBucket maker) {
	for place := range 2 {
		synctest.Test(t, func(t *testing.T) {
			b := newBucket("", exact(0.1, 1))
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

// When the head of the queue is rejected, the next call does not wait as long as the head would
// have.
func TestBucket_HeadIsRejected(t *testing.T) { overBoth(t, testHeadIsRejected) }

func testHeadIsRejected(t *testing.T, newBucket maker) {
	for name, take := range map[string]func(t *testing.T, b *Bucket){
		"by a call that is watched": func(t *testing.T, b *Bucket) { b.Watch(t.Context(), Ask{MaxWait: time.Hour}) },
		"by a correction":           func(_ *testing.T, b *Bucket) { b.Correct(1) },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := newBucket("", exact(1, 10))
				b.Take(t.Context(), Ask{Cost: 10})
				begin := time.Now()
				failed, at := make(chan error, 1), make(chan time.Duration, 1)
				go func() {
					_, err := b.Take(t.Context(), Ask{Cost: 5, MaxWait: 5 * time.Second})
					failed <- err
				}()
				synctest.Wait()
				go func() { b.Take(t.Context(), Ask{MaxWait: time.Hour}); at <- time.Since(begin) }()
				synctest.Wait()
				take(t, b)
				if err := <-failed; err == nil || time.Since(begin) != 0 {
					t.Errorf("%v after %s, want a rejection at once", err, time.Since(begin))
				}
				if got := <-at; got != 2*time.Second {
					t.Errorf("a permit after %s, want 2 s", got)
				}
			})
		})
	}
}
