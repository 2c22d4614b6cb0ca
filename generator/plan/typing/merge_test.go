package typing_test

import (
	"github.com/resgen/resgen/generator/plan"
	"github.com/resgen/resgen/generator/plan/plantest"

	"fmt"
	"strings"
	"testing"
)

// TestPairs_AreBounded: schemas that hold one another in every combination end with a warning, not
// with the memory.
func TestPairs_AreBounded(t *testing.T) {
	var b strings.Builder
	const n = 90
	for i := range n {
		fmt.Fprintf(&b, "    L%d: {properties: {x: {$ref: '#/components/schemas/L%d'}, y: {$ref: "+
			"'#/components/schemas/L%d'}}}\n", i, (i*7+1)%n, (i*5+2)%n)
	}
	for i := range n {
		for _, step := range []int{1, 3, 4} {
			fmt.Fprintf(&b, "    M%dx%d: {allOf: [{$ref: '#/components/schemas/L%d'}, {$ref: "+
				"'#/components/schemas/L%d'}]}\n", i, step, i, (i+step)%n)
		}
	}
	a, lines := plantest.Planned(t, plantest.Schemas30(b.String()), plan.Options{})
	if a == nil || len(lines) != 1 ||
		!strings.HasSuffix(lines[0],
			"is part of more than 5000 combinations of schemas; further ones are ignored; move them to components") {
		t.Fatalf("got %q", lines)
	}
	for _, wrong := range plantest.Broken(a) {
		t.Error(wrong)
	}
}
