package pool

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/resgen/resgen/resilience/internal/fault"
	"github.com/resgen/resgen/resilience/policy"
)

// TestPool_ProxyOfTheEnvironment runs itself in a process with a proxy in its environment, because
// net/http reads that once.
func TestPool_ProxyOfTheEnvironment(t *testing.T) {
	if os.Getenv("HTTPS_PROXY") != "http://me:s3cret@proxy.test:3128" {
		cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestPool_ProxyOfTheEnvironment$", "-test.v")
		cmd.Env = append(os.Environ(), "HTTPS_PROXY=http://me:s3cret@proxy.test:3128", "NO_PROXY=")
		if text, err := cmd.CombinedOutput(); err != nil || !strings.Contains(string(text), "--- PASS") {
			t.Errorf("%v: %s", err, text)
		}
		return
	}
	for status, want := range map[string]int{"502 Bad Gateway": 502, "407 Proxy Authentication Required": 407} {
		p := New(policy.Transport{}, Dialing{Dial: func(_ context.Context, _, address string) (net.Conn, error) {
			if address != "proxy.test:3128" {
				t.Errorf("connects to %s", address)
			}
			near, far := net.Pipe()
			go func() {
				defer func() { _ = far.Close() }()
				if _, err := http.ReadRequest(bufio.NewReader(far)); err == nil {
					_, _ = fmt.Fprintf(far, "HTTP/1.1 %s\r\nContent-Length: 0\r\n\r\n", status)
				}
			}()
			return near, nil
		}}, nil)
		defer p.Close()
		r, err := http.NewRequestWithContext(t.Context(), "GET", "https://origin.test/", nil)
		if err != nil {
			t.Fatal(err)
		}
		_, err = p.RoundTrip(r)
		var refused *fault.ConnectError
		if !errors.As(err, &refused) || refused.Status != want {
			t.Errorf("%s: %v", status, err)
		}
		if got := ProxyOf(p, r); got != "proxy.test:3128" {
			t.Errorf("the proxy is %q", got)
		}
	}
}
