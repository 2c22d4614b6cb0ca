package edr

// This file recognises the login page where data is due.

import (
	"bytes"
	"io"
	"net/http"

	"github.com/resgen/resgen/resilience"
	"github.com/resgen/resgen/resilience/policy"
)

// mostPage is how much of a page is read to recognise it, in bytes.
const mostPage = 64 << 10

// unmask turns the answer to a read that is the login page under 200 into the 401 that it means. A
// page says nothing about the server's health then: as a broken answer it would count towards
// opening the circuit, and the calls that are in flight when a session ends would open it. What
// writes keeps its answer: whether it was run is not known.
func unmask(r *http.Request, resp *http.Response) {
	info, ok := resilience.OperationFrom(r.Context())
	if !ok || info.Operation.Policy.Idempotency != policy.Safe || len(info.Operation.Security) == 0 ||
		resp.StatusCode != http.StatusOK ||
		resp.Body == nil {
		return
	}
	head := peek(resp, 64) // white space may come first
	if jsonLike(head) {
		return
	}
	if head = peek(resp, mostPage); isPage(resp.Header, head) && !challenge(head) {
		resp.StatusCode, resp.Status = http.StatusUnauthorized, "401 Unauthorized"
	}
}

// peek returns the beginning of a body and leaves it to be read as if nothing had been.
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

// A rejoined body reads what was read before and then the rest.
type rejoined struct {
	io.Reader
	io.Closer
}
