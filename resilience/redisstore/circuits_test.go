package redisstore

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/resgen/resgen/resilience/fleet"
	"github.com/resgen/resgen/resilience/internal/quorum/quorumtest"
	"github.com/resgen/resgen/resilience/redisstore/redistest"
)

// Every engine passes the cases of shared circuits.
func TestCircuits(t *testing.T) {
	overEngines(t, func(t *testing.T, client *redis.Client) {
		quorumtest.Run(t, func(t *testing.T, c *quorumtest.Clock) (fleet.Circuits, func()) {
			lose := func() {
				if err := client.FlushAll(t.Context()).Err(); err != nil {
					t.Fatal(err)
				}
			}
			lose()
			s := New(client)
			s.clock = c.Now
			return s, lose
		})
	})
}

// trips counts round trips that run scripts, not those of the client's own.
type trips struct{ n int }

func (h *trips) count(first redis.Cmder) {
	if strings.HasPrefix(first.Name(), "eval") {
		h.n++
	}
}

func (h *trips) DialHook(next redis.DialHook) redis.DialHook { return next }

func (h *trips) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error {
		h.count(cmd)
		return next(ctx, cmd)
	}
}

func (h *trips) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return func(ctx context.Context, cmds []redis.Cmder) error {
		h.count(cmds[0])
		return next(ctx, cmds)
	}
}

func TestStore_Exchange_OneRoundTripForAllCircuits(t *testing.T) {
	client := redistest.Start(t).Client()
	defer client.Close()
	s := New(client)
	ballots := []fleet.Ballot{
		{Circuit: "a", Process: "p", Calls: time.Minute, Open: true}, {Circuit: "b", Process: "p"},
	}
	if err := client.Ping(t.Context()).Err(); err != nil { // connects
		t.Fatal(err)
	}
	var h trips
	client.AddHook(&h)
	if _, err := s.Exchange(t.Context(), ballots); err != nil || h.n != 2 {
		t.Fatalf("%v, %d round trips when the server does not know the script, want 2", err, h.n)
	}
	counts, err := s.Exchange(t.Context(), ballots)
	if err != nil || h.n != 3 {
		t.Fatalf("%v, %d round trips, want one more", err, h.n)
	}
	for i := range counts {
		if age := time.Duration(time.Now().UnixNano()) - counts[i].Now; age < -time.Minute || age > time.Minute {
			t.Errorf("the time of the server is %s ago", age)
		}
		counts[i].Now = 0
	}
	if counts[0] != (fleet.Count{Members: 1, Open: 1}) || counts[1] != (fleet.Count{}) {
		t.Errorf("counts %+v", counts)
	}
}

// Everything expires: the text of a circuit after a day, processes after a few seconds.
func TestStore_Circuits_Expire(t *testing.T) {
	client := redistest.Start(t).Client()
	defer client.Close()
	s := New(client)
	vote := []fleet.Ballot{{Circuit: "a", Process: "p", State: "x", Calls: time.Minute, Open: true}}
	for range 2 {
		if _, _, err := s.Swap(t.Context(), fleet.Change{Circuit: "a", New: "x"}); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Exchange(t.Context(), vote); err != nil {
			t.Fatal(err)
		}
		for key, most := range map[string]time.Duration{
			"resgen:{a}:circuit": 24 * time.Hour,
			"resgen:{a}:calls":   5 * time.Second,
			"resgen:{a}:open":    5 * time.Second,
		} {
			left, err := client.PTTL(t.Context(), key).Result()
			if err != nil || left > most || left < most-2*time.Second {
				t.Errorf("%s expires in %s, %v; want %s", key, left, err, most)
			}
		}
		client.PExpire(t.Context(), "resgen:{a}:circuit", time.Minute) // a ballot keeps it for longer
	}
	if n := client.DBSize(t.Context()).Val(); n != 3 {
		t.Errorf("%d keys", n)
	}
}

func TestStore_Circuits_Cluster(t *testing.T) {
	nodes := redistest.StartCluster(t)
	client := redistest.ClusterClient(nodes)
	defer client.Close()
	s := New(client)
	var ballots []fleet.Ballot
	for _, name := range strings.Split("abcdefghijkl", "") {
		b := fleet.Ballot{Circuit: name, Process: "p", State: "of " + name, Calls: time.Second, Open: true}
		ballots = append(ballots, b)
		if _, ok, err := s.Swap(t.Context(), fleet.Change{Circuit: name, New: "of " + name}); !ok || err != nil {
			t.Fatal(ok, err)
		}
	}
	counts, err := s.Exchange(t.Context(), ballots)
	if err != nil {
		t.Fatal(err)
	}
	for i, c := range counts {
		if c.State != ballots[i].State || c.Members != 1 || c.Open != 1 {
			t.Errorf("%s: %+v", ballots[i].Circuit, c)
		}
	}
}

func TestStore_Circuits_ServerGone(t *testing.T) {
	server := redistest.Start(t)
	client := redis.NewClient(&redis.Options{Addr: server.Addr, MaxRetries: -1, DialerRetries: 1})
	defer client.Close()
	s := New(client)
	server.Kill()
	if _, err := s.Exchange(t.Context(), []fleet.Ballot{{Circuit: "a"}}); err == nil {
		t.Error("no error of Exchange")
	}
	if _, _, err := s.Swap(t.Context(), fleet.Change{Circuit: "a"}); err == nil {
		t.Error("no error of Swap")
	}
}

func TestReadCount(t *testing.T) {
	good := []any{int64(5), "text", int64(3), int64(2), int64(1)}
	want := fleet.Count{Now: 5 * time.Microsecond, State: "text", Members: 3, Open: 2}
	if got, swapped, err := readCount(good); got != want || !swapped || err != nil {
		t.Errorf("got %+v, %v, %v", got, swapped, err)
	}
	if _, swapped, err := readCount([]any{int64(5), "", int64(3), int64(2), int64(0)}); swapped || err != nil {
		t.Errorf("not swapped: %v, %v", swapped, err)
	}
	for i := range 4 {
		bad := slices.Clone(good)
		bad[i] = 1.5
		if got, swapped, err := readCount(bad); err == nil || swapped || got != (fleet.Count{}) {
			t.Errorf("value %d has another type: %+v, %v, %v", i, got, swapped, err)
		}
	}
	for _, bad := range [][]any{nil, good[:4], append(slices.Clone(good), "more")} {
		if got, _, err := readCount(bad); err == nil {
			t.Errorf("%v: got %+v", bad, got)
		}
	}
}
