package lossless

import (
	"bytes"
	"encoding/json"
	"errors"
	"math"
	"reflect"
	"strings"
	"testing"
)

func TestMarshal_Any(t *testing.T) {
	var nothing map[string]any
	for _, row := range []struct {
		v    any
		want string
	}{
		{map[string]any{}, `{}`},
		{nothing, `null`},
		{map[string]any{"c": 1, "a": "x", "b": nil, "": true}, `{"":true,"a":"x","b":null,"c":1}`},
		{map[string]any{
			"b": map[string]any{"z": 1, "y": map[string]any{"x": false}}, "a": map[string]any{"d": 2, "c": 3}, "c": 4,
		}, `{"a":{"c":3,"d":2},"b":{"y":{"x":false},"z":1},"c":4}`},
		{map[string]any{
			"n": nothing, "l": []any{int64(-5), 1.5, 1e21, json.Number("1.50"), "\n", []any(nil), []string(nil)},
		}, `{"l":[-5,1.5,1e+21,1.50,"\n",null,null],"n":null}`},
		{map[string]any{"leaf": leaf{At: when{"3"}}, "float": float32(0.1), "uint": uint8(7)},
			`{"float":0.1,"leaf":{"at":3},"uint":7}`},
		{[]map[string]any{{"a": 1}, nil}, `[{"a":1},null]`},
		{map[string]any{`q"`: "<é>\u2028"}, `{"q\"":"<é>\u2028"}`},
	} {
		if got, err := Marshal(row.v); err != nil || string(got) != row.want {
			t.Errorf("%v: got %s, %v, want %s", row.v, got, err, row.want)
		}
	}
	deep := any(1)
	for range 10_001 {
		deep = map[string]any{"a": deep}
	}
	for name, v := range map[string]any{
		"depth": deep, "NaN": map[string]any{"a": []any{math.NaN()}}, "number": map[string]any{"a": json.Number("1x")},
		"channel": map[string]any{"a": make(chan int)}, "numbers": []json.Number{"1x"},
	} {
		if got, err := Marshal(v); err == nil || got != nil {
			t.Errorf("%s: got %s", name, got)
		}
	}
}

// What follows a map without a declared type is written as part of a request again.
func TestMarshalSent_AfterAny(t *testing.T) {
	type body struct {
		Any     map[string]any `json:"any"`
		List    []string       `json:"list"`
		Maps    map[string]any `json:"maps"`
		At      when           `json:"at"`
		Unknown Unknown        `json:"-"`
	}
	v := body{Any: map[string]any{"x": map[string]any{"list": []string(nil)}}, At: when{"1"}}
	want := `{"any":{"x":{"list":null}},"list":[],"maps":{},"at":1}`
	if got, err := MarshalSent(v); err != nil || string(got) != want {
		t.Errorf("got %s, %v", got, err)
	}
	v.Any, v.At = map[string]any{"x": map[string]any{"leaf": leaf{}}}, when{}
	_, err := MarshalSent(v)
	var unset *UnsetError
	if !errors.As(err, &unset) || strings.Join(unset.Members, " ") != "any.x.leaf.at at" {
		t.Errorf("got %v", err)
	}
	if _, err := MarshalSent(body{At: when{"1"}}); err != nil {
		t.Errorf("got %v after a body with an unset member", err)
	}
}

// A kept JSON text is written without its spaces, and only if it is JSON.
func TestMarshal_Raw(t *testing.T) {
	for data, want := range map[string]string{
		`{"a":[1,"x"]}`: `{"a":[1,"x"]}`, ` { "a" : [ 1 ] } `: `{"a":[1]}`, `"a b"`: `"a b"`, "[\t1,\n2\r]": `[1,2]`,
		`1.50`: `1.50`, ``: `null`,
	} {
		if got, err := Marshal([]any{Raw(data), 2}); err != nil || string(got) != "["+want+",2]" {
			t.Errorf("%q: got %s, %v, want %s", data, got, err, want)
		}
	}
	for _, data := range []string{`{`, `1 2`, `12]`, `nul`, ` `} {
		if got, err := Marshal([]any{Raw(data)}); err == nil {
			t.Errorf("%q: got %s", data, got)
		}
	}
}

// What an encoder returned must not change when it is used again, and it must keep nothing.
func TestEncoder_Free(t *testing.T) {
	first, err := Marshal(map[string]any{"secret": "secret"})
	if err != nil {
		t.Fatal(err)
	}
	for range 10 {
		if _, err := Marshal(strings.Repeat("x", 100)); err != nil {
			t.Fatal(err)
		}
	}
	if string(first) != `{"secret":"secret"}` || cap(first) > 32 {
		t.Errorf("got %s with a capacity of %d", first, cap(first))
	}
	e := &encoder{
		out: []byte("secret"), keys: []mapKey{{name: "secret"}}, depth: 2, declared: true,
		addressable: true, lacking: true, unset: new(unset), withheld: func(reflect.Value) bool { return true },
	}
	keys, out := e.keys, e.out
	e.free()
	if keys[0].name != "" || string(out) != strings.Repeat("\x00", 6) || e.unset != nil || e.withheld != nil ||
		e.depth != 0 || e.declared || e.addressable || e.lacking || len(e.out) != 0 || len(e.keys) != 0 {
		t.Errorf("got %+v", e)
	}
	if large, err := Marshal(strings.Repeat("x", 1<<17)); err != nil || len(large) != 1<<17+2 {
		t.Errorf("got %d bytes, %v", len(large), err)
	}
}

// Values without a declared type are written as encoding/json writes them.
func FuzzMarshal_Any(f *testing.F) {
	for _, data := range []string{
		`{"b":[1,"x",null,true,{"a":1.5}],"a":{},"c":"<é>\u2028\\"}`, `1e21`,
		`{"9":1,"8":2,"7":3,"6":4,"5":5,"4":6,"3":7,"2":8,"1":9}`,
	} {
		f.Add([]byte(data), true)
	}
	f.Fuzz(func(t *testing.T, data []byte, numbers bool) {
		var v any
		d := json.NewDecoder(bytes.NewReader(data))
		if numbers {
			d.UseNumber()
		}
		if d.Decode(&v) != nil {
			return
		}
		var want bytes.Buffer
		e := json.NewEncoder(&want)
		e.SetEscapeHTML(false)
		if err := e.Encode(v); err != nil {
			t.Fatal(err)
		}
		for _, value := range []any{v, &v} {
			if got, err := Marshal(value); err != nil || string(got)+"\n" != want.String() {
				t.Fatalf("got %s, %v, want %s", got, err, want.String())
			}
		}
	})
}
