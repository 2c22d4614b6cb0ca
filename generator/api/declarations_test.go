package api

import "testing"

func TestDeclarations(t *testing.T) {
	text := Of(String, nil)
	d := Declared([]*Named{
		{Name: "Text", Shape: Alias, Underlying: text},
		{Name: "List", Shape: Defined, Underlying: Of(Slice, text)},
		{Name: "Maybe", Shape: Alias, Underlying: Of(Pointer, Ref("Text"))},
		{Name: "Color", Shape: Enum, Underlying: text},
		{Name: "Hue", Shape: Alias, Underlying: Ref("Color")},
		{Name: "Pet", Shape: Struct},
		{Name: "Open", Shape: Defined},
		{Name: "A", Shape: Alias, Underlying: Ref("B")},
		{Name: "B", Shape: Alias, Underlying: Ref("A")},
	})
	for _, tt := range []struct {
		name              string
		in, under, bare   *Type
		enum, unspecified bool
	}{
		{name: "no name", in: text, under: text, bare: text},
		{name: "alias", in: Ref("Text"), under: text, bare: text},
		{name: "defined type", in: Ref("List"), under: Of(Slice, text), bare: Of(Slice, text)},
		{name: "alias of a pointer", in: Ref("Maybe"), under: Of(Pointer, Ref("Text")), bare: text},
		{name: "nullable", in: Of(Nullable, Ref("Pet")), under: Of(Nullable, Ref("Pet")), bare: Ref("Pet")},
		{name: "enum", in: Ref("Color"), under: Ref("Color"), bare: Ref("Color"), enum: true},
		{name: "alias of an enum", in: Ref("Hue"), under: Ref("Color"), bare: Ref("Color"), enum: true},
		{name: "struct", in: Ref("Pet"), under: Ref("Pet"), bare: Ref("Pet")},
		{name: "defined type without a type", in: Ref("Open"), under: Ref("Open"), bare: Ref("Open")},
		{name: "unknown name", in: Ref("Other"), under: Ref("Other"), bare: Ref("Other")},
		{name: "loop", in: Ref("A"), unspecified: true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			under, bare := d.Under(tt.in), d.Bare(tt.in)
			if !tt.unspecified && (!under.Equal(tt.under) || !bare.Equal(tt.bare)) {
				t.Errorf("got %+v and %+v, want %+v and %+v", under, bare, tt.under, tt.bare)
			}
			if got := d.IsEnum(tt.in); got != tt.enum {
				t.Errorf("IsEnum: got %v, want %v", got, tt.enum)
			}
		})
	}
	if d.Bare(nil) != nil {
		t.Error("Bare(nil) is not nil")
	}
}
