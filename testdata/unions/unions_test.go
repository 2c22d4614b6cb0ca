package unions_test

import (
	"encoding/json"
	"testing"

	unions "github.com/resgen/resgen/testdata/unions/want"
)

// What From sets, As reads; the discriminator is set with it.
func TestFromAs(t *testing.T) {
	var s unions.Shape
	for _, row := range []struct {
		set        func() error
		want, kind string
	}{
		{func() error { return s.FromCircle(unions.Circle{Radius: 2}) }, `{"kind":"round","radius":2}`, "round"},
		{func() error { return s.FromCircle(unions.Circle{Kind: "oval", Radius: 2}) }, `{"kind":"oval","radius":2}`, "oval"},
		{func() error { return s.FromSquare(unions.Square{Kind: "round", Side: 3}) }, `{"kind":"Square","side":3}`, "Square"},
	} {
		if err := row.set(); err != nil || s.String() != row.want || s.Discriminator() != row.kind {
			t.Errorf("got %s of kind %s, %v, want %s", s, s.Discriminator(), err, row.want)
		}
	}
	if q, err := s.AsSquare(); err != nil || q.Side != 3 || q.Kind != "Square" {
		t.Errorf("got %+v, %v", q, err)
	}
	if v, err := s.Value(); err != nil || v.(unions.Square).Side != 3 {
		t.Errorf("got %+v, %v", v, err)
	}
	if _, err := (unions.Shape{}).AsCircle(); err == nil {
		t.Error("a union without a value has one")
	}
}

// Without a discriminator the members tell the type.
func TestValue_ByMembers(t *testing.T) {
	for data, want := range map[string]string{
		`{"kind":"x","radius":1,"new":true}`: "circle",
		`[{"kind":"y","side":1}]`:            "squares",
		`"text"`:                             "text",
		`{"kind":"x","radius":"wide"}`:       "nothing",
		`7`:                                  "nothing",
	} {
		var u unions.Untold
		if err := json.Unmarshal([]byte(data), &u); err != nil {
			t.Fatal(err)
		}
		got := "nothing"
		switch v, _ := u.Value(); v.(type) {
		case unions.Circle:
			got = "circle"
		case []unions.Square:
			got = "squares"
		case string:
			got = "text"
		}
		if back, err := json.Marshal(u); got != want || err != nil || string(back) != data {
			t.Errorf("%s: got %s and back %s, %v", data, got, back, err)
		}
	}
}

func TestFromAs_EachVariant(t *testing.T) {
	var u unions.Untold
	if err := u.FromSquareList([]unions.Square{{Kind: "k", Side: 1}}); err != nil || u.String() != `[{"kind":"k","side":1}]` {
		t.Error(u, err)
	}
	if list, err := u.AsSquareList(); err != nil || len(list) != 1 || list[0].Side != 1 {
		t.Error(list, err)
	}
	if _, err := u.AsString(); err == nil {
		t.Error("a list is a text")
	}
	if err := u.FromString("x"); err != nil || u.String() != `"x"` {
		t.Error(u, err)
	}
	if text, err := u.AsString(); err != nil || text != "x" {
		t.Error(text, err)
	}
	var i unions.Inline
	if err := i.FromInlineVariant_2(unions.InlineVariant_2{B: "b"}); err != nil || i.String() != `{"b":"b"}` {
		t.Error(i, err)
	}
	if v, err := i.Value(); err != nil || v.(unions.InlineVariant_2).B != "b" {
		t.Error(v, err)
	}
}

// A struct that holds unions reads and writes them with all that they have.
func TestHolder(t *testing.T) {
	const data = `{"shape":{"kind":"round","radius":1,"hue":"red"},"shapes":["x",{"kind":"k","radius":2}],"inline":"t"}`
	var h unions.Holder
	if err := json.Unmarshal([]byte(data), &h); err != nil {
		t.Fatal(err)
	}
	c, err := h.Shape.AsCircle()
	if hue, ok := c.Unknown.Get("hue"); err != nil || c.Radius != 1 || hue != `"red"` || !ok {
		t.Errorf("got %+v, %v", c, err)
	}
	if back, err := json.Marshal(h); err != nil || string(back) != data {
		t.Errorf("got %s, %v", back, err)
	}
}
