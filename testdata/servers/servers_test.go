package servers_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/resgen/resgen/resilience"
	servers "github.com/resgen/resgen/testdata/servers/want"
)

// Each operation is sent to its server; the base URL replaces all of them.
func TestServers(t *testing.T) {
	for name, row := range map[string]struct {
		opts []resilience.Option
		want string
	}{
		"document": {nil, `
			https://eu.example.com/v1/a
			https://path.example.com/b
			https://operation.example.com/b
			https://eu.example.com/v1/public
			https://eu.example.com/v2/relative
			https://up-eu.example.com/eu
			https://up-us.example.com/us`},
		"base URL": {[]resilience.Option{resilience.WithBaseURL("http://127.0.0.1:8080/base")}, `
			http://127.0.0.1:8080/base/a
			http://127.0.0.1:8080/base/b
			http://127.0.0.1:8080/base/b
			http://127.0.0.1:8080/base/public
			http://127.0.0.1:8080/v2/relative
			http://127.0.0.1:8080/base/eu
			http://127.0.0.1:8080/base/us`},
		"single servers": {[]resilience.Option{
			resilience.WithBaseURL("http://127.0.0.1:8080"), resilience.WithServer("v2", "http://127.0.0.1:1/v2"),
			resilience.WithServer("up-{zone}.example.com_2", "http://127.0.0.1:2"),
		}, `
			http://127.0.0.1:8080/a
			http://127.0.0.1:8080/b
			http://127.0.0.1:8080/b
			http://127.0.0.1:8080/public
			http://127.0.0.1:1/v2/relative
			http://127.0.0.1:8080/eu
			http://127.0.0.1:2/us`},
	} {
		var got []string
		record := resilience.RoundTripperFunc(func(r *http.Request) (*http.Response, error) {
			got = append(got, r.URL.String())
			return &http.Response{StatusCode: 200, Body: http.NoBody}, nil
		})
		c, err := servers.New(append(row.opts, resilience.WithTransport(record), resilience.WithoutCredential())...)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		ctx := t.Context()
		for _, call := range []func() error{
			func() error { return c.A(ctx) }, func() error { return c.B(ctx) }, func() error { return c.C(ctx) },
			func() error { return c.D(ctx) }, func() error { return c.E(ctx) }, func() error { return c.F(ctx) },
			func() error { return c.G(ctx) },
		} {
			if err := call(); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
		if want := strings.Join(strings.Fields(row.want), "\n"); strings.Join(got, "\n") != want {
			t.Errorf("%s: got\n%s\nwant\n%s", name, strings.Join(got, "\n"), want)
		}
		_ = c.Close()
	}
}
