package paging

import (
	"net/url"
	"testing"
)

func TestTarget(t *testing.T) {
	for _, text := range []string{"/a%2Fb/c?x=1&y=%20", "/a?", "?n=2"} {
		u, err := ParseTarget(text)
		if err != nil {
			t.Fatal(err)
		}
		if got := Target(u); got != text {
			t.Errorf("got %q, want %q", got, text)
		}
	}
	if _, err := ParseTarget("/%z"); err == nil {
		t.Error("a path that cannot be unescaped was parsed")
	}
}

func TestSameOrigin(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want bool
	}{
		{"https://a.test/x", "https://a.test:443/y", true},
		{"http://a.test/x", "http://a.test:80/y", true},
		{"http://a.test/x", "https://a.test/x", false},
		{"https://a.test/x", "https://b.test/x", false},
		{"https://a.test/x", "https://a.test:444/x", false},
	} {
		a, _ := url.Parse(c.a)
		b, _ := url.Parse(c.b)
		if got := SameOrigin(a, b); got != c.want {
			t.Errorf("%s and %s: got %t, want %t", c.a, c.b, got, c.want)
		}
	}
}
