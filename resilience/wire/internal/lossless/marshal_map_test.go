package lossless

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// Small and large maps are sorted in different ways.
func TestMarshal_SortedMaps(t *testing.T) {
	for n := range 3 * fewEntries {
		anys, numbers, entries := map[string]any{}, map[kind]int{}, []string(nil)
		for i := range n {
			name := fmt.Sprint(7 * i % 100)
			anys[name], numbers[kind(name)] = i, i
			entries = append(entries, fmt.Sprintf("%q:%d", name, i))
		}
		slices.Sort(entries)
		inner := "{" + strings.Join(entries, ",") + "}"
		want := fmt.Sprintf(`{"a":%s,"b":%s,"c":[%[1]s]}`, inner, inner)
		v := map[string]any{"b": numbers, "a": anys, "c": []any{anys}}
		if got, err := Marshal(v); err != nil || string(got) != want {
			t.Errorf("%d entries: got %s, %v, want %s", n, got, err, want)
		}
	}
}

// The values of a map are written as those of a request, and errors end the map.
func TestMarshal_MapValues(t *testing.T) {
	type holder struct {
		Lists   map[string][]string       `json:"lists"`
		Maps    map[string]map[string]any `json:"maps"`
		Many    map[string]any            `json:"many"`
		Last    []string                  `json:"last"`
		Unknown Unknown                   `json:"-"`
	}
	many := map[string]any{}
	for i := range fewEntries + 1 {
		many[string(rune('a'+i))] = []string(nil)
	}
	v := holder{
		Lists: map[string][]string{"b": nil, "a": {"x"}}, Many: many,
		Maps: map[string]map[string]any{"n": nil, "m": {"l": []int(nil)}},
	}
	want := `{"lists":{"a":["x"],"b":[]},"maps":{"m":{"l":null},"n":{}},"many":{"a":null,"b":null,"c":null,"d":null,` +
		`"e":null,"f":null,"g":null,"h":null,"i":null},"last":[]}`
	if got, err := MarshalSent(v); err != nil || string(got) != want {
		t.Errorf("got %s, %v, want %s", got, err, want)
	}
	many["b"] = json.Number("x")
	for name, v := range map[string]any{
		"large": many, "small": map[string]any{"a": json.Number("x")},
		"typed":          map[string]json.Number{"a": "x", "b": "1"},
		"in a typed map": map[string]map[string]any{"a": many},
	} {
		if got, err := Marshal(v); err == nil {
			t.Errorf("%s: got %s", name, got)
		}
	}
}

// A map that contains itself is an error, whatever its type.
func TestMarshal_Cycles(t *testing.T) {
	type loop map[string]loop
	typed, anys, list := loop{}, map[string]any{}, make([]any, 1)
	typed["a"], anys["a"], list[0] = typed, anys, list
	mixed := map[string][]map[string]any{"a": {{}}}
	mixed["a"][0]["b"] = mixed
	for _, v := range []any{typed, anys, list, mixed} {
		if got, err := Marshal(v); err != errTooDeep && !strings.Contains(fmt.Sprint(err), "10000 levels") {
			t.Errorf("%T: got %d bytes, %v", v, len(got), err)
		}
	}
	deep := any(1)
	for range mostDepth - 1 {
		deep = []any{deep}
	}
	if _, err := Marshal(map[string]any{"a": deep}); err != nil {
		t.Errorf("got %v for 10,000 levels", err)
	}
	if _, err := Marshal(map[string]any{"a": []any{deep}}); err != errTooDeep {
		t.Errorf("got %v for 10,001 levels", err)
	}
	if _, err := Marshal(map[string]any{"a": map[string]any{"a": deep}}); err != errTooDeep {
		t.Errorf("got %v for 10,001 levels of maps", err)
	}
	if _, err := Marshal(map[string][]any{"a": {deep}}); err != errTooDeep {
		t.Errorf("got %v for 10,001 levels of typed maps", err)
	}
	side := make([]map[string]int, mostDepth+1)
	for i := range side {
		side[i] = map[string]int{"a": 1}
	}
	if _, err := Marshal([]any{side, make([]map[string]any, mostDepth+1)}); err != nil {
		t.Errorf("got %v for a wide value", err)
	}
}
