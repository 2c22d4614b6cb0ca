package typing_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/resgen/resgen/generator/plan/plantest"
)

// Fields keep what the document says about a member, also where the Go type does not show it.
func TestObject_FactsOfTheDocument(t *testing.T) {
	a := plantest.MustPlan(t, plantest.Schemas30(`    Pet:
      required: [id, list, hidden]
      properties:
        id: {type: string}
        list: {type: array, nullable: true, items: {type: string}, default: [a]}
        hidden: {type: string, readOnly: true}
        size: {$ref: '#/components/schemas/Size'}
    Size: {type: integer, default: 3}`))
	var got []string
	for _, f := range a.Types[0].Fields {
		got = append(got, fmt.Sprint(f.Name, " ", f.Required, " ", f.Nullable, " ", f.Assumed, " ", f.Pos))
	}
	plantest.Same(t, strings.Join(got, "\n"), `
id true false  a.yaml:9:9
list true true ["a"] a.yaml:10:9
hidden true false  a.yaml:11:9
size false false 3 a.yaml:12:9`)
}
