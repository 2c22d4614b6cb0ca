package pool

import (
	"context"
	"net"
	"testing"

	"github.com/resgen/resgen/resilience/policy"
)

// stocked returns a store that opens pipes.
func stocked(t *testing.T) *Store {
	t.Helper()
	s := NewStore(Dialing{Dial: func(context.Context, string, string) (net.Conn, error) {
		near, _ := net.Pipe()
		return near, nil
	}}, nil)
	t.Cleanup(s.Close)
	return s
}

// connect opens a connection of a pool.
func connect(t *testing.T, p *Pool) *Conn {
	t.Helper()
	c, err := p.DialContext(t.Context(), "tcp", "host:80")
	if err != nil {
		t.Fatal(err)
	}
	return Of(c)
}

func key(api string, idle int) Key { return Key{api, policy.Transport{MaxIdle: idle}} }

func TestStore_Get(t *testing.T) {
	s := stocked(t)
	p := s.Get(key("a", 1))
	if s.Get(key("a", 1)) != p {
		t.Error("the same settings have two pools")
	}
	if s.Get(key("a", 2)) == p || s.Get(key("b", 1)) == p {
		t.Error("other settings or APIs share the pool")
	}
	if p.MaxIdleConnsPerHost != 1 {
		t.Errorf("%d idle connections", p.MaxIdleConnsPerHost)
	}
}

func TestStore_Keep(t *testing.T) {
	s := stocked(t)
	kept, replaced, unused := s.Get(key("a", 1)), s.Get(key("a", 2)), s.Get(key("a", 3))
	idle, busy, waiting := connect(t, replaced), connect(t, replaced), connect(t, kept)
	idle.Use(false)
	idle.Release()
	busy.Use(false)
	waiting.Use(false)
	waiting.Release()
	if s.Size() != 3 {
		t.Fatalf("%d connections", s.Size())
	}
	s.Keep(map[Key]bool{key("a", 1): true})
	if s.Size() != 2 || replaced.Size() != 1 || kept.Size() != 1 {
		t.Errorf("%d connections are open, want that in use and that of the pool that is kept", s.Size())
	}
	if s.Get(key("a", 1)) != kept || s.Get(key("a", 2)) == replaced || s.Get(key("a", 3)) == unused {
		t.Error("want the pool that is kept, and new ones for the others")
	}
	if got := len(s.all()); got != 5 {
		t.Errorf("%d pools, want 3 and 2 that are retired", got)
	}
	s.Keep(map[Key]bool{key("a", 1): true})
	if got := len(s.all()); got != 4 {
		t.Errorf("%d pools: those without connections must be forgotten", got)
	}
	busy.Release()
	s.Keep(map[Key]bool{key("a", 1): true})
	if got := len(s.all()); got != 1 || s.Size() != 1 {
		t.Errorf("%d pools and %d connections, want 1", got, s.Size())
	}
}

func TestStore_Full(t *testing.T) {
	s := stocked(t)
	used := map[Key]bool{}
	fill := func(from, to int) {
		for i := from; i < to; i++ {
			used[key("a", i)] = true
			s.Get(key("a", i))
		}
	}
	fill(0, 15)
	if s.Full() {
		t.Error("full with 15 pools")
	}
	fill(15, 16)
	if !s.Full() {
		t.Error("not full with 16")
	}
	s.Keep(used)
	if s.Full() {
		t.Error("full although all pools are used")
	}
	fill(16, 32)
	if !s.Full() {
		t.Error("not full with 32")
	}
	s.Keep(nil)
	fill(0, 16)
	if !s.Full() {
		t.Error("not full with 16 again")
	}
}

func TestStore_Close(t *testing.T) {
	s := stocked(t)
	c := connect(t, s.Get(key("a", 1)))
	retired := connect(t, s.Get(key("a", 2)))
	c.Use(false)
	retired.Use(false)
	s.Keep(map[Key]bool{key("a", 1): true})
	s.Close()
	if s.Size() != 0 {
		t.Errorf("%d connections are open", s.Size())
	}
}
