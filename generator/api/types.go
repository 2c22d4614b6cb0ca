package api

import "github.com/resgen/resgen/resilience/diag"

// A Kind is a predeclared or runtime Go type, or a way to compose a type from other types.
type Kind uint8

// Kinds of types. Package gotype maps them to Go source.
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
	Stream                    // *resilience.Stream: a binary response body
	NamedType                 // a type of the generated package, Name
	Slice                     // []Elem
	Map                       // map[string]Elem
	Pointer                   // *Elem
	Nullable                  // wire.Nullable[Elem]: absent, null or a value
)

// A Type is a Go type expression as a tree. Printers must render it node by node.
type Type struct {
	Kind Kind
	Name string // of NamedType
	Elem *Type  // of Slice, Map, Pointer and Nullable
}

// Equal reports whether t and u are the same type expression.
func (t *Type) Equal(u *Type) bool {
	for ; t != nil && u != nil; t, u = t.Elem, u.Elem {
		if t.Kind != u.Kind || t.Name != u.Name {
			return false
		}
	}
	return t == u
}

// Of returns the type that kind composes from elem, or the type of kind itself if elem is nil.
func Of(kind Kind, elem *Type) *Type { return &Type{Kind: kind, Elem: elem} }

// Ref returns the type that is declared under a Go name of the generated package.
func Ref(name string) *Type { return &Type{Kind: NamedType, Name: name} }

// A Shape is the form of a type declaration.
type Shape uint8

// Shapes of declarations. The zero Shape is a declaration that is not complete.
const (
	Struct  Shape = iota + 1
	Enum          // type X string (or int64, …) with constants
	Defined       // type X Underlying
	Alias         // type X = Underlying
	Union         // one of several variants; the JSON text is kept
)

// A Named is one type declaration of the package.
type Named struct {
	Name        string // Go name
	Schema      string // origin for the doc comment, for example "schema Item" or "body of createItem"
	Description string
	Deprecated  bool
	Pos         diag.Position
	Shape       Shape
	Validates   bool // the type has a method Validate

	Fields         []*Field // of a Struct, in document order
	Additional     *Type    // of a Struct: element type of additional properties; nil if they are not kept
	AdditionalName string   // Go name of the field of additional properties
	UnknownName    string   // Go name of the field of unknown members; empty if a Struct has none
	Custom         bool     // of a Struct: some property name does not fit into a struct tag

	Underlying *Type // of an Enum, Defined or Alias
	Values     []EnumValue

	Variants      []*Variant // of a Union
	Discriminator string     // property that selects the variant; empty if there is none
	Default       string     // Variant.Go of values whose discriminator selects none; empty if there is none
	Shared        []*Shared  // members that all variants have
}

// A Field is one member of a struct.
type Field struct {
	Name        string // property name on the wire
	Go          string
	Type        *Type // includes the Pointer or Nullable of an optional or nullable member
	Required    bool  // as in the document, regardless of ReadOnly and WriteOnly
	Nullable    bool  // null is a value
	OmitZero    bool  // the zero value is not sent
	NotNull     bool  // nil is no value, though the type has it: the member is required and not nullable
	Description string
	Deprecated  bool
	ReadOnly    bool
	WriteOnly   bool
	Media       string // contentMediaType of a member of a multipart body
	Base64      bool   // of a member of a multipart body: its bytes are sent as Base64
	Secret      bool   // format password, only written, or named like a secret: not printed
	Assumed     string // as in [Param]
	Constant    string // sent instead of the zero value, as in Constant.Text; empty if there is none
	Pos         diag.Position
}

// An EnumValue is one constant.
type EnumValue struct {
	Go          string
	Text        string // value as text; printers quote it if Underlying is a string
	Description string
}

// A Variant is one alternative of a union.
type Variant struct {
	Go       string // suffix of the methods AsX and FromX
	Type     *Type
	Values   []Constant // discriminator values that select the variant; the first one is sent
	Members  []Member   // members whose values distinguish the variant from others
	Required []string   // members that every value of the variant has
}

// A Shared is a member that all variants of a union have with the same type.
type Shared struct {
	Name string // property name on the wire
	Go   string // name of the method that reads it
	Type *Type
}

// A Member is a member of an object with the only values that it may have.
type Member struct {
	Name   string
	Values []Constant
}

// A Constant is a scalar of the document.
type Constant struct {
	Kind Kind   // String, Int64, Uint64, Float64 or Bool
	Text string // a number as JSON writes it
}
