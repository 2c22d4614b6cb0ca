package resilience

import (
	"net/http"
	"time"

	"github.com/resgen/resgen/resilience/internal/redact"
)

// Info is what is known of a call beyond its result; see [WithInfo]. The zero Info is ready for use. It is overwritten by each call.
type Info struct {
	Status    int         // of the last answer; 0: none came
	Header    http.Header // of the last answer
	RequestID string      // what the server calls the request
	Attempts  []Attempt
	Elapsed   time.Duration

	// Degraded tells that a fallback answered instead of the server; Age is then how old the answer is, 0 if it was not kept.
	Degraded bool
	Age      time.Duration

	// Quota is what the rate limit of the operation held afterwards, with the rate that the server stated.
	Quota BucketSnapshot
}

// requestIDs are the headers in which servers say what they call a request, the commonest first.
var requestIDs = []string{
	"X-Request-Id", "X-Amzn-Requestid", "X-Amz-Request-Id", "X-Amzn-Request-Id", "Request-Id", "X-Correlation-Id", "X-Ms-Request-Id", "X-Trace-Id",
}

// longestRequestID is what is kept of a request id, in bytes. What is longer is no id.
const longestRequestID = 200

// requestID returns the server's name for the request, or nothing. Only printable ASCII passes: it goes into logs.
func requestID(h http.Header) string {
	for _, name := range requestIDs {
		if values := h[name]; len(values) > 0 && values[0] != "" {
			return redact.Printable(values[0][:min(len(values[0]), longestRequestID)])
		}
	}
	return ""
}
