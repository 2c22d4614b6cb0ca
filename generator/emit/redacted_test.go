package emit

import (
	"slices"
	"testing"

	"github.com/resgen/resgen/generator/api"
)

func Example_redacted() {
	show(redacted(&api.Named{
		Name: "Login", Shape: api.Struct, UnknownName: "Unknown",
		Fields: []*api.Field{
			{Name: "user", Go: "User", Type: &api.Type{Kind: api.String}},
			{Name: "password", Go: "Password", Type: &api.Type{Kind: api.String}, Secret: true},
		},
	}))
	// Output:
	// // String returns the fields, with [redacted] in place of secrets.
	// func (x Login) String() string {
	// 	return wire.Redacted(x, "Password", "Unknown")
	// }
	//
	// // LogValue returns the fields, with [redacted] in place of secrets.
	// func (x Login) LogValue() slog.Value {
	// 	return slog.StringValue(x.String())
	// }
}

func TestDeclarations(t *testing.T) {
	secret := &api.Field{Name: "p", Go: "P", Type: &api.Type{Kind: api.String}, Secret: true}
	open := &api.Field{Name: "q", Go: "Q", Type: &api.Type{Kind: api.String}}
	for name, c := range map[string]struct {
		n       *api.Named
		want    int
		secrets []string
	}{
		"nothing": {&api.Named{Name: "A", Shape: api.Struct, Fields: []*api.Field{open}}, 0, nil},
		"enum":    {&api.Named{Name: "A", Shape: api.Enum}, 0, nil},
		"methods": {&api.Named{Name: "A", Shape: api.Struct, UnknownName: "Unknown"}, 1, nil},
		"secret":  {&api.Named{Name: "A", Shape: api.Struct, Fields: []*api.Field{open, secret}}, 1, []string{"P"}},
		"methods and secrets": {&api.Named{
			Name: "A", Shape: api.Struct, UnknownName: "Unknown", Additional: &api.Type{Kind: api.Any},
			AdditionalName: "AdditionalProperties", Fields: []*api.Field{secret},
		}, 2, []string{"P", "AdditionalProperties", "Unknown"}},
	} {
		if got := declarations(c.n); len(got) != c.want || !slices.Equal(c.n.Secrets(), c.secrets) {
			t.Errorf(
				"%s: %d declarations, want %d; secrets %v, want %v", name, len(got), c.want, c.n.Secrets(), c.secrets,
			)
		}
	}
}
