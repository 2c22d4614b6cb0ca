package wire_test

import (
	"encoding/json"
	"reflect"
	"testing"

	"github.com/resgen/resgen/resilience/wire"
)

// A tree has members of every make.
type tree struct {
	Name   string                     `json:"name"`
	Next   *tree                      `json:"next,omitzero"`
	List   []string                   `json:"list"`
	Maybe  wire.Nullable[*tree]       `json:"maybe,omitzero"`
	Dotted string                     `json:"@odata.nextLink"`
	Inner  map[string]json.RawMessage `json:"-"`
	Map    map[word]int               `json:"map"`
	Any    any                        `json:"any"`
	Raw    wire.Raw                   `json:"raw"`
	Count  int64
	keeper
}

type word string

type keeper struct {
	Kept bool `json:"kept"`
}

// A keptObject has its members in JSON alone.
type keptObject struct{ text string }

func (k keptObject) MarshalJSON() ([]byte, error) { return []byte(k.text), nil }

func TestFind(t *testing.T) {
	v := &tree{
		Name: "a", Next: &tree{Name: "b", Maybe: wire.NullableOf(&tree{Name: "c"})}, List: []string{"x", "y"},
		Dotted: "link", Maybe: wire.Null[*tree](),
		Map: map[word]int{"one": 1, "a.b": 2}, Any: map[string]any{"x": map[string]any{"y": json.Number("7"),
			"none": nil}, "x.z": "dots"},
		Raw: `{"deep":{"er":[1]}}`, Count: 3, keeper: keeper{true},
	}
	for _, test := range []struct {
		in   any
		path string
		want any // nil: nothing
	}{
		{v, "name", "a"}, {v, "next.name", "b"}, {v, "next.maybe.name", "c"}, {v, "maybe.name", nil}, {v, "maybe", nil},
		{v, "next.next", nil}, {v, "next.next.name", nil},
		{v, "list", []string{"x", "y"}}, {v, "@odata.nextLink", "link"}, {v, "next.@odata.nextLink", ""},
		{v, "map.one", 1}, {v, "map.a.b", 2}, {v, "map.two", nil},
		{v, "any.x.y", json.Number("7")}, {v, "any.x.none", nil}, {v, "any.x.z", "dots"}, {v, "any.y", nil},
		{v, "raw.deep.er", []any{json.Number("1")}}, {v, "Count", int64(3)},
		{v, "Inner", nil}, {v, "inner", nil}, {v, "kept", true}, {v, "name.x", nil}, {v, "list.x", nil},
		{v, "none", nil}, {v, "Name", nil},
		{v, "", *v}, {*v, "next.name", "b"}, {nil, "x", nil}, {nil, "", nil}, {(*tree)(nil), "name", nil},
		{[]string(nil), "", nil}, {[]string{}, "", []string{}},
		{keptObject{`{"a":{"b":"c"}}`}, "a.b", "c"}, {keptObject{`{"a":null}`}, "a", nil},
		{keptObject{`["a"]`}, "a", nil}, {keptObject{`{`}, "a", nil}, {map[int]string{1: "x"}, "1", nil},
		{wire.NullableOf(5), "", 5}, {"text", "", "text"},
	} {
		got, ok := wire.Find(test.in, test.path)
		switch {
		case !ok && test.want != nil, ok && test.want == nil:
			t.Errorf("%q: found is %v", test.path, ok)
		case ok && !reflect.DeepEqual(got.Interface(), test.want):
			t.Errorf("%q: got %v, want %v", test.path, got, test.want)
		}
	}
}

func TestPlainText(t *testing.T) {
	for _, test := range []struct {
		in   any
		want string
		ok   bool
	}{
		{"x", "x", true}, {"", "", true}, {7, "7", true}, {word("w"), "w", true}, {json.Number("1.50"), "1.50", true},
		{true, "true", true}, {new(int64), "0", true}, {(*int64)(nil), "", false},
		{nil, "", false}, {[]string{"x"}, "", false}, {map[string]any{"x": 1}, "", false}, {tree{}, "", false},
		{1.5, "1.5", true}, {wire.NullableOf("n"), "n", true}, {wire.Null[string](), "", false},
	} {
		if got, ok := wire.PlainText(test.in); got != test.want || ok != test.ok {
			t.Errorf("%v: got %q %v, want %q %v", test.in, got, ok, test.want, test.ok)
		}
	}
}

func TestWithMember(t *testing.T) {
	type page struct {
		Limit int64 `json:"limit"`
	}
	type body struct {
		Page  page   `json:"page"`
		Text  string `json:"text"`
		Big   int64  `json:"big,omitzero"`
		Slash string `json:"a.b,omitzero"`
	}
	for _, test := range []struct {
		in    any
		path  string
		value any
		want  string
		err   string
	}{
		{body{Text: "<x>"}, "token", "t", `{"page":{"limit":0},"text":"<x>","token":"t"}`, ""},
		{&body{Big: 9007199254740993}, "page.offset", int64(5),
			`{"big":9007199254740993,"page":{"limit":0,"offset":5},"text":""}`, ""},
		{body{}, "page.limit", 7, `{"page":{"limit":7},"text":""}`, ""},
		{body{Slash: "x"}, "a.b", "y", `{"a.b":"y","page":{"limit":0},"text":""}`, ""},
		{nil, "a.b.c", true, `{"a":{"b":{"c":true}}}`, ""}, {(*body)(nil), "a", 1, `{"a":1}`, ""},
		{map[string]any{"a": nil}, "a.b", 1, `{"a":{"b":1}}`, ""},
		{body{}, "text.x", 1, "", "member text is not an object, so it has no member x"},
		{[]string{"x"}, "a", 1, "", "the body is not an object, so it cannot have the member a"},
		{keptObject{"null"}, "a", 1, "", "the body is not an object, so it cannot have the member a"},
		{make(chan int), "a", 1, "", "json: unsupported type: chan int"},
	} {
		got, err := wire.WithMember(test.in, test.path, test.value)
		if test.err != "" {
			if err == nil || err.Error() != test.err {
				t.Errorf("%s: got error %v, want %q", test.path, err, test.err)
			}
			continue
		}
		data, wrong := wire.Marshal(got)
		if err != nil || wrong != nil || string(data) != test.want {
			t.Errorf("%s: got %s, want %s: %v", test.path, data, test.want, err)
		}
	}
	original := &body{Text: "x"}
	if _, err := wire.WithMember(original, "text", "y"); err != nil || original.Text != "x" {
		t.Errorf("the body has become %v: %v", original, err)
	}
}
