package clienttest_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/resgen/resgen/clients/internal/clienttest"
)

func TestCallers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		failed, done := errors.New("the first error"), make(chan struct{})
		var n atomic.Int32
		wait := clienttest.Callers(t.Context(), 3, clienttest.Every(time.Second), func(context.Context) error {
			if n.Add(1) == 4 {
				return failed
			}
			return nil
		}, done)
		time.AfterFunc(2500*time.Millisecond, func() { close(done) })
		if calls, err := wait(); calls != 9 || !errors.Is(err, failed) {
			t.Errorf("%d calls, %v; want 9 calls and the first error", calls, err)
		}
	})
}
