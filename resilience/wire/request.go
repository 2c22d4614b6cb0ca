package wire

// Location is the part of a request that a parameter is sent in.
type Location uint8

const (
	Path Location = iota + 1
	Query
	Header
	Cookie
	QueryString // the whole query, in the form of a media type
)

// Style is how a parameter's value is written (OpenAPI 3.1, "Style Values"; TabDelimited is Swagger
// 2.0's tsv). The zero Style is the default of the location: Simple in path and header, Form in
// query and cookie.
type Style uint8

const (
	Simple Style = iota + 1
	Label
	Matrix
	Form
	SpaceDelimited
	PipeDelimited
	TabDelimited
	DeepObject
)

// A Param describes one parameter of an operation. Generated descriptors list them in the order of
// the method's arguments.
type Param struct {
	Name     string // as on the wire
	In       Location
	Style    Style
	Explode  bool
	Required bool // a missing value is an error before anything is sent
	Reserved bool // allowReserved: RFC 3986 reserved characters are not escaped
	Greedy   bool // a path parameter that keeps its slashes
	Empty    bool // allowEmptyValue: an empty value is sent as name= (Swagger 2.0)
	// how lists within the list are written, outermost first: the character between their values
	// (Swagger 2.0); empty: as JSON
	Inner string
	Media string // content-typed parameter: the value is encoded by this media type, then as a plain string
	Parts []Part // of a QueryString that is a form: how its members are encoded
	// sent when the value is absent; empty: nothing is sent. Only for constants that the server
	// insists on
	Default string
	Rule    *Rule // constraints of the value, if the API has [Rules]
}

// Input is what a call sends: the values of the operation's parameters in the order of its Params,
// and its body. A nil value, nil pointer, nil or empty slice (in a query) is an absent parameter.
type Input struct {
	Params []any
	Body   any // nil: no body
}

// Args returns an Input with the values of parameters.
func Args(values ...any) Input { return Input{Params: values} }

// With returns the input with a body.
func (in Input) With(body any) Input {
	in.Body = body
	return in
}

// Format is how a request body is encoded.
type Format uint8

const (
	JSON      Format = iota + 1
	FormURL          // application/x-www-form-urlencoded
	Multipart        // multipart/form-data and its kin
	Text             // the body is a string
	Binary           // the body is []byte or an io.Reader
)

// A Body describes the request body of one operation.
type Body struct {
	Media    string // Content-Type, exactly as the document has it
	Format   Format
	Required bool
	Nullable bool   // JSON only: null is a value of the schema, and is sent for a required body that is nil
	Parts    []Part // how the members of a form are encoded, where it differs from the default
	Rule     *Rule  // constraints of the value, if the API has [Rules]
}

// A Part describes one member of a form or multipart body ("Encoding Object" of OpenAPI).
type Part struct {
	Name     string
	Media    string // content type of the member; not used with a style
	Style    Style  // of a form and of multipart/form-data; zero: the default of the member's type
	Explode  bool
	Reserved bool   // FormURL only: RFC 3986 reserved characters are not escaped
	Inner    string // as in Param
	Base64   bool   // a part with the bytes as Base64, and a header field that says so
}
