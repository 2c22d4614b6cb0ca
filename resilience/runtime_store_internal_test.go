package resilience

import (
	"testing"
	"time"
)

func TestWithStoreWait_AtLeastAMillisecond(t *testing.T) {
	for d, want := range map[time.Duration]time.Duration{
		-time.Second: time.Millisecond, 0: time.Millisecond, time.Second: time.Second,
	} {
		r := NewRuntime(WithStoreWait(d))
		if r.storeWait != want {
			t.Errorf("WithStoreWait(%s) sets %s, want %s", d, r.storeWait, want)
		}
		_ = r.Close()
	}
}
