package lossless

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"
	"testing"
)

// A text that is not JSON must change neither the value nor the report, wherever its fault is.
func TestDecode_SyntaxErrorChangesNothing(t *testing.T) {
	const whole = `{"at":"1","list":["a",null],"map":{"k":"x"},"bytes":"QQ==","lists":{"n":[[1]]},"maybe":"2",` +
		`"self":{"list":[5]},"any":{"a":[1,{"b":"\n"}]},"some":true,"a,b":{"at":3},"leaves":[{"at":4},7],` +
		`"later":["x"],"rest":{"at":5},"new":-1.5e3}`
	var filled tree
	if err := Unmarshal([]byte(whole), &filled); err != nil {
		t.Fatal(err)
	}
	for cut := range len(whole) {
		for _, end := range []string{"", "]", "x", "\x01"} {
			data := []byte(whole[:cut] + end)
			r := Report{Drifts: []Drift{
				{Path: "list[]", Kind: DriftNull, Count: 3}, {Path: "old", Kind: DriftType, Count: 1},
			}}
			before := fmt.Sprintf("%+v", r)
			var v tree
			fault, err := Decode(data, &v, &r)
			if err == nil || fault != nil || !reflect.ValueOf(v).IsZero() || fmt.Sprintf("%+v", r) != before {
				t.Fatalf("%s: got %v, %v, %+v, %+v", data, fault, err, v, r)
			}
			want := json.NewDecoder(strings.NewReader(string(data))).Decode(new(any))
			early := errors.Is(want, io.ErrUnexpectedEOF) || errors.Is(want, io.EOF)
			if want == nil || early != errors.Is(err, io.ErrUnexpectedEOF) {
				t.Fatalf("%s: got %v, want %v", data, err, want)
			}
			v = filled
			if _, err = Decode(data, &v, nil); err == nil || !reflect.DeepEqual(v, filled) {
				t.Fatalf("%s: got %v, and the value changed", data, err)
			}
		}
	}
	// more data behind the value
	var v leaf
	if _, err := Decode([]byte(`{"at":5} 1`), &v, nil); err == nil ||
		err.Error() != "JSON at byte 8: more data follows the JSON value" {
		t.Errorf("got %v", err)
	}
}

// All integers have the range of their type.
func TestDecode_Integers(t *testing.T) {
	type numbers struct {
		I8  int8    `json:"i8,omitzero"`
		I16 int16   `json:"i16,omitzero"`
		I32 *int32  `json:"i32,omitzero"`
		I64 int64   `json:"i64,omitzero"`
		U8  uint8   `json:"u8,omitzero"`
		U64 uint64  `json:"u64,omitzero"`
		F32 float32 `json:"f32,omitzero"`
		B   *bool   `json:"b,omitzero"`
		End int8    `json:"end"`

		Unknown Unknown `json:"-"`
	}
	for _, row := range []struct {
		data string
		fits bool
	}{
		{`{"i8":127,"end":1}`, true}, {`{"i8":-128,"end":1}`, true}, {`{"i8":128,"end":1}`, false},
		{`{"i8":-129,"end":1}`, false}, {`{"i8":384,"end":1}`, false},
		{`{"i16":32767,"end":1}`, true}, {`{"i16":-32768,"end":1}`, true}, {`{"i16":32768,"end":1}`, false},
		{`{"i16":-32769,"end":1}`, false},
		{`{"i32":2147483647,"end":1}`, true}, {`{"i32":2147483648,"end":1}`, false},
		{`{"i32":-2147483648,"end":1}`, true}, {`{"i32":-2147483649,"end":1}`, false},
		{`{"i64":9223372036854775807,"end":1}`, true}, {`{"i64":9223372036854775808,"end":1}`, false},
		{`{"u8":255,"end":1}`, true}, {`{"u8":256,"end":1}`, false}, {`{"u8":-1,"end":1}`, false},
		{`{"u64":18446744073709551615,"end":1}`, true}, {`{"u64":18446744073709551616,"end":1}`, false},
		{`{"f32":0.1,"end":1}`, true}, {`{"f32":16777217,"end":1}`, true}, {`{"f32":1e39,"end":1}`, false},
		{`{"b":true,"end":1}`, true}, {`{"b":false,"end":1}`, true}, {`{"b":"true","end":1}`, false},
	} {
		var v numbers
		fault, err := Decode([]byte(row.data), &v, nil)
		if (fault == nil) != row.fits || err != nil || v.End != 1 {
			t.Errorf("%s: got %v, %v, %+v", row.data, fault, err, v)
		}
		if got, err := Marshal(v); err != nil || string(got) != row.data {
			t.Errorf("%s: got %s, %v", row.data, got, err)
		}
	}
}

// The order of members must not matter, nor how many are absent between them.
func TestDecode_OrderOfMembers(t *testing.T) {
	type wide struct {
		A, B, C, D, E, F, G, H *int
		Unknown                Unknown `json:"-"`
	}
	for data, want := range map[string]string{
		`{"A":1,"B":2,"C":3,"D":4,"E":5,"F":6,"G":7,"H":8}`:     "1 2 3 4 5 6 7 8",
		`{"H":8,"G":7,"F":6,"E":5,"D":4,"C":3,"B":2,"A":1}`:     "1 2 3 4 5 6 7 8",
		`{"A":1,"F":6,"B":2,"H":8}`:                             "1 2 - - - 6 - 8",
		`{"D":4,"H":8}`:                                         "- - - 4 - - - 8",
		`{"E":5}`:                                               "- - - - 5 - - -",
		`{"A":1,"A":2,"h":7,"H":8,"B":3,"A":4}`:                 "4 3 - - - - - 8",
		`{ "A" : 1 , "\u0042" : 2 ,` + "\n" + `"c":3,"C" :4 } `: "1 2 4 - - - - -",
	} {
		var v wide
		if err := Unmarshal([]byte(data), &v); err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, p := range []*int{v.A, v.B, v.C, v.D, v.E, v.F, v.G, v.H} {
			if p == nil {
				got = append(got, "-")
			} else {
				got = append(got, fmt.Sprint(*p))
			}
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s: got %v, want %s", data, got, want)
		}
	}
}

// Lists have all items, and no more memory than they need or than their growth demands.
func TestDecode_Lists(t *testing.T) {
	for _, item := range []string{`1`, `{"ID":1,"Text":"` + strings.Repeat("x", 300) + `"}`, `[1,2]`, `"a,]"`} {
		for _, n := range []int{0, 1, 2, 3, 7, 100, 1000} {
			list := strings.TrimSuffix(strings.Repeat(item+",", n), ",")
			data := []byte(`{"Before":"x","List":[` + list + `],"After":"y"}`)
			var v struct {
				Before string
				List   []any
				After  string
			}
			var typed struct {
				List []struct {
					Any     any     `json:"-"`
					Unknown Unknown `json:"-"`
				}
				After string
			}
			if err := errors.Join(Unmarshal(data, &v), Unmarshal(data, &typed)); err != nil {
				t.Fatal(err)
			}
			if len(v.List) != n || v.List == nil || v.After != "y" || len(typed.List) != n || typed.After != "y" {
				t.Errorf("%d times %s: got %d and %d items", n, item, len(v.List), len(typed.List))
			}
			if c := cap(v.List); c > n+n/8+8 {
				t.Errorf("%d times %s: room for %d", n, item, c)
			}
			if c := cap(typed.List); c > n+n/8+8 {
				t.Errorf("%d times %s: room for %d", n, item, c)
			}
		}
	}
}

// A decoder that was used before must not know anything of what it read.
func TestDecoder_Free(t *testing.T) {
	type inner struct {
		A mine `json:"a"`
	}
	d := &decoder{path: make([]string, 0, 4), scratch: []byte("secret"), report: &Report{}}
	d.data = []byte(`{"a":1,"secret":2}`)
	d.read(placeOf(reflect.New(reflect.TypeFor[inner]()).Elem()), layoutOf(reflect.TypeFor[inner]()))
	if got := d.report.Drifts; len(got) != 2 {
		t.Errorf("got %v, want a value that is refused and an unknown member", got)
	}
	d.data, d.at, d.depth, d.broken = []byte("secret"), 3, 2, true
	d.fault, d.lost, d.spare = &DecodeError{}, &DecodeError{}, listAt{len: 1}
	d.slab.text([]byte("secret"), 9)
	d.free()
	if text := fmt.Sprintf("%+v %q %s", *d, d.path[:4], d.scratch[:6]); strings.Contains(text, "secret") {
		t.Errorf("got %s", text)
	}
	d.path, d.scratch = nil, nil
	if !reflect.ValueOf(*d).IsZero() {
		t.Errorf("got %+v", d)
	}
}

// mine refuses all values, and names a member.
type mine struct{}

func (*mine) UnmarshalJSON([]byte) error { return &DecodeError{Member: "secret"} }
