package lossless

import "testing"

// A set of members can have more members than a machine word has bits.
func TestBitset(t *testing.T) {
	var b bitset
	for _, i := range []int{0, 63, 64, 127, 128, 300} {
		if b.has(i) {
			t.Errorf("%d is in", i)
		}
		b.add(i)
		if !b.has(i) || b.has(i+1) {
			t.Errorf("%d is not in, or %d is", i, i+1)
		}
	}
}
