package redisstore

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/resgen/resgen/resilience/auth"
	"github.com/resgen/resgen/resilience/internal/storetest"
	"github.com/resgen/resgen/resilience/redisstore/redistest"
)

func sealKey(t *testing.T, id string) auth.SealKey {
	t.Helper()
	k, err := auth.NewSealKey(id, bytes.Repeat([]byte(id)[:1], 32))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// fresh runs the cases, each with a separate store on the same server.
func fresh(t *testing.T, client redis.UniversalClient) {
	var n atomic.Int64
	storetest.Secrets(t, func(t *testing.T, test func(*testing.T, auth.SecretStore)) {
		prefix := "case" + string(rune('a'+n.Add(1))) + ":"
		test(t, New(client, WithPrefix(prefix)).Secrets(sealKey(t, "k")))
	})
}

func TestSecrets(t *testing.T) {
	overEngines(t, func(t *testing.T, client *redis.Client) { fresh(t, client) })
}

func TestSecrets_Cluster(t *testing.T) {
	client := redistest.ClusterClient(redistest.StartCluster(t))
	defer client.Close()
	fresh(t, client)
}

// What the server has: no secret in plain text, and an expiry unless the record must stay.
func TestSecrets_OnTheServer(t *testing.T) {
	client := redistest.Start(t).Client()
	defer client.Close()
	s := New(client, WithPrefix("shop:")).Secrets(sealKey(t, "k1"))
	for name, life := range map[string]time.Duration{"token": time.Minute, "refresh": 0} {
		r := auth.SecretRecord{Version: "v", Data: []byte("hush"), Life: life}
		if saved, err := s.Save(t.Context(), name, "", r); !saved || err != nil {
			t.Fatal(saved, err)
		}
	}
	if _, err := s.Lock(t.Context(), "token", "me", time.Minute); err != nil {
		t.Fatal(err)
	}
	ttl := func(key string) time.Duration { return client.PTTL(t.Context(), key).Val() }
	if d := ttl("shop:{token}:secret"); d <= 50*time.Second || d > time.Minute {
		t.Errorf("the token expires after %s, want a minute", d)
	}
	if d := ttl("shop:{token}:lock"); d <= 50*time.Second || d > time.Minute {
		t.Errorf("the lock expires after %s, want a minute", d)
	}
	if d := ttl("shop:{refresh}:secret"); d != -1 {
		t.Errorf("the refresh token expires after %s, want never", d)
	}
	for _, key := range client.Keys(t.Context(), "*").Val() {
		if dump := client.Dump(t.Context(), key).Val(); strings.Contains(dump, "hush") {
			t.Errorf("%s shows the secret", key)
		}
		if size := client.MemoryUsage(t.Context(), key).Val(); size > 2000 {
			t.Errorf("%s takes %d bytes", key, size)
		}
	}
}

// A server that hangs costs no more than the time of the context.
func TestSecrets_AServerThatHangs(t *testing.T) {
	server := redistest.Start(t)
	client := server.Client()
	defer client.Close()
	s := New(client).Secrets(sealKey(t, "k"))
	if _, err := s.Load(t.Context(), "a"); err != nil {
		t.Fatal(err)
	}
	server.Pause()
	defer server.Resume()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	begun := time.Now()
	_, loadErr := s.Load(ctx, "a")
	_, saveErr := s.Save(ctx, "a", "", auth.SecretRecord{Version: "v"})
	_, lockErr := s.Lock(ctx, "a", "me", time.Second)
	unlockErr := s.Unlock(ctx, "a", "me")
	for _, err := range []error{loadErr, saveErr, lockErr, unlockErr} {
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%v, want the deadline", err)
		}
	}
	if d := time.Since(begun); d > 2*time.Second { // go-redis waits 3 s
		t.Errorf("took %s", d)
	}
}

// Errors name the secret and show no data.
func TestSecrets_Errors(t *testing.T) {
	server := redistest.Start(t)
	client := server.Client()
	defer client.Close()
	s := New(client).Secrets(sealKey(t, "k"))
	if err := client.Set(t.Context(), "resgen:{a}:secret", "a text", 0).Err(); err != nil {
		t.Fatal(err)
	}
	_, loadErr := s.Load(t.Context(), "a")
	_, saveErr := s.Save(t.Context(), "a", "", auth.SecretRecord{Version: "v", Data: []byte("hush")})
	for want, err := range map[string]error{
		"redisstore: load secret a: ": loadErr, "redisstore: save secret a: ": saveErr,
	} {
		if err == nil || !strings.HasPrefix(err.Error(), want) || strings.Contains(err.Error(), "hush") {
			t.Errorf("%v, want %q", err, want)
		}
	}
}

func TestMillis(t *testing.T) {
	for d, want := range map[time.Duration]int64{
		0: 0, 1: 1, time.Millisecond: 1, time.Millisecond + 1: 2, time.Hour: 3600000,
	} {
		if got := millis(d); got != want {
			t.Errorf("millis(%s) = %d, want %d", d, got, want)
		}
	}
}
