package lossless

import (
	"errors"
	"fmt"
	"reflect"
	"testing"
)

type when struct{ Token }

func (w *when) UnmarshalJSON(data []byte) (err error) {
	w.Token, err = ReadToken(data)
	return err
}

type leaf struct {
	At      when    `json:"at"`
	Unknown Unknown `json:"-"`
}

type tree struct {
	List    []string           `json:"list"`
	Map     map[string]int     `json:"map"`
	Bytes   []byte             `json:"bytes"`
	Lists   map[string][][]int `json:"lists,omitzero"`
	At      when               `json:"at"`
	Maybe   *when              `json:"maybe"`
	Self    *tree              `json:"self" wire:"notnull"`
	Any     any                `json:"any"`
	Some    any                `json:"some" wire:"notnull"`
	Odd     *leaf              `json:"-" wire:"notnull,a,b"`
	Leaves  []leaf             `json:"leaves,omitzero"`
	Later   Optional[[]string] `json:"later,omitzero"`
	Rest    map[string]leaf    `json:"-" wire:"*"`
	Unknown Unknown            `json:"-"`
}

func set() tree {
	return tree{At: when{"1"}, Self: &tree{}, Some: 1, Odd: &leaf{At: when{"2"}}}
}

func TestMarshalSent(t *testing.T) {
	inner := set()
	inner.Self = &inner
	full := set()
	full.Self = nil
	full.Lists = map[string][][]int{"k": {nil, {1}}, "n": nil}
	full.Later = OptionalOf[[]string](nil)
	full.Any = map[string]any{"nil": []string(nil), "bytes": []byte(nil), "leaf": leaf{At: when{"3"}}}
	for _, c := range []struct {
		name  string
		value any
		want  string // JSON, or the members of the error
	}{
		{"list", []string(nil), "[]"},
		{"map", map[string]int(nil), "{}"},
		{"bytes", []byte(nil), `""`},
		{"pointer", (*[]string)(nil), "null"},
		{"pointer to a nil list", new([]string), "[]"},
		{"nothing", nil, "null"},
		{"elements", [][]string{nil, {}}, "[[],[]]"},
		{"in an any", []any{[]string(nil), nil}, "[null,null]"},
		{"token", when{}, `[""]`},
		{"tokens", map[string][]when{"a": {{"1"}, {}}, "": {{}}}, `[".0" "a.1"]`},
		{"zero", tree{}, `["at" "self" "some" "a,b"]`},
		{"one nil", full, `["self"]`},
		{"nested", []leaf{{}, {At: when{"1"}}, {}}, `["0.at" "2.at"]`},
		{"in an any", []any{leaf{}, when{}}, `["0.at"]`},
		{"rest", map[string]leaf{"b": {}, "a": {}}, `["a.at" "b.at"]`},
	} {
		data, err := MarshalSent(c.value)
		got := string(data)
		var unset *UnsetError
		if errors.As(err, &unset) {
			got = fmt.Sprintf("%q", unset.Members)
		}
		if got != c.want {
			t.Errorf("%s: got %s, %v, want %s", c.name, got, err, c.want)
		}
	}
}

// Without a request nothing is refused, and a nil list of a declared member is an empty list too.
func TestMarshal_Unset(t *testing.T) {
	want := `{"list":[],"map":{},"bytes":"","at":null,"maybe":null,"self":null,"any":null,"some":null,"a,b":null}`
	if got, err := Marshal(tree{}); err != nil || string(got) != want {
		t.Errorf("got %s, %v, want %s", got, err, want)
	}
	full := set()
	full.Self, full.Lists = nil, map[string][][]int{"n": nil}
	full.Any, full.Leaves, full.Rest = []any{[]int(nil)}, []leaf{{}}, map[string]leaf{"x": {}}
	want = `{"list":[],"map":{},"bytes":"","lists":{"n":[]},"at":1,"maybe":null,"self":null,"any":[null],` +
		`"some":1,"a,b":{"at":2},"leaves":[{"at":null}],"x":{"at":null}}`
	if got, err := Marshal(full); err != nil || string(got) != want {
		t.Errorf("got %s, %v, want %s", got, err, want)
	}
	if got, err := Marshal([][]string{nil}); err != nil || string(got) != "[null]" {
		t.Errorf("a list of no declared type: got %s, %v", got, err)
	}
}

// A null that a server sent for a member goes back unchanged, until the member gets another value.
func TestMarshalSent_ReadNull(t *testing.T) {
	const data = `{"list":null,"map":null,"bytes":null,"at":null,"maybe":null,"self":{"at":1,"self":{}},"any":null,` +
		`"some":2,"a,b":{"at":null}}`
	var v tree
	if err := Unmarshal([]byte(data), &v); err != nil {
		t.Fatal(err)
	}
	v.Self = nil
	_, err := MarshalSent(v)
	if want := "required members without a value: self; set them"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	got, err := Marshal(v)
	if want := `{"list":null,"map":null,"bytes":null,"at":null,"maybe":null,"self":null,"any":null,"some":2,` +
		`"a,b":{"at":null}}`; err != nil || string(got) != want {
		t.Errorf("got %s, %v, want %s", got, err, want)
	}
	v.List, v.Map, v.Bytes, v.At = []string{}, map[string]int{}, []byte{1}, when{"3"}
	got, err = Marshal(v)
	if want := `{"list":[],"map":{},"bytes":"AQ==","at":3,"maybe":null,"self":null,"any":null,"some":2,` +
		`"a,b":{"at":null}}`; err != nil || string(got) != want {
		t.Errorf("got %s, %v, want %s", got, err, want)
	}
}

func TestUnsetError(t *testing.T) {
	var e UnsetError
	if e.Err() != nil {
		t.Error("no member is unset, and there is an error")
	}
	e.Join("a", &UnsetError{Members: []string{"", "b"}, More: 3})
	if want := "required members without a value: a, a.b and 3 more; set them"; e.Error() != want {
		t.Errorf("got %s, want %s", &e, want)
	}
	e = UnsetError{}
	for i := range mostListed + 2 {
		e.Add(fmt.Sprint(i))
	}
	if len(e.Members) != 50 || e.Members[49] != "49" || e.More != 2 {
		t.Errorf("got %v and %d more", e.Members, e.More)
	}
	if text := (&UnsetError{Members: []string{"a"}}).Error(); text != "required members without a value: a; set them" {
		t.Error(text)
	}
	if IsUnset(reflect.ValueOf(when{"1"})) || !IsUnset(reflect.ValueOf(when{})) || IsUnset(reflect.ValueOf("")) {
		t.Error("IsUnset: only a zero token is unset")
	}
}
