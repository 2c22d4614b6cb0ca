package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
)

// silent drops what the client of Redis logs: what the processes do without it is in the table.
type silent struct{}

// Printf implements the logger of the client.
func (silent) Printf(context.Context, string, ...any) {}

// A store is the Redis server that the fleet shares.
type store struct {
	address string
	client  *redis.Client
	server  *exec.Cmd // nil if this program did not start it
}

// errNoRedis says how to get a server.
var errNoRedis = errors.New(
	"neither redis-server nor valkey-server is installed; install one of them, or name a server with --redis")

// openStore connects to the server at an address, or starts one if the address is empty.
func openStore(ctx context.Context, address string) (*store, error) {
	s := &store{address: address}
	if address == "" {
		if err := s.start(); err != nil {
			return nil, err
		}
	}
	s.client = redis.NewClient(&redis.Options{Addr: s.address, ContextTimeoutEnabled: true})
	var err error
	for range 50 {
		if err = s.client.Ping(ctx).Err(); err == nil || ctx.Err() != nil || s.server == nil {
			break
		}
		pause(ctx, 100*time.Millisecond)
	}
	if err != nil {
		s.close()
		return nil, fmt.Errorf("redis at %s: %w", s.address, err)
	}
	return s, nil
}

// start starts a server that keeps nothing on disk.
func (s *store) start() error {
	program, err := exec.LookPath("redis-server")
	if err != nil {
		if program, err = exec.LookPath("valkey-server"); err != nil {
			return errNoRedis
		}
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	s.address = listener.Addr().String()
	listener.Close()
	_, port, _ := net.SplitHostPort(s.address)
	s.server = exec.Command(program, "--bind", "127.0.0.1", "--port", port, "--save", "", "--appendonly", "no",
		"--dir", os.TempDir())
	return s.server.Start()
}

// pauseFor has the server answer nothing for a time. Then it goes on as if nothing had happened.
func (s *store) pauseFor(ctx context.Context, d time.Duration) error {
	return s.client.ClientPause(ctx, d).Err()
}

// scripts returns the number of scripts that the server has run, which is that of round trips of
// the fleet, or -1 if it does not answer.
func (s *store) scripts(ctx context.Context) int64 {
	ctx, cancel := context.WithTimeout(ctx, 100*time.Millisecond)
	defer cancel()
	info, err := s.client.Info(ctx, "commandstats").Result()
	if err != nil {
		return -1
	}
	return scriptsIn(info)
}

// scriptsIn returns the number of scripts that statistics of commands name.
func scriptsIn(info string) int64 {
	var all int64
	for line := range strings.Lines(info) {
		for _, format := range []string{"cmdstat_eval:calls=%d", "cmdstat_evalsha:calls=%d"} {
			var n int64
			if _, err := fmt.Sscanf(line, format, &n); err == nil {
				all += n
			}
		}
	}
	return all
}

// close disconnects, and ends the server if this program started it.
func (s *store) close() {
	if s.client != nil {
		s.client.Close()
	}
	if s.server != nil {
		_ = s.server.Process.Kill()
		_ = s.server.Wait()
	}
}
