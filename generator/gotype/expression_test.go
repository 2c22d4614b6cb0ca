package gotype

import (
	"testing"

	"github.com/resgen/resgen/generator/api"
)

func TestExpression(t *testing.T) {
	for want, in := range map[string]*api.Type{
		"any": api.Of(api.Any, nil), "[]byte": api.Of(api.Bytes, nil), "wire.Decimal": api.Of(api.Decimal, nil),
		"io.Reader": api.Of(api.Reader, nil), "*resilience.Stream": api.Of(api.Stream, nil), "pets.Pet": api.Ref("Pet"),
		"*pets.Pet": api.Of(api.Pointer, api.Ref("Pet")), "[]pets.Pet": api.Of(api.Slice, api.Ref("Pet")),
		"map[string][]byte":     api.Of(api.Map, api.Of(api.Bytes, nil)),
		"wire.Nullable[string]": api.Of(api.Nullable, api.Of(api.String, nil)), "wire.Time": api.Of(api.Time, nil),
		"map[string][]*pets.Pet":  api.Of(api.Map, api.Of(api.Slice, api.Of(api.Pointer, api.Ref("Pet")))),
		"wire.Nullable[[]string]": api.Of(api.Nullable, api.Of(api.Slice, api.Of(api.String, nil))),
	} {
		if got := Expression(in, "pets"); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
	if got := Expression(api.Of(api.Slice, api.Ref("Pet")), ""); got != "[]Pet" {
		t.Errorf("without an alias: got %s, want []Pet", got)
	}
}

func TestExpression_UnknownKind(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("got a type for an unknown kind, want a panic")
		}
	}()
	Expression(&api.Type{}, "")
}
