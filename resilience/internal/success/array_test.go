package success

import (
	"fmt"
	"testing"
)

func TestItems(t *testing.T) {
	for _, c := range []struct{ data, path, items, replaced string }{
		{`[1,2]`, ".", "[1 2]", `[9]`},
		{`{"a":[1.10],"b":1}`, "a", "[1.10]", `{"a":[9],"b":1}`},
		{`{"a":{"c":0,"b":[{"x":1}]}}`, "a.b", `[{"x":1}]`, `{"a":{"b":[9],"c":0}}`},
		{`{"a":{"b":[1]}}`, "a.c", "[]", `{"a":{"b":[1],"c":[9]}}`},
		{`{"a":{"b":1}}`, "a.b", "[]", `{"a":{"b":[9]}}`},
		{`[1]`, "a", "[]", ""},
		{`{"a":[1]}`, ".", "[]", "[9]"},
		{`{"a":1}`, "a.b", "[]", ""},
		{`no`, "a", "[]", ""},
		{`{"a.b":[1],"a":{"b":[2]}}`, "a.b", "[1]", `{"a":{"b":[2]},"a.b":[9]}`},
		{`{"a.b":1,"a":{"b":{"c":[2]}}}`, "a.b.c", "[2]", `{"a":{"b":{"c":[9]}},"a.b":1}`},
		{`{"a":[{"b":[1]},{"b":[2],"c":0}]}`, "a.1.b", "[2]", `{"a":[{"b":[1]},{"b":[9],"c":0}]}`},
		{`[[1],[2]]`, "1", "[2]", `[[1],[9]]`},
		{`[[1]]`, "1", "[]", ""},
		{`{"0":[1]}`, "0", "[1]", `{"0":[9]}`},
		{`{"a":null}`, "a", "[]", `{"a":[9]}`},
		{`{}`, "a.b", "[]", ""},
		{`[1]`, "", "[]", ""},
		{`{"":[1]}`, "a..b", "[]", ""},
	} {
		var texts []string
		for _, i := range Items([]byte(c.data), c.path) {
			texts = append(texts, string(i))
		}
		if got := fmt.Sprint(texts); got != c.items {
			t.Errorf("%s at %s: items %s, want %s", c.data, c.path, got, c.items)
		}
		got, err := ReplaceItems([]byte(c.data), c.path, Items([]byte("[9]"), "."))
		if string(got) != c.replaced || (err == nil) == (c.replaced == "") {
			t.Errorf("%s at %s: %s with %v, want %s", c.data, c.path, got, err, c.replaced)
		}
	}
}
