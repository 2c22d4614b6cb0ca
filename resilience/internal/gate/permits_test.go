package gate

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/resgen/resgen/resilience/internal/breaker"
	"github.com/resgen/resgen/resilience/internal/fault"
	"github.com/resgen/resgen/resilience/internal/limit"
	"github.com/resgen/resgen/resilience/policy"
)

// twoBuckets returns guards with a bucket of a permit per second and one of a permit every 2 s,
// each with the given burst.
func twoBuckets(burst int) *Guards {
	g := New(Key{}, func(breaker.Transition) {})
	bucket := func(name string, rate float64) Quota {
		return Quota{Bucket: g.Bucket(name, &policy.Rate{PerSecond: rate, Burst: burst})}
	}
	return &Guards{Gates: []*Gate{g}, Limits: []Quota{bucket("a", 1), bucket("b", 0.5)}, MaxWait: time.Minute}
}

// left returns the permits in the buckets.
func left(g *Guards) [2]float64 {
	return [2]float64{g.Limits[0].Bucket.Snapshot().Tokens, g.Limits[1].Bucket.Snapshot().Tokens}
}

func TestTakePermits_BothBuckets(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := twoBuckets(1)
		first, second := ForResend(g, 0), ForResend(g, 0)
		if d := first.TakePermits(t.Context(), &WaitLimit{}, time.Now()); d != nil || first.Waited() != 0 {
			t.Fatalf("%+v after %s", d, first.Waited())
		}
		begin := time.Now()
		d := second.TakePermits(t.Context(), &WaitLimit{}, time.Now())
		if d != nil || second.Waited() != 2*time.Second || time.Since(begin) != 2*time.Second {
			t.Errorf("%+v after %s, want a wait of 2 s", d, second.Waited())
		}
		if got := left(g); got != [2]float64{1, 0} {
			t.Errorf("%v permits are left, want the second one of the faster bucket", got)
		}
		first.GiveBack()
		first.GiveBack()
		if got := left(g); got != [2]float64{1, 1} {
			t.Errorf("%v permits are left, want one back", got)
		}
	})
}

// The longest wait is that for both buckets, and it is known before the first wait.
func TestTakePermits_LongestWait(t *testing.T) {
	deadline := func(d time.Duration) func(w *WaitLimit) {
		return func(w *WaitLimit) { w.Deadline = time.Now().Add(d) }
	}
	for name, c := range map[string]struct {
		most   time.Duration
		change func(w *WaitLimit)
		ok     bool
	}{
		"just enough":              {most: 2 * time.Second, ok: true},
		"too short":                {most: 2*time.Second - 1},
		"too short, but patient":   {most: time.Second, change: func(w *WaitLimit) { w.Patient = true }, ok: true},
		"a deadline":               {most: time.Minute, change: deadline(2*time.Second + 1), ok: true},
		"a deadline at the permit": {most: time.Minute, change: deadline(2 * time.Second)},
		"a deadline, patient": {most: time.Minute, change: func(w *WaitLimit) {
			w.Patient, w.Deadline = true, time.Now().Add(2*time.Second)
		}},
		"a page that expires": {most: time.Minute, change: func(w *WaitLimit) {
			w.SendBy = time.Now().Add(2 * time.Second)
		}},
		"a timeout of the policy": {most: time.Minute, change: func(w *WaitLimit) {
			w.Overall = time.Now().Add(time.Second)
		}, ok: true},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				g := twoBuckets(1)
				g.MaxWait = c.most
				first := ForResend(g, 0)
				first.TakePermits(t.Context(), &WaitLimit{}, time.Now())
				var w WaitLimit
				if c.change != nil {
					c.change(&w)
				}
				begin := time.Now()
				second := ForResend(g, 0)
				d := second.TakePermits(t.Context(), &w, time.Now())
				if c.ok {
					if d != nil || time.Since(begin) != 2*time.Second {
						t.Errorf("%+v after %s, want permits after 2 s", d, time.Since(begin))
					}
					return
				}
				if d == nil || d.Fault != fault.RateLimited || d.Wait != 2*time.Second || time.Since(begin) != 0 {
					t.Errorf("%+v after %s, want a denial at once", d, time.Since(begin))
				}
			})
		})
	}
}

// While a call waits for the first bucket, another takes the permit of the second one.
func TestTakePermits_RestOfTheWait(t *testing.T) {
	for _, c := range []struct {
		most time.Duration
		ok   bool
	}{{3*time.Second - 1, true}, {3*time.Second - 2, false}} {
		synctest.Test(t, func(t *testing.T) {
			g := twoBuckets(1)
			g.MaxWait = c.most
			g.Limits[0].Bucket.Take(t.Context(), limit.Ask{})
			time.AfterFunc(time.Second-1, func() { g.Limits[1].Bucket.Take(context.Background(), limit.Ask{}) })
			begin := time.Now()
			a := ForResend(g, 0)
			d := a.TakePermits(t.Context(), &WaitLimit{}, time.Now())
			if (d == nil) != c.ok || c.ok && time.Since(begin) != 3*time.Second-1 {
				t.Errorf("%s at most: %+v after %s", c.most, d, time.Since(begin))
			}
			if a.Waited() < time.Second || !c.ok && d.Fault != fault.RateLimited {
				t.Errorf("%s at most: %+v after a wait of %s", c.most, d, a.Waited())
			}
			if a.GiveBack(); left(g)[0] != 1 {
				t.Errorf("%v permits are left, want the first one back", left(g))
			}
		})
	}
}

func TestTakePermits_CostAndCorrection(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := twoBuckets(10)
		a := ForResend(g, 3)
		if d := a.TakePermits(t.Context(), &WaitLimit{}, time.Now()); d != nil || left(g) != [2]float64{7, 7} {
			t.Errorf("%+v; %v permits are left, want 7", d, left(g))
		}
		if a.Correct(2); left(g) != [2]float64{5, 5} {
			t.Errorf("%v permits are left, want 5", left(g))
		}
		if a.Correct(-4); left(g) != [2]float64{9, 9} {
			t.Errorf("%v permits are left, want 9", left(g))
		}
		if a.GiveBack(); left(g) != [2]float64{10, 10} {
			t.Errorf("%v permits are left, want 10", left(g))
		}
		if a.Correct(3); left(g) != [2]float64{10, 10} {
			t.Errorf("%v permits are left, want 10: nothing was taken", left(g))
		}
	})
}

// A bucket that is only observed denies nothing, and gets back what it gave.
func TestTakePermits_Observed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := twoBuckets(1)
		g.MaxWait = 2 * time.Second
		g.Limits[1].Observe = true
		first, second, third := ForResend(g, 0), ForResend(g, 0), ForResend(g, 0)
		if d := first.TakePermits(t.Context(), &WaitLimit{}, time.Now()); d != nil || first.Observed() != nil {
			t.Errorf("%+v, %+v", d, first.Observed())
		}
		d := second.TakePermits(t.Context(), &WaitLimit{}, time.Now())
		if d != nil || second.Waited() != time.Second || second.Observed() != nil {
			t.Errorf("%+v, %+v after %s, want no overrun", d, second.Observed(), second.Waited())
		}
		g.Limits[0].Observe, g.MaxWait = true, time.Second-1
		d = third.TakePermits(t.Context(), &WaitLimit{}, time.Now())
		if d != nil || third.Waited() != 0 || third.Observed() == nil {
			t.Errorf("%+v, %+v after %s, want an overrun", d, third.Observed(), third.Waited())
		}
		want := Overrun{Bucket: g.Limits[0].Bucket.Key(), Need: time.Second, Most: time.Second - 1}
		if got := third.Observed(); got != nil && *got != want {
			t.Errorf("got %+v, want that of the first bucket: %+v", got, want)
		}
		if s := g.Limits[1].Bucket.Snapshot(); s.Observed != 1 || s.Granted != 2 || s.Refused != 0 {
			t.Errorf("%+v", s)
		}
		second.GiveBack()
		third.GiveBack()
		if got := left(g); got != [2]float64{1, 0.5} {
			t.Errorf("%v permits are left, want those of the second call back", got)
		}
	})
}

func TestTakePermits_Ends(t *testing.T) {
	for name, c := range map[string]struct {
		end  func(cancel, closed func())
		want fault.Fault
	}{
		"context": {func(cancel, _ func()) { cancel() }, fault.Canceled},
		"closed":  {func(_, closed func()) { closed() }, fault.Closed},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				g := twoBuckets(1)
				first, second := ForResend(g, 0), ForResend(g, 0)
				first.TakePermits(t.Context(), &WaitLimit{}, time.Now())
				ctx, cancel := context.WithCancel(t.Context())
				gone := make(chan struct{})
				time.AfterFunc(1500*time.Millisecond, func() { c.end(cancel, func() { close(gone) }) })
				d := second.TakePermits(ctx, &WaitLimit{Closed: limit.Closed{gone}}, time.Now())
				if d == nil || d.Fault != c.want || second.Waited() != 1500*time.Millisecond ||
					(c.want == fault.Canceled) != errors.Is(d.Err, context.Canceled) {
					t.Errorf("%+v after %s", d, second.Waited())
				}
				cancel()
			})
		})
	}
}

// A wait for a place counts against the timeout of the policy, the wait for permits before it does
// not.
func TestWaitLimit_ForPlace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		in := func(d time.Duration) time.Time { return time.Now().Add(d) }
		for name, c := range map[string]struct {
			w      WaitLimit
			waited time.Duration
			want   time.Duration
		}{
			"nothing":              {WaitLimit{}, time.Hour, time.Minute},
			"a timeout":            {WaitLimit{Overall: in(time.Second)}, 0, time.Second - 1},
			"a timeout, put off":   {WaitLimit{Overall: in(time.Second)}, 3 * time.Second, 4*time.Second - 1},
			"a deadline":           {WaitLimit{Deadline: in(time.Second)}, 3 * time.Second, time.Second - 1},
			"a page":               {WaitLimit{SendBy: in(time.Second)}, 3 * time.Second, time.Second - 1},
			"the earliest":         {WaitLimit{Overall: in(9), Deadline: in(7), SendBy: in(8)}, 0, 6},
			"later than the place": {WaitLimit{Overall: in(time.Hour), Deadline: in(time.Hour)}, 0, time.Minute},
		} {
			if got := c.w.forPlace(time.Minute, c.waited); got != c.want {
				t.Errorf("%s: %s, want %s", name, got, c.want)
			}
		}
	})
}
