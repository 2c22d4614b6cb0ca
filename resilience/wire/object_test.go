package wire

import (
	"reflect"
	"strings"
	"testing"
)

func TestObject_RoundTrip(t *testing.T) {
	rows := []struct{ data, want string }{
		{`{"name":"n"}`, `{"name":"n"}`},
		{`{"z":1,"name":"n","a":2,"o\"d,d":5}`, `{"name":"n","o\"d,d":5,"a":2,"z":1}`},
		{`{"Name":3,"NAME":4,"name":"n"}`, `{"name":"n","NAME":4,"Name":3}`},
		{`{}`, `{}`},
		{`{"":1,"<":2}`, `{"":1,"<":2}`},
	}
	for _, row := range rows {
		var o open
		if err := Unmarshal([]byte(row.data), &o); err != nil {
			t.Fatal(err)
		}
		if got, err := Marshal(o); err != nil || string(got) != row.want {
			t.Errorf("%s: got %s, %v, want %s", row.data, got, err, row.want)
		}
	}
}

type Base struct {
	ID int `json:"id"`
}

type Extra struct{ X, Y int }

type Code int

type derived struct {
	Base
	*Extra
	Code   `json:",omitzero"`
	*Time  `json:"tagged time,omitzero"`
	Plain  string
	Tagged string `json:"tagged,omitempty"`
	//lint:ignore SA5008 a member named "-" is what the test is about
	Dash   string `json:"-,"`
	Gone   string `json:"-"`
	hidden string
	List   []int `json:"list,omitempty"`
	//lint:ignore SA5008 options that do not apply are passed over
	Map  map[string]int `json:"map,omitzero,string"`
	Nest Base           `json:",omitempty"`
	When *Time          `json:"when,omitzero"`
	Text Time           `json:"text,omitzero"`
	Flag bool           `json:"flag,omitempty"`
}

func TestFieldsOf(t *testing.T) {
	text, _ := ParseTime("")
	rows := []struct {
		d    derived
		want string
	}{
		{derived{hidden: "x", List: []int{}}, "id Plain - Nest"},
		{derived{Extra: &Extra{}, Code: 1, Time: &text, List: []int{0}, Map: map[string]int{}, When: &Time{},
			Text: text, Flag: true, Tagged: "x"}, "id X Y Code tagged time Plain tagged - list map Nest text flag"},
		{derived{When: &text}, "id Plain - Nest when"},
	}
	for _, row := range rows {
		var got []string
		v := reflect.ValueOf(row.d)
		for range 2 {
			got = nil
			for _, f := range fieldsOf(v.Type()) {
				if _, ok := f.in(v); ok {
					got = append(got, f.name)
				}
			}
		}
		if strings.Join(got, " ") != row.want {
			t.Errorf("%+v: got %q, want %q", row.d, got, row.want)
		}
	}
}
