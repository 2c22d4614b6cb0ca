package gotype

import (
	"path"

	"github.com/resgen/resgen/generator/api"
)

// Expression returns the Go source of a type. Each package is referred to by the last element of
// its path. If alias is not empty, types of the generated package are qualified with it.
//
// Expression panics on an unknown kind, which is a programming error.
func Expression(t *api.Type, alias string) string {
	if b, ok := basics[t.Kind]; ok {
		return b.Prefix + qualified(path.Base(b.Path), b.Name)
	}
	switch t.Kind {
	case api.NamedType:
		return qualified(alias, t.Name)
	case api.Slice:
		return "[]" + Expression(t.Elem, alias)
	case api.Map:
		return "map[string]" + Expression(t.Elem, alias)
	case api.Pointer:
		return "*" + Expression(t.Elem, alias)
	case api.Nullable:
		return "wire.Nullable[" + Expression(t.Elem, alias) + "]"
	}
	panic("gotype: unknown kind of type")
}

func qualified(pkg, name string) string {
	if pkg == "" || pkg == "." {
		return name
	}
	return pkg + "." + name
}
