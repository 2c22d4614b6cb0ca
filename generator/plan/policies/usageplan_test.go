package policies

import "testing"

// Numbers that are out of range for a bucket are ignored.
func TestPlanRow(t *testing.T) {
	for _, c := range []struct {
		row    string
		titled bool
		rate   float64
		burst  int
		ok     bool
	}{
		{"| 0.5 | 20 |", false, 0.5, 20, true},
		{" .5 | 1", false, 0.5, 1, true},
		{"|Default| 5 | 10.9 |", true, 5, 10, true},
		{"2147483647 | 2147483647", false, 2147483647, 2147483647, true},
		{"2147483648 | 1", false, 0, 0, false},
		{"1 | 2147483648", false, 0, 0, false},
		{"1e999 | 5", false, 0, 0, false},
		{"5 | 1e999", false, 0, 0, false},
		{"Inf | 5", false, 0, 0, false},
		{"5 | NaN", false, 0, 0, false},
		{"n | 5", false, 0, 0, false},
		{"5 | n", false, 0, 0, false},
		{"0 | 5", false, 0, 0, false},
		{"5 | 0.9", false, 0, 0, false},
		{"5 | 5", true, 0, 0, false},
		{"5", false, 0, 0, false},
	} {
		rate, burst, ok := planRow(c.row, c.titled)
		if ok != c.ok || ok && (rate != c.rate || burst != c.burst) {
			t.Errorf("%q: got %g, %d, %t", c.row, rate, burst, ok)
		}
	}
}
