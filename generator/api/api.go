// Package api is the middle of the generator: what one generated package will hold, as plain data.
//
// plan fills it from a document and its policies, models and emit print it. Nothing in it knows kin-openapi, jennifer or
// oapi-codegen; every Go name is settled; every list has the order in which it is printed; all text is the document's own
// and not yet safe to paste into Go.
package api

import (
	"github.com/resgen/resgen/resilience/diag"
	"github.com/resgen/resgen/resilience/policy"
)

// An API is one generated package.
type API struct {
	Package     string // Go package name
	Source      string // path of the document relative to resgen.yaml's folder, for the header of generated files
	Title       string
	Version     string
	Description string

	Names      Names
	Servers    []Server
	Schemes    []Scheme
	Types      []*Named     // sorted by Go name
	Operations []*Operation // sorted by path, then method

	Policy   policy.Policy            // full effective policy of the API as a whole
	Sources  map[string]policy.Source // where each of its values comes from, by dotted key
	Circuits map[string]policy.Breaker
	Buckets  map[string]policy.Rate
}

// Names are the Go names of what every package has. plan settles them in the same table as all others.
type Names struct {
	Client      string // Client
	New         string // New
	Operations  string // Operations: the interface
	Defaults    string // defaults
	Description string // description
}

// A Server is a base URL. The first one is the API's default.
type Server struct {
	Name        string // "default" or a name derived from the document
	URL         string
	Description string
	Variables   []Variable // sorted by name
}

// A Variable is a part of a server's URL.
type Variable struct {
	Name    string
	Default string
	Enum    []string
}

// A Scheme is a security scheme that some operation requires.
type Scheme struct {
	Name        string
	Kind        string // apiKey, http, oauth2, openIdConnect, mutualTLS
	In          In     // of an apiKey
	Parameter   string // of an apiKey
	HTTPScheme  string // of http
	Scopes      []string
	Description string
}

// An Operation is one method of the client.
type Operation struct {
	ID          string // operationId as in the document; "METHOD /path" if it has none
	Name        string // Go method
	Var         string // Go variable of the descriptor
	Method      string // upper case
	Path        string // exactly as in the document
	Summary     string
	Description string
	Deprecated  bool
	Pos         diag.Position

	PathParams []*Param // path parameters in the order of the path
	Params     []*Param // query, header and cookie parameters in the order of the document: fields of ParamsType
	ParamsType string   // Go name of XParams; empty if Params is empty
	Body       *Body    // nil: no body
	Success    []*Outcome
	Failure    []*Outcome // sorted by status, default last
	Result     *Result
	Server     string // name of a server of its own
	Security   []Requirement

	Pages       string // how further pages are asked for: token, offset, page, link; empty: the operation does not page
	PagesMethod string // Go name of the iterator over pages; empty: there is none, because the operation does not page or must not be called again
	ItemsMethod string // Go name of the iterator over the items of all pages; empty: there is none
	ItemType    *Type  // of what it yields

	Policy  policy.Policy            // full effective policy
	Sources map[string]policy.Source // by dotted key
	Notes   []string                 // what the doc comment must tell beside the policy: "further media types: UploadXML"
}

// A Requirement is one way to authorise an operation: all its schemes together.
type Requirement []SchemeUse

// A SchemeUse names a scheme and the scopes needed of it.
type SchemeUse struct {
	Scheme string
	Scopes []string
}

// In is where a parameter stands.
type In string

const (
	InPath   In = "path"
	InQuery  In = "query"
	InHeader In = "header"
	InCookie In = "cookie"
)

// A Param is one parameter.
type Param struct {
	Name        string // on the wire
	Go          string // argument name (path) or field name (XParams)
	In          In
	Style       string // simple, label, matrix, form, spaceDelimited, pipeDelimited, tabDelimited, deepObject: never empty
	Explode     bool
	Required    bool
	Reserved    bool
	Greedy      bool
	AllowEmpty  bool
	Media       string // content-typed parameter
	Default     string // constant that is always sent
	Type        *Type
	Description string
	Deprecated  bool
	Pos         diag.Position
}

// A Body is the request body of an operation in one media type. A further media type is a further Operation.
type Body struct {
	Media       string
	Format      string // json, form, multipart, text, binary
	Required    bool
	Arg         string // Go argument name
	Type        *Type
	Parts       []Part
	Description string
}

// A Part says how one member of a form is encoded, where that differs from the default.
type Part struct {
	Name    string
	Media   string
	Style   string
	Explode bool
}

// An Outcome is a declared answer.
type Outcome struct {
	Status      int // 200; 2 for 2XX; 0 for default
	Media       string
	Decode      string // json, text, bytes, stream; empty: no body
	Type        *Type  // nil: no body
	Description string
	Field       string // field of the result struct, if there is one
}

// A Result is what a method returns beside its error.
type Result struct {
	Type   *Type  // of the single success value; nil: the method returns only an error, or Struct is set
	Struct string // Go name of the result struct of an operation with several success answers
	Build  string // Go name of the function that fills it
}
