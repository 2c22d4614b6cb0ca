package redistest

import (
	"context"
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/redis/go-redis/v9"
)

// primaryName is the name under which sentinels know the primary.
const primaryName = "fleet"

// Sentinels watch a primary and its replica, and make the replica the primary if the primary fails.
type Sentinels struct {
	Primary, Replica *Server
	sentinels        []*Server
}

// StartSentinels starts a primary with a replica and three sentinels. They take a primary that does
// not respond for half a second to have failed.
func StartSentinels(t testing.TB) *Sentinels {
	t.Helper()
	s := &Sentinels{Primary: Start(t)}
	host, port, _ := net.SplitHostPort(s.Primary.Addr)
	s.Replica = Start(t, "--replicaof", host+" "+port, "--repl-diskless-sync-delay", "0")
	watch := strings.Join([]string{
		"sentinel monitor " + primaryName + " " + host + " " + port + " 2",
		"sentinel down-after-milliseconds " + primaryName + " 500",
		"sentinel failover-timeout " + primaryName + " 3000",
	}, "\n") + "\n"
	for range 3 {
		file := filepath.Join(t.TempDir(), "sentinel.conf") // which a sentinel rewrites
		if err := os.WriteFile(file, []byte(watch), 0o600); err != nil {
			t.Fatal(err)
		}
		s.sentinels = append(s.sentinels, start(t, "redis-sentinel", file))
	}
	s.awaitReady(t)
	return s
}

// awaitReady waits until the replica is in step and each sentinel knows the replica and the others.
func (s *Sentinels) awaitReady(t testing.TB) {
	t.Helper()
	replica := s.Replica.Client()
	defer replica.Close()
	await(t, "the replica", func(ctx context.Context) error {
		info, err := replica.Info(ctx, "replication").Result()
		if err == nil && !strings.Contains(info, "master_link_status:up") {
			err = errors.New(info)
		}
		return err
	})
	for _, server := range s.sentinels {
		sentinel := redis.NewSentinelClient(&redis.Options{Addr: server.Addr})
		await(t, "the sentinels", func(ctx context.Context) error {
			state, err := sentinel.Master(ctx, primaryName).Result()
			if err == nil && (state["num-slaves"] != "1" || state["num-other-sentinels"] != "2") {
				err = errors.New("sentinel knows " + state["num-slaves"] + " replicas and " +
					state["num-other-sentinels"] + " other sentinels")
			}
			return err
		})
		sentinel.Close()
	}
}

// Addrs returns the addresses of the sentinels, separated by commas.
func (s *Sentinels) Addrs() string {
	var addrs []string
	for _, sentinel := range s.sentinels {
		addrs = append(addrs, sentinel.Addr)
	}
	return strings.Join(addrs, ",")
}

// Client returns a client that follows the primary.
func (s *Sentinels) Client() *redis.Client { return SentinelClient(s.Addrs()) }

// SentinelClient returns a client that follows the primary of sentinels with the given
// [Sentinels.Addrs].
func SentinelClient(addrs string) *redis.Client {
	return redis.NewFailoverClient(&redis.FailoverOptions{
		MasterName: primaryName, SentinelAddrs: strings.Split(addrs, ","), MaxRetries: -1, DialerRetries: 1,
	})
}
