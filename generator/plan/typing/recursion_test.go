package typing

import (
	"testing"

	"github.com/resgen/resgen/generator/api"
)

func TestBreakAliases(t *testing.T) {
	ref := func(name string) *api.Type { return api.Ref(name) }
	list := func(of *api.Type) *api.Type { return api.Of(api.Slice, of) }
	types := []*api.Named{
		{Name: "Tail", Shape: api.Alias, Underlying: ref("Loop")},
		{Name: "Loop", Shape: api.Alias, Underlying: ref("Back")},
		{Name: "Back", Shape: api.Alias, Underlying: ref("Loop")},
		{Name: "ToTree", Shape: api.Alias, Underlying: list(ref("Branch"))},
		{Name: "Tree", Shape: api.Alias, Underlying: list(ref("Branch"))},
		{Name: "Branch", Shape: api.Alias, Underlying: api.Of(api.Map, ref("Tree"))},
		{Name: "Own", Shape: api.Alias, Underlying: list(ref("Own"))},
		{Name: "Plain", Shape: api.Alias, Underlying: api.Of(api.String, nil)},
		{Name: "Struct", Shape: api.Struct, Fields: []*api.Field{{Name: "x", Type: ref("ToStruct")}}},
		{Name: "ToStruct", Shape: api.Alias, Underlying: ref("Struct")},
	}
	undefined := breakAliases(types, api.Declared(types))
	if len(undefined) != 1 || undefined[0].Name != "Loop" {
		t.Errorf("undefined: %v, want Loop", undefined)
	}
	want := map[string]api.Shape{
		"Tail": api.Alias, "Loop": api.Alias, "Back": api.Alias, "ToTree": api.Alias, "Tree": api.Defined,
		"Branch": api.Alias, "Own": api.Defined, "Plain": api.Alias, "Struct": api.Struct, "ToStruct": api.Alias,
	}
	for _, n := range types {
		if n.Shape != want[n.Name] {
			t.Errorf("%s has shape %v, want %v", n.Name, n.Shape, want[n.Name])
		}
	}
	if types[1].Underlying.Kind != api.Any {
		t.Errorf("Loop is %v, want any", types[1].Underlying)
	}
}

// The cycle is cut at the member that is declared first, wherever the walk enters it.
func TestBreakAliases_First(t *testing.T) {
	types := []*api.Named{
		{Name: "Into", Shape: api.Alias, Underlying: api.Ref("C")},
		{Name: "A", Shape: api.Alias, Underlying: api.Of(api.Slice, api.Ref("B"))},
		{Name: "B", Shape: api.Alias, Underlying: api.Of(api.Slice, api.Ref("C"))},
		{Name: "C", Shape: api.Alias, Underlying: api.Of(api.Slice, api.Ref("A"))},
	}
	breakAliases(types, api.Declared(types))
	for i, want := range []api.Shape{api.Alias, api.Defined, api.Alias, api.Alias} {
		if types[i].Shape != want {
			t.Errorf("%s has shape %v, want %v", types[i].Name, types[i].Shape, want)
		}
	}
}
