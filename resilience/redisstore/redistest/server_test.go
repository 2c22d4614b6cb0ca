package redistest

import (
	"testing"

	"github.com/redis/go-redis/v9"
)

func TestServer_RestartIsEmptyAndPauseKeeps(t *testing.T) {
	for _, engine := range Engines() {
		t.Run(engine, func(t *testing.T) {
			s := StartEngine(t, engine)
			client := s.Client()
			defer client.Close()
			s.do("SET", "a", "1")
			s.Pause()
			s.Resume()
			if got, err := client.Get(t.Context(), "a").Result(); got != "1" || err != nil {
				t.Errorf("after a pause got %q, %v, want 1", got, err)
			}
			s.Kill()
			if err := client.Ping(t.Context()).Err(); err == nil {
				t.Error("a killed server responds")
			}
			s.Restart()
			if err := client.Get(t.Context(), "a").Err(); err != redis.Nil {
				t.Errorf("after a restart got %v, want no value", err)
			}
		})
	}
}
