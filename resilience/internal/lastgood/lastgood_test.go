package lastgood

import (
	"testing"
	"testing/synctest"
	"time"
)

func id(n int) ID { return ID{byte(n), byte(n >> 8)} }

// has reports whether a cache has the response to a request.
func has(c *Cache[string], n int) bool {
	_, _, ok := c.Get(id(n), time.Hour)
	return ok
}

func TestCache(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var s Store[string]
		c := s.NewCache()
		if has(c, 1) {
			t.Fatal("a new cache is not empty")
		}
		c.Keep(id(1), Response[string]{At: time.Now(), Body: []byte("a"), Decode: "d"})
		time.Sleep(time.Minute)
		r, age, ok := c.Get(id(1), time.Minute)
		if !ok || age != time.Minute || string(r.Body) != "a" || r.Decode != "d" {
			t.Errorf("got %+v, %v, %v", r, age, ok)
		}
		if r, age, ok := c.Get(id(1), time.Minute-1); ok || age != 0 || r.Body != nil {
			t.Error("a response that is too old is returned")
		}
		c.Keep(id(1), Response[string]{At: time.Now(), Body: []byte("b")})
		if r, age, _ := c.Get(id(1), time.Hour); string(r.Body) != "b" || age != 0 {
			t.Errorf("the newer response is not kept: %q, %v", r.Body, age)
		}
		if n, bytes := s.Size(); n != 1 || bytes != 1+overhead {
			t.Errorf("%d responses of %d bytes", n, bytes)
		}
	})
}

func TestCache_Bounds(t *testing.T) {
	var s Store[string]
	c := s.NewCache()
	for i := range mostKept {
		c.Keep(id(i), Response[string]{At: time.Now()})
	}
	c.Keep(id(0), Response[string]{At: time.Now()}) // now the newest
	c.Keep(id(mostKept), Response[string]{At: time.Now()})
	if has(c, 1) {
		t.Error("the response that was not kept again for the longest time is not dropped")
	}
	for _, n := range []int{0, 2, mostKept} {
		if !has(c, n) {
			t.Errorf("%d is dropped", n)
		}
	}
	if n, _ := s.Size(); n != mostKept || len(c.kept) != mostKept {
		t.Errorf("%d responses are kept, want %d", n, mostKept)
	}
}

// A response that is too large is not kept, and neither is what it replaces.
func TestCache_Large(t *testing.T) {
	var s Store[string]
	c := s.NewCache()
	c.Keep(id(0), Response[string]{At: time.Now(), Body: make([]byte, largestKept)})
	if !has(c, 0) {
		t.Error("the largest response is not kept")
	}
	c.Keep(id(0), Response[string]{At: time.Now(), Body: make([]byte, largestKept+1)})
	if n, bytes := s.Size(); has(c, 0) || n != 0 || bytes != 0 {
		t.Errorf("%d responses of %d bytes are kept", n, bytes)
	}
}

// All caches together are bounded: the oldest response of any of them is dropped.
func TestStore_Bounds(t *testing.T) {
	var s Store[string]
	big := Response[string]{At: time.Now(), Body: make([]byte, largestKept-overhead)}
	var caches []*Cache[string]
	for range 2 * mostBytes / largestKept {
		c := s.NewCache()
		caches = append(caches, c)
		c.Keep(id(0), big)
	}
	n, bytes := s.Size()
	if n != mostBytes/largestKept || bytes != mostBytes {
		t.Errorf("%d responses of %d bytes", n, bytes)
	}
	for i, c := range caches {
		if got, want := has(c, 0), i >= len(caches)/2; got != want {
			t.Errorf("cache %d: kept %t, want %t", i, got, want)
		}
	}
}

// A response is dropped alone, with all others about its target, or with its cache.
func TestCache_Drop(t *testing.T) {
	var s Store[string]
	c, other := s.NewCache(), s.NewCache()
	keep := func(c *Cache[string], n int, target string) {
		c.Keep(id(n), Response[string]{At: time.Now(), Target: target})
	}
	check := func(what string, want ...bool) {
		t.Helper()
		for n, want := range want {
			if got := has(c, n); got != want {
				t.Errorf("%s: %d: got %t", what, n, got)
			}
		}
		if !has(other, 1) {
			t.Errorf("%s: the other cache has lost a response", what)
		}
	}
	for n, target := range []string{"a", "b", "b", "c"} {
		keep(c, n, target)
	}
	keep(other, 1, "b")
	c.Drop(id(9))
	check("nothing", true, true, true, true)
	c.Drop(id(0))
	check("one", false, true, true, true)
	c.DropTarget("b")
	check("a target", false, false, false, true)
	c.Close()
	keep(c, 0, "a")
	check("all", false, false, false, false)
	if n, bytes := s.Size(); n != 1 || bytes != overhead {
		t.Errorf("%d responses of %d bytes are left", n, bytes)
	}
}
