package resilience_test

import (
	"bufio"
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/resgen/resgen/resilience"
	"github.com/resgen/resgen/resilience/faults"
	"github.com/resgen/resgen/resilience/policy"
)

// connections describes the connections of a row.
type connections struct {
	load    bool          // another request is in flight; it gets the next step of the script
	rest    time.Duration // between the call that opens the connection and the call of the cell
	through func(*faults.Server, *tls.Config) http.RoundTripper
}

// slow is a response to a request that stays in flight during a test.
var slow = faults.OK(good).In(time.Hour)

// connectionSetups has the rows of testdata/matrix.txt about connections and proxies.
var connectionSetups = map[string]setup{
	"dropped under load": {warm: true, connections: connections{load: true},
		script: []faults.Step{faults.OK(good), slow, faults.Fail(faults.Close)}},
	"dropped under load, then ok": {warm: true, connections: connections{load: true},
		script: []faults.Step{faults.OK(good), slow, faults.Fail(faults.Close), faults.OK(good)}},
	"no free connection": {connections: connections{load: true}, script: []faults.Step{slow, faults.OK(good)},
		change: func(p *policy.Policy) { p.Transport.MaxConns = 1 }},
	"connection past its age": {warm: true, connections: connections{rest: 20 * time.Minute},
		script: []faults.Step{faults.OK(good)}},
	"cut in the status line": steps(faults.Fail(faults.CutStatus)),
	"cut in a header":        steps(faults.Fail(faults.CutHeader)),

	"proxy cannot connect":           proxied("http", 9, "502 Bad Gateway"),
	"proxy is full, then ok":         proxied("http", 1, "503 Service Unavailable"),
	"proxy is late, then ok":         proxied("http", 1, "504 Gateway Timeout"),
	"proxy throttles, then ok":       proxied("http", 1, "429 Too Many Requests"),
	"proxy wants credentials":        proxied("http", 9, "407 Proxy Authentication Required"),
	"proxy forbids the host":         proxied("http", 9, "403 Forbidden"),
	"SOCKS proxy cannot connect":     proxied("socks5", 9, "\x01"),
	"SOCKS proxy fails, then ok":     proxied("socks5", 1, "\x01"),
	"SOCKS proxy forbids the host":   proxied("socks5", 9, "\x02"),
	"SOCKS proxy wants credentials":  proxied("socks5", 9, "\xff"),
	"SOCKS proxy: host unreachable":  proxied("socks5", 9, "\x04"),
	"proxy closes the connection":    proxied("http", 9, ""),
	"proxy answers with another 4xx": proxied("http", 9, "451 Unavailable For Legal Reasons"),
}

// hold makes a call that stays in flight until the returned function is called. Its outcome is not
// counted by the circuit of the cell.
func hold(t *testing.T, url string, p policy.Policy, opts []resilience.Option) (end func()) {
	op := operation("GET", policy.Safe)
	op.ID = "held"
	op.Policy.Breaker.Enabled, op.Policy.Retry.Attempts = policy.Off, 1
	c := client(t, url, p, op, opts...)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = send(ctx, c, op)
	}()
	synctest.Wait()
	return func() {
		cancel()
		<-done
	}
}

// proxied sends requests through a proxy that answers the first ones with a failure: the status
// line of CONNECT, or the reply of SOCKS. An empty failure closes the connection.
func proxied(scheme string, failures int, failure string) setup {
	return setup{script: []faults.Step{faults.OK(good)}, connections: connections{
		through: func(s *faults.Server, config *tls.Config) http.RoundTripper {
			left := failures
			return &http.Transport{
				TLSClientConfig: config, DisableKeepAlives: true,
				Proxy: http.ProxyURL(&url.URL{
					Scheme: scheme, Host: "proxy.test:1", User: url.UserPassword("me", "s3cret"),
				}),
				DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
					near, far := net.Pipe()
					left--
					go relay(far, s, scheme, left >= 0, failure)
					return near, nil
				},
			}
		},
	}}
}

// relay is a proxy for one connection.
func relay(c net.Conn, s *faults.Server, scheme string, fails bool, failure string) {
	defer c.Close()
	r := bufio.NewReader(c)
	open := "HTTP/1.1 200 OK\r\n\r\n"
	switch scheme {
	case "http":
		if _, err := http.ReadRequest(r); err != nil {
			return
		}
		if fails && failure != "" {
			fmt.Fprintf(c, "HTTP/1.1 %s\r\nContent-Length: 0\r\n\r\n", failure)
		}
	default:
		open = "\x05\x00\x00\x01\x00\x00\x00\x00\x00\x00"
		if !greet(c, r, fails && failure == "\xff") {
			return
		}
		if fails {
			io.WriteString(c, "\x05"+failure+open[2:])
		}
	}
	if fails {
		return
	}
	server, err := s.DialContext(context.Background(), "tcp", "")
	if err != nil {
		return
	}
	defer server.Close()
	io.WriteString(c, open)
	go func() {
		defer server.Close()
		io.Copy(server, r)
	}()
	io.Copy(c, server)
}

// greet reads the greeting and the request of a SOCKS client. It returns false if the greeting was
// refused.
func greet(c net.Conn, r *bufio.Reader, refuse bool) bool {
	head := make([]byte, 2)
	io.ReadFull(r, head)
	r.Discard(int(head[1]))
	if refuse {
		io.WriteString(c, "\x05\xff")
		return false
	}
	io.WriteString(c, "\x05\x00")
	head = make([]byte, 5)
	io.ReadFull(r, head)
	r.Discard(int(head[4]) + 2) // the request has a host name of this length and a port
	return true
}

// Errors name the proxy without its credentials.
func TestProxy_IsNamed(t *testing.T) {
	for _, c := range []struct{ scheme, failure, want string }{
		{"http", "502 Bad Gateway", "proxy proxy.test:1: Bad Gateway"},
		{"http", "407 Proxy Authentication Required", "proxy proxy.test:1: Proxy Authentication Required"},
		{"socks5", "\x01", "proxy proxy.test:1: socks connect tcp"},
	} {
		synctest.Test(t, func(t *testing.T) {
			s, err := faults.Config{Pipe: true, TLS: true, Script: []faults.Step{faults.OK(good)}}.Start()
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			transport := proxied(c.scheme, 9, c.failure).through(s, &tls.Config{RootCAs: s.CertPool()})
			op := operation("GET", policy.Safe)
			_, err = get(t, client(t, s.URL, quick(), op, resilience.WithTransport(transport)), op)
			if text := failed(t, err).Error(); !strings.Contains(text, c.want) || strings.Contains(text, "s3cret") {
				t.Errorf("got %s, want %s", text, c.want)
			}
		})
	}
}
