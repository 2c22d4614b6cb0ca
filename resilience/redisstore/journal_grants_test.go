package redisstore

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/resgen/resgen/resilience/batch"
	"github.com/resgen/resgen/resilience/redisstore/redistest"
)

// These tests are about who may process an item, and what a failover can undo.

var orders = batch.Job{Name: "orders", Input: "12ab"}

// worker returns the open journal of a process.
func worker(t *testing.T, client redis.UniversalClient, o JournalOptions) *Journal {
	t.Helper()
	j := New(client).Journal("orders", o)
	if _, err := j.Open(t.Context(), orders); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = j.Close() })
	return j
}

// offer offers items.
func (j *Journal) offer(t *testing.T, keys ...string) {
	t.Helper()
	if err := j.Offer(t.Context(), keys); err != nil {
		t.Fatal(err)
	}
}

// claim returns what the journal grants, "left" or "none".
func (j *Journal) claim(t *testing.T) string {
	t.Helper()
	g, err := j.Claim(t.Context())
	switch {
	case err != nil:
		t.Fatal(err)
	case g.Key != "":
		return g.Key
	case g.Left:
		return "left"
	}
	return "none"
}

// die ends the heartbeat of a process and nothing else.
func (j *Journal) die() {
	j.quit()
	j.beats.Wait()
}

func (j *Journal) begin(t *testing.T, key string) (batch.Record, bool) {
	t.Helper()
	r, ok, err := j.Begin(t.Context(), key, "key of "+key)
	if err != nil {
		t.Fatal(err)
	}
	return r, ok
}

func (j *Journal) finish(t *testing.T, key string, o batch.Outcome) {
	t.Helper()
	if err := j.Finish(t.Context(), key, batch.Result{Outcome: o}); err != nil {
		t.Fatal(err)
	}
}

// until waits until a condition holds.
func until(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); !holds(); {
		if time.Now().After(end) {
			t.Fatalf("%s: not within 20 s", what)
		}
		<-time.After(5 * time.Millisecond)
	}
}

func TestJournal_Grants(t *testing.T) {
	client := redistest.Start(t).Client()
	defer client.Close()
	a, b := worker(t, client, JournalOptions{}), worker(t, client, JournalOptions{})
	if got := a.claim(t); got != "none" {
		t.Errorf("an empty job grants %q", got)
	}
	a.offer(t, "1", "2", "3")
	b.offer(t, "1", "2", "3", "4")
	got := []string{a.claim(t), b.claim(t), a.claim(t), b.claim(t), a.claim(t), b.claim(t)}
	if want := []string{"1", "2", "3", "4", "left", "left"}; !slices.Equal(got, want) {
		t.Errorf("granted %q, want %q", got, want)
	}
	if _, ok := a.begin(t, "2"); ok {
		t.Error("an item of another process is begun")
	}
	if _, ok := b.begin(t, "2"); !ok {
		t.Error("an item is not begun")
	}
	b.finish(t, "2", batch.Done)
	b.begin(t, "4")
	b.finish(t, "4", batch.RetryLater)
	if err := b.Release(t.Context(), "4"); err != nil {
		t.Fatal(err)
	}
	if err := b.Release(t.Context(), "1"); err != nil { // of the other process
		t.Fatal(err)
	}
	if got := [2]string{a.claim(t), b.claim(t)}; got != [2]string{"none", "left"} {
		t.Errorf("granted %q, want none left but those of one process", got)
	}
	if r, ok := b.begin(t, "2"); ok || r.Result.Outcome != batch.Done {
		t.Errorf("a finished item: %t, %+v", ok, r)
	}
	a.offer(t, "1", "2", "3", "4") // 4 was given up
	if got := [2]string{a.claim(t), a.claim(t)}; got != [2]string{"4", "none"} {
		t.Errorf("offered again and granted %q, want what is neither finished nor granted", got)
	}
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	if got := b.claim(t); got != "none" {
		t.Errorf("after all others: %q", got)
	}
	if n := client.XLen(t.Context(), "resgen:{batch orders}:items").Val(); n != 0 {
		t.Errorf("%d items are in the stream", n)
	}
}

// The items of a process that has died are granted to others after the lease, with what it had
// begun; those of a process that lives are not.
func TestJournal_Lease(t *testing.T) {
	client := redistest.Start(t).Client()
	defer client.Close()
	o := JournalOptions{Lease: 400 * time.Millisecond}
	dead, alive, next := worker(t, client, o), worker(t, client, o), worker(t, client, o)
	dead.offer(t, "1", "2", "3")
	dead.claim(t)
	alive.claim(t)
	dead.claim(t)
	dead.begin(t, "1")
	dead.die()
	var grants []batch.Grant
	until(t, "the items are taken over", func() bool {
		g, err := next.Claim(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if g.Key != "" {
			grants = append(grants, g)
		}
		return len(grants) == 2
	})
	slices.SortFunc(grants, func(a, b batch.Grant) int { return cmp.Compare(a.Key, b.Key) }) // in any order
	want := []batch.Grant{{Key: "1", Record: batch.Record{IdempotencyKey: "key of 1", Begun: true}}, {Key: "3"}}
	if !slices.Equal(grants, want) {
		t.Errorf("granted %+v, want %+v", grants, want)
	}
	end := time.Now().Add(2 * o.Lease)
	until(t, "two leases", func() bool {
		if got := next.claim(t); got != "left" {
			t.Fatalf("granted %q of a process that lives", got)
		}
		return time.Now().After(end)
	})
	// the process was only stopped, and continues
	if _, ok := dead.begin(t, "3"); ok {
		t.Error("an item that was taken over is begun by the process that lost it")
	}
	if got := dead.claim(t); got != "left" {
		t.Errorf("%q, want others to have items", got)
	}
	dead.finish(t, "1", batch.RetryLater)
	if r, _ := next.Records(t.Context()); !r["1"].Begun {
		t.Error("a result that is not final of the process that lost the item counts")
	}
	dead.finish(t, "1", batch.Done)
	if r, ok := next.begin(t, "1"); ok || r.Result.Outcome != batch.Done {
		t.Errorf("an item that its first process has finished is begun again: %+v", r)
	}
	next.finish(t, "1", batch.Failed)
	if r, _ := next.Records(t.Context()); r["1"].Result.Outcome != batch.Done {
		t.Errorf("a final result was replaced: %+v", r["1"])
	}
}

// A process keeps and releases more items than one run of the script can take. In an outage of the
// API, all items of a job may be waiting for another pass.
func TestJournal_HoldsManyItems(t *testing.T) {
	client := redistest.Start(t).Client()
	defer client.Close()
	j := worker(t, client, JournalOptions{})
	const items = 8100
	keys := make([]string, items)
	for i := range keys {
		keys[i] = strconv.Itoa(i)
	}
	j.offer(t, keys...)
	for range keys {
		j.claim(t)
	}
	j.die()
	begin := time.Now()
	<-time.After(5 * time.Millisecond)
	j.beatOnce(t.Context())
	stream := "resgen:{batch orders}:items"
	pending, err := client.XPendingExt(t.Context(), &redis.XPendingExtArgs{
		Stream: stream, Group: "workers", Start: "-", End: "+", Count: items,
	}).Result()
	if err != nil || len(pending) != items {
		t.Fatalf("%d items are pending, %v, want %d", len(pending), err, items)
	}
	slowest := slices.MaxFunc(pending, func(a, b redis.XPendingExt) int { return cmp.Compare(a.Idle, b.Idle) })
	if limit := time.Since(begin); slowest.Idle > limit {
		t.Errorf("an item was not kept for %s, want %s at most", slowest.Idle, limit)
	}
	if err := j.Close(); err != nil {
		t.Error(err)
	}
	if n := client.XLen(t.Context(), stream).Val(); n != 0 {
		t.Errorf("%d items are in the stream after Close, want none", n)
	}
}

// A claim whose response was lost keeps the job open until its lease ends.
func TestJournal_LostClaim(t *testing.T) {
	client := redistest.Start(t).Client()
	defer client.Close()
	j := worker(t, client, JournalOptions{Lease: 200 * time.Millisecond})
	j.offer(t, "1")
	j.claim(t)
	j.drop("1")
	if got := j.claim(t); got != "left" {
		t.Errorf("%q, want the item to be left", got)
	}
	until(t, "the lease ends", func() bool { return j.claim(t) == "1" })
}

// Nothing is begun or finished without the confirmation of a replica, if there is one.
func TestJournal_WaitsForAReplica(t *testing.T) {
	servers := redistest.StartSentinels(t)
	client := servers.Primary.Client()
	defer client.Close()
	j := worker(t, client, JournalOptions{Patience: time.Second})
	j.offer(t, "1", "2")
	j.claim(t)
	j.claim(t)
	j.begin(t, "1")
	servers.Replica.Pause()
	_, ok, beginErr := j.Begin(t.Context(), "2", "k")
	finishErr := j.Finish(t.Context(), "1", batch.Result{Outcome: batch.Done})
	for _, err := range []error{beginErr, finishErr} {
		if err == nil || !strings.Contains(err.Error(), "no replica has confirmed what was written") || ok {
			t.Errorf("%v, want no confirmation", err)
		}
	}
	servers.Replica.Kill() // the server says now that it has none, but it may itself have been replaced
	if _, ok, err := j.Begin(t.Context(), "2", "k"); err == nil || ok {
		t.Errorf("begun on a server that has lost its replica: %v", err)
	}
	// a run that starts now does without
	later := worker(t, client, JournalOptions{Patience: time.Second})
	if r, err := later.Records(t.Context()); err != nil || r["1"].Result.Outcome != batch.Done {
		t.Errorf("%+v, %v", r, err)
	}
}

func TestServerState_Learn(t *testing.T) {
	var s serverState
	for _, step := range []struct {
		replid, slaves string
		want           int
	}{
		{"a", "0", 0}, {"a", "", 0}, {"a", "2", 1}, {"a", "0", 1}, {"b", "0", 0}, {"b", "1", 1}, {"c", "1", 1},
	} {
		if s.learn(step.replid, step.slaves); s.wanted() != step.want {
			t.Errorf("server %s with %q replicas: %d must confirm, want %d",
				step.replid, step.slaves, s.wanted(), step.want)
		}
	}
}

// A server that has lost the journal is no reason to begin from the start.
func TestJournal_Gone(t *testing.T) {
	server := redistest.Start(t)
	client := server.Client()
	defer client.Close()
	j := worker(t, client, JournalOptions{Patience: time.Minute})
	j.offer(t, "1")
	j.claim(t)
	server.Kill()
	server.Restart()
	if _, ok, err := j.Begin(t.Context(), "1", "k"); ok || !errors.Is(err, errGone) {
		t.Errorf("%t, %v", ok, err)
	}
	if err := j.Finish(t.Context(), "1", batch.Result{Outcome: batch.Done}); !errors.Is(err, errGone) {
		t.Error(err)
	}
	if _, err := j.Claim(t.Context()); !errors.Is(err, errGone) {
		t.Error(err)
	}
}

// A server that is not available for a while ends no run.
func TestJournal_Patience(t *testing.T) {
	server := redistest.Start(t)
	client := server.Client()
	defer client.Close()
	j := worker(t, client, JournalOptions{Patience: 300 * time.Millisecond})
	j.offer(t, "1")
	j.claim(t)
	server.Pause()
	_, _, err := j.Begin(t.Context(), "1", "k")
	if !errors.Is(err, context.DeadlineExceeded) || !strings.HasPrefix(err.Error(), "redisstore: journal orders: ") {
		t.Errorf("%v, want the end of the patience", err)
	}
	j.opts.Patience = time.Minute
	go func() {
		<-time.After(200 * time.Millisecond)
		server.Resume()
	}()
	if _, ok, err := j.Begin(t.Context(), "1", "k"); !ok || err != nil {
		t.Errorf("%t, %v", ok, err)
	}
}

// Keys expire long after their last use.
func TestJournal_Expiry(t *testing.T) {
	client := redistest.Start(t).Client()
	defer client.Close()
	j := worker(t, client, JournalOptions{Keep: time.Hour})
	j.offer(t, "1", "2")
	j.claim(t)
	j.claim(t)
	j.begin(t, "1")
	j.beatOnce(t.Context())
	keys := client.Keys(t.Context(), "*").Val()
	if len(keys) != 5 { // no result yet
		t.Errorf("keys %q", keys)
	}
	wantExpiry(t, client)
}

// Also a run that ends before the first heartbeat leaves no key that stays.
func TestJournal_ExpiryWithoutHeartbeat(t *testing.T) {
	client := redistest.Start(t).Client()
	defer client.Close()
	j := worker(t, client, JournalOptions{Keep: time.Hour})
	j.offer(t, "1", "2")
	for _, key := range []string{j.claim(t), j.claim(t)} {
		j.begin(t, key)
		wantExpiry(t, client)
		j.finish(t, key, batch.Done)
		wantExpiry(t, client)
	}
}

// wantExpiry checks that all keys expire after an hour.
func wantExpiry(t *testing.T, client redis.UniversalClient) {
	t.Helper()
	for _, key := range client.Keys(t.Context(), "*").Val() {
		if d := client.PTTL(t.Context(), key).Val(); d <= 59*time.Minute || d > time.Hour {
			t.Errorf("%s expires after %s, want an hour", key, d)
		}
	}
}

func TestJournal_ForeignKeys(t *testing.T) {
	client := redistest.Start(t).Client()
	defer client.Close()
	client.Set(t.Context(), "resgen:{batch a}:meta", "text", 0)
	client.HSet(t.Context(), "resgen:{batch b}:meta", "other", "x")
	client.HSet(t.Context(), "resgen:{batch c}:meta", "format", "resgen-journal-2", "job", "orders", "input", "12ab")
	for name, want := range map[string]string{
		"a": "WRONGTYPE", "b": `has the format "", want "resgen-journal-1"`, "c": `has the format "resgen-journal-2"`,
	} {
		begun := time.Now()
		_, err := New(client).Journal(name, JournalOptions{}).Open(t.Context(), orders)
		if err == nil || !strings.Contains(err.Error(), want) || time.Since(begun) > 10*time.Second {
			t.Errorf("%s: %v after %s, want %q at once", name, err, time.Since(begun), want)
		}
	}
}
