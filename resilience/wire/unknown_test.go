package wire

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"
)

// parcel is how a generated struct looks that has one of everything.
type parcel struct {
	ID      string             `json:"id"`
	Count   *int32             `json:"count,omitzero"`
	Weight  *float64           `json:"weight,omitzero"`
	Open    *bool              `json:"open,omitzero"`
	Size    uint64             `json:"size,omitzero"`
	Seal    []byte             `json:"seal,omitzero"`
	Tags    []string           `json:"tags,omitzero"`
	Owner   *person            `json:"owner,omitzero"`
	People  []person           `json:"people,omitzero"`
	Prices  map[string]float64 `json:"prices,omitzero"`
	Note    Nullable[string]   `json:"note,omitzero"`
	Sent    *Time              `json:"sent,omitzero"`
	Free    any                `json:"free,omitzero"`
	Grid    [][]int            `json:"grid,omitzero"`
	Unknown Unknown            `json:"-"`
}

func (p parcel) MarshalJSON() ([]byte, error)     { return MarshalStruct(&p) }
func (p *parcel) UnmarshalJSON(data []byte) error { return UnmarshalStruct(data, p) }

type person struct {
	Name    *string `json:"name,omitzero"`
	Unknown Unknown `json:"-"`
}

func (p person) MarshalJSON() ([]byte, error)     { return MarshalStruct(&p) }
func (p *person) UnmarshalJSON(data []byte) error { return UnmarshalStruct(data, p) }

// roundTrips are texts that are written unchanged, and where they drift.
var roundTrips = []struct{ name, data, drifts string }{
	{"all as declared", `{"id":"a","count":-7,"weight":0.5,"open":false,"size":9,"seal":"QQ==","tags":["x"],"owner":{"name":"n"},"people":[{},{"name":""}],"prices":{"k":1},"note":null,"sent":"2024-01-01","free":{"b":[1.50,null]},"grid":[[1],[]]}`, ""},
	{"members that are not named", `{"id":"a","owner":{"age":5},"new":{"x":[1,2.50,"é",null]},"newer":null}`,
		"owner.age unknown, new unknown, newer unknown"},
	{"numbers as texts", `{"id":"a","count":"7","weight":"0.5","size":"9"}`, "count type, weight type, size type"},
	{"texts as numbers and bools", `{"id":5,"tags":[1,true,"x"],"note":1.50}`,
		"id type, tags[] type, tags[] type, note type"},
	{"a bool as a text", `{"id":"a","open":"true"}`, "open type"},
	{"no bool", `{"id":"a","open":"yes"}`, "open type"},
	{"bool as a number", `{"id":"a","open":1}`, "open type"},
	{"objects as texts and lists", `{"id":"a","owner":"n","people":["n",[],{"name":1}],"prices":[1]}`,
		"owner type, people[] type, people[] type, people[].name type, prices type"},
	{"a text as an object or list", `{"id":{"x":1},"sent":{"x":1},"note":["x"]}`, "id type, note type"},
	{"lists as something else", `{"id":"a","tags":"x","people":{"name":"n"},"grid":[1,[2]]}`,
		"tags type, people type, grid[] type"},
	{"a number that is too big", `{"id":"a","count":2147483648,"size":-1}`, "count type, size type"},
	{"a number with a fraction", `{"id":"a","count":1.5}`, "count type"},
	{"digits that no float64 has", `{"id":"a","weight":0.12345678901234567890123,"prices":{"x":12345678901234567890}}`,
		""},
	{"null", `{"id":null,"count":null,"size":null,"seal":null,"tags":null,"owner":null,"people":[null],"prices":{"x":null},"sent":null,"free":null,"grid":[null,[null]]}`,
		"id null, count null, size null, seal null, tags null, owner null, people[] null, prices.* null, sent null, " +
			"grid[] null, grid[][] null"},
	{"values in a map", `{"id":"a","prices":{"x":"1.5","y":"z","z":2}}`, "prices.* type ×2"},
	{"text that is not Base64", `{"id":"a","seal":"no Base64!"}`, "seal type"},
	{"Base64 of other kinds", `{"id":"a","seal":"_-8"}`, ""},
	{"Base64 as a number", `{"id":"a","seal":1234}`, "seal type"},
	{"half of a surrogate pair", `{"id":"a\ud800","owner":{"name":"\udc00"}}`, ""},
	{"a replacement character", `{"id":"\ufffd"}`, ""},
	{"zero", `{"id":"","size":0,"tags":[],"prices":{},"seal":""}`, ""},
	{"what is required is missing", `{"count":1}`, "id missing"},
	{"another case", `{"ID":"a","Count":1}`, ""},
	{"another case in addition to the name", `{"ID":5,"id":"a"}`, "id type"},
	{"another case behind the name", `{"id":"a","Id":"b"}`, "Id unknown"},
	{"no object", `["a",1]`, " type"},
	{"a text", `"a"`, " type"},
}

func driftsOf(r *Report) string {
	var out []string
	for _, d := range r.Drifts {
		text := d.Path + " " + string(d.Kind)
		if d.Count > 1 {
			text += fmt.Sprintf(" ×%d", d.Count)
		}
		out = append(out, text)
	}
	return strings.Join(out, ", ")
}

// Every value is written back unchanged, by this package and by encoding/json, and each drift is
// reported.
func TestUnknown_NothingIsLost(t *testing.T) {
	for _, row := range roundTrips {
		var r Report
		v, err := JSONAs[*parcel]([]byte(row.data), &r)
		if err != nil {
			t.Errorf("%s: %v", row.name, err)
			continue
		}
		if got, err := Marshal(v); err != nil || !sameJSON(string(got), row.data) {
			t.Errorf("%s: got  %s, %v, want %s", row.name, got, err, row.data)
		}
		if got := driftsOf(&r); got != row.drifts {
			t.Errorf("%s: got %s, want %s", row.name, got, row.drifts)
		}
		var p parcel
		if err := json.Unmarshal([]byte(row.data), &p); err != nil {
			t.Errorf("%s: %v", row.name, err)
		}
		if got, err := json.Marshal(p); err != nil || !sameJSON(string(got), row.data) {
			t.Errorf("%s: encoding/json: got %s, %v, want %s", row.name, got, err, row.data)
		}
	}
}

// sameJSON compares the JSON of values, with the members of objects in any order.
func sameJSON(a, b string) bool {
	var x, y any
	if Unmarshal([]byte(a), &x) != nil || Unmarshal([]byte(b), &y) != nil {
		return false
	}
	return strings.Contains(a, `\ud`) == strings.Contains(b, `\ud`) && reflect.DeepEqual(x, y)
}

// Where another type says something without doubt, the field has it; otherwise it stays zero, a
// pointer nil.
func TestUnknown_WhatFieldsHave(t *testing.T) {
	var p parcel
	data := `{"id":5,"count":"7","weight":"0.5","open":"true","size":"9","note":1.50,"tags":[1,{}],"sent":"soon","seal":"_-8=","prices":{"x":"2","y":[]},
		"people":["x",{"name":"n"}],"grid":[1,["2"]]}`
	if err := json.Unmarshal([]byte(data), &p); err != nil {
		t.Fatal(err)
	}
	if p.ID != "5" || *p.Count != 7 || *p.Weight != 0.5 || !*p.Open || p.Size != 9 || p.Note.Or("") != "1.50" ||
		string(p.Seal) != "\xff\xef" {
		t.Errorf("got %+v", p)
	}
	if !reflect.DeepEqual(p.Tags, []string{"1", ""}) || !reflect.DeepEqual(p.Prices,
		map[string]float64{"x": 2, "y": 0}) || !reflect.DeepEqual(p.Grid, [][]int{nil, {2}}) {
		t.Errorf("got %v, %v, %v", p.Tags, p.Prices, p.Grid)
	}
	if len(p.People) != 2 || p.People[0].Unknown.Whole() != `"x"` || *p.People[1].Name != "n" {
		t.Errorf("got %+v", p.People)
	}
	data = `{"id":{},"count":{},"weight":"x","open":"1","size":true,"note":{},"tags":7,"owner":7,"seal":7,"prices":7}`
	if err := json.Unmarshal([]byte(data), &p); err != nil {
		t.Fatal(err)
	}
	if p.ID != "" || p.Count != nil || p.Weight != nil || p.Open != nil || p.Size != 0 || !p.Note.IsZero() ||
		p.Tags != nil || p.Seal != nil || p.Prices != nil || p.Owner.Unknown.Whole() != "7" {
		t.Errorf("got %+v", p)
	}
	if p.Unknown.String() != "id count weight open size note tags seal prices" {
		t.Errorf("got %s", p.Unknown)
	}
}

// What was read is written again only while the field is as it was read: what the caller sets is
// stronger.
func TestUnknown_FieldsThatAreSet(t *testing.T) {
	const data = `{"count":"7","id":null,"tags":["x",1],"Open":true,"owner":5,"prices":{"x":"1"}}`
	rows := []struct {
		name string
		set  func(*parcel)
		want string
	}{
		{"nothing", func(*parcel) {}, data},
		{"a scalar", func(p *parcel) { n := int32(8); p.Count = &n },
			`{"count":8,"id":null,"tags":["x",1],"Open":true,"owner":5,"prices":{"x":"1"}}`},
		{"to nothing", func(p *parcel) { p.Count = nil },
			`{"id":null,"tags":["x",1],"Open":true,"owner":5,"prices":{"x":"1"}}`},
		{"what was null", func(p *parcel) { p.ID = "a" },
			`{"count":"7","id":"a","tags":["x",1],"Open":true,"owner":5,"prices":{"x":"1"}}`},
		{"an item", func(p *parcel) { p.Tags[0] = "y" },
			`{"count":"7","id":null,"tags":["y","1"],"Open":true,"owner":5,"prices":{"x":"1"}}`},
		{"another case", func(p *parcel) { f := false; p.Open = &f },
			`{"count":"7","id":null,"tags":["x",1],"open":false,"owner":5,"prices":{"x":"1"}}`},
		{"inside", func(p *parcel) { p.Owner.Name = &p.Tags[0] },
			`{"count":"7","id":null,"tags":["x",1],"Open":true,"owner":{"name":"x"},"prices":{"x":"1"}}`},
		{"a value of a map", func(p *parcel) { p.Prices["y"] = 2 },
			`{"count":"7","id":null,"tags":["x",1],"Open":true,"owner":5,"prices":{"x":1,"y":2}}`},
	}
	for _, row := range rows {
		var p parcel
		if err := Unmarshal([]byte(data), &p); err != nil {
			t.Fatal(err)
		}
		row.set(&p)
		if got, err := Marshal(p); err != nil || !sameJSON(string(got), row.want) {
			t.Errorf("%s: got %s, %v, want %s", row.name, got, err, row.want)
		}
	}
	var p parcel
	if err := Unmarshal([]byte(`{}`), &p); err != nil {
		t.Fatal(err)
	}
	p.ID = "a"
	if got, err := Marshal(p); err != nil || string(got) != `{"id":"a"}` {
		t.Errorf("a member that was missing: got %s, %v", got, err)
	}
	if got, err := Marshal(parcel{}); err != nil || string(got) != `{"id":""}` {
		t.Errorf("a struct that was not read: got %s, %v", got, err)
	}
}

// Additional properties keep values of other types along with those that fit; a deleted one is not
// sent.
func TestUnknown_AdditionalProperties(t *testing.T) {
	read := func() (o open) {
		if err := Unmarshal([]byte(`{"name":"n","a":"1","b":2,"c":[]}`), &o); err != nil {
			t.Fatal(err)
		}
		return o
	}
	for want, set := range map[string]func(*open){
		`{"name":"n","a":"1","b":2,"c":[]}`: func(*open) {},
		`{"name":"n","a":5,"b":2,"c":[]}`:   func(o *open) { o.AdditionalProperties["a"] = 5 },
		`{"name":"n","b":2,"c":[]}`:         func(o *open) { delete(o.AdditionalProperties, "a") },
		`{"name":"n"}`:                      func(o *open) { o.AdditionalProperties = nil },
	} {
		o := read()
		set(&o)
		if got, err := Marshal(o); err != nil || string(got) != want {
			t.Errorf("got %s, %v, want %s", got, err, want)
		}
	}
	if o := read(); !reflect.DeepEqual(o.AdditionalProperties, map[string]int{"a": 1, "b": 2, "c": 0}) {
		t.Errorf("got %v", o.AdditionalProperties)
	}
	o := read()
	if err := Unmarshal([]byte(`{"name":"m"}`), &o); err != nil || o.AdditionalProperties != nil || o.Name != "m" {
		t.Errorf("read again: got %+v, %v", o, err)
	}
	o.AdditionalProperties = map[string]int{"name": 1}
	if _, err := Marshal(o); err == nil ||
		err.Error() != `additional property "name" is also declared; set its field` {
		t.Error(err)
	}
	o.AdditionalProperties = map[string]int{`o"d,d`: 1}
	if _, err := Marshal(o); err == nil {
		t.Error("a member is repeated")
	}
}

// A member without a name is one like others.
func TestUnknown_EmptyName(t *testing.T) {
	for _, data := range []string{`{"":"a"}`, `{"":7}`, `{"":null}`, `{}`, `{"":[1],"b":2}`} {
		var v nameless
		if err := Unmarshal([]byte(data), &v); err != nil {
			t.Fatal(err)
		}
		if got, err := Marshal(&v); err != nil || string(got) != data {
			t.Errorf("got %s, %v, want %s", got, err, data)
		}
	}
}

type nameless struct {
	Empty   string  `json:"-" wire:","`
	Unknown Unknown `json:"-"`
}

func TestUnknown_SetAndDelete(t *testing.T) {
	var p, q parcel
	if err := p.Unknown.Set("new", []int{1}); err != nil {
		t.Fatal(err)
	}
	q = p
	if err := q.Unknown.Set("new", 2); err != nil {
		t.Fatal(err)
	}
	if err := q.Unknown.Set("id", 7); err != nil {
		t.Fatal(err)
	}
	for want, v := range map[string]parcel{`{"id":"","new":[1]}`: p, `{"id":7,"new":2}`: q} {
		if got, err := Marshal(v); err != nil || string(got) != want {
			t.Errorf("got %s, %v, want %s", got, err, want)
		}
	}
	q.ID = "a"
	q.Unknown.Delete("new")
	if got, err := Marshal(q); err != nil || string(got) != `{"id":"a"}` {
		t.Errorf("got %s, %v", got, err)
	}
	if v, ok := p.Unknown.Get("new"); v != "[1]" || !ok {
		t.Error(v, ok)
	}
	if v, ok := p.Unknown.Get("old"); v != "" || ok {
		t.Error(v, ok)
	}
	if err := p.Unknown.Set("x", failing{}); err == nil || len(p.Unknown.Names()) != 1 {
		t.Error(err, p.Unknown)
	}
	p.Unknown.Delete("new")
	var none Unknown
	none.Delete("x")
	if !p.Unknown.IsZero() || !none.IsZero() || none.Names() != nil || none.Whole() != "" || none.String() != "" {
		t.Error(p.Unknown, none)
	}
}

func TestUnknown_Equal(t *testing.T) {
	read := func(data string) (p parcel) {
		if err := Unmarshal([]byte(data), &p); err != nil {
			t.Fatal(err)
		}
		return p
	}
	for _, row := range []struct {
		a, b string
		want bool
	}{
		{`{"id":"a"}`, `{"id":"b"}`, true},
		{`{"id":"a","n":1}`, `{"id":"b","n":1}`, true},
		{`{"id":"a","n":1}`, `{"id":"a","n":2}`, false},
		{`{"id":"a","n":1}`, `{"id":"a"}`, false},
		{`{"id":"a"}`, `{}`, false},
		{`{}`, `{}`, true},
		{`[]`, `[]`, true},
		{`[]`, `{}`, false},
	} {
		if a, b := read(row.a).Unknown, read(row.b).Unknown; a.Equal(b) != row.want || b.Equal(a) != row.want {
			t.Errorf("%s and %s: want %v", row.a, row.b, row.want)
		}
	}
}

// Null at the top changes no field, and is written again if nothing else is there.
func TestUnmarshalStruct_Null(t *testing.T) {
	p := parcel{ID: "a"}
	if err := p.UnmarshalJSON([]byte(" null ")); err != nil || p.ID != "a" {
		t.Error(p, err)
	}
	if got, _ := Marshal(p); string(got) != `{"id":"a"}` {
		t.Errorf("got %s", got)
	}
	p.ID = ""
	if got, _ := Marshal(p); string(got) != `null` {
		t.Errorf("got %s", got)
	}
}

func TestStruct_OfAnotherKind(t *testing.T) {
	want := "*wire.item does not point to a struct with a field of type wire.Unknown or with a tag named wire"
	if _, err := MarshalStruct(&item{}); err == nil || err.Error() != want {
		t.Error(err)
	}
	if err := UnmarshalStruct([]byte(`{}`), &item{}); err == nil || err.Error() != want {
		t.Error(err)
	}
	for _, x := range []any{nil, 5, parcel{}, (*parcel)(nil)} {
		if _, err := MarshalStruct(x); err == nil {
			t.Errorf("%T is written", x)
		}
	}
	for _, data := range []string{``, `{`, `{"a"`, `{"a":`, `{"a":1`, `{"a":1,`, `{"a" 1}`, `{"id":tru}`, `{} {}`} {
		var p parcel
		if err := p.UnmarshalJSON([]byte(data)); err == nil {
			t.Errorf("%s is read", data)
		} else if _, ok := err.(*DecodeError); !ok {
			t.Errorf("%s: got %T", data, err)
		}
	}
}
