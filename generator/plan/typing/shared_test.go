package typing_test

import (
	"strings"
	"testing"

	"github.com/resgen/resgen/generator/plan/plantest"
)

// shared returns the methods of the first union for members: "Name wire-name type".
func shared(t *testing.T, schemas string) string {
	t.Helper()
	a := plantest.MustPlan(t, plantest.Schemas30(schemas))
	var out []string
	for _, m := range a.Types[0].Shared {
		out = append(out, m.Go+" "+m.Name+" "+plantest.GoType(m.Type))
	}
	return strings.Join(out, "; ")
}

// A union reads the members that all its variants have with the same type.
func TestShared(t *testing.T) {
	const union = "    A: {oneOf: [{$ref: '#/components/schemas/X'}, {$ref: '#/components/schemas/Y'}]}\n"
	for _, c := range []struct{ name, x, y, want string }{
		{"the same", "{properties: {a: {type: string}, b: {type: integer}}}",
			"{properties: {c: {type: string}, b: {type: integer}, a: {type: string}}}", "A a *string; B b *int64"},
		{"of different types", "{properties: {a: {type: string}, b: {type: string}}}",
			"{properties: {a: {type: integer}, c: {type: string}}}", ""},
		{"required in one", "{required: [a, l], properties: {a: {type: string}, l: {type: array, items: {type: string}}}}",
			"{properties: {a: {type: string}, l: {type: array, items: {type: string}}}}", "A a *string; L l []string"},
		{"required in both", "{required: [a], properties: {a: {type: string}}}",
			"{required: [a], properties: {a: {type: string}}}", "A a string"},
		{"nullable in one", "{required: [a], properties: {a: {type: string, nullable: true}}}",
			"{properties: {a: {type: string, nullable: true}}}", "A a *string"},
		{"named like methods", "{properties: {value: {type: string}, error: {type: string}, as_x: {type: string}, " +
			"union: {type: string}}}",
			"{properties: {value: {type: string}, error: {type: string}, as_x: {type: string}, union: {type: string}}}",
			"ValueMember value *string; ErrorMember error *string; AsXMember as_x *string; UnionMember union *string"},
		{"not of a list", "{properties: {a: {type: string}}}", "{type: array, items: {type: string}}", ""},
		{"of a union within", "{properties: {a: {type: string}, b: {type: string}}}",
			"{oneOf: [{$ref: '#/components/schemas/P'}, {$ref: '#/components/schemas/Q'}]}\n" +
				"    P: {properties: {a: {type: string}, b: {type: string}, p: {type: string}}}\n" +
				"    Q: {properties: {a: {type: string}, q: {type: string}}}", "A a *string"},
		{"of itself within", "{properties: {a: {type: string}}}",
			"{oneOf: [{$ref: '#/components/schemas/A'}, {$ref: '#/components/schemas/P'}]}\n" +
				"    P: {properties: {a: {type: string}}}", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			plantest.Same(t, shared(t, union+"    X: "+c.x+"\n    Y: "+c.y), c.want)
		})
	}
}
