package lossless

import (
	"encoding/json"
	"testing"
)

type parcel struct {
	ID      string              `json:"id"`
	Size    *int                `json:"size,omitzero"`
	Mark    string              `json:"mark,omitzero" const:"box"`
	Rest    map[string][]string `json:"-" wire:"*"`
	Unknown Unknown             `json:"-"`
}

// What was read comes back in the order of the fields, the additional properties and the rest.
func TestMarshal_Kept(t *testing.T) {
	for _, row := range []struct{ data, want string }{
		{`{"id":5,"z":["1"],"a":[]}`, `{"id":5,"mark":"box","a":[],"z":["1"]}`},
		{`{"size":"7","id":"x","b":"no list","a":null}`, `{"id":"x","size":"7","mark":"box","a":null,"b":"no list"}`},
		{`{"mark":"other"}`, `{"mark":"other"}`},
		{`[1]`, `[1]`},
	} {
		var p parcel
		if err := Unmarshal([]byte(row.data), &p); err != nil {
			t.Fatal(err)
		}
		if got, err := Marshal(p); err != nil || string(got) != row.want {
			t.Errorf("%s: got %s, %v, want %s", row.data, got, err, row.want)
		}
		if got, err := MarshalStruct(&p); err != nil || string(got) != row.want {
			t.Errorf("%s: got %s, %v from the struct, want %s", row.data, got, err, row.want)
		}
		p.ID, p.Rest = "new", map[string][]string{"a": {"n"}}
		want := `{"id":"new","mark":"box","a":["n"]}`
		switch row.data[2] {
		case 's':
			want = `{"id":"new","size":"7","mark":"box","a":["n"]}`
		case 'm':
			want = `{"id":"new","mark":"other","a":["n"]}`
		}
		if got, err := Marshal([]parcel{p}); err != nil || string(got) != "["+want+"]" {
			t.Errorf("%s after a change: got %s, %v, want %s", row.data, got, err, want)
		}
	}
	p := parcel{ID: "x"}
	if err := p.Unknown.Set("more", []int{1}); err != nil {
		t.Fatal(err)
	}
	p.Rest = map[string][]string{"a": nil}
	if got, err := Marshal(&p); err != nil || string(got) != `{"id":"x","mark":"box","a":[],"more":[1]}` {
		t.Errorf("got %s, %v", got, err)
	}
	p.Rest["more"] = []string{"2"}
	if got, err := Marshal(&p); err != nil || string(got) != `{"id":"x","mark":"box","a":[],"more":["2"]}` {
		t.Errorf("got %s, %v for a name that is also an additional property", got, err)
	}
	p.Rest["id"] = nil
	const twice = `additional property "id" is also declared; set its field`
	if got, err := Marshal(&p); err == nil || err.Error() != twice || got != nil {
		t.Errorf("got %s, %v", got, err)
	}
}

// Errors name the members around a value that cannot be sent.
func TestMarshal_ErrorsNameMembers(t *testing.T) {
	type inner struct {
		Rest    map[string]json.Number `json:"-" wire:"*"`
		Unknown Unknown                `json:"-"`
	}
	type outer struct {
		List    []inner `json:"list"`
		Unknown Unknown `json:"-"`
	}
	want := `property "list": property "n": json: invalid number literal "1x"`
	v := outer{List: []inner{{Rest: map[string]json.Number{"a": "1", "n": "1x", "o": "2"}}}}
	if got, err := Marshal(v); err == nil || got != nil || err.Error() != want {
		t.Errorf("got %s, %v, want %s", got, err, want)
	}
	v.List[0].Rest["n"] = "2"
	if got, err := Marshal(v); err != nil || string(got) != `{"list":[{"a":1,"n":2,"o":2}]}` {
		t.Errorf("got %s, %v", got, err)
	}
}

// What is left to encoding/json is written without the escapes of HTML, and what follows is not.
func TestMarshal_Standard(t *testing.T) {
	v := []any{[2]string{"<", "&"}, map[int]string{2: ">", 1: "é"}, OptionalOf("<"), Optional[int]{}, Null[int](), 1}
	if got, err := Marshal(v); err != nil || string(got) != `[["<","&"],{"1":"é","2":">"},"<",null,null,1]` {
		t.Errorf("got %s, %v", got, err)
	}
}
