package seen

import "testing"

func TestSet(t *testing.T) {
	var s Set[string]
	for i, c := range []struct {
		value string
		want  bool
	}{{"a", true}, {"a", false}, {"b", true}, {"c", false}, {"b", false}, {"c", false}} {
		if got := s.First(c.value, 2); got != c.want {
			t.Errorf("%d: First(%q, 2) = %v, want %v", i, c.value, got, c.want)
		}
	}
}
