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
