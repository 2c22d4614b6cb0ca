package redistest

import (
	"context"
	"testing"
)

func TestStartSentinels_TheReplicaTakesOver(t *testing.T) {
	s := StartSentinels(t)
	client := s.Client()
	defer client.Close()
	if err := client.Set(t.Context(), "a", "1", 0).Err(); err != nil {
		t.Fatal(err)
	}
	if err := client.Wait(t.Context(), 1, startWait).Err(); err != nil {
		t.Fatal(err)
	}
	s.Primary.Kill()
	await(t, "the failover", func(ctx context.Context) error { return client.Set(ctx, "b", "2", 0).Err() })
	if got, err := client.Get(t.Context(), "a").Result(); got != "1" || err != nil {
		t.Errorf("after the failover got %q, %v, want 1", got, err)
	}
}
