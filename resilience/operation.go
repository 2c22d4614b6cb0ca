package resilience

// This file declares what generated code passes to the runtime: one [API] per package, one
// [Operation] per method.

import (
	"github.com/resgen/resgen/resilience/policy"
	"github.com/resgen/resgen/resilience/wire"
)

// Generated1 ensures that generated code fits the runtime: generated files refer to the constant of
// the version that they were written for. If it is not declared, either upgrade this module or run
// go generate again.
const Generated1 = true

// API describes a generated package. It must not be changed after it was passed to [NewCaller].
type API struct {
	Name     string // the Go package's name; part of the keys of circuits, buckets and budgets
	Servers  []Server
	Schemes  []Scheme
	Defaults policy.Policy             // complete; the runtime adds no defaults
	Circuits map[string]policy.Breaker // shared circuits by name
	Buckets  map[string]policy.Rate    // shared buckets by name

	Rules *wire.Rules // constraints that requests must meet; nil: requests are not validated

	Operations []*Operation // in the order of the generated interface
}

// Server is a base URL of operations.
type Server struct {
	Name        string // "default" for the first server of the document; otherwise derived from the document
	URL         string // may contain {variables}
	Description string
	Variables   map[string]Variable
}

// Variable is a part of the URL of a server.
type Variable struct {
	Default string
	Enum    []string // allowed values; empty: any
}

// Scheme is a security scheme of the document.
type Scheme struct {
	Name       string // key under components.securitySchemes
	Kind       string // apiKey, http, oauth2, openIdConnect, mutualTLS
	In         wire.Location
	Parameter  string   // header, query parameter or cookie of an apiKey
	HTTPScheme string   // basic, bearer, digest … of kind http
	Scopes     []string // all scopes the document names
}

// Requirement is one way to authorize an operation: all its schemes together.
type Requirement []SchemeUse

// SchemeUse is a scheme and the scopes that are needed.
type SchemeUse struct {
	Scheme string
	Scopes []string
}

// Operation describes one method of a generated client. It can also be written by hand.
type Operation struct {
	ID       string // operationId of the document, or "METHOD /path" if it has none
	Method   string
	Path     string // with {parameters}
	Params   []wire.Param
	Body     *wire.Body
	Accept   string         // Accept header; empty: derived from Success and Failure
	Success  []wire.Outcome // responses that are returned as values
	Failure  []wire.Outcome // responses whose body becomes [Error.Detail]
	Server   string         // name of its server; empty: the default of the API
	Security []Requirement  // alternatives; empty: public
	Policy   policy.Policy  // what differs from API.Defaults
}
