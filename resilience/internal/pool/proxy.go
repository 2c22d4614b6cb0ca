package pool

import (
	"context"
	"net/http"
	"net/url"

	"github.com/resgen/resgen/resilience/internal/fault"
)

// checkConnect returns a [fault.ConnectError] if a proxy did not open a tunnel. The own error of
// net/http is the text after the status.
func checkConnect(_ context.Context, _ *url.URL, _ *http.Request, resp *http.Response) error {
	if resp.StatusCode == http.StatusOK {
		return nil
	}
	return &fault.ConnectError{Status: resp.StatusCode}
}

// ProxyOf returns the address of the proxy through which a round tripper sends a request, without
// its credentials, or "" if there is none.
func ProxyOf(t http.RoundTripper, r *http.Request) string {
	var proxy func(*http.Request) (*url.URL, error)
	switch t := t.(type) {
	case *Pool:
		proxy = t.Proxy
	case *http.Transport:
		proxy = t.Proxy
	}
	if proxy == nil {
		return ""
	}
	u, err := proxy(r)
	if err != nil || u == nil {
		return ""
	}
	return u.Host
}
