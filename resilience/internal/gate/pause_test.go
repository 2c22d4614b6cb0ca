package gate

import (
	"context"
	"errors"
	"math"
	"testing"
	"testing/synctest"
	"time"

	"github.com/resgen/resgen/resilience/internal/breaker"
	"github.com/resgen/resgen/resilience/internal/fault"
	"github.com/resgen/resgen/resilience/internal/limit"
)

func TestGuards_Pause(t *testing.T) {
	s := NewStore(func(breaker.Transition) {})
	host, account := s.Get(Key{API: "a", Host: "h"}), s.Get(Key{API: "a", Host: "h", Account: "x"})
	one, two := Guards{Gates: []*Gate{host, account}}, Guards{Gates: []*Gate{host}}
	now := time.Unix(1e9, 0)
	at := func(d time.Duration) time.Time { return now.Add(d) }
	if got := one.Paused("op", now); got != 0 {
		t.Errorf("paused for %s before any pause", got)
	}
	one.Pause("op", now, 10*time.Second)
	two.Pause("op", at(time.Second), 5*time.Second) // shorter
	one.Pause("long", now, math.MaxInt64)
	for _, c := range []struct {
		operation string
		after     time.Duration
		want      time.Duration
	}{
		{"op", 0, 10 * time.Second}, {"op", 4 * time.Second, 6 * time.Second}, {"op", 10 * time.Second, 0},
		{"op", 11 * time.Second, 0}, {"other", 0, 0}, {"long", 0, 15 * time.Minute},
	} {
		if got := two.Paused(c.operation, at(c.after)); got != c.want {
			t.Errorf("%s after %s: paused for %s, want %s", c.operation, c.after, got, c.want)
		}
	}
	two.Pause("op", at(time.Second), 10*time.Second)
	if got := one.Paused("op", at(time.Second)); got != 10*time.Second {
		t.Errorf("after a longer pause: %s, want 10 s", got)
	}
	if host.empty(at(15*time.Minute-1)) || !host.empty(at(15*time.Minute)) || !account.empty(now) {
		t.Error("a gate holds something exactly while an operation is paused")
	}
	one.Pause("last", at(15*time.Minute), time.Second)
	if len(host.pauses) != 1 {
		t.Errorf("%d pauses are kept, want those that are not over", len(host.pauses))
	}
}

func TestRest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		gone := make(chan struct{})
		time.AfterFunc(30*time.Second, func() { close(gone) })
		begin := time.Now()
		if d := Rest(ctx, time.Second, limit.Closed{}); d != nil || time.Since(begin) != time.Second {
			t.Errorf("%+v after %s, want nothing after 1 s", d, time.Since(begin))
		}
		for _, closed := range []limit.Closed{{gone}, {nil, gone}} {
			if d := Rest(ctx, time.Hour, closed); d == nil || d.Fault != fault.Closed ||
				time.Since(begin) != 30*time.Second {
				t.Errorf("%+v after %s, want closed after 30 s", d, time.Since(begin))
			}
		}
		if d := Rest(ctx, time.Hour, limit.Closed{}); d == nil || d.Fault != fault.Canceled ||
			!errors.Is(d.Err, context.DeadlineExceeded) || time.Since(begin) != time.Minute {
			t.Errorf("%+v after %s, want canceled after 1 min", d, time.Since(begin))
		}
	})
}
