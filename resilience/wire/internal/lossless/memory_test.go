package lossless

import (
	"reflect"
	"testing"
)

// A value in an interface is found whatever its size.
func TestPlaceIn(t *testing.T) {
	n := 5
	type pointer struct{ P *int }
	type table struct{ M map[string]any }
	type pair struct{ A, B int }
	for _, v := range []any{
		pointer{&n}, table{map[string]any{"a": 1}}, pair{1, 2}, struct{ N int8 }{3}, struct{ S string }{"s"},
		"text", []byte("b"), []string{"a"}, struct{}{}, Unknown{&remains{whole: "1"}}, Token("1"), 5, true, &n,
		[1]*int{&n}, kind("k"),
	} {
		l := layoutOf(reflect.TypeOf(v))
		if got := placeIn(v, l).value(l).Interface(); !reflect.DeepEqual(got, v) {
			t.Errorf("%T: got %v, want %v", v, got, v)
		}
	}
}
