package plan

import (
	"github.com/resgen/resgen/generator/api"
	"github.com/resgen/resgen/generator/spec"
	"github.com/resgen/resgen/resilience/diag"
	"github.com/resgen/resgen/resilience/policy"
)

// An operation is a method that is being planned: an operation of the document with one request
// media type.
type operation struct {
	spec    *spec.Operation
	content *spec.Content // nil without a request body
	api     *api.Operation
	wanted  string     // name of the method if there were no clashes
	main    *operation // of a further request media type: the method for the first one
	suffix  string     // of a further request media type: what it adds to the name
	layer   policy.Layer
	success []response
	failure []response
	streams []stream
}

// A response is a declared response in one media type that the client reads.
type response struct {
	status      int // 200; 2 for 2XX; 0 for default
	description string
	component   string
	pos         diag.Position
	media       string
	decode      api.Decode   // empty without a body
	schema      *spec.Schema // of a JSON body; nil if there is none or it is not stated
	variant     string       // end of the name, for bodies of another type than the first of the status
	unasked     bool         // the client reads the media type, but does not ask for it
}
