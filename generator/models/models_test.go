package models

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/resgen/resgen/generator/api"
	"github.com/resgen/resgen/generator/api/apitest"
)

// printed prints an API with the given types.
func printed(t *testing.T, types ...*api.Named) string {
	t.Helper()
	out, err := Print(&api.API{Package: "p", Types: types}, "Header.")
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

func TestPrint_EachShape(t *testing.T) {
	of := api.Of
	tests := []struct {
		name string
		in   *api.Named
		want string
	}{
		{"struct", &api.Named{Name: "Item", Schema: "schema Item", Shape: api.Struct, Fields: []*api.Field{
			{Name: "sku", Go: "SKU", Type: apitest.String},
			{Name: "a.b-c", Go: "ABC", Type: of(api.Pointer, apitest.Int64), OmitZero: true},
		}}, `package p

// Item is the schema Item.
type Item struct {
	SKU string ` + "`json:\"sku\"`" + `

	// The API calls it "a.b-c".
	ABC *int64 ` + "`json:\"a.b-c,omitzero\"`" + `
}
`},
		{"comments", &api.Named{
			Name: "Item", Schema: "schema Item", Description: "An item.\n*/\r//go:embed x", Deprecated: true,
			Shape: api.Struct, Fields: []*api.Field{
				{Name: "z", Go: "Z", Type: apitest.String, Description: "The last.\n\n- one"},
				{Name: "a", Go: "A", Type: apitest.String, Deprecated: true},
			}}, `package p

// Item: An item. * / //go:embed x
//
// Deprecated: the document marks it as deprecated.
type Item struct {
	// The last.
	//
	//   - one
	Z string ` + "`json:\"z\"`" + `

	// Deprecated: the document marks it as deprecated.
	A string ` + "`json:\"a\"`" + `
}
`},
		{"constants", &api.Named{Name: "Item", Schema: "schema Item", Shape: api.Struct, Fields: []*api.Field{
			{Name: "a", Go: "A", Type: apitest.String, Constant: "b\"`\\\nc"},
			{Name: "n", Go: "N", Type: apitest.Int64, Constant: "5"},
		}}, `package p

// Item is the schema Item.
type Item struct {
	A string ` + "`const:\"b\\x22\\x60\\\\\\nc\" json:\"a\"`" + `
	N int64  ` + "`const:\"5\" json:\"n\"`" + `
}
`},
		{"unknown members", &api.Named{
			Name: "Item", Schema: "schema Item", Shape: api.Struct, UnknownName: "Unknown2", Fields: []*api.Field{
				{Name: "z", Go: "Z", Type: apitest.String}, {Name: "unknown", Go: "Unknown", Type: apitest.String},
			}}, `package p

import (
	"github.com/resgen/resgen/resilience/wire"
)

// Item is the schema Item.
type Item struct {
	Z       string ` + "`json:\"z\"`" + `
	Unknown string ` + "`json:\"unknown\"`" + `

	// Unknown keeps the members that no other field has.
	Unknown2 wire.Unknown ` + "`json:\"-\"`" + `
}
`},
		{"unknown members alone", &api.Named{
			Name: "Void", Schema: "schema Void", Shape: api.Struct, UnknownName: "Unknown",
		}, `package p

import (
	"github.com/resgen/resgen/resilience/wire"
)

// Void is the schema Void.
type Void struct {
	// Unknown keeps the members that no other field has.
	Unknown wire.Unknown ` + "`json:\"-\"`" + `
}
`},
		{
			"no fields",
			&api.Named{Name: "Void", Schema: "schema Void", Shape: api.Struct},
			"package p\n\n// Void is the schema Void.\ntype Void struct{}\n",
		},
		{
			"alias",
			&api.Named{Name: "Any", Schema: "schema Any", Shape: api.Alias, Underlying: of(api.Any, nil)},
			"package p\n\n// Any is the schema Any.\ntype Any = any\n",
		},
		{
			"defined",
			&api.Named{Name: "Tags", Shape: api.Defined, Underlying: of(api.Slice, apitest.String)},
			"package p\n\n// Tags is a type of the API.\ntype Tags []string\n",
		},
		{"enum of text", &api.Named{
			Name: "Color", Schema: "schema Color", Shape: api.Enum, Underlying: apitest.String,
			Values: []api.EnumValue{
				{
					Go:          "ColorRed",
					Text:        "red",
					Description: "Like blood.",
				}, {Go: "ColorEmpty"}, {Go: "ColorOdd", Text: "\"`\n\\"},
			}}, `package p

// Color is the schema Color.
type Color string

const (
	// Like blood.
	ColorRed   Color = "red"
	ColorEmpty Color = ""
	ColorOdd   Color = "\"` + "`" + `\n\\"
)
`},
		{"enum of numbers", &api.Named{
			Name: "N", Shape: api.Enum, Underlying: apitest.Int64,
			Values: []api.EnumValue{{Go: "NMinus1", Text: "-1"}, {Go: "N2", Text: "2"}},
		},
			"package p\n\n// N is a type of the API.\ntype N int64\n\nconst (\n\tNMinus1 N = -1\n\tN2      N = 2\n)\n"},
		{"enum of bools", &api.Named{
			Name: "B", Shape: api.Enum, Underlying: of(api.Bool, nil),
			Values: []api.EnumValue{{Go: "BTrue", Text: "true"}, {Go: "BFalse", Text: "false"}},
		},
			"package p\n\n// B is a type of the API.\ntype B bool\n\n" +
				"const (\n\tBTrue  B = true\n\tBFalse B = false\n)\n"},
		{"names do not change", &api.Named{
			Name: "Ab_c9é", Schema: "body of x", Shape: api.Struct,
			Fields: []*api.Field{{Name: "$ref", Go: "Ünder_score", Type: api.Ref("Ab_c9é")}},
		},
			"package p\n\n// Ab_c9é is the body of x.\n" +
				"type Ab_c9é struct {\n\t// The API calls it \"$ref\".\n\tÜnder_score Ab_c9é `json:\"$ref\"`\n}\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got, want := printed(t, tt.in), "// Header.\n\n"+tt.want; got != want {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
		})
	}
}

func TestPrint_Imports(t *testing.T) {
	of := api.Of
	field := func(t *api.Type) *api.Named {
		return &api.Named{Name: "T", Shape: api.Struct, Fields: []*api.Field{{Name: "a", Go: "A", Type: t}}}
	}
	tests := []struct {
		name string
		in   *api.Named
		want string // between package clause and the first comment
	}{
		{"none", field(apitest.String), ""},
		{
			"wire",
			field(of(api.Slice, of(api.Time, nil))),
			"import (\n\t\"github.com/resgen/resgen/resilience/wire\"\n)\n\n",
		},
		{
			"around any type",
			field(of(api.Map, of(api.Nullable, apitest.String))),
			"import (\n\t\"github.com/resgen/resgen/resilience/wire\"\n)\n\n",
		},
		{"io", &api.Named{Name: "T", Shape: api.Alias, Underlying: of(api.Reader, nil)}, "import (\n\t\"io\"\n)\n\n"},
		{"resilience", field(of(api.Stream, nil)), "import (\n\t\"github.com/resgen/resgen/resilience\"\n)\n\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, rest, _ := strings.Cut(printed(t, tt.in), "package p\n\n")
			if got, _, _ := strings.Cut(rest, "// T "); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestPrint_OrderIsThatOfThePlan(t *testing.T) {
	got := printed(
		t,
		&api.Named{Name: "B", Shape: api.Struct},
		&api.Named{Name: "A", Shape: api.Struct},
		&api.Named{Name: "C", Shape: api.Struct},
	)
	b, a, c := strings.Index(got, "type B "), strings.Index(got, "type A "), strings.Index(got, "type C ")
	if !(0 < b && b < a && a < c) {
		t.Errorf("B at %d, A at %d, C at %d in\n%s", b, a, c, got)
	}
}

func TestPrint_LeavesToEmitWhatNeedsMethods(t *testing.T) {
	out, err := Print(&api.API{Package: "p", Types: []*api.Named{
		{Name: "U", Shape: api.Union}, {Name: "C", Shape: api.Struct, Custom: true}, {
			Name:       "A",
			Shape:      api.Struct,
			Additional: apitest.String,
		},
		{Name: "T", Shape: api.Struct, Fields: []*api.Field{{Name: "a,b", Go: "AB", Type: apitest.String}}},
	}}, "Header.")
	if out != nil || err != nil {
		t.Errorf("got %q, %v; want no file", out, err)
	}
}

// oapi-codegen keeps state in package variables; what one run prints must not depend on another.
func TestPrint_RunsDoNotTouchEachOther(t *testing.T) {
	pets := apitest.Petstore()
	other := &api.API{
		Package: "other",
		Types:   []*api.Named{{Name: "Pet", Shape: api.Alias, Underlying: apitest.String}},
	}
	print := func(a *api.API) string {
		out, err := Print(a, "Header.")
		if err != nil {
			t.Error(err)
		}
		return string(out)
	}
	wantPets, wantOther := print(pets), print(other)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			if print(pets) != wantPets {
				t.Error("a second run prints other types")
			}
		})
		wg.Go(func() {
			if print(other) != wantOther {
				t.Error("a run after another prints other types")
			}
		})
	}
	wg.Wait()
}

func TestPrint_DefectsAreErrors(t *testing.T) {
	bad := []*api.Named{
		{Name: "not a name", Shape: api.Struct},
		{Name: "T", Shape: api.Struct, Fields: []*api.Field{{Name: "a", Go: "A", Type: api.Ref("b c d")}}},
		{
			Name:       "E",
			Shape:      api.Enum,
			Underlying: api.Of(api.Float64, nil),
			Values:     []api.EnumValue{{Go: "E1", Text: "Inf"}},
		},
		{
			Name:       "E",
			Shape:      api.Enum,
			Underlying: api.Of(api.Float64, nil),
			Values:     []api.EnumValue{{Go: "E1", Text: "NaN"}},
		},
		{Name: "T", Shape: api.Alias, Underlying: &api.Type{Kind: 200}},
		{
			Name:       "E",
			Shape:      api.Enum,
			Underlying: apitest.Int64,
			Values:     []api.EnumValue{{Go: "E1", Text: "1; import \"os\""}},
		},
	}
	for _, n := range bad {
		out, err := Print(&api.API{Package: "p", Types: []*api.Named{n}}, "h")
		if err == nil || !strings.HasPrefix(err.Error(), "oapi-codegen") {
			t.Errorf("%s is printed: %v\n%s", n.Name, err, out)
		}
	}
}

func TestConstant(t *testing.T) {
	tests := []struct {
		kind api.Kind
		text string
		want string
	}{
		{api.String, "1", `"1"`}, {api.Int64, "1", "1"}, {
			api.Int64,
			"-12",
			"-12",
		}, {api.Int64, "0", "0"}, {api.Int64, "-0", "-0"},
		{api.Float64, "1.50", "1.50"}, {api.Float64, "1e3", "1e3"}, {api.Float64, "0.5", "0.5"},
		{api.Int64, "007", "7"}, {api.Int64, "+1", "+1"}, {api.Int64, "+08", "8"}, {api.Float64, ".5", ".5"}, {
			api.Float64,
			"0x1p4",
			"16",
		}, {
			api.Float64,
			"1E+2",
			"1E+2",
		}, {api.Float64, "1.", "1."}, {api.Float64, "00.5", "0.5"},
		{api.Bool, "true", "true"}, {api.Bool, "false", "false"},
	}
	for _, tt := range tests {
		if got := constant(tt.kind, tt.text); got != tt.want {
			t.Errorf("constant(%d, %q) = %s, want %s", tt.kind, tt.text, got, tt.want)
		}
	}
}

// Types that are printed in several runs of oapi-codegen give one file with all imports.
func TestPrint_Batches(t *testing.T) {
	const count = 2*batch + 10
	types := make([]*api.Named, count)
	for i := range types {
		types[i] = &api.Named{Name: fmt.Sprintf("T%d", i), Shape: api.Alias, Underlying: apitest.Int64}
	}
	types[0].Underlying = api.Of(api.Time, nil)
	types[count-1].Underlying = api.Of(api.Raw, nil)
	out := printed(t, types...)
	if n := strings.Count(out, "package p"); n != 1 {
		t.Errorf("%d package clauses", n)
	}
	if n := strings.Count(out, "import"); n != 1 || !strings.Contains(out, `resilience/wire"`) {
		t.Errorf("%d imports in\n%.300s", n, out)
	}
	at := 0
	for i := range types {
		next := strings.Index(out[at:], fmt.Sprintf("\ntype T%d = ", i))
		if next < 0 {
			t.Fatalf("T%d is missing or not in order", i)
		}
		at += next
	}
	if n := strings.Count(out, "\ntype "); n != count {
		t.Errorf("%d types, want %d", n, count)
	}
}
