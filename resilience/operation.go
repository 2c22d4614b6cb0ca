// This file has the data that generated code hands to the runtime: one API a package, one Operation a method.
// What is done with it begins in call.go.

package resilience

import (
	"github.com/resgen/resgen/resilience/policy"
	"github.com/resgen/resgen/resilience/wire"
)

// Generated1 is the handshake between generated code and this runtime: generated files refer to the constant of the generation
// they were written for. If it does not exist, the code is newer than the runtime (upgrade the module) or older (run go generate).
const Generated1 = true

// An API describes a generated package to the runtime. It is never changed after it is passed to [NewCaller].
type API struct {
	Name     string // the Go package's name; part of the keys of circuits, buckets and budgets
	Servers  []Server
	Schemes  []Scheme
	Defaults policy.Policy             // the full policy of the API; no field is left to the runtime
	Circuits map[string]policy.Breaker // shared circuits by name
	Buckets  map[string]policy.Rate    // shared buckets by name

	Operations []*Operation // in the order of the generated interface
}

// A Server is a base URL that operations are sent to.
type Server struct {
	Name        string // "default" for the first server of the document; else a name derived from the document
	URL         string // may hold {variables}
	Description string
	Variables   map[string]Variable
}

// A Variable is a part of a server's URL.
type Variable struct {
	Default string
	Enum    []string // allowed values; empty: any
}

// A Scheme is a security scheme of the document.
type Scheme struct {
	Name       string // key under components.securitySchemes
	Kind       string // apiKey, http, oauth2, openIdConnect, mutualTLS
	In         wire.Location
	Parameter  string   // header, query parameter or cookie of an apiKey
	HTTPScheme string   // basic, bearer, digest … of kind http
	Scopes     []string // all scopes the document names
}

// A Requirement is one way to authorise an operation: all its schemes together.
type Requirement []SchemeUse

// A SchemeUse names a scheme and the scopes needed of it.
type SchemeUse struct {
	Scheme string
	Scopes []string
}

// An Operation describes one method of a generated client. It can also be written by hand.
type Operation struct {
	ID       string // operationId of the document, or "METHOD /path" if it has none
	Method   string
	Path     string // with {parameters}
	Params   []wire.Param
	Body     *wire.Body
	Accept   string         // Accept header; empty: derived from Success and Failure
	Success  []wire.Outcome // statuses that are returned as values
	Failure  []wire.Outcome // declared statuses whose body becomes [Error.Detail]
	Server   string         // name of a server of its own; empty: the API's default
	Security []Requirement  // alternatives; empty: public
	Policy   policy.Policy  // what differs from API.Defaults
}
