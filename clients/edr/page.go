package edr

// This file detects the login page in place of data.

import (
	"bytes"
	"io"
	"net/http"

	"github.com/resgen/resgen/resilience"
	"github.com/resgen/resgen/resilience/policy"
)

// mostPage is how much of a page is read to recognize it, in bytes.
const mostPage = 64 << 10

// unmask changes the response to a read from a login page with status 200 to the 401 that it means.
// Otherwise the page would count as a malformed response, and the calls in flight when a session
// ends would open the circuit although the server is healthy. Responses to writes are not changed
// because it is unknown whether the write was applied.
func unmask(r *http.Request, resp *http.Response) {
	info, ok := resilience.OperationFrom(r.Context())
	if !ok || info.Operation.Policy.Idempotency != policy.Safe || len(info.Operation.Security) == 0 ||
		resp.StatusCode != http.StatusOK ||
		resp.Body == nil {
		return
	}
	head := peek(resp, 64) // leading white space is allowed
	if jsonLike(head) {
		return
	}
	if head = peek(resp, mostPage); isPage(resp.Header, head) && !challenge(head) {
		resp.StatusCode, resp.Status = http.StatusUnauthorized, "401 Unauthorized"
	}
}

// peek returns the beginning of a body without consuming it.
func peek(resp *http.Response, most int64) []byte {
	head, err := io.ReadAll(io.LimitReader(resp.Body, most))
	rest := io.Reader(resp.Body)
	if err != nil {
		rest = broken{err}
	}
	resp.Body = rejoined{io.MultiReader(bytes.NewReader(head), rest), resp.Body}
	return head
}

// A broken reader returns an error.
type broken struct{ err error }

func (b broken) Read([]byte) (int, error) { return 0, b.err }

// A rejoined body returns the data already read and then the rest.
type rejoined struct {
	io.Reader
	io.Closer
}
