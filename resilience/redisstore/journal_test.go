package redisstore

import (
	"fmt"
	"sync/atomic"
	"testing"

	"github.com/redis/go-redis/v9"

	"github.com/resgen/resgen/resilience/batch"
	"github.com/resgen/resgen/resilience/internal/storetest"
	"github.com/resgen/resgen/resilience/redisstore/redistest"
)

// journals runs the cases of all journals, each with a separate job.
func journals(t *testing.T, client redis.UniversalClient) {
	var n atomic.Int64
	storetest.Journal(t, func(t *testing.T, test func(*testing.T, func() batch.Journal)) {
		name := fmt.Sprint("job ", n.Add(1))
		test(t, func() batch.Journal { return New(client).Journal(name, JournalOptions{}) })
	})
}

func TestJournal(t *testing.T) {
	overEngines(t, func(t *testing.T, client *redis.Client) { journals(t, client) })
}

func TestJournal_Cluster(t *testing.T) {
	client := redistest.ClusterClient(redistest.StartCluster(t))
	defer client.Close()
	journals(t, client)
}

func TestJournal_Sentinels(t *testing.T) {
	client := redistest.StartSentinels(t).Client()
	defer client.Close()
	journals(t, client)
}
