package fault

import "testing"

func TestSet(t *testing.T) {
	var s Set
	for _, f := range []Fault{Dial, Reset, Count - 1} {
		if s.Has(f) {
			t.Errorf("fault %d is in the set", f)
		}
		s.Add(f)
		s.Add(f)
		if !s.Has(f) || s.Has(f-1) {
			t.Errorf("after fault %d: the set is %b", f, s)
		}
	}
	if !s.Has(Dial) || s.Has(None) {
		t.Errorf("the set is %b", s)
	}
}
