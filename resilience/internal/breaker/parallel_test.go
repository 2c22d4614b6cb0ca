package breaker

import (
	"runtime"
	"testing"
	"time"

	"github.com/resgen/resgen/resilience/policy"
)

// BenchmarkBreaker_Parallel asks for permits and reports successes on 64 goroutines.
func BenchmarkBreaker_Parallel(b *testing.B) {
	c := New("site", "", policy.Default().Breaker)
	b.SetParallelism(64 / runtime.GOMAXPROCS(0))
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		now := time.Now()
		for pb.Next() {
			permit, _, ok := c.Acquire("a", now, time.Second)
			if !ok {
				b.Error("the circuit is open")
				return
			}
			permit.Record(Outcome{Verdict: Success, At: now})
		}
	})
}
