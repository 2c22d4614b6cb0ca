package bound

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

// start returns a bound that has begun.
func start(ctx context.Context, limit time.Duration, stream bool) *Bound {
	b := new(Bound)
	b.Start(ctx, time.Now(), limit, stream)
	return b
}

func TestBound(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := start(t.Context(), time.Second, false)
		at, ok := b.Deadline()
		if want := time.Now().Add(time.Second); !ok || !at.Equal(want) {
			t.Errorf("deadline %v %v, want %v", at, ok, want)
		}
		time.Sleep(time.Second - 1)
		if err := b.Err(); err != nil {
			t.Errorf("before the deadline: %v", err)
		}
		time.Sleep(time.Nanosecond)
		if !errors.Is(b.Err(), context.DeadlineExceeded) || b.Late() {
			t.Errorf("after the deadline: %v, late %v", b.Err(), b.Late())
		}
		if err := context.Cause(b); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("cause %v after the deadline", err)
		}

		b = start(t.Context(), 0, false)
		time.Sleep(time.Hour)
		if _, ok := b.Deadline(); ok || b.Err() != nil {
			t.Error("0 is no limit")
		}
		b.End()
		if !errors.Is(b.Err(), context.Canceled) {
			t.Errorf("after End: %v", b.Err())
		}
	})
}

// What is waited for ends when the attempt does, whether the wait begins before or after that.
func TestBound_Done(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := start(t.Context(), time.Second, false)
		began := time.Now()
		<-b.Done()
		if took := time.Since(began); took != time.Second || !errors.Is(b.Err(), context.DeadlineExceeded) {
			t.Errorf("ended after %v with %v", took, b.Err())
		}

		for name, limit := range map[string]time.Duration{"limited": time.Hour, "without a limit": 0} {
			b = start(t.Context(), limit, false)
			waiting := b.Done()
			b.End()
			<-waiting
			if !errors.Is(b.Err(), context.Canceled) {
				t.Errorf("%s: %v", name, b.Err())
			}

			b = start(t.Context(), limit, false)
			b.Cancel()
			<-b.Done()
			if !errors.Is(b.Err(), context.Canceled) {
				t.Errorf("%s, canceled before the wait: %v", name, b.Err())
			}
		}
	})
}

func TestBound_Parent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		reason := errors.New("shutting down")
		parent, cancel := context.WithCancelCause(context.WithValue(t.Context(), t, "value"))
		b := start(parent, time.Hour, false)
		if b.Value(t) != "value" {
			t.Error("values of the parent are missing")
		}
		cancel(reason)
		if !errors.Is(b.Err(), context.Canceled) || !errors.Is(context.Cause(b), reason) {
			t.Errorf("the parent has ended: %v, cause %v", b.Err(), context.Cause(b))
		}

		at := time.Now().Add(time.Minute)
		early, stop := context.WithDeadline(t.Context(), at)
		defer stop()
		for _, stream := range []bool{false, true} {
			if got, ok := start(early, time.Hour, stream).Deadline(); !ok || !got.Equal(at) {
				t.Errorf("deadline %v %v, want that of the parent", got, ok)
			}
		}
		b = start(early, time.Hour, false)
		<-b.Done()
		if !time.Now().Equal(at) || !errors.Is(b.Err(), context.DeadlineExceeded) {
			t.Errorf("ended at %v with %v", time.Now(), b.Err())
		}
	})
}

// A context that is derived from an attempt may be asked for values while that ends.
func TestBound_Derived(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := start(t.Context(), time.Hour, false)
		child, cancel := context.WithCancel(b)
		defer cancel()
		context.AfterFunc(b, func() { _ = context.Cause(child) })
		b.Cancel()
		synctest.Wait()
		if !errors.Is(child.Err(), context.Canceled) {
			t.Errorf("derived context: %v", child.Err())
		}
	})
}

func TestBound_Stream(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for name, waits := range map[string]bool{"waited for": true, "not waited for": false} {
			b := start(t.Context(), time.Second, true)
			if waits {
				_ = b.Done()
			}
			time.Sleep(time.Second - 1)
			if b.Late() || b.Err() != nil {
				t.Errorf("%s: late before the limit: %v", name, b.Err())
			}
			time.Sleep(time.Nanosecond)
			synctest.Wait()
			if _, ok := b.Deadline(); ok || !b.Late() || !errors.Is(context.Cause(b), context.DeadlineExceeded) ||
				!errors.Is(b.Err(), context.Canceled) {
				t.Errorf("%s: headers that are late: %v, cause %v, late %v", name, b.Err(), context.Cause(b), b.Late())
			}
		}
	})
}

func TestBound_Keep(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for name, waits := range map[string]bool{"waited for": true, "not waited for": false} {
			b := start(t.Context(), time.Second, true)
			if waits {
				_ = b.Done()
			}
			if b.Kept() {
				t.Errorf("%s: kept before Keep", name)
			}
			b.Keep()
			b.End()
			if !b.Kept() {
				t.Errorf("%s: not kept after Keep", name)
			}
			time.Sleep(time.Hour)
			synctest.Wait()
			if b.Err() != nil || b.Late() {
				t.Errorf("%s: a stream that is read: %v, late %v", name, b.Err(), b.Late())
			}
			b.Cancel()
			if b.Err() == nil {
				t.Errorf("%s: Cancel must end the context", name)
			}

			b = start(t.Context(), time.Second, true)
			b.End()
			time.Sleep(time.Second)
			if b.Late() {
				t.Errorf("%s: late after End", name)
			}
		}

		b := start(t.Context(), time.Second, true)
		time.Sleep(time.Second)
		b.Keep()
		if !b.Late() || b.Err() == nil {
			t.Errorf("kept after the limit: %v, late %v", b.Err(), b.Late())
		}
	})
}
