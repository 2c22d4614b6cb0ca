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

// RequestID returns the server's id of the request, or "", and the header that has it. The headers
// of the policy come before the usual ones. It keeps printable ASCII only, because the id is
// logged.
func RequestID(h http.Header, own []string) (name, id string) {
	for _, names := range [...][]string{own, requestIDs} {
		for _, name := range names {
			if id := h.Get(name); id != "" {
				return name, redact.Printable(id[:min(len(id), longestRequestID)])
			}
		}
	}
	return "", ""
}
