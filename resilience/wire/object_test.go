package wire

import (
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"
)

func TestObject_RoundTrip(t *testing.T) {
	rows := []struct{ data, want string }{
		{`{"name":"n"}`, `{"name":"n"}`},
		{`{"z":1,"name":"n","a":2,"o\"d,d":5}`, `{"name":"n","o\"d,d":5,"a":2,"z":1}`},
		{`{"Name":3,"NAME":4,"name":"n"}`, `{"name":"n","NAME":4,"Name":3}`},
		{`{}`, `{"name":""}`},
		{`{"":1,"<":2}`, `{"name":"","":1,"<":2}`},
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

func TestUnmarshalObject_Rest(t *testing.T) {
	o := open{Name: "kept", AdditionalProperties: map[string]int{"old": 1}}
	if err := o.UnmarshalJSON([]byte("null")); err != nil || o.Name != "kept" || len(o.AdditionalProperties) != 1 {
		t.Error(o, err)
	}
	if err := o.UnmarshalJSON([]byte(`{"name":"n"}`)); err != nil || o.AdditionalProperties != nil {
		t.Error(o, err)
	}
	var known struct {
		A int `json:"a"`
	}
	if err := UnmarshalObject[any]([]byte(`{"a":1,"b":2}`), &known, nil); err != nil || known.A != 1 {
		t.Error(known, err)
	}
}

func TestUnmarshalObject_Errors(t *testing.T) {
	rows := []struct{ data, want string }{
		{`[]`, "JSON at byte 0: object is declared, another value stands here"},
		{`{"x":"secret"}`, "JSON at byte 8, member x: string where number is declared"},
		{`{"o\"d,d":true}`, `JSON at byte 4, member o"d,d: bool where number is declared`},
		{`{"name":5}`, "JSON at byte 9, member name: number where string is declared"},
	}
	for _, row := range rows {
		var o open
		if err := Unmarshal([]byte(row.data), &o); err == nil || err.Error() != row.want {
			t.Errorf("%s: got %v, want %s", row.data, err, row.want)
		}
	}
	for _, data := range []string{``, `{`, `{"a"`, `{"a":`, `{"a":1`, `{"a":1,`, `{"a" 1}`, `{"name":tru}`} {
		var o open
		var d *DecodeError
		if err := o.UnmarshalJSON([]byte(data)); !errors.As(err, &d) {
			t.Errorf("%q: got %v", data, err)
		}
	}
}

func TestMarshalObject_Errors(t *testing.T) {
	if _, err := Marshal(open{AdditionalProperties: map[string]int{"name": 1}}); err == nil ||
		!strings.Contains(err.Error(), `additional property "name" is also a property of its own; set the field`) {
		t.Error(err)
	}
	if _, err := Marshal(open{AdditionalProperties: map[string]int{`o"d,d`: 1}}); err == nil {
		t.Error("a member stands twice")
	}
	if _, err := MarshalObject(5, NoRest); err == nil || err.Error() != "int is no JSON object" {
		t.Error(err)
	}
	if _, err := MarshalObject(failing{}, NoRest); !errors.Is(err, errFailing) {
		t.Error(err)
	}
	if _, err := MarshalObject(struct{}{}, map[string]any{"a": failing{}, "b": 1}); !errors.Is(err, errFailing) || !strings.HasPrefix(err.Error(), `property "a": `) {
		t.Error(err)
	}
}

func TestMarshalObject_Members(t *testing.T) {
	var s struct {
		A Time `json:"-"`
		B int  `json:"-"`
	}
	got, err := MarshalObject(struct{}{}, NoRest, Member{Name: "a", Field: &s.A, Optional: true}, Member{Name: "", Field: &s.B})
	if err != nil || string(got) != `{"":0}` {
		t.Errorf("%s, %v", got, err)
	}
	s.A, s.B = NewTime(time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)), 2
	got, err = MarshalObject(struct{}{}, NoRest, Member{Name: "a", Field: &s.A, Optional: true}, Member{Name: "b", Field: &s.B, Optional: true})
	if err != nil || string(got) != `{"a":"2024-01-01T00:00:00Z","b":2}` {
		t.Errorf("%s, %v", got, err)
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
		{derived{Extra: &Extra{}, Code: 1, Time: &text, List: []int{0}, Map: map[string]int{}, When: &Time{}, Text: text, Flag: true, Tagged: "x"}, "id X Y Code tagged time Plain tagged - list map Nest text flag"},
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

func TestHasFiles(t *testing.T) {
	rows := []struct {
		v    any
		want bool
	}{
		{struct{ A, B int }{}, false},
		{struct{ A []*int }{}, false},
		{struct{ A File }{}, true},
		{struct{ A *File }{}, true},
		{struct{ A []File }{}, true},
		{struct{ A map[string][]*File }{}, true},
		{struct {
			A File `json:"-"`
		}{}, false},
	}
	for _, row := range rows {
		if got := hasFiles(reflect.TypeOf(row.v)); got != row.want {
			t.Errorf("%T: got %v", row.v, got)
		}
	}
}
