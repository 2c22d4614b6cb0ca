package lint

import (
	"strings"
	"testing"

	"github.com/resgen/resgen/generator/api"
	"github.com/resgen/resgen/resilience/policy"
)

func TestPolicies_PlainHTTP(t *testing.T) {
	signed := []api.Requirement{{{Scheme: "key"}}}
	one := func(url string) []api.Server { return []api.Server{{Name: "default", URL: url}} }
	two := []api.Server{{Name: "main", URL: "https://a.example"}, {Name: "files", URL: "http://b.example"}}
	const cure = ", which shows it to others; use https; the client refuses this URL"
	for _, c := range []struct {
		name     string
		servers  []api.Server
		security [][]api.Requirement // of operations a, b and c, of which c has the server files
		want     string
	}{
		{
			"a signed operation", one("http://api.example.com"), [][]api.Requirement{nil, signed},
			"a.yaml:2:5: warning: operation b: its credential is for http://api.example.com" + cure,
		},
		{
			"several", one("HTTP://api.example.com/v1"), [][]api.Requirement{signed, signed},
			"a.yaml:1:5: warning: operation a and 1 more: its credential is for HTTP://api.example.com/v1" + cure,
		},
		{
			"another server", two, [][]api.Requirement{signed, signed, signed},
			"a.yaml:3:5: warning: operation c: its credential is for http://b.example" + cure,
		},
		{"a server of no signed operation", two, [][]api.Requirement{signed, signed, {{}}}, ""},
		{"no credential", one("http://a.example"), [][]api.Requirement{nil, {{}}}, ""},
		{
			"a variable in the port", one("http://a.example:{port}"), [][]api.Requirement{signed},
			"a.yaml:1:5: warning: operation a: its credential is for http://a.example:{port}" + cure,
		},
		{"https", one("https://a.example"), [][]api.Requirement{signed}, ""},
		{"https with a variable in the port", one("https://a.example:{port}"), [][]api.Requirement{signed}, ""},
		{"relative", one("/v1"), [][]api.Requirement{signed}, ""},
	} {
		var ops []*api.Operation
		for i, s := range c.security {
			o := op(string(rune('a'+i)), "GET", policy.Policy{})
			o.Security = s
			if i == 2 {
				o.Server = "files"
			}
			ops = append(ops, o)
		}
		a := planned(policy.Policy{}, ops...)
		a.Servers = c.servers
		if got := strings.TrimSpace(Policies(a).Error()); got != c.want {
			t.Errorf("%s: got\n%s\nwant\n%s", c.name, got, c.want)
		}
	}
}

func TestExposed(t *testing.T) {
	for url, want := range map[string]bool{
		"http://127.0.0.2:8080": false, "http://[::1]/": false, "http://LocalHost./": false,
		"http://a.localhost": false, "http://a.test": false, "http://[::ffff:127.0.0.1]": false,
		"http://10.0.0.1": true, "http://test": true, "http://127.0.0.1.example.com": true,
		"http://localhost.example": true, "http://[fe80::1]/": true,
	} {
		if got := exposed(url); got != want {
			t.Errorf("%s: got %t, want %t", url, got, want)
		}
	}
}
