package gotype

import "github.com/resgen/resgen/generator/api"

// Import paths of the packages that types of generated code refer to.
const (
	RuntimePath = "github.com/resgen/resgen/resilience"
	WirePath    = RuntimePath + "/wire"
	IOPath      = "io"
)

// A Basic is a Go type that is not composed from other types of the representation.
type Basic struct {
	Prefix string // "[]", "*" or nothing
	Path   string // import path; empty for predeclared types
	Name   string // identifier of the type, without its package
	Word   string // the type inside an identifier: the Bytes of AsBytes
}

// basics has all kinds that are not composed.
var basics = map[api.Kind]Basic{
	api.Any:     {Name: "any", Word: "Any"},
	api.Bool:    {Name: "bool", Word: "Bool"},
	api.Int32:   {Name: "int32", Word: "Int32"},
	api.Int64:   {Name: "int64", Word: "Int64"},
	api.Uint64:  {Name: "uint64", Word: "Uint64"},
	api.Float64: {Name: "float64", Word: "Float64"},
	api.String:  {Name: "string", Word: "String"},
	api.Bytes:   {Prefix: "[]", Name: "byte", Word: "Bytes"},
	api.Decimal: {Path: WirePath, Name: "Decimal", Word: "Decimal"},
	api.Time:    {Path: WirePath, Name: "Time", Word: "Time"},
	api.Date:    {Path: WirePath, Name: "Date", Word: "Date"},
	api.Scalar:  {Path: WirePath, Name: "Scalar", Word: "Scalar"},
	api.Raw:     {Path: WirePath, Name: "Raw", Word: "Raw"},
	api.File:    {Path: WirePath, Name: "File", Word: "File"},
	api.Reader:  {Path: IOPath, Name: "Reader", Word: "Reader"},
	api.Stream:  {Prefix: "*", Path: RuntimePath, Name: "Stream", Word: "Stream"},
}

// Of returns the Go type of a kind. The second result is false for kinds that are composed from
// other types or declared in the generated package.
func Of(k api.Kind) (Basic, bool) {
	b, ok := basics[k]
	return b, ok
}

// Path returns the import path that a kind needs in Go source, empty if it needs none. Elements of
// a composed type are not included.
func Path(k api.Kind) string {
	if k == api.Nullable {
		return WirePath
	}
	return basics[k].Path
}

// Word returns the words for a type inside an identifier: the PetList of AsPetList.
func Word(t *api.Type) string {
	switch t.Kind {
	case api.NamedType:
		return t.Name
	case api.Slice:
		return Word(t.Elem) + "List"
	case api.Map:
		return Word(t.Elem) + "Map"
	case api.Pointer, api.Nullable:
		return Word(t.Elem)
	}
	return basics[t.Kind].Word
}
