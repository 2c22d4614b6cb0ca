package clienttest_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/resgen/resgen/clients/internal/clienttest"
	"github.com/resgen/resgen/resilience"
)

func TestEndure(t *testing.T) {
	right := &resilience.Error{Kind: resilience.KindCircuitOpen, RetryAfter: time.Second}
	for _, c := range []struct {
		name   string
		err    error
		failed int
		wrong  bool
	}{
		{"success", nil, 0, false}, {"503 with a wait", right, 20, false},
		{"503 without a wait", &resilience.Error{Kind: resilience.KindCircuitOpen}, 20, true},
		{"502 with a wait", &resilience.Error{Kind: resilience.KindAPI, RetryAfter: time.Second}, 20, true},
		{"another error", errors.New("odd"), 20, true},
	} {
		synctest.Test(t, func(t *testing.T) {
			done := make(chan struct{})
			var calls atomic.Int32
			wait := clienttest.Endure(4, func(ctx context.Context) error {
				calls.Add(1)
				if end, ok := ctx.Deadline(); !ok || time.Until(end) != 10*time.Second {
					t.Errorf("the deadline is %s", end)
				}
				time.Sleep(time.Second)
				return c.err
			}, done)
			time.Sleep(9900 * time.Millisecond)
			close(done)
			got := wait()
			if got.Calls != 20 || calls.Load() != 20 || got.Failed != c.failed || got.Slowest != time.Second ||
				(got.Wrong != nil) != c.wrong || c.wrong && !errors.Is(got.Wrong, c.err) {
				t.Errorf("%s: got %+v after %d calls", c.name, got, calls.Load())
			}
		})
	}
}

func TestRecover(t *testing.T) {
	down := errors.New("down")
	for _, c := range []struct {
		name  string
		fail  map[int]bool // calls that fail, counted from 1
		most  time.Duration
		want  error
		calls int
		took  time.Duration
	}{
		{"at once", nil, time.Minute, nil, 3, 15 * time.Second},
		{"after a while", map[int]bool{1: true, 2: true}, time.Minute, nil, 5, 25 * time.Second},
		{"in a row", map[int]bool{3: true}, time.Minute, nil, 6, 30 * time.Second},
		{"never", map[int]bool{1: true, 2: true, 3: true}, 15 * time.Second, down, 3, 15 * time.Second},
		{"too late", map[int]bool{1: true}, 15 * time.Second, nil, 3, 15 * time.Second},
	} {
		synctest.Test(t, func(t *testing.T) {
			begun, calls := time.Now(), 0
			err := clienttest.Recover(t.Context(), func(context.Context) error {
				if calls++; c.fail[calls] {
					return down
				}
				return nil
			}, c.most)
			if err != c.want || calls != c.calls || time.Since(begun) != c.took {
				t.Errorf("%s: %v after %d calls and %v", c.name, err, calls, time.Since(begun))
			}
		})
	}
}
