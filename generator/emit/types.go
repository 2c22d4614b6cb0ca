package emit

import (
	"github.com/dave/jennifer/jen"

	"github.com/resgen/resgen/generator/api"
)

// Import paths that generated code may use, beside the standard library's.
const (
	runtimePath = "github.com/resgen/resgen/resilience"
	policyPath  = runtimePath + "/policy"
	wirePath    = runtimePath + "/wire"
)

// basic has the kinds that are predeclared Go types.
var basic = map[api.Kind]func() *jen.Statement{
	api.Any:     jen.Any,
	api.Bool:    jen.Bool,
	api.Int32:   jen.Int32,
	api.Int64:   jen.Int64,
	api.Uint64:  jen.Uint64,
	api.Float64: jen.Float64,
	api.String:  jen.String,
	api.Bytes:   func() *jen.Statement { return jen.Index().Byte() },
}

// foreign has the kinds that are types of another package.
var foreign = map[api.Kind][2]string{
	api.Decimal: {wirePath, "Decimal"},
	api.Time:    {wirePath, "Time"},
	api.Date:    {wirePath, "Date"},
	api.Scalar:  {wirePath, "Scalar"},
	api.Raw:     {wirePath, "Raw"},
	api.File:    {wirePath, "File"},
	api.Reader:  {"io", "Reader"},
}

// typ renders a type expression node by node.
func typ(t *api.Type) *jen.Statement {
	if code, ok := basic[t.Kind]; ok {
		return code()
	}
	if name, ok := foreign[t.Kind]; ok {
		return jen.Qual(name[0], name[1])
	}
	switch t.Kind {
	case api.Stream:
		return jen.Op("*").Qual(runtimePath, "Stream")
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
	panic("emit: a type of unknown kind") // plan's mistake, never a user's
}
