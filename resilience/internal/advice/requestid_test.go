package advice

import (
	"net/http"
	"strings"
	"testing"
)

func TestRequestID(t *testing.T) {
	header := func(pairs ...string) http.Header {
		h := http.Header{}
		for i := 0; i < len(pairs); i += 2 {
			h.Set(pairs[i], pairs[i+1])
		}
		return h
	}
	for _, c := range []struct {
		header http.Header
		own    []string
		name   string
		want   string
	}{
		{nil, nil, "", ""},
		{header("X-Other", "a"), nil, "", ""},
		{header("X-Other", "a"), []string{"x-other"}, "x-other", "a"},
		{header("X-Request-Id", "a", "X-Other", "b"), []string{"X-Other"}, "X-Other", "b"},
		{header("X-Request-Id", "a", "X-Other", ""), []string{"X-Other", "X-None"}, "X-Request-Id", "a"},
		{header("X-Trace-Id", "a", "X-Amzn-Requestid", "b"), nil, "X-Amzn-Requestid", "b"},
		{header("X-Trace-Id", " a\u00e9\x1b1 "), nil, "X-Trace-Id", "a1"},
		{header("X-Trace-Id", strings.Repeat("a", 201)), nil, "X-Trace-Id", strings.Repeat("a", 200)},
	} {
		if name, got := RequestID(c.header, c.own); name != c.name || got != c.want {
			t.Errorf("%v: got %q in %q, want %q in %q", c.header, got, name, c.want, c.name)
		}
	}
}
