package godiff

import (
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"slices"
	"testing"
)

func checked(t *testing.T, source string) *types.Package {
	t.Helper()
	set := token.NewFileSet()
	tree, err := parser.ParseFile(set, "a.go", "package p\n"+source, 0)
	if err != nil {
		t.Fatal(err)
	}
	config := types.Config{Importer: importer.Default()}
	pkg, err := config.Check("generated", set, []*ast.File{tree}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return pkg
}

func TestCompare(t *testing.T) {
	const client = "type Client struct{}\nfunc (*Client) Get(id string) error { return nil }\n"
	const list = "func (*Client) List() error { return nil }\n"
	for _, tt := range []struct {
		name, old, new string
		want           []Change
	}{
		{"the same", client, client, nil},
		{"a method is added", client, client + list, []Change{{"(*Client).List", "added", false}}},
		{"a method is removed", client + list, client, []Change{{"(*Client).List", "removed", true}}},
		{
			"breaking changes come first", client + "type A int\n", client + "type B int\n",
			[]Change{{"A", "removed", true}, {"B", "added", false}},
		},
		{
			"a method of the interface", client + "type Operations interface{ Get(id string) error }\n",
			client + list + "type Operations interface{ Get(id string) error; List() error }\n",
			[]Change{{"(*Client).List", "added", false}},
		},
		{
			"the interface itself", "type Operations interface{ Get(id string) error }\n", "",
			[]Change{{"Operations", "removed", true}},
		},
		{
			"a field", "type Pet struct{ Age int }\n", "type Pet struct{ Age string; Name string }\n",
			[]Change{{"Pet.Age", "changed from int to string", true}, {"Pet.Name", "added", false}},
		},
		{
			"a type of another package",
			"import \"go/token\"\ntype A struct{ P token.Pos }\n", "type A struct{ P int }\n",
			[]Change{{"A.P", "changed from token.Pos to int", true}},
		},
		{
			"a field that is a list",
			"type Params struct{ Limit int }\n", "type Params struct{ Limit int; Tags []string }\n",
			[]Change{{"Params", "old is comparable, new is not", false}, {"Params.Tags", "added", false}},
		},
	} {
		if got := Compare(checked(t, tt.old), checked(t, tt.new)); !slices.Equal(got, tt.want) {
			t.Errorf("%s: got %v, want %v", tt.name, got, tt.want)
		}
	}
}
