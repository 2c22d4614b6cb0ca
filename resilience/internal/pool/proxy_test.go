package pool

import (
	"errors"
	"net/http"
	"net/url"
	"testing"

	"github.com/resgen/resgen/resilience/internal/fault"
	"github.com/resgen/resgen/resilience/policy"
)

func TestCheckConnect(t *testing.T) {
	for _, status := range []int{200, 407, 502} {
		err := checkConnect(t.Context(), nil, nil, &http.Response{StatusCode: status})
		var refused *fault.ConnectError
		if status == 200 {
			if err != nil {
				t.Errorf("200: %v", err)
			}
		} else if !errors.As(err, &refused) || refused.Status != status {
			t.Errorf("%d: %v", status, err)
		}
	}
}

func TestProxyOf(t *testing.T) {
	through := func(u *url.URL, err error) func(*http.Request) (*url.URL, error) {
		return func(*http.Request) (*url.URL, error) { return u, err }
	}
	address := &url.URL{Scheme: "socks5", Host: "proxy.test:1080", User: url.UserPassword("me", "s3cret")}
	own := New(policy.Transport{}, Dialing{}, nil)
	defer own.Close()
	own.Proxy = through(address, nil)
	for _, c := range []struct {
		name      string
		transport http.RoundTripper
		want      string
	}{
		{"pool", own, "proxy.test:1080"},
		{"transport", &http.Transport{Proxy: through(address, nil)}, "proxy.test:1080"},
		{"no proxy", &http.Transport{Proxy: through(nil, nil)}, ""},
		{"no setting", &http.Transport{}, ""},
		{"error", &http.Transport{Proxy: through(address, errors.New("bad"))}, ""},
		{"another round tripper", http.NewFileTransport(http.Dir(".")), ""},
	} {
		if got := ProxyOf(c.transport, &http.Request{}); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}
