package typing

import (
	"cmp"

	"github.com/resgen/resgen/generator/api"
	"github.com/resgen/resgen/generator/plan/naming"
	"github.com/resgen/resgen/generator/spec"
)

// declarations has the type declarations of a package.
type declarations struct {
	scope *naming.Scope // names of the package
	list  []*api.Named  // in the order of their declaration
	of    map[*spec.Schema]*api.Named
}

// component declares a component schema under a name. A component that only refers to a schema
// without a name gives that schema its name.
func (d *declarations) component(s *spec.Schema, name string) {
	what := "schema " + s.Name
	if s.Name == "" {
		what = `schema ""`
	}
	name = d.scope.Claim(name, naming.Owner{What: what, Pos: s.Pos}, "Schema", naming.Others(s.Name)...)
	n := &api.Named{Name: name, Schema: what, Pos: s.Pos}
	d.list = append(d.list, n)
	d.of[s] = n
	if t := s.Target(); t != s && t.Name == "" && d.of[t] == nil {
		d.of[t] = n
	}
}

// inline returns the declaration of a schema, or makes one with the name of its place.
func (d *declarations) inline(s *spec.Schema, at naming.Place) *api.Named {
	if n := d.of[s]; n != nil {
		return n
	}
	what := at.String()
	name := d.scope.Claim(cmp.Or(at.Name, "Value"), naming.Owner{What: what, Pos: s.Pos}, "Type")
	n := &api.Named{Name: name, Schema: what, Pos: s.Pos}
	d.of[s] = n
	d.list = append(d.list, n)
	return n
}
