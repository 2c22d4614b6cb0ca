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

// HTTPStatus returns the status with which an HTTP handler should respond if it fails because of
// err: 503 for an open circuit, a full bulkhead, a rate limit of either side and a closed runtime,
// 504 for a timeout, 502 for a missing or wrong response, 499 if the caller canceled, 500 for any
// other error, and 200 for nil. A 4xx response is 502 as well: use [Error.Status] to pass some of
// them on.
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

// WriteError responds with the status of [HTTPStatus]. If err says how long to wait, the response
// has a Retry-After header in seconds, rounded up. The body is a problem document (RFC 9457) with
// the kind and nothing else of err.
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

// wholeSeconds rounds up, so that no client retries too early.
func wholeSeconds(d time.Duration) int64 { return int64(math.Ceil(d.Seconds())) }
