package docpages

import "testing"

func TestWithImports(t *testing.T) {
	packages := map[string]string{"fmt": "fmt", "shop": "example.com/shop", "log": "log", "unused": "unused"}
	const source = "package a\n\nfunc f(log logger) { log.Print(); fmt.Println(shop.Name, other.Name) }\n"
	got, err := WithImports(source, packages)
	want := "package a\n\nimport (\n\t\"example.com/shop\"\n\t\"fmt\"\n)\n\n" +
		"func f(log logger) { log.Print(); fmt.Println(shop.Name, other.Name) }\n"
	if string(got) != want || err != nil {
		t.Errorf("%v:\n%s", err, got)
	}
	if _, err := WithImports("package a\nfunc {", packages); err == nil {
		t.Error("a file that is not Go is accepted")
	}
}
