package memberpath_test

import (
	"encoding/json"
	"errors"
	"maps"
	"reflect"
	"testing"

	"github.com/resgen/resgen/resilience/memberpath"
)

func decode(t *testing.T, text string) any {
	t.Helper()
	var v any
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatal(err)
	}
	return v
}

func TestParse_Errors(t *testing.T) {
	for _, text := range []string{"a..b", ".a", "a.", ".."} {
		if _, err := memberpath.Parse(text); err == nil {
			t.Errorf("Parse(%q) found no problem", text)
		}
	}
	for _, text := range []string{"", ".", "a", "a.b", "0", "a.0.b", "a b", "$x"} {
		p, err := memberpath.Parse(text)
		if err != nil || p.String() != text || p.IsZero() != (text == "") {
			t.Errorf("Parse(%q) = %q, %v", text, p, err)
		}
	}
}

func TestMustParse(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("no panic for a malformed path")
		}
	}()
	memberpath.MustParse("a..b")
}

func TestPath_Lookup(t *testing.T) {
	for _, c := range []struct{ value, path, want string }{
		{`{"a":1}`, "a", `1`},
		{`{"a":1}`, ".", `{"a":1}`},
		{`{"a":1}`, "", `missing`},
		{`{"a":1}`, "b", `missing`},
		{`{"a":null}`, "a", `null`},
		{`{"a":null}`, "a.b", `missing`},
		{`{"a":{"b":{"c":2}}}`, "a.b.c", `2`},
		{`{"a.b":1,"a":{"b":2}}`, "a.b", `1`},
		{`{"a.b":{"x":1},"a":{"b":{"c":2}}}`, "a.b.c", `2`},
		{`{"@odata.nextLink":"x"}`, "@odata.nextLink", `"x"`},
		{`{"errors":[{"code":"Busy"},{"code":"Gone"}]}`, "errors.1.code", `"Gone"`},
		{`{"errors":[{"code":"Busy"}]}`, "errors.1.code", `missing`},
		{`{"errors":[1]}`, "errors.-1", `missing`},
		{`{"errors":[1]}`, "errors.00", `missing`},
		{`{"errors":{"0":"a"}}`, "errors.0", `"a"`},
		{`[[1,2],[3]]`, "0.1", `2`},
		{`"text"`, "length", `missing`},
	} {
		got, ok := memberpath.MustParse(c.path).Lookup(decode(t, c.value))
		if c.want == "missing" {
			if ok {
				t.Errorf("%s at %q = %v, want nothing", c.value, c.path, got)
			}
			continue
		}
		if want := decode(t, c.want); !ok || !reflect.DeepEqual(got, want) {
			t.Errorf("%s at %q = %v, %v, want %v", c.value, c.path, got, ok, want)
		}
	}
}

func TestFollow(t *testing.T) {
	type node struct {
		name     string
		children []*node
	}
	tree := &node{children: []*node{{name: "a", children: []*node{{name: "b.c"}}}}}
	child := func(n *node, name string) (*node, bool) {
		for _, c := range n.children {
			if c.name == name {
				return c, true
			}
		}
		return nil, false
	}
	if n, ok := memberpath.Follow(memberpath.MustParse("a.b.c"), tree, child); !ok || n.name != "b.c" {
		t.Errorf("a.b.c = %v, %v", n, ok)
	}
	if n, ok := memberpath.Follow(memberpath.MustParse("a.c"), tree, child); ok || n != nil {
		t.Errorf("a.c = %v, want nothing", n)
	}
}

func TestPath_Set(t *testing.T) {
	for _, c := range []struct{ value, path, want string }{
		{`{}`, "a", `{"a":7}`},
		{`{"a":1}`, "a", `{"a":7}`},
		{`{}`, "a.b.c", `{"a":{"b":{"c":7}}}`},
		{`{"a":null}`, "a.b", `{"a":{"b":7}}`},
		{`{"a":{"x":1}}`, "a.b", `{"a":{"x":1,"b":7}}`},
		{`{"a.b":1}`, "a.b", `{"a.b":7}`},
		{`{"a":{"b.c":1}}`, "a.b.c", `{"a":{"b.c":7}}`},
		{`{"a":1}`, "a.b", `member a is not an object, so it has no member b`},
		{`{}`, ".", `path "." does not name a member`},
		{`{}`, "", `path "" does not name a member`},
	} {
		object := decode(t, c.value).(map[string]any)
		if err := memberpath.MustParse(c.path).Set(object, 7.0); err != nil {
			if err.Error() != c.want {
				t.Errorf("set %q in %s: %v, want %s", c.path, c.value, err, c.want)
			}
			continue
		}
		if want := decode(t, c.want); !reflect.DeepEqual(any(object), want) {
			t.Errorf("set %q in %s = %v, want %v", c.path, c.value, object, want)
		}
	}
}

func TestReplace(t *testing.T) {
	member := func(v any, name string) (any, bool) {
		object, _ := v.(map[string]any)
		m, ok := object[name]
		return m, ok
	}
	set := func(v any, name string, value any) (any, error) {
		object, ok := v.(map[string]any)
		if !ok {
			return nil, errors.New("not an object: " + name)
		}
		object = maps.Clone(object)
		object[name] = value
		return object, nil
	}
	for _, c := range []struct{ value, path, want string }{
		{`{"a":1,"b":2}`, "a", `{"a":7,"b":2}`},
		{`{"a":1}`, ".", `7`},
		{`{"a":1}`, "b", `{"a":1,"b":7}`},
		{`{"a":{"b":1,"c":2}}`, "a.b", `{"a":{"b":7,"c":2}}`},
		{`{"a":{"c":2}}`, "a.b", `{"a":{"b":7,"c":2}}`},
		{`{"a.b":1,"a":{"b":2}}`, "a.b", `{"a.b":7,"a":{"b":2}}`},
		{`{"a.b":{"x":1},"a":{"b":{"c":2}}}`, "a.b.c", `{"a.b":{"x":1},"a":{"b":{"c":7}}}`},
		{`{"a":{"b.c":{"d":1}}}`, "a.b.c.d", `{"a":{"b.c":{"d":7}}}`},
		{`{"a":1}`, "a.b", `not an object: b`},
		{`{}`, "a.b", `not an object: b`},
		{`{"a":[1]}`, "a.0", `not an object: 0`},
		{`{}`, "", `path "" does not name a member`},
	} {
		value := decode(t, c.value)
		got, err := memberpath.Replace(memberpath.MustParse(c.path), value, any(7.0), member, set)
		if err != nil {
			if err.Error() != c.want {
				t.Errorf("replace %q in %s: %v, want %s", c.path, c.value, err, c.want)
			}
			continue
		}
		if want := decode(t, c.want); !reflect.DeepEqual(got, want) {
			t.Errorf("replace %q in %s = %v, want %v", c.path, c.value, got, want)
		}
		if !reflect.DeepEqual(value, decode(t, c.value)) {
			t.Errorf("replace %q in %s changed its argument to %v", c.path, c.value, value)
		}
	}
}
