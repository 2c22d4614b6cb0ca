package bound

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

func TestNew(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, b := New(t.Context(), time.Second, false)
		time.Sleep(time.Second)
		synctest.Wait()
		if !errors.Is(ctx.Err(), context.DeadlineExceeded) || b.Late() {
			t.Errorf("an attempt: %v, late %v", ctx.Err(), b.Late())
		}

		ctx, b = New(t.Context(), 0, false)
		time.Sleep(time.Hour)
		synctest.Wait()
		if ctx.Err() != nil {
			t.Error("0 is no limit")
		}
		b.End()
		if ctx.Err() == nil {
			t.Error("End must end the context")
		}
	})
}

func TestNew_Stream(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, b := New(t.Context(), time.Second, true)
		time.Sleep(time.Second)
		synctest.Wait()
		if !errors.Is(context.Cause(ctx), context.DeadlineExceeded) || !b.Late() {
			t.Errorf("headers that are late: %v, late %v", context.Cause(ctx), b.Late())
		}

		ctx, b = New(t.Context(), time.Second, true)
		if b.Kept() {
			t.Error("kept before Keep")
		}
		b.Keep()
		b.End()
		if !b.Kept() {
			t.Error("not kept after Keep")
		}
		time.Sleep(time.Hour)
		synctest.Wait()
		if ctx.Err() != nil || b.Late() {
			t.Errorf("a stream that is read: %v, late %v", ctx.Err(), b.Late())
		}
		b.Cancel()
		if ctx.Err() == nil {
			t.Error("Cancel must end the context")
		}
	})
}
