package emit

import (
	"github.com/dave/jennifer/jen"

	"github.com/resgen/resgen/generator/api"
	"github.com/resgen/resgen/generator/gotype"
)

// Import paths of the runtime that generated code uses.
const (
	runtimePath = gotype.RuntimePath
	policyPath  = runtimePath + "/policy"
	wirePath    = gotype.WirePath
)

// typ renders a type node by node. It panics on an unknown kind, which is a programming error.
func typ(t *api.Type) *jen.Statement {
	if b, ok := gotype.Of(t.Kind); ok {
		if b.Prefix == "" {
			return jen.Qual(b.Path, b.Name)
		}
		return jen.Op(b.Prefix).Qual(b.Path, b.Name)
	}
	switch t.Kind {
	case api.NamedType:
		return jen.Id(t.Name)
	case api.Slice:
		return jen.Index().Add(typ(t.Elem))
	case api.Map:
		return jen.Map(jen.String()).Add(typ(t.Elem))
	case api.Pointer:
		return jen.Op("*").Add(typ(t.Elem))
	case api.Nullable:
		return jen.Qual(wirePath, "Nullable").Types(typ(t.Elem))
	}
	panic("emit: unknown kind of type")
}
