package limit

import (
	"testing"
	"time"

	"github.com/resgen/resgen/resilience/policy"
)

// A maker makes a bucket of one kind.
type maker func(key string, p policy.Rate) *Bucket

// overBoth runs a test with a bucket of this process, and with one that is shared through a store.
func overBoth(t *testing.T, f func(*testing.T, maker)) {
	t.Helper()
	t.Run("own", func(t *testing.T) { f(t, NewBucket) })
	t.Run("shared", func(t *testing.T) {
		f(t, func(key string, p policy.Rate) *Bucket { return NewSharedBucket(linkTo(newMemory(), "a"), key, p) })
	})
}

// newMemory returns a store on the clock of the test.
func newMemory() *Memory {
	epoch := time.Now()
	return NewMemory(func() time.Duration { return time.Since(epoch) })
}

// linkTo returns a link of a process to a store, for which calls wait 20 ms.
func linkTo(m *Memory, process string) *Link {
	return NewLink(m, process, 20*time.Millisecond, func(bool, error) {})
}
