package wire

import (
	"strings"
	"testing"
)

// Literal segments are written together, and the segment of a value is still known.
func TestTemplate_Segments(t *testing.T) {
	param := []Param{{Name: "p", In: Path}}
	for _, row := range []struct{ template, value, want string }{
		{"/a/b/{p}", "v", "/a/b/v"},
		{"/a/b/{p}/c/d", "v", "/a/b/v/c/d"},
		{"/a//b/../{p}/", "v", "/a//b/../v/"},
		{"a/{p}", "v", "/a/v"},
		{"/a b/.{p}", "v", "/a%20b/.v"},
		{"/a/.{p}", ".b", "/a/..b"},
		{"/a/b.{p}", ".", ""},
		{"/a/{p}.json?x=/y/z", "v", "/a/v.json"},
		{"/{p}#/a/b", "v", "/v"},
		{"/a/.{p}", "", ""},
	} {
		got, err := NewTemplate(row.template, param).Encode("", []any{row.value})
		if got.Path != row.want || (err == nil) != (row.want != "") {
			t.Errorf("%s of %q: got %s, %v, want %s", row.template, row.value, got.Path, err, row.want)
		}
	}
	for _, template := range []string{"/a/{p}", "/a/{p}/b/c", "/a/b/.{p}", "/a/b/.{p}/c", "/{p}.", "/{p}./b/c", "{p}"} {
		_, err := NewTemplate(template, param).Encode("/v1", []any{[]string{"."}})
		refused := err != nil && strings.Contains(err.Error(), "makes a path segment that is empty")
		if !refused {
			t.Errorf("%s: got %v for a segment of dots", template, err)
		}
	}
	for _, template := range []string{"/a/b.{p}", "/a/..{p}", "/b{p}/c", "/{p}b/c/d"} {
		if got, err := NewTemplate(template, param).Encode("/v1", []any{[]string{"."}}); err != nil {
			t.Errorf("%s: got %v, %v", template, got, err)
		}
	}
	many := NewTemplate("/a/b/c/d/{p}", param)
	if n := len(many.steps); n != 2 {
		t.Errorf("got %d steps for four literal segments and a value, want 2", n)
	}
}
