package api

import "github.com/resgen/resgen/resilience/diag"

// A Kind is a Go type that needs no declaration, or a way to build one from others.
type Kind uint8

const (
	Any       Kind = iota + 1 // any: the document states no single type
	Bool                      // bool
	Int32                     // int32
	Int64                     // int64
	Uint64                    // uint64
	Float64                   // float64
	Decimal                   // wire.Decimal
	String                    // string
	Bytes                     // []byte
	Time                      // wire.Time
	Date                      // wire.Date
	Scalar                    // wire.Scalar: a string, number or bool as sent
	Raw                       // wire.Raw: JSON as sent
	File                      // wire.File: a part of a multipart body
	Reader                    // io.Reader: a binary request body
	Stream                    // *resilience.Stream: a binary answer
	NamedType                 // a type of this package, Name
	Slice                     // []Elem
	Map                       // map[string]Elem
	Pointer                   // *Elem
	Nullable                  // wire.Nullable[Elem]: absent, null or a value
)

// A Type is a Go type expression as a tree. It is rendered node by node, never pasted as text.
type Type struct {
	Kind Kind
	Name string // of NamedType
	Elem *Type  // of Slice, Map, Pointer, Nullable
}

// Shape is what a declared type is.
type Shape uint8

const (
	Struct  Shape = iota + 1
	Enum          // type X string (or int64, …) with constants
	Defined       // type X Underlying
	Alias         // type X = Underlying
	Union         // one of several variants, raw JSON kept
)

// A Named is one type declaration of the package.
type Named struct {
	Name        string // Go name
	Schema      string // where it comes from, for the doc comment: "schema Item", "body of createItem"
	Description string
	Deprecated  bool
	Pos         diag.Position
	Shape       Shape

	Fields         []*Field // of a Struct, in the order of the document
	Additional     *Type    // of a Struct: element type of the members that are not properties; nil: they are not kept
	AdditionalName string   // Go name of the field that holds them
	UnknownName    string   // of a Struct: Go name of the field that keeps what no other field carries; empty: there is none, as beside files
	Custom         bool     // of a Struct: a property name that no json tag carries

	Underlying *Type // of Enum, Defined, Alias
	Values     []EnumValue

	Variants      []*Variant // of a Union
	Discriminator string     // property name; empty: none
}

// A Field is one member of a struct.
type Field struct {
	Name        string // property name on the wire
	Go          string
	Type        *Type // complete: pointer or Nullable where it is optional or nullable
	OmitZero    bool  // absent when zero
	Description string
	Deprecated  bool
	ReadOnly    bool
	WriteOnly   bool
	Secret      bool // format password: never printed
}

// An EnumValue is one constant.
type EnumValue struct {
	Go          string
	Text        string // the value as text; quoted by the printer if Underlying is a string
	Description string
}

// A Variant is one alternative of a union.
type Variant struct {
	Go       string // suffix of AsX and FromX
	Type     *Type
	Values   []string // discriminator values that select it
	Required []string // members without which it is not this variant
}
