package api

import "testing"

func TestType_Equal(t *testing.T) {
	text, list := Of(String, nil), Of(Slice, Of(String, nil))
	for _, tt := range []struct {
		name string
		a, b *Type
		want bool
	}{
		{"the same kind", text, Of(String, nil), true},
		{"another kind", text, Of(Bool, nil), false},
		{"the same elements", list, Of(Slice, text), true},
		{"other elements", list, Of(Slice, Of(Bool, nil)), false},
		{"a list and its element", list, Of(Slice, nil), false},
		{"the same name", Ref("A"), Ref("A"), true},
		{"another name", Ref("A"), Ref("B"), false},
		{"no types", nil, nil, true},
		{"a type and none", text, nil, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := tt.a.Equal(tt.b); got != tt.want {
				t.Errorf("got %v, want %v", got, tt.want)
			}
			if got := tt.b.Equal(tt.a); got != tt.want {
				t.Errorf("other way round: got %v, want %v", got, tt.want)
			}
		})
	}
}
