package typecheck_test

import (
	"testing"

	"github.com/resgen/resgen/generator/api/apitest"
	"github.com/resgen/resgen/generator/emit"
	"github.com/resgen/resgen/generator/models"
	"github.com/resgen/resgen/generator/typecheck"
)

// The output of all printers compiles together.
func TestCheck_Petstore(t *testing.T) {
	a := apitest.Petstore()
	files := map[string][]byte{}
	for name, print := range map[string]func() ([]byte, error){
		"client.gen.go": func() ([]byte, error) { return emit.Client(a) },
		"types.gen.go":  func() ([]byte, error) { return emit.Types(a) },
		"models.gen.go": func() ([]byte, error) { return models.Print(a, emit.Header(a.Source)) },
	} {
		source, err := print()
		if err != nil {
			t.Fatal(err)
		}
		files[name] = source
	}
	if err := typecheck.Check(files); err != nil {
		t.Error(err)
	}
}
