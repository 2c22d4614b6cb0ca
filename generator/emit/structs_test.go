package emit

import (
	"maps"
	"testing"

	"github.com/resgen/resgen/generator/api"
)

func TestTag(t *testing.T) {
	for _, c := range []struct {
		field api.Field
		want  map[string]string
	}{
		{api.Field{Name: "a"}, map[string]string{"json": "a"}},
		{api.Field{Name: "a", OmitZero: true}, map[string]string{"json": "a,omitzero"}},
		{api.Field{Name: "a", Constant: "b`c"}, map[string]string{"json": "a", "const": "b`c"}},
		{api.Field{Name: "a,b", Constant: "c"}, map[string]string{"json": "-", "wire": ",a,b", "const": "c"}},
		{api.Field{Name: "", OmitZero: true}, map[string]string{"json": "-", "wire": "omitzero,"}},
	} {
		if got := tag(&c.field); !maps.Equal(got, c.want) {
			t.Errorf("got %q, want %q", got, c.want)
		}
	}
}
