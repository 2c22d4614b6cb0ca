package redisstore

import (
	"strings"
	"testing"
)

func TestKey(t *testing.T) {
	s := New(nil, WithPrefix("shop:"))
	long := strings.Repeat("a", 121)
	for _, tt := range []struct{ name, want string }{
		{"spapi host account", "shop:{spapi host account}:q"},
		{strings.Repeat("a", 120), "shop:{" + strings.Repeat("a", 120) + "}:q"},
		// The digests are the first 16 bytes of sha256sum's output.
		{long, "shop:{" + strings.Repeat("a", 60) + "#e9615320128cc7a3d6078e9af0560318}:q"},
		{"a}{b", "shop:{a)(b#f2a468af3f34e5a6cbb7447bf01c45aa}:q"},
		{"", "shop:{#e3b0c44298fc1c149afbf4c8996fb924}:q"},
	} {
		if got := s.key(tt.name, "q"); got != tt.want {
			t.Errorf("key(%q) = %q, want %q", tt.name, got, tt.want)
		}
	}
	if got := New(nil).key("a", "q"); got != "resgen:{a}:q" {
		t.Errorf("with the default prefix the key is %q", got)
	}
}
