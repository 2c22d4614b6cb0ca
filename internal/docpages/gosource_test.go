package docpages

import "testing"

func TestGoSource(t *testing.T) {
	page := Page{
		Declare: []string{"var ctx = 1"},
		Blocks: []Block{
			{Line: 3, Language: "go", Text: "package main\n", Directives: map[string]string{"file": "main.go"}},
			{Line: 5, Language: "sh", Text: "ls\n"},
			{Line: 9, Language: "go", Text: "type a struct{}\n"},
			{
				Line: 12, Language: "go", Text: "var x int\n",
				Directives: map[string]string{"before": "y := 1", "after": "_, _ = x, y"},
			},
		},
	}
	want := "package consumer_test\n\nvar ctx = 1\n\ntype a struct{}\n\n" +
		"func TestLine12(t *testing.T) {\ny := 1\nvar x int\n\n_, _ = x, y\n}\n\n"
	if got, err := GoSource(page); got != want || err != nil {
		t.Errorf("%v:\n%s", err, got)
	}
	page.Blocks = page.Blocks[:2]
	if got, err := GoSource(page); got != "" || err != nil {
		t.Errorf("without Go blocks: %v %q", err, got)
	}
	page.Blocks = []Block{{Line: 7, Language: "go", Text: "for {"}}
	want = "line 7: the block is neither Go declarations nor statements"
	if _, err := GoSource(page); err == nil || err.Error() != want {
		t.Errorf("broken block: %v", err)
	}
}
