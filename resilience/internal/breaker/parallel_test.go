package breaker

import (
	"fmt"
	"runtime"
	"sync/atomic"
	"testing"
	"time"

	"github.com/resgen/resgen/resilience/policy"
)

// BenchmarkBreaker_Parallel asks for permits and reports successes on 64 goroutines, which belong
// to one account or to 16. Each looks first, as a call does.
func BenchmarkBreaker_Parallel(b *testing.B) {
	for _, accounts := range []int64{1, 16} {
		b.Run(fmt.Sprintf("accounts=%d", accounts), func(b *testing.B) {
			c := New("site", "", policy.Default().Breaker)
			var goroutines atomic.Int64
			b.SetParallelism(64 / runtime.GOMAXPROCS(0))
			b.ReportAllocs()
			b.RunParallel(func(pb *testing.PB) {
				account, now := fmt.Sprint("account", goroutines.Add(1)%accounts), time.Now()
				for pb.Next() {
					if !succeed(c, account, now) {
						b.Error("the circuit is open")
						return
					}
				}
			})
		})
	}
}

// BenchmarkBreaker asks for permits and reports successes on one goroutine.
func BenchmarkBreaker(b *testing.B) {
	c, now := New("", "", policy.Default().Breaker), time.Now()
	b.ReportAllocs()
	for b.Loop() {
		succeed(c, "", now)
	}
}

// succeed makes a call that succeeds and reports whether it was admitted.
func succeed(c *Breaker, account string, now time.Time) bool {
	if _, rejected := c.Peek(account, now); rejected {
		return false
	}
	permit, _, ok := c.Acquire(account, now, time.Second)
	permit.Record(Outcome{Verdict: Success, At: now})
	return ok
}
