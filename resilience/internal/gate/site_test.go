package gate

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/resgen/resgen/resilience/internal/breaker"
	"github.com/resgen/resgen/resilience/internal/fault"
)

// Attempts wait for the end of a pause whether or not they have a rate limit.
func TestSite_Pause(t *testing.T) {
	for _, limited := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			s := NewStore(func(breaker.Transition) {})
			p := full()
			g := tested(s, p)
			g.MaxWait, g.Site = time.Minute, s.Site("a")
			if !limited {
				g.Limits = nil
			}
			enter := func(w WaitLimit) (waited time.Duration, d *Denial) {
				var a Admission
				if d = a.Enter(t.Context(), g, p, w, time.Now()); d == nil {
					a.Leave(outcome(breaker.Success), true)
				}
				return a.Waited(), d
			}
			if waited, d := enter(WaitLimit{}); d != nil || waited != 0 {
				t.Errorf("before: %+v after %v", d, waited)
			}
			g.Site.Pause(time.Now(), 10*time.Second)
			_, d := enter(WaitLimit{Deadline: time.Now().Add(time.Second)})
			if d == nil || d.Fault != fault.RateLimited || d.Wait != 10*time.Second {
				t.Errorf("with little time: %+v", d)
			}
			if waited, d := enter(WaitLimit{}); d != nil || waited != 10*time.Second {
				t.Errorf("during the pause: %+v after %v", d, waited)
			}
			time.Sleep(time.Minute)
			if waited, d := enter(WaitLimit{}); d != nil || waited != 0 {
				t.Errorf("after it: %+v after %v", d, waited)
			}
		})
	}
}

func TestSite_Pausing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var none *Site
		now := time.Now()
		s := newSite("a")
		if none.pausing(now) || s.pausing(now) {
			t.Error("paused before a pause")
		}
		s.Pause(now, 20*time.Second)
		for after, want := range map[time.Duration]bool{
			0: true, 20 * time.Second: true, 25*time.Second - 1: true, 25 * time.Second: false,
		} {
			if got := s.pausing(now.Add(after)); got != want {
				t.Errorf("calls ask the queue %v after the pause began: %v, want %v", after, got, want)
			}
		}
	})
}

// The gates of a call note when it began.
func TestGuards_RetainNotesTheTime(t *testing.T) {
	s := NewStore(func(breaker.Transition) {})
	g := &Guards{Gates: []*Gate{s.Get(Key{API: "a"}), s.Get(Key{API: "b"})}}
	if !g.Retain(7) || g.Gates[0].used.Load() != 7 || g.Gates[1].used.Load() != 7 {
		t.Errorf("used at %d and %d, want 7", g.Gates[0].used.Load(), g.Gates[1].used.Load())
	}
}

// The time that a pause took counts against the deadline of the wait for permits after it.
func TestSite_DeadlineAfterAPause(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := NewStore(func(breaker.Transition) {})
		p := full()
		g := tested(s, p)
		g.MaxWait, g.Site = time.Minute, s.Site("a")
		begin := time.Now()
		g.Site.Pause(begin, 10*time.Second)
		g.Limits[0].Bucket.Throttled(20 * time.Second)
		var a Admission
		d := a.Enter(t.Context(), g, p, WaitLimit{Deadline: begin.Add(15 * time.Second)}, begin)
		if d == nil || d.Fault != fault.RateLimited || d.Wait != 10*time.Second || time.Since(begin) != 10*time.Second {
			t.Errorf("%+v after %v, want a denial after 10s: 10s are missing, and 5s are left", d, time.Since(begin))
		}
	})
}
