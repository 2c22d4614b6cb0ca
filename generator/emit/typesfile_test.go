package emit

import (
	"strings"
	"testing"

	"github.com/resgen/resgen/generator/api"
	"github.com/resgen/resgen/generator/api/apitest"
)

func TestTypes_NoneToPrint(t *testing.T) {
	a := &api.API{Package: "p", Types: []*api.Named{
		{Name: "A", Shape: api.Struct}, {Name: "B", Shape: api.Alias, Underlying: apitest.String},
	}}
	if got, err := Types(a); got != nil || err != nil {
		t.Errorf("got %q, %v; want no file", got, err)
	}
}

func TestTypes_OnlyWhatOapiCodegenCannotPrint(t *testing.T) {
	source := text(t, Types, apitest.Petstore())
	for _, want := range []string{
		"type Bag struct", "type Odd struct", "type Shape struct", "func (x Pet) MarshalJSON()",
		"func (x *Pet) UnmarshalJSON(",
	} {
		if !strings.Contains(source, want) {
			t.Errorf("%q is missing", want)
		}
	}
	for _, other := range []string{
		"type Pet ",
		"type Color ",
		"type Tags ",
		"type Void ",
		"type Size ",
		"func (x Void)",
	} {
		if strings.Contains(source, other) {
			t.Errorf("%q is printed here too", other)
		}
	}
}
