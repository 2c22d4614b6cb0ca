package fault

import (
	"errors"
	"fmt"
	"io"
	"net"
	"testing"
)

func TestOfSend_Proxies(t *testing.T) {
	socks := func(text string) error { return &net.OpError{Op: "socks connect", Err: errors.New(text)} }
	for status := 300; status < 600; status++ {
		want := Dial
		if status < 500 && status != 408 && status != 429 {
			want = Proxy
		}
		if got := OfSend(fmt.Errorf("wrapped: %w", &ConnectError{status}), Progress{}); got != want {
			t.Errorf("%d: %v, want %v", status, got, want)
		}
	}
	for _, c := range []struct {
		err  error
		want Fault
	}{
		{errors.New("Bad Gateway"), Dial},
		{errors.New("Service Unavailable"), Dial},
		{errors.New("Gateway Timeout"), Dial},
		{errors.New("Too Many Requests"), Dial},
		{errors.New("Request Timeout"), Dial},
		{errors.New("Multiple Choices"), Proxy},
		{errors.New("Proxy Authentication Required"), Proxy},
		{errors.New("Forbidden"), Proxy},
		{errors.New("Network Authentication Required"), Dial},
		{errors.New("Bad Gateway of mine"), Dial},
		{errors.New("unknown status code"), Dial},
		{socks("unknown error general SOCKS server failure"), Dial},
		{socks("unknown error host unreachable"), Dial},
		{socks("unknown error connection refused"), Dial},
		{socks("unknown error TTL expired"), Dial},
		{socks("unknown error connection not allowed by ruleset"), Proxy},
		{socks("unknown error command not supported"), Proxy},
		{socks("unknown error address type not supported"), Proxy},
		{socks("no acceptable authentication methods"), Proxy},
		{socks("username/password authentication failed"), Proxy},
		{socks("invalid username/password"), Proxy},
		{socks("unsupported authentication method 7"), Proxy},
		{&net.OpError{Op: "proxyconnect", Err: errors.New("authentication failed")}, Dial},
	} {
		if got := OfSend(c.err, Progress{}); got != c.want {
			t.Errorf("%v: %v, want %v", c.err, got, c.want)
		}
		if got := OfSend(c.err, Progress{Connected: true, Written: true}); got != Protocol {
			t.Errorf("%v with a connection: %v", c.err, got)
		}
	}
}

func TestViaProxy(t *testing.T) {
	const address = "proxy.test:3128"
	for _, f := range []Fault{Dial, Proxy, TLS, Reset} {
		want := "EOF"
		if f == Dial || f == Proxy {
			want = "proxy " + address + ": EOF"
		}
		if err := ViaProxy(f, io.EOF, address); err.Error() != want || !errors.Is(err, io.EOF) {
			t.Errorf("%v: %v, want %s", f, err, want)
		}
	}
	if err := ViaProxy(Dial, io.EOF, ""); err != io.EOF {
		t.Errorf("without a proxy: %v", err)
	}
	for status, want := range map[int]string{
		502: "CONNECT failed with status 502 Bad Gateway", 599: "CONNECT failed with status 599",
	} {
		if got := (&ConnectError{status}).Error(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
