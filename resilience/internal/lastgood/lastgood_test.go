package lastgood

import (
	"testing"
	"testing/synctest"
	"time"
)

func id(n int) ID { return ID{byte(n), byte(n >> 8)} }

func TestCache(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var c Cache[string]
		if _, _, ok := c.Get(id(1), time.Hour); ok {
			t.Fatal("the zero Cache is not empty")
		}
		c.Keep(id(1), Response[string]{At: time.Now(), Body: []byte("a"), Decode: "d"})
		time.Sleep(time.Minute)
		r, age, ok := c.Get(id(1), time.Minute)
		if !ok || age != time.Minute || string(r.Body) != "a" || r.Decode != "d" {
			t.Errorf("got %+v, %v, %v", r, age, ok)
		}
		if _, _, ok := c.Get(id(1), time.Minute-1); ok {
			t.Error("a response that is too old is returned")
		}
		c.Keep(id(1), Response[string]{At: time.Now(), Body: []byte("b")})
		if r, age, _ := c.Get(id(1), time.Hour); string(r.Body) != "b" || age != 0 {
			t.Errorf("the newer response is not kept: %q, %v", r.Body, age)
		}
	})
}

func TestCache_Bounds(t *testing.T) {
	var c Cache[string]
	c.Keep(id(0), Response[string]{At: time.Now(), Body: make([]byte, largestKept+1)})
	if _, _, ok := c.Get(id(0), time.Hour); ok {
		t.Error("a response that is too large is kept")
	}
	c.Keep(id(0), Response[string]{At: time.Now(), Body: make([]byte, largestKept)})
	for i := range mostKept {
		if _, _, ok := c.Get(id(0), time.Hour); !ok {
			t.Fatalf("dropped after %d others", i)
		}
		c.Keep(id(i+1), Response[string]{At: time.Now()})
	}
	if _, _, ok := c.Get(id(0), time.Hour); ok {
		t.Error("the oldest response is not dropped")
	}
	if _, _, ok := c.Get(id(1), time.Hour); !ok || len(c.kept) != mostKept {
		t.Errorf("%d responses are kept, want %d", len(c.kept), mostKept)
	}
}
