package redisstore

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/resgen/resgen/resilience/fleet"
	"github.com/resgen/resgen/resilience/internal/limit"
	"github.com/resgen/resgen/resilience/redisstore/redistest"
)

// The script and the functions in Go give the same grants for the same draws, whatever they are.
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
			if !close(got, want) {
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

// close reports whether two grants differ only by rounding to microseconds.
func close(a, b fleet.Grant) bool {
	return near(a.Permits, b.Permits) && nearly(a.Wait, b.Wait) && nearly(a.Apart, b.Apart) &&
		a.Members == b.Members && near(a.Bucket.Tokens, b.Bucket.Tokens) &&
		nearly(a.Bucket.Filled, b.Bucket.Filled) && near(a.Bucket.Learned, b.Bucket.Learned) &&
		near(a.Bucket.Cut, b.Bucket.Cut) && nearly(a.Bucket.Resume, b.Bucket.Resume) &&
		nearly(a.Bucket.Held, b.Bucket.Held)
}

func near(a, b float64) bool { return math.Abs(a-b) <= 1e-3*max(1, math.Abs(b)) }

func nearly(a, b time.Duration) bool { return (a - b).Abs() <= 100*time.Microsecond }
