package limit

import (
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/resgen/resgen/resilience/internal/advice"
	"github.com/resgen/resgen/resilience/policy"
)

// After a hold the calls that wait leave over a tenth of it, and never faster than the rate.
func TestBucket_SpreadsAfterAHold(t *testing.T) { overBoth(t, testSpreadsAfterAHold) }

func testSpreadsAfterAHold(t *testing.T, newBucket maker) {
	for _, c := range []struct {
		rate float64
		want time.Duration // between two calls
	}{{0, 50 * time.Millisecond}, {1e6, 50 * time.Millisecond}, {10, 100 * time.Millisecond}} {
		synctest.Test(t, func(t *testing.T) {
			b := newBucket("", exact(c.rate, 100))
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
func TestBucket_SpreadBeyondMaxWait(t *testing.T) { overBoth(t, testSpreadBeyondMaxWait) }

func testSpreadBeyondMaxWait(t *testing.T, newBucket maker) {
	synctest.Test(t, func(t *testing.T) {
		b := newBucket("", policy.Rate{})
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

// A refusal of one account says nothing about a bucket that several share. One of another account
// within a second does.
func TestBucket_ThrottledFor(t *testing.T) { overBoth(t, testThrottledFor) }

func testThrottledFor(t *testing.T, newBucket maker) {
	type refusal struct {
		account string
		pause   time.Duration // before
	}
	for name, c := range map[string]struct {
		refusals []refusal
		want     float64
		held     time.Duration
	}{
		"one":                       {[]refusal{{"a", 0}}, 10, 0},
		"two of one account":        {[]refusal{{"a", 0}, {"a", 0}}, 10, 0},
		"two accounts":              {[]refusal{{"a", 0}, {"b", time.Second - 1}}, 7, 30 * time.Second},
		"two accounts, later":       {[]refusal{{"a", 0}, {"b", time.Second}}, 10, 0},
		"two accounts, in the end":  {[]refusal{{"a", 0}, {"a", 2 * time.Second}, {"b", 0}}, 7, 30 * time.Second},
		"an account without a name": {[]refusal{{"", 0}}, 10, 0},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := newBucket("", exact(10, 10))
				for _, r := range c.refusals {
					time.Sleep(r.pause)
					b.ThrottledFor(r.account, 30*time.Second)
				}
				if s := b.Snapshot(); s.PerSecond != c.want || s.Held != c.held {
					t.Errorf("%v/s, held for %s, want %v/s and %s", s.PerSecond, s.Held, c.want, c.held)
				}
			})
		})
	}
}

// A full bucket is like a new one.
func TestBucket_Full(t *testing.T) { overBoth(t, testFull) }

func testFull(t *testing.T, newBucket maker) {
	const s = time.Second
	for name, c := range map[string]struct {
		change func(t *testing.T, b *Bucket)
		after  time.Duration // when the bucket is full again
	}{
		"new":     {func(*testing.T, *Bucket) {}, 0},
		"permits": {func(t *testing.T, b *Bucket) { b.Take(t.Context(), Ask{Cost: 2}) }, 2 * s},
		"a hold": {
			func(_ *testing.T, b *Bucket) { b.Observe(advice.Quota{Counted: true, Reset: 20 * s}) }, 24 * s,
		},
		"a refusal":                         {func(_ *testing.T, b *Bucket) { b.Throttled(0) }, 30 * s},
		"a refusal that may concern others": {func(_ *testing.T, b *Bucket) { b.ThrottledFor("a", 0) }, s},
		"a waiting call": {func(t *testing.T, b *Bucket) {
			b.Throttled(60 * s)
			go b.Take(t.Context(), Ask{MaxWait: time.Hour})
		}, 60*s + 30*s},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := newBucket("", exact(1, 5))
				c.change(t, b)
				synctest.Wait()
				if c.after > 0 {
					time.Sleep(c.after - 1)
					if b.Full() {
						t.Errorf("full before %s", c.after)
					}
					time.Sleep(time.Nanosecond)
				}
				synctest.Wait()
				if !b.Full() {
					t.Errorf("not full after %s: %+v", c.after, b.Snapshot())
				}
			})
		})
	}
	synctest.Test(t, func(t *testing.T) {
		b := newBucket("", exact(1, 5))
		b.Observe(advice.Quota{PerSecond: 0.5})
		time.Sleep(returnAfter + 1)
		if b.Full() {
			t.Error("full although it learned another rate")
		}
		b.Observe(advice.Quota{PerSecond: 1})
		time.Sleep(returnAfter + 1)
		if !b.Full() {
			t.Error("not full although it learned the same rate")
		}
	})
}

// With a burst of one and a reserve a response delays the calls that wait, or ends their wait.
func TestBucket_Answered(t *testing.T) { overBoth(t, testAnswered) }

func testAnswered(t *testing.T, newBucket maker) {
	synctest.Test(t, func(t *testing.T) {
		b := newBucket("", rated(1, 1))
		begin := time.Now()
		b.Take(t.Context(), Ask{})
		at, failed := make(chan time.Duration, 1), make(chan error, 1)
		go func() { b.Take(t.Context(), Ask{MaxWait: time.Hour}); at <- time.Since(begin) }()
		synctest.Wait()
		go func() { _, err := b.Take(t.Context(), Ask{MaxWait: 2 * time.Second}); failed <- err }()
		synctest.Wait()
		time.Sleep(150 * time.Millisecond)
		b.Answered(begin)
		if err := <-failed; err == nil || time.Since(begin) != 150*time.Millisecond {
			t.Errorf("%v after %s, want a rejection at once", err, time.Since(begin))
		}
		if got := <-at; got != 1150*time.Millisecond {
			t.Errorf("a permit after %s, want 1.15 s", got)
		}
		free := newBucket("", exact(1, 1))
		free.Take(t.Context(), Ask{})
		time.Sleep(150 * time.Millisecond)
		free.Answered(time.Now().Add(-150 * time.Millisecond))
		synctest.Wait()
		if free.meter.need(free.now(), 1) != 850*time.Millisecond {
			t.Error("without a reserve a response delays the next permit")
		}
	})
}

// Each of these makes the calls wait longer, and those that cannot are rejected at once.
func TestBucket_SlowerInEachWay(t *testing.T) { overBoth(t, testSlowerInEachWay) }

func testSlowerInEachWay(t *testing.T, newBucket maker) {
	for name, c := range map[string]struct {
		slow func(b *Bucket)
		most time.Duration // the longest wait with which the second call is not rejected
	}{
		"a hold": {
			func(b *Bucket) { b.Observe(advice.Quota{Counted: true, Reset: 20 * time.Second}) }, 21 * time.Second,
		},
		"a lower rate":     {func(b *Bucket) { b.Observe(advice.Quota{PerSecond: 0.5}) }, 4 * time.Second},
		"another policy":   {func(b *Bucket) { b.Update(exact(0.25, 1)) }, 8 * time.Second},
		"a refusal":        {func(b *Bucket) { b.Throttled(0) }, 2801098894},
		"nothing but time": {func(*Bucket) {}, 2 * time.Second},
	} {
		for _, more := range []time.Duration{0, -2} { // nanoseconds; times are rounded up to one
			t.Run(name, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					b := newBucket("", exact(1, 1))
					b.Take(t.Context(), Ask{})
					first, second := make(chan error, 1), make(chan error, 1)
					go func() { _, err := b.Take(t.Context(), Ask{MaxWait: time.Hour}); first <- err }()
					synctest.Wait()
					begin := time.Now()
					go func() { _, err := b.Take(t.Context(), Ask{MaxWait: c.most + more}); second <- err }()
					synctest.Wait()
					c.slow(b)
					err := <-second
					if (err == nil) != (more == 0) || err != nil && time.Since(begin) != 0 {
						t.Errorf("%s at most: %v after %s", c.most+more, err, time.Since(begin))
					}
					<-first
				})
			})
		}
	}
}

func TestBucket_UpdateShowsTheBurst(t *testing.T) {
	b := NewBucket("", exact(1, 5))
	b.Update(exact(1, 7))
	if s := b.Snapshot(); s.Burst != 7 {
		t.Errorf("%+v, want a burst of 7", s)
	}
}
