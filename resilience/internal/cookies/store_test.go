package cookies

import (
	"runtime"
	"testing"
	"time"
)

func TestStore(t *testing.T) {
	s := NewStore[int]()
	used := s.Get(-1)
	if s.Get(-1) != used || s.Get(-2) == used {
		t.Fatal("a key does not have one jar")
	}
	take(t, s.Get(-3), "http://a.test/", "a=b")
	take(t, s.Get(-4), "http://a.test/", "a=b; Max-Age=1")
	take(t, s.Get(-4), "http://a.test/", "a=; Max-Age=0")
	for i := range 1000 {
		s.Get(i)
		if i%100 == 99 {
			runtime.GC()
		}
	}
	if n := len(s.jars); n > 500 {
		t.Errorf("%d jars of 1000 without cookies are kept", n)
	}
	for range 3 {
		runtime.GC()
		s.drop(time.Now())
	}
	if len(s.jars) != 2 || s.Get(-1) != used || len(s.held) != 1 || s.sweep != fewestJars {
		t.Errorf("%d jars, %d of them held, next at %d; want the one in use and the one with a cookie",
			len(s.jars), len(s.held), s.sweep)
	}
	if len(s.Get(-3).Cookies(link(t, "http://a.test/"))) != 1 {
		t.Error("a jar with a cookie is lost")
	}
	take(t, used, "http://a.test/", "a=b")
	if !s.held[used] {
		t.Error("a jar is not held that got a cookie after it had none")
	}
	for i := range 40 {
		take(t, s.Get(i), "http://a.test/", "a=b")
	}
	if s.drop(time.Now()); s.sweep != 2*42 {
		t.Errorf("next at %d, want 84", s.sweep)
	}
	runtime.KeepAlive(used)
}
