package docpages

import (
	"maps"
	"testing"
)

func TestParse(t *testing.T) {
	page, err := Parse("# Title\n<!-- fixture: shop -->\n<!-- release -->\n<!-- sh: true -->\n" +
		"<!-- declare:\nvar a = 1\n-->\n\n```sh\nls\n```\n\n" +
		"1. Item\n   <!-- file: a/b.go --><!-- no directive, same line -->\n   ```go title\n" +
		"   package a\n\n   var x\n   ```\n" +
		"<!-- before: x := 1 -->\n<!-- after: _ = x -->\n```go\nx++\n```\n")
	if err != nil {
		t.Fatal(err)
	}
	if page.Fixture != "shop" || !page.Release || len(page.Declare) != 1 || page.Declare[0] != "var a = 1" {
		t.Errorf("page %+v", page)
	}
	want := []Block{
		{Line: 4, Language: "sh", Text: "true\n"},
		{Line: 10, Language: "sh", Text: "ls\n"},
		{Line: 16, Language: "go", Text: "package a\n\nvar x\n", Directives: map[string]string{"file": "a/b.go"}},
		{Line: 23, Language: "go", Text: "x++\n", Directives: map[string]string{"before": "x := 1", "after": "_ = x"}},
	}
	if len(page.Blocks) != len(want) {
		t.Fatalf("%d blocks: %+v", len(page.Blocks), page.Blocks)
	}
	for i, w := range want {
		got := page.Blocks[i]
		if got.Line != w.Line || got.Language != w.Language || got.Text != w.Text ||
			!maps.Equal(got.Directives, w.Directives) {
			t.Errorf("block %d: %+v, want %+v", i, got, w)
		}
	}
}

func TestParse_Errors(t *testing.T) {
	for text, want := range map[string]string{
		"<!-- fiel: a -->\n```\n```": `line 1: unknown directive "fiel"`,
		"a\n```go\nx":                "line 2: the block has no end",
		"<!-- file: a":               "line 1: the comment has no end",
		"<!-- file: a -->\ntext":     "no block follows the directives map[file:a]",
	} {
		if _, err := Parse(text); err == nil || err.Error() != want {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
}
