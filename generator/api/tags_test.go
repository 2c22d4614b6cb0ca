package api

import "testing"

func TestField_Taggable(t *testing.T) {
	for name, want := range map[string]bool{
		"id": true, "é": true, "9": true, "a b": true, "$ref": true, "x.y-z": true, "a/b": true, "a:b": true,
		"--": true,
		"_":  true, "!#$%&()*+-./:;<=>?@[]^_{|}~ ": true,

		"": false, "-": false, "a,b": false, `a"b`: false, "a`b": false, "a'b": false, `a\b`: false, "a\nb": false,
		"😀": false,
	} {
		if got := (&Field{Name: name}).Taggable(); got != want {
			t.Errorf("%q: got %v, want %v", name, got, want)
		}
	}
}

func TestNamed_Plain(t *testing.T) {
	plain, odd := &Field{Name: "a"}, &Field{Name: "a,b"}
	for name, tt := range map[string]struct {
		in   Named
		want bool
	}{
		"fields with tags":               {Named{Shape: Struct, Fields: []*Field{plain}, UnknownName: "Unknown"}, true},
		"marked as custom":               {Named{Shape: Struct, Custom: true}, false},
		"additional properties":          {Named{Shape: Struct, Additional: &Type{Kind: Any}}, false},
		"a name that does not fit a tag": {Named{Shape: Struct, Fields: []*Field{plain, odd}}, false},
		"not a struct":                   {Named{Shape: Union}, false},
	} {
		if got := tt.in.Plain(); got != tt.want {
			t.Errorf("%s: got %v, want %v", name, got, tt.want)
		}
	}
}

func TestNamed_NeedsMethods(t *testing.T) {
	plain, odd := &Field{Name: "a"}, &Field{Name: "a,b"}
	tests := []struct {
		name string
		in   Named
		want bool
	}{
		{"plain struct", Named{Shape: Struct, Fields: []*Field{plain}}, false},
		{"unknown members", Named{Shape: Struct, Fields: []*Field{plain}, UnknownName: "Unknown"}, true},
		{"marked as custom", Named{Shape: Struct, Custom: true}, true},
		{"additional properties", Named{Shape: Struct, Additional: &Type{Kind: Any}}, true},
		{"a name that does not fit a tag", Named{Shape: Struct, Fields: []*Field{plain, odd}}, true},
		{"not a struct", Named{Shape: Union, Custom: true}, false},
	}
	for _, tt := range tests {
		if got := tt.in.NeedsMethods(); got != tt.want {
			t.Errorf("%s: got %v, want %v", tt.name, got, tt.want)
		}
	}
}
