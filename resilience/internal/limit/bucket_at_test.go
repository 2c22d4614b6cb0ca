package limit

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/resgen/resgen/resilience/policy"
)

// A call gets what was there at the time at which it asks. If that is not enough, the present time
// counts, so that a call that asked a while ago waits no longer than others.
func TestBucket_At(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := NewBucket("", exact(1, 1))
		before := time.Now()
		take := func(step string, at time.Time, maxWait, want time.Duration) {
			t.Helper()
			if got, err := b.Take(t.Context(), Ask{At: at, MaxWait: maxWait}); got != want || err != nil {
				t.Errorf("%s: waited %v, %v, want %v", step, got, err, want)
			}
		}
		take("the first", before, 0, 0)
		time.Sleep(time.Second)
		take("a call that asked before the permit came", before, 0, 0)
		take("the next", time.Now(), time.Minute, time.Second)
		take("a call of the next second", time.Now().Add(time.Second), 0, 0)
		var denied *WaitError
		_, err := b.Take(t.Context(), Ask{At: time.Now(), MaxWait: time.Second})
		if !errors.As(err, &denied) || denied.Need != 2*time.Second {
			t.Errorf("one too many: %v, want a wait of 2s", err)
		}
		if s := b.Snapshot(); s.Granted != 4 || s.Refused != 1 {
			t.Errorf("%+v", s)
		}
	})
}

// Whether a call would wait is judged in the same way.
func TestBucket_CheckAt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := NewBucket("", exact(1, 1))
		before := time.Now()
		check := func(step string, a Ask, ok bool) {
			t.Helper()
			if err := b.Check(t.Context(), a); (err == nil) != ok {
				t.Errorf("%s: %v", step, err)
			}
		}
		check("a full bucket", Ask{At: before}, true)
		if _, err := b.Take(t.Context(), Ask{At: before}); err != nil {
			t.Fatal(err)
		}
		check("an empty one", Ask{At: before}, false)
		check("in a second", Ask{At: before.Add(time.Second)}, true)
		check("with time", Ask{At: before, MaxWait: time.Second}, true)
		check("with less", Ask{At: before, MaxWait: time.Second - 1}, false)
		time.Sleep(time.Second)
		check("a second later", Ask{At: before}, true)
		check("two permits", Ask{At: time.Now(), Cost: 2}, true) // as many as it can hold
		if s := b.Snapshot(); s.Refused != 2 || s.Granted != 1 {
			t.Errorf("%+v", s)
		}
	})
}

// A call that need not wait by itself does not overtake one that waits for several permits.
func TestBucket_AtBehindOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := NewBucket("", exact(1, 4))
		if _, err := b.Take(t.Context(), Ask{Cost: 2}); err != nil {
			t.Fatal(err)
		}
		first := make(chan time.Duration, 1)
		go func() {
			waited, _ := b.Take(t.Context(), Ask{At: time.Now(), Cost: 4, MaxWait: time.Minute})
			first <- waited
		}()
		synctest.Wait()
		second, err := b.Take(t.Context(), Ask{At: time.Now(), MaxWait: time.Minute})
		if got := <-first; got != 2*time.Second || second != 3*time.Second || err != nil {
			t.Errorf("waited %v and %v (%v), want 2s and 3s", got, second, err)
		}
	})
}

// The permits of a shared bucket come from the store, also for calls that say when they ask.
func TestShare_At(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMemory()
		buckets := []*Bucket{NewSharedBucket(linkTo(m, "a"), "key", exact(1, 5)),
			NewSharedBucket(linkTo(m, "b"), "key", exact(1, 5))}
		granted := 0
		for range 5 {
			for _, b := range buckets {
				if _, err := b.Take(t.Context(), Ask{At: time.Now()}); err == nil {
					granted++
				}
				synctest.Wait()
			}
		}
		if granted > 5 {
			t.Errorf("%d permits of a burst of 5", granted)
		}
	})
}

// A bucket begins and ends to react to responses with its policy.
func TestBucket_AnsweredAfterAnUpdate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		with := rated(1, 1)
		b := NewBucket("", exact(1, 1))
		delayed := func(p policy.Rate) bool {
			b.Update(p)
			time.Sleep(time.Minute)
			if _, err := b.Take(t.Context(), Ask{}); err != nil {
				t.Fatal(err)
			}
			b.Answered(time.Now().Add(-100 * time.Millisecond))
			wait, err := b.Take(t.Context(), Ask{MaxWait: time.Minute})
			if err != nil {
				t.Fatal(err)
			}
			return wait > time.Second
		}
		for i, p := range []policy.Rate{exact(1, 1), with, exact(1, 1), with} {
			if got, want := delayed(p), i%2 == 1; got != want {
				t.Errorf("%d: the response delays the next permit: %v, want %v", i, got, want)
			}
		}
	})
}

// Permits are taken at once only if they are there and no call waits, even one that could go.
func TestBucket_TakeAt(t *testing.T) {
	b := NewBucket("", exact(0, 0)) // no limit
	if !b.takeAt(time.Now(), 1) || b.Snapshot().Granted != 1 {
		t.Error("a call waits without a limit")
	}
	b.queue.push(0, 1)
	if b.takeAt(time.Now(), 1) {
		t.Error("a call overtakes one that waits")
	}
	b = NewBucket("", exact(1, 1))
	at := time.Now()
	if !b.takeAt(at, 1) || b.takeAt(at, 1) || b.Snapshot().Granted != 1 {
		t.Errorf("%d permits of one", b.Snapshot().Granted)
	}
	if !b.takeAt(at.Add(time.Second), 1) {
		t.Error("no permit a second later")
	}
}
