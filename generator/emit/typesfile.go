package emit

import (
	"github.com/dave/jennifer/jen"

	"github.com/resgen/resgen/generator/api"
)

// Types prints types.gen.go: the types that oapi-codegen cannot print, and the methods of
// structs. It returns nil if there are none.
func Types(a *api.API) ([]byte, error) {
	s, empty := newSource(a), true
	for _, n := range a.Types {
		list := declarations(n)
		s.add(list...)
		empty = empty && len(list) == 0
	}
	if empty {
		return nil, nil
	}
	return s.render()
}

// declarations renders what oapi-codegen cannot print of a type.
func declarations(n *api.Named) []jen.Code {
	switch {
	case n.Shape == api.Union:
		return []jen.Code{union(n)}
	case n.Shape != api.Struct:
		return nil
	}
	var list []jen.Code
	if n.NeedsMethods() {
		list = append(list, structure(n))
	}
	if len(n.Secrets()) > 0 {
		list = append(list, redacted(n))
	}
	return list
}
