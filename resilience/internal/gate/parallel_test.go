package gate

import (
	"context"
	"fmt"
	"runtime"
	"testing"
	"time"

	"github.com/resgen/resgen/resilience/internal/breaker"
	"github.com/resgen/resgen/resilience/policy"
)

// busy returns guards with default policies. A rate of 0 is none.
func busy(rate float64) (*Guards, *policy.Policy) {
	p := policy.Default()
	p.Rate.PerSecond, p.Rate.Burst = rate, int(rate)
	s := NewStore(func(breaker.Transition) {})
	g := tested(s, &p)
	g.Site, g.Account = s.Site("a"), "x"
	if rate == 0 {
		g.Limits = nil
	}
	return g, &p
}

// pass does what a call does with its guards when its attempt succeeds. It reports whether the
// attempt was admitted.
func pass(ctx context.Context, g *Guards, p *policy.Policy, now time.Time) bool {
	if !g.Retain(now.UnixNano()) {
		return false
	}
	defer g.Release()
	var a Admission
	if d := a.Enter(ctx, g, p, WaitLimit{Deadline: now.Add(time.Hour)}, now); d != nil {
		return false
	}
	g.Answered(now)
	a.Leave(breaker.Outcome{Verdict: breaker.Success, At: now}, true)
	return true
}

// forRates runs a benchmark without a rate limit and with one.
func forRates(b *testing.B, run func(b *testing.B, g *Guards, p *policy.Policy)) {
	for _, rate := range []float64{0, 1e12} {
		b.Run(fmt.Sprintf("rate=%g", rate), func(b *testing.B) {
			g, p := busy(rate)
			b.ReportAllocs()
			run(b, g, p)
		})
	}
}

// BenchmarkAdmission makes calls on one goroutine.
func BenchmarkAdmission(b *testing.B) {
	forRates(b, func(b *testing.B, g *Guards, p *policy.Policy) {
		now := time.Now()
		for b.Loop() {
			pass(b.Context(), g, p, now)
		}
	})
}

// BenchmarkAdmission_Parallel makes calls on 64 goroutines.
func BenchmarkAdmission_Parallel(b *testing.B) {
	forRates(b, func(b *testing.B, g *Guards, p *policy.Policy) {
		b.SetParallelism(64 / runtime.GOMAXPROCS(0))
		b.RunParallel(func(pb *testing.PB) {
			for now := time.Now(); pb.Next(); {
				if !pass(b.Context(), g, p, now) {
					b.Error("a call is not admitted")
					return
				}
			}
		})
	})
}
