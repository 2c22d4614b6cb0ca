package resilience

import (
	"net/http"
	"time"

	"github.com/resgen/resgen/resilience/internal/redact"
)

// Info describes a call beyond its result; see [WithInfo]. The zero Info is ready for use. Each
// call overwrites it.
type Info struct {
	Status    int         // of the last response; 0: there was none
	Header    http.Header // of the last response
	RequestID string      // the server's id of the request; empty: unknown
	Attempts  []Attempt
	Elapsed   time.Duration

	// Degraded reports that a fallback made the result. Age is then the age of a kept response, or
	// 0.
	Degraded bool
	Age      time.Duration

	// Quota is the state of the operation's rate limit after the call.
	Quota BucketSnapshot
}

// requestIDs lists the headers in which servers send the id of a request, the most common first.
var requestIDs = []string{
	"X-Request-Id", "X-Amzn-Requestid", "X-Amz-Request-Id", "X-Amzn-Request-Id",
	"Request-Id", "X-Correlation-Id", "X-Ms-Request-Id", "X-Trace-Id",
}

// longestRequestID is how much of a request id is kept, in bytes.
const longestRequestID = 200

// requestID returns the server's id of the request, or "". It keeps printable ASCII only, because
// the id is logged.
func requestID(h http.Header) string {
	for _, name := range requestIDs {
		if values := h[name]; len(values) > 0 && values[0] != "" {
			return redact.Printable(values[0][:min(len(values[0]), longestRequestID)])
		}
	}
	return ""
}
