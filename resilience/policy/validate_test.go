package policy

import (
	"fmt"
	"math"
	"testing"
)

func TestRules_Edges(t *testing.T) {
	inf, nan := math.Inf(1), math.NaN()
	tests := []struct {
		name    string
		rule    rule
		allowed []float64
		refused []float64
	}{
		{"positive", positive, []float64{math.SmallestNonzeroFloat64, math.MaxFloat64},
			[]float64{0, -1, inf, -inf, nan}},
		{"one", one, []float64{1, 2}, []float64{0.999, inf, nan}},
		{"attempts", attempts, []float64{1, 100}, []float64{0, 101, nan}},
		{"share", share, []float64{0.1, 1}, []float64{0, 1.001, -1, nan}},
		{"shareOrNever", shareOrNever, []float64{0.1, 1, -0.1}, []float64{0, 1.001, nan}},
		{"jitterOrNone", jitterOrNone, []float64{0.1, -0.1}, []float64{0, 1, nan}},
		{"countOrNever", countOrNever, []float64{1, -1}, []float64{0}},
		{"countOrNone", countOrNone, []float64{1, 5, -1}, []float64{0, -2}},
		{"status", status, []float64{100, 599}, []float64{99, 600}},
	}
	for _, test := range tests {
		for _, f := range test.allowed {
			if !test.rule.number(f) {
				t.Errorf("%s refuses %v", test.name, f)
			}
		}
		for _, f := range test.refused {
			if test.rule.number(f) {
				t.Errorf("%s allows %v", test.name, f)
			}
		}
	}
	for _, s := range []string{"X-Key", "!#$%&'*+-.^_`|~09azAZ"} {
		if !isToken(s) {
			t.Errorf("%q is a token", s)
		}
	}
	for _, s := range []string{"", " ", "a b", "a:", "é", "a\x00", "(a)", `"`} {
		if isToken(s) {
			t.Errorf("%q is no token", s)
		}
	}
}

func TestSwitch(t *testing.T) {
	for text, want := range map[string]Switch{"true": On, "false": Off} {
		var s Switch
		if err := s.UnmarshalText([]byte(text)); err != nil || s != want || s.String() != text {
			t.Errorf("%s: got %v %v", text, s, err)
		}
	}
	var s Switch
	if err := s.UnmarshalText([]byte("yes")); err == nil || err.Error() != `want true or false, got "yes"` || s != Inherit {
		t.Errorf("got %v, %v", s, err)
	}
	if got := fmt.Sprint(Inherit); got != "" {
		t.Errorf("Inherit is %q", got)
	}
}
