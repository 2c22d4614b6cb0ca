package lossless

import (
	"fmt"
	"math"
	"testing"
)

// bent encodes itself by a method of its pointer.
type bent struct{ N int }

func (b *bent) MarshalJSON() ([]byte, error) { return fmt.Appendf(nil, "[%d]", b.N), nil }

type bends struct {
	One   bent           `json:"one"`
	Two   *bent          `json:"two"`
	List  []bent         `json:"list"`
	Pairs [2]bent        `json:"pairs"`
	Map   map[string]any `json:"map"`
	Maybe Optional[bent] `json:"maybe"`
}

// Like encoding/json, methods of pointers are called for values that are not copies.
func TestMarshal_MethodOfPointer(t *testing.T) {
	v := bends{
		One: bent{1}, Two: &bent{2}, List: []bent{{3}}, Pairs: [2]bent{{4}, {5}},
		Map:   map[string]any{"a": bent{6}, "b": &bent{7}, "c": []bent{{8}}, "d": map[string]bent{"e": {9}}},
		Maybe: OptionalOf(bent{10}),
	}
	const (
		around = `"two":[2],"list":[[3]],`
		inMap  = `"map":{"a":{"N":6},"b":[7],"c":[[8]],"d":{"e":{"N":9}}},"maybe":[10]}`
		copied = `{"one":{"N":1},` + around + `"pairs":[{"N":4},{"N":5}],` + inMap
		inside = `{"one":[1],` + around + `"pairs":[[4],[5]],` + inMap
	)
	for _, row := range []struct {
		v    any
		want string
	}{
		{v, copied}, {&v, inside}, {[]bends{v}, "[" + inside + "]"},
		{[]any{v, 1, bent{1}}, "[" + copied + `,1,{"N":1}]`},
		{map[string]bends{"k": v}, `{"k":` + copied + "}"}, {map[string]*bends{"k": &v}, `{"k":` + inside + "}"},
		{[]*bends{&v, nil}, "[" + inside + ",null]"}, {OptionalOf(v), inside},
		{struct {
			P *bends
			V bends
		}{&v, v}, `{"P":` + inside + `,"V":` + copied + "}"},
	} {
		if got, err := Marshal(row.v); err != nil || string(got) != row.want {
			t.Errorf("%T: got %s, %v, want %s", row.v, got, err, row.want)
		}
	}
}

type (
	kind  string
	grade int8
	share float32
	yes   bool
)

// Numbers of all sizes keep their sign and value, in fields, lists and alone.
func TestMarshal_Sizes(t *testing.T) {
	for _, row := range []struct {
		v    any
		want string
	}{
		{[]int8{-128, 127}, "[-128,127]"}, {[]int16{-32768, 32767}, "[-32768,32767]"},
		{[]int32{math.MinInt32}, "[-2147483648]"},
		{[]int64{math.MinInt64, -1}, "[-9223372036854775808,-1]"}, {[]int{-1}, "[-1]"},
		{[]uint16{65535}, "[65535]"}, {[]uint32{math.MaxUint32}, "[4294967295]"},
		{[]uint64{math.MaxUint64}, "[18446744073709551615]"}, {[]uint{1}, "[1]"}, {[]float32{0.1, -1}, "[0.1,-1]"},
		{[]float64{0.1, 1e-7}, "[0.1,1e-7]"}, {[]bool{true, false}, "[true,false]"},
		{grade(-5), "-5"}, {uint8(200), "200"}, {share(0.1), "0.1"}, {yes(true), "true"}, {kind("k"), `"k"`},
		{struct {
			A grade
			B yes
			C share
			D kind
			E uint8
		}{-1, true, 0.5, "d", 255}, `{"A":-1,"B":true,"C":0.5,"D":"d","E":255}`},
	} {
		if got, err := Marshal(row.v); err != nil || string(got) != row.want {
			t.Errorf("%T: got %s, %v, want %s", row.v, got, err, row.want)
		}
	}
}
