package pause_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/resgen/resgen/clients/internal/pause"
)

func TestFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		if err := pause.For(t.Context(), time.Minute); err != nil || time.Since(start) != time.Minute {
			t.Errorf("%v after %v, want nil after 1m0s", err, time.Since(start))
		}
		if err := pause.For(t.Context(), 0); err != nil {
			t.Errorf("a pause of 0: %v", err)
		}
	})
}

func TestFor_ContextEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cause := errors.New("the reason")
		ctx, cancel := context.WithTimeoutCause(t.Context(), time.Second, cause)
		defer cancel()
		start := time.Now()
		if err := pause.For(ctx, time.Minute); !errors.Is(err, cause) || time.Since(start) != time.Second {
			t.Errorf("%v after %v, want the cause after 1s", err, time.Since(start))
		}
	})
}
