package redisstore

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/resgen/resgen/resilience/fleet"
	"github.com/resgen/resgen/resilience/internal/limit"
	"github.com/resgen/resgen/resilience/redisstore/redistest"
)

// The script and the functions in Go give the same grants for any draws.
func TestDraw_IsWhatTheFunctionsInGoDo(t *testing.T) {
	server := redistest.Start(t)
	client := server.Client()
	defer client.Close()
	for seed := range uint64(100) {
		r := rand.New(rand.NewPCG(seed, 1))
		now := time.Duration(1.7e18)
		memory := limit.NewMemory(func() time.Duration { return now })
		store := New(client)
		store.clock = func() time.Duration { return now }
		bucket := string(rune('a' + seed))
		rate := randomRate(r)
		for i := range 60 {
			now += randomStep(r)
			d := randomDraw(r, rate)
			want, _ := memory.Draw(t.Context(), bucket, d)
			got, err := store.Draw(t.Context(), bucket, d)
			if err != nil {
				t.Fatal(err)
			}
			if !alike(got, want) {
				t.Fatalf("seed %d, draw %d: %+v\n got %+v\nwant %+v", seed, i, d, got, want)
			}
		}
	}
}

func pick[T any](r *rand.Rand, values ...T) T { return values[r.IntN(len(values))] }

func randomStep(r *rand.Rand) time.Duration {
	return pick(r, 0, 20*time.Microsecond, time.Millisecond, 130*time.Millisecond, time.Second, 20*time.Second,
		-3*time.Second, time.Hour)
}

func randomRate(r *rand.Rand) fleet.Rate {
	rate := fleet.Rate{
		PerSecond: pick(r, 0, 0.5, 5, 50, 300), Capacity: pick(r, 1.0, 4, 49), Learns: pick(r, true, false),
	}
	rate.Floor, rate.Ceiling = rate.PerSecond*0.1, rate.PerSecond*2
	return rate
}

func randomDraw(r *rand.Rand, rate fleet.Rate) fleet.Draw {
	d := fleet.Draw{
		Process: pick(r, "a", "b", "c"), Leave: r.IntN(20) == 0, Rate: rate,
		Since: pick(r, -1, time.Millisecond, time.Second, time.Minute), Tokens: pick(r, 0.0, 3.5, 100),
		Away: pick(r, 0, 0, 0, 500*time.Millisecond, 10*time.Second), Spent: pick(r, 0, 0, 0.25, 3, -2),
		Waiting: float64(r.IntN(6)), Extra: pick(r, 0.0, 5),
		Most: pick(r, 0, 100*time.Millisecond, time.Minute, math.MaxInt64),
	}
	d.Least = min(d.Waiting, pick(r, 0.0, 1, 5, 60))
	if r.IntN(6) == 0 {
		d.Stated = fleet.Stated{
			PerSecond: pick(r, 0, 2.0, 1e6), Remaining: pick(r, 0.0, 0.5, 7), Counted: pick(r, true, false),
			Reset: pick(r, 0, time.Second),
		}
	}
	if r.IntN(6) == 0 {
		d.Throttled = fleet.Throttled{Now: true, Hold: pick(r, 0, time.Second, time.Hour)}
	}
	if r.IntN(10) == 0 {
		d.Rate.PerSecond, d.Rate.Ceiling = d.Rate.PerSecond/2, d.Rate.Ceiling/2
	}
	return d
}

// alike reports whether two grants differ only by rounding to microseconds.
func alike(a, b fleet.Grant) bool {
	return near(a.Permits, b.Permits) && nearly(a.Wait, b.Wait) && nearly(a.Apart, b.Apart) &&
		a.Members == b.Members && near(a.Bucket.Tokens, b.Bucket.Tokens) &&
		nearly(a.Bucket.Filled, b.Bucket.Filled) && near(a.Bucket.Learned, b.Bucket.Learned) &&
		near(a.Bucket.Cut, b.Bucket.Cut) && nearly(a.Bucket.Resume, b.Bucket.Resume) &&
		nearly(a.Bucket.Held, b.Bucket.Held)
}

func near(a, b float64) bool { return math.Abs(a-b) <= 1e-3*max(1, math.Abs(b)) }

func nearly(a, b time.Duration) bool { return (a - b).Abs() <= 100*time.Microsecond }

// One draw takes one permit of fifty per second.
var one = fleet.Draw{
	Process: "a", Rate: fleet.Rate{PerSecond: 50, Capacity: 49}, Since: -1, Tokens: 49, Waiting: 1,
}

// The keys of a bucket are on one node of a cluster, and buckets on all.
func TestDraw_Cluster(t *testing.T) {
	client := redistest.ClusterClient(redistest.StartCluster(t))
	defer client.Close()
	store := New(client)
	for i := range 30 {
		for _, tokens := range []float64{48, 47} {
			g, err := store.Draw(t.Context(), "api host account "+string(rune('a'+i)), one)
			if err != nil || g.Permits != 1 || g.Bucket.Tokens < tokens || g.Bucket.Tokens > tokens+0.9 {
				t.Fatalf("got %+v, %v, want %v tokens left", g, err, tokens)
			}
		}
	}
}

// Keys expire when the bucket is like a new one, and take a bounded amount of memory.
func TestDraw_KeysExpire(t *testing.T) {
	server := redistest.Start(t)
	client := server.Client()
	defer client.Close()
	store := New(client, WithPrefix("shop:"))
	held := one
	held.Throttled = fleet.Throttled{Now: true, Hold: time.Hour} // 15 minutes at most
	stated := one
	stated.Rate.Learns, stated.Rate.Ceiling, stated.Stated.PerSecond = true, 100, 10
	for name, c := range map[string]struct {
		draw fleet.Draw
		want time.Duration
	}{
		"used":   {one, time.Minute},
		"held":   {held, 15*time.Minute + 30*time.Second + time.Minute},
		"stated": {stated, time.Hour},
	} {
		if _, err := store.Draw(t.Context(), name, c.draw); err != nil {
			t.Fatal(err)
		}
		ttl, err := client.PTTL(t.Context(), "shop:{"+name+"}:quota").Result()
		if err != nil || ttl < c.want-2*time.Second || ttl > c.want+2*time.Second {
			t.Errorf("%s: the key expires after %s, %v, want %s", name, ttl, err, c.want)
		}
		ttl, err = client.PTTL(t.Context(), "shop:{"+name+"}:members").Result()
		if err != nil || ttl <= 0 || ttl > fleet.MemberFor {
			t.Errorf("%s: the members expire after %s, %v", name, ttl, err)
		}
		size, err := client.MemoryUsage(t.Context(), "shop:{"+name+"}:quota").Result()
		if err != nil || size > 700 {
			t.Errorf("%s: a bucket takes %d bytes, %v", name, size, err)
		}
		t.Logf("%s: %d bytes", name, size)
	}
	for i := range 1000 {
		d := one
		d.Process = fmt.Sprintf("process %018d", i)
		if _, err := store.Draw(t.Context(), "used", d); err != nil {
			t.Fatal(err)
		}
	}
	size, err := client.MemoryUsage(t.Context(), "shop:{used}:members", 0).Result()
	if err != nil || size > 150_000 {
		t.Errorf("a thousand members take %d bytes, %v", size, err)
	}
	t.Logf("a thousand members: %d bytes", size)
}

// A server without memory gives permits, because the script only frees memory first. One that is
// gone is an error that names the key.
func TestDraw_FullServer(t *testing.T) {
	full := redistest.Start(t, "--maxmemory", "1", "--maxmemory-policy", "noeviction")
	client := full.Client()
	defer client.Close()
	store := New(client)
	if g, err := store.Draw(t.Context(), "a", one); err != nil || g.Permits != 1 {
		t.Errorf("without memory: %+v, %v", g, err)
	}
	full.Kill()
	if _, err := store.Draw(t.Context(), "a", one); err == nil || !strings.Contains(err.Error(), "resgen:{a}:quota") {
		t.Errorf("without a server: %v", err)
	}
}

func TestReadGrant_Malformed(t *testing.T) {
	for _, text := range []string{
		"", "1 2 3", "1 2 3 4 5 6 7 8 9 x", "1 2 3 4 5 6 7 8 9 10 11",
		"nan 2 3 4 5 6 7 8 9 10", "1 2 3 4 nan 6 7 8 9 10", "inf 2 3 4 5 6 7 8 9 10", "-1 2 3 4 5 6 7 8 9 10",
	} {
		if g, err := readGrant(text); err == nil {
			t.Errorf("%q: got %+v", text, g)
		}
	}
}
