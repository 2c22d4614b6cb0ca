package resilience

import (
	"net/http"
	"time"
)

// Info describes a call beyond its result; see [WithInfo]. The zero Info is ready for use. Each
// call overwrites it.
type Info struct {
	Status    int         // of the last response; 0: there was none
	Header    http.Header // of the last response, without credentials in the id of the request
	RequestID string      // the server's id of the request; empty: unknown
	Attempts  []Attempt
	Elapsed   time.Duration

	// Degraded reports that a fallback made the result. Age is then the age of a kept response, or
	// 0.
	Degraded bool
	Age      time.Duration

	// Body is that of a success with a status that the document does not declare, if it does not
	// decode as a declared success. Otherwise it is nil.
	Body []byte

	// Quota is the state of the operation's rate limit after the call.
	Quota BucketSnapshot
}
