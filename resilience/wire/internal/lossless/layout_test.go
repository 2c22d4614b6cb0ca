package lossless

import (
	"reflect"
	"testing"
	"time"
)

type (
	text  struct{ Token }
	maybe struct{ Optional[int] }
)

func (t *text) UnmarshalJSON(data []byte) (err error) {
	t.Token, err = ReadToken(data)
	return err
}

// Types of other packages are read and written like the Token or Optional that they embed.
func TestLayout_Embedded(t *testing.T) {
	type pair struct {
		A text  `json:"a"`
		B maybe `json:"b,omitzero"`
	}
	for data, want := range map[string]string{
		`{"a":"x","b":null}`: `{"a":"x","b":null}`, `{"b":5}`: `{"a":null,"b":5}`, `{"a": 1.50}`: `{"a":1.50}`,
	} {
		var p pair
		if err := Unmarshal([]byte(data), &p); err != nil {
			t.Fatal(err)
		}
		if got, err := Marshal(p); err != nil || string(got) != want {
			t.Errorf("%s: got %s, %v, want %s", data, got, err, want)
		}
	}
}

func TestIsAbsentIfZero(t *testing.T) {
	for v, want := range map[any]bool{
		struct{ Token }{}: true, struct{ Optional[int] }{}: true, Raw(""): true,
		struct{ n int }{}: false, struct{ Unknown }{}: false, time.Time{}: false, 1: false,
	} {
		if got := isAbsentIfZero(reflect.TypeOf(v)); got != want {
			t.Errorf("%T: got %v, want %v", v, got, want)
		}
	}
}
