package wire

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"testing"
	"time"
)

type chain struct {
	Name string
	Next *chain
}

type looseChain struct {
	Next *looseChain
	Rest any
}

type embedsAny struct{ looseChain }

// The digits of a number stay, wherever in a type the value of type any is.
func TestUnmarshal_KeepsDigits(t *testing.T) {
	const digits = "12345678901234567890.12345678901234567890"
	want := json.Number(digits)
	for _, c := range []struct {
		data string
		into any
		get  func(any) any
	}{
		{digits, new(any), func(v any) any { return *v.(*any) }},
		{`[` + digits + `]`, new([]any), func(v any) any { return (*v.(*[]any))[0] }},
		{`[` + digits + `]`, new([1]any), func(v any) any { return v.(*[1]any)[0] }},
		{`{"a":` + digits + `}`, new(map[string]any), func(v any) any { return (*v.(*map[string]any))["a"] }},
		{`{"Next":{"Rest":` + digits + `}}`, new(looseChain), func(v any) any { return v.(*looseChain).Next.Rest }},
		{`{"Rest":` + digits + `}`, new(embedsAny), func(v any) any { return v.(*embedsAny).Rest }},
		{`{"Rest":` + digits + `}`, new(*looseChain), func(v any) any { return (*v.(**looseChain)).Rest }},
	} {
		if err := Unmarshal([]byte(c.data), c.into); err != nil {
			t.Errorf("%T: %v", c.into, err)
		} else if got := c.get(c.into); got != want {
			t.Errorf("%T: got %v (%T), want all digits", c.into, got, got)
		}
	}
}

// What a decoder would copy is not copied where no digits can be lost.
func TestUnmarshal_AllocatesNoMoreThanTheStandard(t *testing.T) {
	data := []byte(`{"Name":"a","Next":{"Name":"b","Next":{"Name":"c"}}}`)
	standard := testing.AllocsPerRun(100, func() { _ = json.Unmarshal(data, new(chain)) })
	own := testing.AllocsPerRun(100, func() { _ = Unmarshal(data, new(chain)) })
	if own > standard {
		t.Errorf("got %g allocations, want %g as encoding/json", own, standard)
	}
}

// A type gets the same errors whether it can hold any or not.
func TestUnmarshal_SameErrors(t *testing.T) {
	for _, data := range []string{``, ` `, `{`, `{"Next":`, `{"Next":{}`, `{"Next":{}} x`, `{}{}`, `{"Next":7}`, `x`} {
		strict, loose := Unmarshal([]byte(data), new(chain)), Unmarshal([]byte(data), new(looseChain))
		var d *DecodeError
		if !errors.As(strict, &d) || loose == nil || errors.Is(strict, io.ErrUnexpectedEOF) != errors.Is(loose,
			io.ErrUnexpectedEOF) {
			t.Errorf("%q: got %v and %v", data, strict, loose)
			continue
		}
		if strict.Error() != loose.Error() {
			t.Errorf("%q: got %q, want %q", data, strict, loose)
		}
	}
}

func TestUnmarshal_IntoNothing(t *testing.T) {
	if err := Unmarshal([]byte(`{}`), nil); err == nil {
		t.Error("a value was decoded into nil")
	}
}

type named string

type plain struct {
	A string
	B *int             `json:"b,omitempty"`
	C []byte           `json:"c"`
	D map[named]bool   `json:"d"`
	E float32          `json:"e"`
	F [2]uint8         `json:"f"`
	G any              `json:"g"`
	H *named           `json:"h,omitzero"`
	I struct{ X int8 } `json:"i"`
	J json.Number      `json:"j,omitzero"`
	K json.RawMessage  `json:"k,omitzero"`
	L time.Time        `json:"l,omitzero"`
	M int              `json:"m,string"`
}

// What no generated struct is in is written byte for byte as encoding/json does, without the
// escapes of HTML.
func TestMarshal_AsTheStandard(t *testing.T) {
	five, text := 5, named("x")
	var nilMap map[string]any
	for _, v := range []any{
		nil, true, -5, uint8(7), 1.5, 1e21, 1e-7, float32(0.1), math.MaxInt64, "",
		"a<b>&\"\\/\b\f\n\r\t\x00\x1f\u2028\u2029é\xff\U0001F600",
		[]int(nil), []int{}, []string{"a", "b"}, nilMap, map[string]int{"b": 1, "a": 2, "": 3},
		map[int]string{2: "b", 1: "a"},
		[]any{nil, 1, "x", map[string]any{"k": []any{}}}, [2]bool{true}, &five, (*int)(nil), []byte(nil), []byte{},
		[]byte("abc"),
		plain{}, &plain{A: "é", B: &five, C: []byte{1}, D: map[named]bool{"z": true, "y": false}, E: 3.25,
			G: map[string]any{"a": json.Number("1.50")}, H: &text,
			J: "12", K: json.RawMessage(`{"a": [1, 2]}`), L: time.Date(2024, 1, 2, 3, 4, 5, 6, time.UTC), M: 3},
		json.Number("7"), time.Second, errors.New("x"), []plain{{A: "1"}},
	} {
		var want bytes.Buffer
		e := json.NewEncoder(&want)
		e.SetEscapeHTML(false)
		if err := e.Encode(v); err != nil {
			t.Fatal(err)
		}
		got, err := Marshal(v)
		if err != nil || string(got)+"\n" != want.String() {
			t.Errorf("%T: got %s, %v, want %s", v, got, err, &want)
		}
	}
}

func TestMarshal_Refuses(t *testing.T) {
	circle := map[string]any{}
	circle["self"] = circle
	for name, v := range map[string]any{
		"NaN": math.NaN(), "infinity": []float64{math.Inf(1)}, "a channel": []any{make(chan int)},
		"a function":          plain{G: func() {}},
		"a method that fails": []failing{{}}, "a method that makes no JSON": Raw("{"), "a circle": circle,
		"inside": parcel{Free: make(chan int)},
	} {
		if got, err := Marshal(v); err == nil || got != nil {
			t.Errorf("%s: got %s", name, got)
		}
	}
	_, err := Marshal(parcel{Owner: &person{}, Free: math.NaN()})
	if want := `property "free": NaN cannot be sent as a number`; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

// What is read is what encoding/json reads, for all types that no generated struct is in.
func TestUnmarshal_AsTheStandard(t *testing.T) {
	const data = ` {"a":"x","B":5,"c":"AQI=","d":{"k":true},"e":0.1,"f":[1,2],"g":"y","h":"z","i":{"x":-3},"j":12,"k":{"q": 1},"l":"2024-01-02T03:04:05Z","m":"3","new":1} `
	var got, want plain
	if err := json.Unmarshal([]byte(data), &want); err != nil {
		t.Fatal(err)
	}
	if err := Unmarshal([]byte(data), &got); err != nil {
		t.Fatal(err)
	}
	if a, b := fmt.Sprintf("%+v", []any{got.A, *got.B, got.C, got.D, got.E, got.F, got.G, *got.H, got.I, got.J,
		string(got.K), got.L, got.M}),
		fmt.Sprintf("%+v", []any{want.A, *want.B, want.C, want.D, want.E, want.F, want.G, *want.H, want.I, want.J,
			string(want.K), want.L, want.M}); a != b {
		t.Errorf("got %s\nwant %s", a, b)
	}
	v := plain{A: "kept", E: 1}
	if err := Unmarshal([]byte(`{"A":null,"e":null,"c":null}`), &v); err != nil || v.A != "kept" || v.E != 1 {
		t.Errorf("null: got %+v, %v", v, err)
	}
}

// Objects may lie as deep as encoding/json reads them.
func TestMarshal_Deep(t *testing.T) {
	data := append(bytes.Repeat([]byte(`{"items":[`), 2000), bytes.Repeat([]byte(`]}`), 2000)...)
	var n nest
	if err := Unmarshal(data, &n); err != nil {
		t.Fatal(err)
	}
	if got, err := Marshal(n); err != nil || !bytes.Equal(got, data) {
		t.Errorf("%d bytes became %d, %v", len(data), len(got), err)
	}
}
