package switching

import (
	"errors"
	"net/http"
)

// ErrUnrequested is returned for a response with status 101 to a request without an Upgrade header
// (RFC 9110, section 7.8).
var ErrUnrequested = errors.New("the server switched to another protocol, which the request did not offer")

// Check closes the connection of an unrequested response with status 101 and returns
// [ErrUnrequested]. The body of such a response is the connection, and reading it may never end.
func Check(r *http.Request, resp *http.Response) error {
	if resp.StatusCode != http.StatusSwitchingProtocols || r.Header.Get("Upgrade") != "" {
		return nil
	}
	if resp.Body != nil {
		_ = resp.Body.Close()
	}
	return ErrUnrequested
}
