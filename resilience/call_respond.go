package resilience

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net/http"
	"strconv"
	"time"
)

// HTTPStatus returns the status that a handler of one's own should answer with when it fails because of err:
// 503 for an open circuit, a full bulkhead, a rate limit of either side and a closed runtime, 504 for a timeout, 502 for what the
// server answered wrongly or not at all, 499 if the caller went away, 500 for any other error, 200 for nil.
// An answer of 4xx is 502 as well: which of them are the handler's own answer is for the handler to say, by [Error.Status].
func HTTPStatus(err error) int {
	if err == nil {
		return http.StatusOK
	}
	var e *Error
	if errors.As(err, &e) && e.Kind != 0 {
		return kinds[e.Kind].status
	}
	switch {
	case errors.Is(err, context.Canceled):
		return kinds[KindCanceled].status
	case errors.Is(err, context.DeadlineExceeded):
		return kinds[KindTimeout].status
	}
	return http.StatusInternalServerError
}

// WriteError answers a request with the status of [HTTPStatus] and, if err says when a further call makes sense, a Retry-After
// in whole seconds, rounded up. The body is a problem document (RFC 9457) that names the kind and nothing else of err.
func WriteError(w http.ResponseWriter, err error) {
	status := HTTPStatus(err)
	title := http.StatusText(status)
	var e *Error
	if errors.As(err, &e) {
		title = e.Kind.text()
		if e.RetryAfter > 0 && status == http.StatusServiceUnavailable {
			w.Header().Set("Retry-After", strconv.FormatInt(wholeSeconds(e.RetryAfter), 10))
		}
	}
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(status)
	fmt.Fprintf(w, "{\"status\":%d,\"title\":%q}\n", status, title)
}

// wholeSeconds rounds up, so that nobody comes back too early.
func wholeSeconds(d time.Duration) int64 { return int64(math.Ceil(d.Seconds())) }
