package redisstore

import (
	"testing"

	"github.com/redis/go-redis/v9"

	"github.com/resgen/resgen/resilience/redisstore/redistest"
)

// overEngines runs a test with a client of each engine.
func overEngines(t *testing.T, f func(*testing.T, *redis.Client)) {
	t.Helper()
	for _, engine := range redistest.Engines() {
		t.Run(engine, func(t *testing.T) {
			client := redistest.StartEngine(t, engine).Client()
			defer client.Close()
			f(t, client)
		})
	}
}
