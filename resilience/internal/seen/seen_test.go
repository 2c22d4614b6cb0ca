package seen

import (
	"testing"
	"time"
)

func TestSet(t *testing.T) {
	var s Set[string]
	start := time.Unix(0, 0)
	for i, c := range []struct {
		value string
		at    time.Duration
		want  bool
	}{
		{"a", 0, true}, {"a", 0, false}, {"b", 10, true}, {"c", 10, false}, {"b", 10, false}, {"c", 59, false},
		{"a", 59, false}, {"a", 60, true}, {"b", 69, false}, {"c", 69, false}, {"c", 70, true}, {"a", 70, false},
		{"b", 70, false}, {"c", 129, false}, {"b", 130, true}, {"c", 130, true}, {"a", 130, false},
	} {
		if got := s.Due(c.value, start.Add(c.at), 60, 2); got != c.want {
			t.Errorf("%d: Due(%q) at %d: got %v, want %v", i, c.value, c.at, got, c.want)
		}
	}
	var none Set[string]
	if none.Due("a", start, 60, 0) || len(none.values) != 0 {
		t.Error("a set of no values remembers one")
	}
}
