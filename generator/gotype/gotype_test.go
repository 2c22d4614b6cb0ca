package gotype

import (
	"testing"

	"github.com/resgen/resgen/generator/api"
)

func TestOf(t *testing.T) {
	for k := api.Any; k <= api.Nullable; k++ {
		b, ok := Of(k)
		if want := k < api.NamedType; ok != want {
			t.Errorf("kind %d: in the table %v, want %v", k, ok, want)
		}
		if ok && (b.Name == "" || b.Word == "") {
			t.Errorf("kind %d: got %+v, want a name and a word", k, b)
		}
	}
}

func TestPath(t *testing.T) {
	for k, want := range map[api.Kind]string{
		api.String: "", api.Bytes: "", api.NamedType: "", api.Slice: "", api.Pointer: "",
		api.Time: WirePath, api.Nullable: WirePath, api.Reader: "io", api.Stream: RuntimePath,
	} {
		if got := Path(k); got != want {
			t.Errorf("kind %d: got %q, want %q", k, got, want)
		}
	}
}

func TestWord(t *testing.T) {
	text := api.Of(api.String, nil)
	for want, in := range map[string]*api.Type{
		"String": text, "Bytes": api.Of(api.Bytes, nil), "Pet": api.Ref("Pet"),
		"PetList":       api.Of(api.Slice, api.Ref("Pet")),
		"StringListMap": api.Of(api.Map, api.Of(api.Slice, text)), "Pet2": api.Of(api.Pointer, api.Ref("Pet2")),
		"Time": api.Of(api.Nullable, api.Of(api.Time, nil)),
	} {
		if got := Word(in); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}
