package wire

import (
	"encoding/json"
	"testing"
)

// fixed is a struct as the generator prints one with constants.
type fixed struct {
	Text    string  `const:"a \"b\"" json:"text"`
	N       int32   `const:"-3" json:"n"`
	U       uint64  `const:"18446744073709551615" json:"u"`
	F       float64 `const:"1.50" json:"f"`
	B       bool    `const:"true" json:"b"`
	Day     Date    `const:"2026-01-02" json:"day"`
	At      Time    `const:"2026-01-02T03:04:05Z" json:"at"`
	Odd     string  `const:"q" json:"-" wire:",a,b"`
	Plain   string  `json:"plain"`
	Unknown Unknown `json:"-"`
}

func (x fixed) MarshalJSON() ([]byte, error) { return MarshalStruct(&x) }

const allFixed = `{"text":"a \"b\"","n":-3,"u":18446744073709551615,"f":1.5,"b":true,"day":"2026-01-02",` +
	`"at":"2026-01-02T03:04:05Z","a,b":"q","plain":""}`

// Constants are sent in the place of zero values, and of nothing else.
func TestConstants_Sent(t *testing.T) {
	for _, row := range []struct {
		v    fixed
		want string
	}{
		{fixed{}, allFixed},
		{fixed{Text: "c", N: 1, U: 1, F: 2, Day: NewDate(2000, 1, 1), At: Time{}, Odd: "r", Plain: "p"},
			`{"text":"c","n":1,"u":1,"f":2,"b":true,"day":"2000-01-01","at":"2026-01-02T03:04:05Z","a,b":"r","plain":"p"}`},
	} {
		for _, marshal := range []func(any) ([]byte, error){Marshal, json.Marshal} {
			if got, err := marshal(row.v); err != nil || string(got) != row.want {
				t.Errorf("got %s, %v, want %s", got, err, row.want)
			}
		}
	}
}

// What was read is sent back, except that a constant that was absent is sent.
func TestConstants_ReadAndSent(t *testing.T) {
	for data, want := range map[string]string{
		`{"text":"","n":0,"b":false,"u":1,"f":"1","day":null,"at":"","a,b":"","plain":""}`: `{"text":"","n":0,"u":1,` +
			`"f":"1","b":false,"day":null,"at":"","a,b":"","plain":""}`,
		`{}`: allFixed[:len(allFixed)-len(`,"plain":""}`)] + `}`,
	} {
		var v fixed
		if err := UnmarshalStruct([]byte(data), &v); err != nil {
			t.Fatal(err)
		}
		if got, err := Marshal(v); err != nil || string(got) != want {
			t.Errorf("%s: got %s, %v, want %s", data, got, err, want)
		}
	}
}

// A struct of which one field has a tag that its type cannot have is written without the constant.
func TestConstants_WrongTag(t *testing.T) {
	type wrong struct {
		N       int     `const:"x" json:"n"`
		hidden  string  `const:"x"`
		Unknown Unknown `json:"-"`
	}
	if got, err := MarshalStruct(&wrong{hidden: ""}); err != nil || string(got) != `{"n":0}` {
		t.Errorf("got %s, %v", got, err)
	}
}

// Constants within a value decide between variants that it fits otherwise.
func TestPick_NestedConstants(t *testing.T) {
	type a struct {
		Of struct {
			Kind    string  `const:"a" json:"kind"`
			Unknown Unknown `json:"-"`
		} `json:"of"`
		X       string  `json:"x,omitzero"`
		Unknown Unknown `json:"-"`
	}
	type b struct {
		Of struct {
			Kind    string  `const:"b" json:"kind"`
			Unknown Unknown `json:"-"`
		} `json:"of"`
		Unknown Unknown `json:"-"`
	}
	vs := Variants{List: []Variant{{Name: "a", Decode: JSONAs[a]}, {Name: "b", Decode: JSONAs[b]}}}
	for data, want := range map[string]string{
		`{"of":{"kind":"a"}}`: "a", `{"of":{"kind":"b"}}`: "b", `{"of":{"kind":"b"},"x":"y"}`: "b",
		`{"of":{"kind":"c"}}`: "a", `{"of":{"kind":"c"},"x":"y"}`: "a", `{"of":{"kind":"a"},"x":"y","z":1}`: "a",
	} {
		if got := picked(t, data, vs); got != want {
			t.Errorf("%s: got %s, want %s", data, got, want)
		}
	}
}
