package admin

import (
	"net/http"
	"strings"
	"time"
)

// The bounds of requests.
const (
	mostTarget = 2000             // bytes of path and query
	mostHeader = 16 << 10         // bytes of header fields
	mostTime   = 30 * time.Second // to read a form or to write a response
)

// refusal returns the status with which a request is refused unread, or 0.
func refusal(r *http.Request) int {
	switch {
	case len(r.URL.Path)+len(r.URL.RawQuery) > mostTarget:
		return http.StatusRequestURITooLong
	case headerSize(r.Header) > mostHeader:
		return http.StatusRequestHeaderFieldsTooLarge
	case r.Method != http.MethodPost && r.ContentLength != 0:
		return http.StatusRequestEntityTooLarge
	case !strings.HasPrefix(r.URL.Path, "/"), strings.Contains(r.URL.Path, "//"): // would be redirected
		return http.StatusNotFound
	}
	return 0
}

// headerSize returns the size of header fields in bytes.
func headerSize(h http.Header) (n int) {
	for name, values := range h {
		for _, v := range values {
			n += len(name) + len(v)
		}
	}
	return n
}
