package spec

// This file holds the types that [Load] returns. They say what a document means, not how it was
// written.

import (
	"cmp"
	"slices"

	"github.com/resgen/resgen/resilience/diag"
	"github.com/resgen/resgen/resilience/pathtemplate"
	"github.com/resgen/resgen/resilience/tree"
)

// A Document is one OpenAPI document with all files that it refers to.
type Document struct {
	File        string  // as given to [Load]
	Version     Version // of the format
	Title       string
	APIVersion  string
	Description string

	Root       *tree.Node            // the main file as overlays left it, for extensions
	Files      map[string]*tree.Node // all files that were read, Root among them, by name; nil: one that could not be
	Servers    []*Server             // never empty: without servers in the document, the URL is "/"
	Schemes    []*Scheme             // security schemes in the order of the document
	Schemas    []*Schema             // component schemas (definitions) in the order of the document
	Operations []*Operation
	Tags       []Tag // that the document describes
}

// A Tag is the description of a tag.
type Tag struct {
	Name        string
	Description string
	Node        *tree.Node // as written, for extensions
}

// An Operation is one method of one path.
type Operation struct {
	ID          string                // operationId; empty if the document has none
	Method      string                // upper case
	Path        string                // exactly as in the document
	Template    pathtemplate.Template // of Path; malformed braces are text
	Summary     string
	Description string
	Tags        []string
	Deprecated  bool
	Pos         diag.Position // of the method's key
	IDPos       diag.Position // of the operationId's value; Pos if there is none

	Params    []*Param // of path and operation, merged: path's first
	Places    []Place  // of path parameters, in the order of the path
	Body      *Body    // nil: none
	Responses []*Response
	Servers   []*Server // of the operation or its path; nil: those of the document
	Security  []Requirement

	Node     *tree.Node // as written, for extensions
	PathNode *tree.Node // the path item
}

// A Place is where the path of an operation has a parameter. A path can have several places for
// one.
type Place struct {
	Param  string // name of the parameter
	Before string // the last literal segment before the place; may be empty
}

// Name returns the operationId, or "METHOD /path" without one. Findings name operations so.
func (o *Operation) Name() string {
	if o.ID != "" {
		return o.ID
	}
	return o.Method + " " + o.Path
}

// A Param is one parameter. Defaults that depend on its location are filled in.
type Param struct {
	Name        string
	In          string // path, query, header, cookie
	Description string
	Required    bool
	Deprecated  bool
	// simple, label, matrix, form, spaceDelimited, pipeDelimited, tabDelimited, deepObject; empty
	// if Media is set
	Style         string
	Explode       bool
	AllowReserved bool
	AllowEmpty    bool
	Greedy        bool   // a path parameter that keeps its slashes, because the path has {+name} or the like
	Inner         string // delimiters of lists within the list, outermost first (Swagger 2.0)
	Media         string // of a parameter with content
	Encodings     []Encoding
	Schema        *Schema
	Component     string // its key under components; empty for an inline one
	Pos           diag.Position
	Node          *tree.Node
}

// A Body is a request body.
type Body struct {
	Description string
	Required    bool
	Contents    []*Content
	Component   string // its key under components; empty for an inline one
	Arg         string // name of the body parameter (Swagger 2.0, or x-codegen-request-body-name)
	Pos         diag.Position
}

// A Content is one media type of a body or a response.
type Content struct {
	Media     string  // as in the document
	Schema    *Schema // nil: the document says nothing
	Item      *Schema // of a stream: one value, or the data of an event; nil: the document does not say
	Unasked   bool    // the document does not declare the media type, but responses may have it
	Encodings []Encoding
	Pos       diag.Position
}

// An Encoding is how one member of a form is sent.
type Encoding struct {
	Name          string
	Media         string // contentType
	Style         string // empty: the document does not state how values are written, and Media applies
	Explode       bool
	AllowReserved bool
	Inner         string // as in [Param]
}

// A Response is one declared response.
type Response struct {
	Status      string // "200", "2XX", "default"
	Description string
	Contents    []*Content
	Headers     []string // names in the order of the document
	Component   string   // its key under components; empty for an inline one
	Pos         diag.Position
	Node        *tree.Node
}

// A Server is a base URL.
type Server struct {
	Name        string // name (OpenAPI 3.2) or x-go-name; empty if the document gives none
	URL         string
	Description string
	Variables   []Variable
	Pos         diag.Position
}

// A Variable is a part of a server's URL.
type Variable struct {
	Name    string
	Default string
	Enum    []string
}

// A Scheme is a security scheme.
type Scheme struct {
	Name        string
	Kind        string // apiKey, http, oauth2, openIdConnect, mutualTLS
	In          string // of an apiKey
	Parameter   string // of an apiKey
	HTTPScheme  string // of http, lower case
	Scopes      []string
	Description string
	Pos         diag.Position
}

// A Requirement is one way to authorize: all its schemes together. An empty one means that no
// credential is needed.
type Requirement []SchemeUse

// A SchemeUse names a scheme and the scopes needed of it.
type SchemeUse struct {
	Scheme string
	Scopes []string
}

// A Schema describes a value. A schema that is only a reference has Ref, and may have annotations
// such as a description. Each place in a document has one Schema, however many references lead to
// it, so pointers can be compared. References may form cycles.
type Schema struct {
	Pos     diag.Position
	Pointer string     // JSON pointer: "#/components/schemas/Item/properties/id"
	Name    string     // key of a component schema; empty for an inline one
	Node    *tree.Node // as written, for extensions

	Ref         *Schema
	ahead       *Schema  // the end of the references, or a schema on the way there; nil: not known
	Types       []string // without null
	Nullable    bool
	Format      string
	Media       string // contentMediaType
	Base64      bool   // contentEncoding: base64
	Title       string
	Description string
	Deprecated  bool
	ReadOnly    bool
	WriteOnly   bool

	Enum       []*tree.Node // without null; const is an enum of one
	Properties []*Property  // in the order of the document
	Required   []string
	Additional *Schema // members that are not properties; nil: the document says nothing, or says that there are none
	Closed     bool    // additionalProperties: false
	Items      *Schema
	Tuple      []*Schema // prefixItems, or items as a list

	AllOf, OneOf, AnyOf []*Schema
	Discriminator       *Discriminator
	Never               bool // the schema false: no value fits

	Constraints *Constraints // nil: a schema without keywords, such as true, or one that was made
}

// A Property is one member of an object.
type Property struct {
	Name   string
	Pos    diag.Position // of the key
	Schema *Schema
}

// A Discriminator is the member that says which variant a value is.
type Discriminator struct {
	Property string
	Mapping  []Mapped // in the order of the document
	Default  *Schema  // defaultMapping: of values that select no schema; nil: none
}

// A Mapped is one entry of a discriminator's mapping.
type Mapped struct {
	Value  string
	Schema *Schema
}

// Target follows references to a schema that is not a reference. It terminates, because [Load]
// removes cycles of references.
func (s *Schema) Target() *Schema {
	for s.Ref != nil {
		s = cmp.Or(s.ahead, s.Ref)
	}
	return s
}

// shorten makes Target take one step from s and from all schemas that s refers to.
func (s *Schema) shorten() {
	end := s.Target()
	for s.Ref != nil {
		next := cmp.Or(s.ahead, s.Ref)
		s.ahead = end
		s = next
	}
}

// IsRequired reports whether the object must have the member.
func (s *Schema) IsRequired(name string) bool {
	return slices.Contains(s.Required, name)
}

// SameAs reports whether both are the same schema of the document after following references. A nil
// schema is the same only as another nil schema.
func (s *Schema) SameAs(t *Schema) bool {
	if s == nil || t == nil {
		return s == t
	}
	return s.Target() == t.Target()
}
