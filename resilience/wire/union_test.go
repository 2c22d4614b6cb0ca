package wire

import (
	"errors"
	"testing"
)

type circle struct {
	Kind string  `json:"kind,omitzero"`
	R    float64 `json:"r"`
}

type square struct {
	Kind string `json:"kind,omitzero"`
	Side *int   `json:"side,omitzero"`
}

var shapes = Variants{Discriminator: "kind", List: []Variant{
	{Name: "circle", Tags: []string{"circle", "ring"}, Required: []string{"r"}, Decode: JSONAs[*circle]},
	{Name: "square", Tags: []string{"square"}, Required: []string{"side"}, Decode: JSONAs[*square]},
	{Name: "label", Decode: JSONAs[string]},
	{Name: "list", Decode: JSONAs[[]int]},
}}

type shape struct{ Union }

func readShape(t *testing.T, data string) shape {
	t.Helper()
	var s shape
	if err := Unmarshal([]byte(data), &s); err != nil {
		t.Fatal(err)
	}
	return s
}

func TestUnion_Pick(t *testing.T) {
	rows := []struct{ data, want string }{
		{`{"kind":"circle","r":2}`, `*{"kind":"circle","r":2}`},
		{`{"kind":"ring","r":2}`, `*{"kind":"ring","r":2}`},
		{`{"kind":"circle"}`, `*{"kind":"circle","r":0}`},
		{`{"kind":"square","r":1}`, `.{"kind":"square"}`},
		{`{"side":1}`, `.{"side":1}`},
		{`{"r":"x","side":1}`, `.{"side":1}`},
		{`"text"`, `"text"`},
		{`[1,2]`, `[1,2]`},
	}
	for _, row := range rows {
		v, err := readShape(t, row.data).Pick(&shapes)
		if err != nil {
			t.Errorf("%s: %v", row.data, err)
			continue
		}
		mark := ""
		switch v.(type) {
		case *circle:
			mark = "*"
		case *square:
			mark = "."
		}
		if got, _ := Marshal(v); mark+string(got) != row.want {
			t.Errorf("%s: got %s%s, want %s", row.data, mark, got, row.want)
		}
	}
}

func TestUnion_PickRefuses(t *testing.T) {
	rows := []struct{ data, want string }{
		{`{}`, "the value is none of the 4 types of the union; use Raw"},
		{`true`, "the value is none of the 4 types of the union; use Raw"},
		{`null`, "the union has no value"},
		{`{"kind":"other","r":1}`, "member kind selects none of the 4 types of the union; use Raw"},
		{`{"kind":"square","side":"1"}`, "JSON at byte 24, member side: string where number is declared"},
	}
	for _, row := range rows {
		v, err := readShape(t, row.data).Pick(&shapes)
		if err == nil || err.Error() != row.want || v != nil {
			t.Errorf("%s: got %v, %v, want %s", row.data, v, err, row.want)
		}
	}
}

func TestUnion_Set(t *testing.T) {
	rows := []struct {
		v    any
		tags []string
		want string
	}{
		{circle{R: 1}, []string{"circle", "ring"}, `{"kind":"circle","r":1}`},
		{circle{Kind: "ring", R: 1}, []string{"circle", "ring"}, `{"kind":"ring","r":1}`},
		{circle{Kind: "square", R: 1}, []string{"circle"}, `{"kind":"circle","r":1}`},
		{map[string]any{"a": 1, "kind": nil}, []string{"x<"}, `{"a":1,"kind":"x<"}`},
		{circle{R: 1}, nil, `{"r":1}`},
		{"text", nil, `"text"`},
	}
	for _, row := range rows {
		var s shape
		err := s.Set(row.v, "kind", row.tags...)
		if got, _ := Marshal(s); err != nil || string(got) != row.want {
			t.Errorf("%+v: got %s, %v, want %s", row.v, got, err, row.want)
		}
	}
	s := readShape(t, `1`)
	if err := s.Set("text", "kind", "a"); err == nil || s.String() != "1" {
		t.Errorf("a text with a discriminator: %v, %v", err, s)
	}
	if err := s.Set(failing{}, ""); !errors.Is(err, errFailing) || s.String() != "1" {
		t.Errorf("%v, %v", err, s)
	}
}

func TestUnion_As(t *testing.T) {
	s := readShape(t, ` { "kind" : "circle", "r" : 1.50 } `)
	c, err := As[circle](s.Union)
	if err != nil || c.R != 1.5 {
		t.Error(c, err)
	}
	if _, err := As[[]int](s.Union); err == nil {
		t.Error("an object decodes as a list")
	}
	if _, err := As[circle](Union{}); err != errAbsentUnion {
		t.Error(err)
	}
	if got := s.Raw(); got != `{"kind":"circle","r":1.50}` {
		t.Error(got)
	}
}

func TestUnion_Member(t *testing.T) {
	s := readShape(t, `{"a":"x\ty","n":5,"b":true,"o":{"a":1},"l":["a"],"z":null}`)
	for name, want := range map[string]string{"a": "x\ty", "n": "5", "b": "true", "o": "", "l": "", "z": "",
		"none": ""} {
		if got := s.Member(name); got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
	if got := readShape(t, `[1]`).Member("a"); got != "" {
		t.Error(got)
	}
}

func TestUnion_OmitZero(t *testing.T) {
	type holder struct {
		A shape            `json:"a,omitzero"`
		B *shape           `json:"b,omitzero"`
		M map[string]shape `json:"m,omitzero"`
		R shape            `json:"r"`
	}
	got, err := Marshal(holder{M: map[string]shape{"x": {}}})
	if err != nil || string(got) != `{"m":{"x":null},"r":null}` {
		t.Errorf("%s, %v", got, err)
	}
	if readShape(t, `[1, 2]`) != readShape(t, `[1,2]`) {
		t.Error("spaces make a union differ")
	}
}
