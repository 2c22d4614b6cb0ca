package typecheck

import (
	"strings"
	"testing"
)

func TestCheck_Good(t *testing.T) {
	err := Check(map[string][]byte{
		"a.go": []byte(
			"package p\n\nimport \"github.com/resgen/resgen/resilience/wire\"\n\ntype A struct{ B wire.Nullable[B] }\n",
		),
		"b.go": []byte("package p\n\nimport \"time\"\n\ntype B struct{ T *A }\n\nvar d = 3 * time.Second\n"),
	})
	if err != nil {
		t.Error(err)
	}
}

func TestCheck_Bad(t *testing.T) {
	tests := []struct {
		name   string
		source string
		want   []string
	}{
		{"unknown type", "package p\n\n\n\n\ntype A struct{ B Missing }\n\n\n\n\n", []string{
			"a.go:6:18: undefined: Missing\n      3  \n      4  \n      5  \n" +
				">     6  type A struct{ B Missing }\n      7  \n      8  \n      9  "}},
		{
			"syntax",
			"package p\n\ntype A struct {\n",
			[]string{"a.go:3:17: expected '}', found 'EOF'", ">     3  type A struct {"},
		},
		{
			"unused import",
			"package p\n\nimport \"io\"\n",
			[]string{`a.go:3:8: "io" imported and not used`, `>     3  import "io"`},
		},
		{
			"foreign import",
			"package p\n\nimport \"os\"\n\nvar _ = os.Args\n",
			[]string{`generated code must not import "os"`},
		},
		{"name not in the stub", "package p\n\nimport \"io\"\n\nvar _ io.Writer\n", []string{"undefined: io.Writer"}},
		{
			"an unexported field",
			"package p\n\nimport \"github.com/resgen/resgen/resilience/wire\"\n\nvar _ = wire.Param{Nam: \"x\"}\n",
			[]string{"unknown field Nam in struct literal"},
		},
		{
			"twice",
			"package p\n\ntype A int\ntype A int\nvar x B\n",
			[]string{"A redeclared in this block", "undefined: B"},
		},
		{"a body", "package p\n\nfunc f() int { return \"a\" }\n", []string{`cannot use "a"`}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			err := Check(map[string][]byte{"a.go": []byte(tt.source)})
			if err == nil {
				t.Fatal("no error")
			}
			for _, want := range tt.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("got\n%v\nwant\n%s", err, want)
				}
			}
		})
	}
}

func TestCheck_AllFiles(t *testing.T) {
	err := Check(
		map[string][]byte{
			"b.go": []byte("package p\nvar x = "),
			"a.go": []byte("package p\ntype ="),
			"c.go": []byte("package p\n"),
		},
	)
	if err == nil || strings.Index(err.Error(), "a.go:2") > strings.Index(err.Error(), "b.go:2") {
		t.Errorf("want errors of a.go, then of b.go; got %v", err)
	}
}

func TestCheck_TenErrorsAreShown(t *testing.T) {
	for n, want := range map[int]string{10: "", 11: "\nand 1 more", 5000: "\nand 4990 more"} {
		err := Check(map[string][]byte{"a.go": []byte("package p\n" + strings.Repeat("var _ Missing\n", n))})
		if got := strings.Count(err.Error(), "undefined: Missing"); got != 10 {
			t.Errorf("%d of %d errors are in the text, want 10", got, n)
		}
		if i := strings.Index(err.Error(), "\nand "); i >= 0 && err.Error()[i:] != want || i < 0 && want != "" {
			t.Errorf("%d errors end in %.30q, want %q", n, err.Error()[len(err.Error())-20:], want)
		}
	}
}

func TestListing_AtTheEdges(t *testing.T) {
	source := []byte("one\ntwo\nthree")
	for line, want := range map[int]string{
		1: ">     1  one\n      2  two\n      3  three",
		3: "      1  one\n      2  two\n>     3  three",
		9: "",
	} {
		if got := listing(source, line); got != want {
			t.Errorf("line %d: got\n%s\nwant\n%s", line, got, want)
		}
	}
}
