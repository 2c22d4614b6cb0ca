package api

import (
	"maps"
	"slices"
	"time"

	"github.com/resgen/resgen/resilience/diag"
	"github.com/resgen/resgen/resilience/policy"
)

// An API is one generated package.
type API struct {
	Package     string // Go package name
	Source      string // path of the document relative to the folder of resgen.yaml, for file headers
	Title       string
	Version     string
	Description string

	Names      Names
	Servers    []Server
	Schemes    []Scheme
	Types      []*Named     // sorted by Go name
	Operations []*Operation // sorted by path, then method
	Groups     []*Group     // sorted by field
	Rules      []NamedRule  // constraints of types, sorted by name; nil if requests are not validated

	Policy   policy.Policy            // effective policy of the API, with all defaults
	Sources  map[string]policy.Source // source of each value of Policy, by dotted key
	Circuits map[string]policy.Breaker
	Buckets  map[string]policy.Rate
	Shared   policy.SharedSources // sources of the values of Circuits and Buckets; others are those of Policy
}

// SharedSources returns the sources of the values of a circuit or bucket: "circuit main". Values
// that it does not set come from the policy of the API.
func (a *API) SharedSources(subject string) map[string]policy.Source {
	sources := map[string]policy.Source{}
	maps.Copy(sources, a.Sources)
	maps.Copy(sources, a.Shared[subject])
	return sources
}

// Bulkheads returns the bulkheads of the policies; see [policy.Resolved.Bulkheads].
func (a *API) Bulkheads() []policy.Bulkhead {
	r := policy.Resolved{Defaults: a.Policy}
	for _, op := range a.Operations {
		r.Operations = append(r.Operations, op.Policy)
	}
	return r.Bulkheads()
}

// Names are the Go names of the declarations that every package has. They share one scope with
// all other package-level names.
type Names struct {
	Client      string // Client
	New         string // New
	Operations  string // Operations: the interface
	Defaults    string // defaults
	Description string // description
	Rules       string // rules; empty if requests are not validated
}

// A Server is a base URL. The first server of an API is its default.
type Server struct {
	Name        string // "default" or a name derived from the document
	URL         string
	Description string
	Variables   []Variable // sorted by name
	Pos         diag.Position
}

// A Variable is a variable in the URL of a server.
type Variable struct {
	Name    string
	Default string
	Enum    []string
}

// A Scheme is a security scheme that at least one operation requires.
type Scheme struct {
	Name        string
	Kind        SchemeKind
	In          In     // location of an API key
	Parameter   string // parameter name of an API key
	HTTPScheme  string // authentication scheme of SchemeHTTP, for example basic
	Scopes      []string
	Description string
	Pos         diag.Position // zero for a scheme that a policy creates
}

// An Operation is one method of the client.
type Operation struct {
	ID          string // operationId of the document, or "METHOD /path" without one
	Name        string // Go method
	Var         string // Go variable of the descriptor
	Method      string // HTTP method in upper case
	Path        string // path template as in the document
	Summary     string
	Description string
	Deprecated  bool
	Pos         diag.Position

	PathParams []*Param // in the order of the path; they become arguments
	Params     []*Param // query, header and cookie parameters in document order; fields of ParamsType
	ParamsType string   // Go name of the struct of Params; empty if Params is empty
	Body       *Body    // nil if the operation has no request body
	Success    []*Outcome
	Failure    []*Outcome // sorted by status, default last
	Result     *Result
	Server     string // name of the operation's own server; empty for the default server
	Security   []Requirement

	Pages       PageStyle // how the next page is requested; empty if the operation does not page
	PagesMethod string    // Go name of the iterator over pages; empty if there is none
	ItemsMethod string    // Go name of the iterator over the items of all pages; empty if there is none
	ItemType    *Type     // element type of ItemsMethod

	Streams []*Streaming // iterators over the values of a response that is a stream

	Group   string            // field of the client that has the group of the operation; empty if it has none
	Grouped map[string]string // names of its methods in the group, by their names in the client

	Policy  policy.Policy            // effective policy, with all defaults
	Sources map[string]policy.Source // source of each value of Policy, by dotted key
	Notes   []string                 // further sentences for the doc comment
}

// A Requirement is one way to authorize an operation. All its schemes are needed together.
type Requirement []SchemeUse

// A SchemeUse names a security scheme and the scopes that an operation needs from it.
type SchemeUse struct {
	Scheme string
	Scopes []string
}

// A Param is one parameter.
type Param struct {
	Name        string // name on the wire
	Go          string // argument name (path) or field name (other locations)
	In          In
	Style       Style // never empty
	Explode     bool
	Required    bool
	Reserved    bool   // reserved characters are sent without percent-encoding
	Greedy      bool   // a path parameter keeps its slashes
	AllowEmpty  bool   // an empty value is sent as a name without a value
	Inner       string // delimiters of lists within the list, outermost first; empty: they are JSON
	Media       string // media type of a parameter with content; empty for a parameter with a style
	Parts       []Part // of a form in a query: how its members are encoded
	Default     string // constant that is sent when the caller sets no value
	Assumed     string // what the server assumes without a value, as JSON; empty: the document does not say
	Type        *Type
	Rule        *Rule // constraints of the value; nil: none, or requests are not validated
	Description string
	Deprecated  bool
	Pos         diag.Position
}

// A Body is the request body of an operation in one media type. Each further media type of the
// same body that callers cannot easily write themselves has its own Operation.
type Body struct {
	Media       string
	Format      Format
	Required    bool
	Nullable    bool   // null is a value of a JSON body
	Arg         string // Go argument name
	Type        *Type
	Rule        *Rule // as in [Param]
	Parts       []Part
	Description string
	Pos         diag.Position
}

// A Part describes the encoding of one form member that differs from the default.
type Part struct {
	Name     string
	Media    string
	Style    Style // empty if the document states none
	Explode  bool
	Reserved bool   // of a form: reserved characters are sent without percent-encoding
	Inner    string // as in [Param]
	Base64   bool   // the bytes of a part are sent as Base64
}

// An Outcome is a declared response.
type Outcome struct {
	Status      int // 200; 2 for 2XX; 0 for default
	Media       string
	Decode      Decode // empty if the response has no body
	Type        *Type  // nil if the response has no body
	Description string
	Field       string // field of the result struct; empty if there is none
	Unasked     bool   // the client reads the media type, but does not ask for it
	Pos         diag.Position
}

// A Streaming is an iterator over the values of a response that is read while it arrives.
type Streaming struct {
	Name    string // Go method
	Var     string // Go variable of the descriptor; that of the operation if it streams anyway
	Events  bool   // server-sent events; otherwise JSON values
	Type    *Type  // of a value, or of the data of an event
	Success *Outcome
}

// A Result describes what a method returns in addition to its error.
type Result struct {
	Type   *Type  // the single success value; nil if Struct is set or only an error is returned
	Struct string // Go name of the result struct of an operation with several success outcomes
	Build  string // Go name of the function that builds Struct
}

// A Group has the methods of the operations with one tag. They call those of the client.
type Group struct {
	Tag         string
	Description string
	Field       string // field of the client
	Type        string // Go type of the field
	Interface   string // Go name of the interface with the methods of Type
}

// Route returns the method and the path of the operation: "GET /pets/{id}".
func (o *Operation) Route() string { return o.Method + " " + o.Path }

// AllParams returns the parameters in the order of the method's arguments.
func (o *Operation) AllParams() []*Param { return slices.Concat(o.PathParams, o.Params) }

// Iterators returns the Go names of the iterators of an operation: over items, pages and streams.
func (o *Operation) Iterators() []string {
	var list []string
	for _, name := range []string{o.ItemsMethod, o.PagesMethod} {
		if name != "" {
			list = append(list, name)
		}
	}
	for _, s := range o.Streams {
		list = append(list, s.Name)
	}
	return list
}

// Streamed reports whether a success of the operation can be a stream.
func (o *Operation) Streamed() bool {
	return slices.ContainsFunc(o.Success, func(s *Outcome) bool { return s.Decode == DecodeStream })
}

// HasResponse reports whether a success of the operation can have a body.
func (o *Operation) HasResponse() bool {
	return slices.ContainsFunc(o.Success, func(s *Outcome) bool { return s.Type != nil })
}

// StaleIfError returns how old the response may be that the operation returns instead of a failure;
// 0: it returns none.
func (o *Operation) StaleIfError() time.Duration {
	if !o.HasResponse() {
		return 0
	}
	return o.Policy.Stale(o.Streamed())
}

// GroupedName returns the name of the method in a group, such as Pets.List; "" without a group.
func (o *Operation) GroupedName() string {
	if o.Group == "" {
		return ""
	}
	return o.Group + "." + o.Grouped[o.Name]
}
