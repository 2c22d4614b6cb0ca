package body

import (
	"net/http"

	"github.com/resgen/resgen/resilience/internal/switching"
)

// A Transport sends through Next. It refuses a response that switches protocols though the request
// did not ask for that, and reads of the bodies of its responses end with the context of the
// request.
type Transport struct{ Next http.RoundTripper }

// RoundTrip implements [http.RoundTripper].
func (t Transport) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := t.Next.RoundTrip(r)
	if resp == nil || err != nil {
		return resp, err
	}
	if err := switching.Check(r, resp); err != nil {
		return nil, err
	}
	if _, standard := t.Next.(*http.Transport); !standard && !Immediate(resp.Body) {
		resp.Body = Bind(r.Context(), resp.Body)
	}
	return resp, nil
}
