package advice

import (
	"net/http"

	"github.com/resgen/resgen/resilience/internal/redact"
)

// requestIDs lists the headers in which servers send the id of a request, the most common first.
var requestIDs = []string{
	"X-Request-Id", "X-Amzn-Requestid", "X-Amz-Request-Id", "X-Amzn-Request-Id",
	"Request-Id", "X-Correlation-Id", "X-Ms-Request-Id", "X-Trace-Id",
}

// longestRequestID is how much of a request id is kept, in bytes.
const longestRequestID = 200

// RequestID returns the server's id of the request, or "". It keeps printable ASCII only, because
// the id is logged.
func RequestID(h http.Header) string {
	for _, name := range requestIDs {
		if values := h[name]; len(values) > 0 && values[0] != "" {
			return redact.Printable(values[0][:min(len(values[0]), longestRequestID)])
		}
	}
	return ""
}
