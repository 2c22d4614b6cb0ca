package limit

import (
	"runtime"
	"testing"

	"github.com/resgen/resgen/resilience/policy"
)

// BenchmarkBucket_Parallel takes permits on 64 goroutines.
func BenchmarkBucket_Parallel(b *testing.B) {
	bucket := NewBucket("a", policy.Rate{Enabled: policy.On, PerSecond: 1e12, Burst: 1e9})
	b.SetParallelism(64 / runtime.GOMAXPROCS(0))
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if _, err := bucket.Take(b.Context(), Ask{Cost: 1}); err != nil {
				b.Error(err)
				return
			}
		}
	})
}
