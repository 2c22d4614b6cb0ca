package models

import (
	"maps"
	"slices"

	"github.com/oapi-codegen/oapi-codegen/v2/pkg/codegen"

	"github.com/resgen/resgen/generator/api"
)

const runtimePath = "github.com/resgen/resgen/resilience"

// words has the kinds that are one word, by what stands in the source.
var words = map[api.Kind]string{
	api.Any: "any", api.Bool: "bool", api.Int32: "int32", api.Int64: "int64", api.Uint64: "uint64", api.Float64: "float64",
	api.String: "string", api.Bytes: "[]byte",
	api.Decimal: "wire.Decimal", api.Time: "wire.Time", api.Date: "wire.Date", api.Scalar: "wire.Scalar", api.Raw: "wire.Raw", api.File: "wire.File",
	api.Reader: "io.Reader", api.Stream: "*resilience.Stream",
}

// paths has the packages that those words refer to.
var paths = map[string]string{"wire": runtimePath + "/wire", "io": "io", "resilience": runtimePath}

// needs has the package of each kind that needs one.
var needs = map[api.Kind]string{
	api.Decimal: "wire", api.Time: "wire", api.Date: "wire", api.Scalar: "wire", api.Raw: "wire", api.File: "wire", api.Nullable: "wire",
	api.Reader: "io", api.Stream: "resilience",
}

// expression renders a type node by node, for x-go-type.
func expression(t *api.Type) string {
	if word, ok := words[t.Kind]; ok {
		return word
	}
	switch t.Kind {
	case api.NamedType:
		return t.Name
	case api.Slice:
		return "[]" + expression(t.Elem)
	case api.Map:
		return "map[string]" + expression(t.Elem)
	case api.Pointer:
		return "*" + expression(t.Elem)
	case api.Nullable:
		return "wire.Nullable[" + expression(t.Elem) + "]"
	}
	panic("a type of unknown kind")
}

// imports returns exactly the packages that the types use, sorted.
func imports(types []*api.Named) []codegen.AdditionalImport {
	used := map[string]bool{}
	for _, n := range types {
		if n.UnknownName != "" {
			used["wire"] = true
		}
		collect(used, n.Underlying)
		for _, f := range n.Fields {
			collect(used, f.Type)
		}
	}
	var list []codegen.AdditionalImport
	for _, name := range slices.Sorted(maps.Keys(used)) {
		list = append(list, codegen.AdditionalImport{Package: paths[name]})
	}
	return list
}

func collect(used map[string]bool, t *api.Type) {
	for ; t != nil; t = t.Elem {
		if name := needs[t.Kind]; name != "" {
			used[name] = true
		}
	}
}
