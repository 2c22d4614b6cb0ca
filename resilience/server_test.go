package resilience_test

import (
	"bytes"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/resgen/resgen/resilience"
	"github.com/resgen/resgen/resilience/policy"
)

func TestNewCaller_Servers(t *testing.T) {
	api := func() *resilience.API {
		other := operation("GET", policy.Safe)
		other.ID, other.Server = "other", "auth"
		return &resilience.API{
			Name: "items", Defaults: quick(), Operations: []*resilience.Operation{operation("GET", policy.Safe), other},
			Servers: []resilience.Server{
				{Name: "main", URL: "https://{region}.a.test/{v}", Variables: map[string]resilience.Variable{
					"region": {Default: "eu", Enum: []string{"eu", "us"}}, "v": {Default: "v1"},
				}},
				{Name: "auth", URL: "https://auth.a.test"},
			},
		}
	}
	for _, want := range []struct {
		name string
		opts []resilience.Option
		text string
	}{
		{"document", nil, ""},
		{"variable", []resilience.Option{resilience.WithServerVariable("region", "us"),
			resilience.WithServerVariable("v", "v2")}, ""},
		{"variable out of its list", []resilience.Option{resilience.WithServerVariable("region", "mars")},
			"items: WithServerVariable: region must be one of eu, us"},
		{"unknown variable", []resilience.Option{resilience.WithServerVariable("zone", "x")},
			`items: WithServerVariable: no server has a variable "zone"`},
		{"unknown server", []resilience.Option{resilience.WithServer("b", "https://b.test")},
			`items: WithServer: the API has no server "b"`},
		{"relative", []resilience.Option{resilience.WithBaseURL("/v1")},
			`items: WithBaseURL: want an absolute http or https URL, got "/v1"`},
		{"other protocol", []resilience.Option{resilience.WithBaseURL("ftp://a.test")},
			`items: WithBaseURL: want an absolute http or https URL, got "ftp://a.test"`},
		{"no host", []resilience.Option{resilience.WithBaseURL("https:///x")},
			`items: WithBaseURL: want an absolute http or https URL, got "https:///x"`},
		{"unreadable", []resilience.Option{resilience.WithServer("auth", "https://a b/%zz")},
			"items: WithServer: server auth: the URL cannot be parsed; want https://host/path"},
		{"password", []resilience.Option{resilience.WithBaseURL("https://u:s3cret@a.test")},
			"items: WithBaseURL: the URL holds a user name or password; pass WithCredential instead"},
		{"query", []resilience.Option{resilience.WithBaseURL("https://a.test?k=v")},
			"items: WithBaseURL: the URL has a query or fragment; leave it out"},
		{"fragment", []resilience.Option{resilience.WithBaseURL("https://a.test#x")},
			"items: WithBaseURL: the URL has a query or fragment; leave it out"},
	} {
		c, err := resilience.NewCaller(api(), want.opts...)
		if c != nil {
			c.Close()
		}
		switch {
		case want.text == "" && err != nil, want.text != "" && (err == nil || err.Error() != want.text):
			t.Errorf("%s: got  %v\nwant %s", want.name, err, want.text)
		}
	}
	bare := api()
	bare.Servers = nil
	if _, err := resilience.NewCaller(bare); err == nil ||
		err.Error() != "items: server auth: the document has no URL; pass WithBaseURL or WithServer\n"+
			"server default: the document has no URL; pass WithBaseURL or WithServer" {
		t.Errorf("no server: got %v", err)
	}
}

func TestCaller_SendsEachOperationToItsServer(t *testing.T) {
	var hosts []string
	record := resilience.RoundTripperFunc(func(r *http.Request) (*http.Response, error) {
		hosts = append(hosts, r.URL.String())
		return &http.Response{StatusCode: 200, Header: http.Header{"Content-Type": {"application/json"}},
			Body: http.NoBody}, nil
	})
	one, two := operation("GET", policy.Safe), operation("GET", policy.Safe)
	two.ID, two.Server = "two", "auth"
	api := &resilience.API{
		Name: "items", Defaults: quick(), Operations: []*resilience.Operation{one, two},
		Servers: []resilience.Server{
			{Name: "main", URL: "https://{region}.a.test/",
				Variables: map[string]resilience.Variable{"region": {Default: "eu"}}},
			{Name: "auth", URL: "https://auth.a.test/x"},
		},
	}
	for _, opts := range [][]resilience.Option{nil, {resilience.WithServerVariable("region", "us")},
		{resilience.WithBaseURL("http://b.test"), resilience.WithServer("auth", "http://c.test")}} {
		c, err := resilience.NewCaller(api, append(opts, resilience.WithTransport(record))...)
		if err != nil {
			t.Fatal(err)
		}
		for _, op := range api.Operations {
			_, _ = get(t, c, op)
		}
		c.Close()
	}
	want := "https://eu.a.test/items https://auth.a.test/x/items https://us.a.test/items " +
		"https://auth.a.test/x/items http://b.test/items http://c.test/items"
	if got := strings.Join(hosts, " "); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// A serverCase is an API whose operations use servers, and the URLs to which they are sent.
type serverCase struct {
	servers []resilience.Server
	used    []string // the server of each operation
	opts    []resilience.Option
	want    string // the URLs, or else the error
	log     string // a part of the log
}

// check makes a client, calls each operation and compares the URLs.
func (s serverCase) check(t *testing.T, name string) {
	t.Helper()
	var urls []string
	record := resilience.RoundTripperFunc(func(r *http.Request) (*http.Response, error) {
		urls = append(urls, r.URL.String())
		return &http.Response{StatusCode: 204, Body: http.NoBody}, nil
	})
	api := &resilience.API{Name: "items", Defaults: quick(), Servers: s.servers}
	for _, name := range s.used {
		op := operation("GET", policy.Safe)
		op.ID, op.Server = "op "+name, name
		api.Operations = append(api.Operations, op)
	}
	var log bytes.Buffer
	c, err := resilience.NewCaller(api, append(slices.Clone(s.opts), resilience.WithTransport(record),
		resilience.WithLogger(slog.New(slog.NewTextHandler(&log, nil))))...)
	logged := log.String()
	got := ""
	if err != nil {
		got = err.Error()
	} else {
		defer c.Close()
		for _, op := range api.Operations {
			_, _ = get(t, c, op)
		}
		got = strings.Join(urls, " ")
	}
	if got != s.want {
		t.Errorf("%s:\ngot  %s\nwant %s", name, got, s.want)
	}
	if !strings.Contains(logged, s.log) || (s.log == "") != (logged == "") {
		t.Errorf("%s: got the log %q, want %q", name, logged, s.log)
	}
}

func TestWithBaseURL_ReplacesEveryServer(t *testing.T) {
	three := []resilience.Server{
		{Name: "default", URL: "https://a.test/v1"}, {Name: "auth", URL: "https://auth.test/oauth/"},
		{Name: "same", URL: "https://same.test/v1/"}, {Name: "local", URL: "//local.test/v1"},
		{Name: "unused", URL: "https://unused.test/v9"}, {Name: "broken", URL: "https://a b/%zz"},
	}
	base := resilience.WithBaseURL("http://127.0.0.1:1/base/")
	for name, s := range map[string]serverCase{
		"the document": {
			servers: three, used: []string{"", "auth", "same", "local"},
			want: "https://a.test/v1/items https://auth.test/oauth/items https://same.test/v1/items " +
				"https://local.test/v1/items",
		},
		"one path": {
			servers: three, used: []string{"", "same", "local"}, opts: []resilience.Option{base},
			want: "http://127.0.0.1:1/base/items http://127.0.0.1:1/base/items http://127.0.0.1:1/base/items",
		},
		"several paths": {
			servers: three, used: []string{"", "auth", "broken", "auth"}, opts: []resilience.Option{base},
			want: "http://127.0.0.1:1/base/items http://127.0.0.1:1/base/items http://127.0.0.1:1/base/items " +
				"http://127.0.0.1:1/base/items",
			log: `level=INFO msg="WithBaseURL replaces servers with different base paths" api=items ` +
				`servers="[auth /oauth broken / default /v1]" cure="pass WithServer for those with another URL"` + "\n",
		},
		"an exception": {
			servers: three, used: []string{"", "auth", "same"},
			opts: []resilience.Option{base, resilience.WithServer("auth", "http://127.0.0.1:2/x")},
			want: "http://127.0.0.1:1/base/items http://127.0.0.1:2/x/items http://127.0.0.1:1/base/items",
		},
		"the default is the exception": {
			servers: three, used: []string{"", "auth"},
			opts: []resilience.Option{base, resilience.WithServer("default", "http://127.0.0.1:2")},
			want: "http://127.0.0.1:2/items http://127.0.0.1:1/base/items",
		},
		"WithServer alone": {
			servers: three, used: []string{"", "auth"},
			opts: []resilience.Option{resilience.WithServer("auth", "http://127.0.0.1:2")},
			want: "https://a.test/v1/items http://127.0.0.1:2/items",
		},
		"the default is not used": {
			servers: three, used: []string{"auth"}, opts: []resilience.Option{base},
			want: "http://127.0.0.1:1/base/items",
		},
		"a server without a URL": {
			used: []string{"", "auth"}, opts: []resilience.Option{base},
			want: "http://127.0.0.1:1/base/items http://127.0.0.1:1/base/items",
		},
		"variables": {
			servers: []resilience.Server{
				{Name: "default", URL: "{origin}/v1",
					Variables: map[string]resilience.Variable{"origin": {Default: "https://a.test"}}},
				{Name: "uploads", URL: "{upload}/v1",
					Variables: map[string]resilience.Variable{"upload": {Default: "https://up.test"}}},
			},
			used: []string{"", "uploads"}, opts: []resilience.Option{base},
			want: "http://127.0.0.1:1/base/items http://127.0.0.1:1/base/items",
		},
	} {
		s.check(t, name)
	}
}

func TestNewCaller_RelativeServers(t *testing.T) {
	with := func(urls ...string) []resilience.Server {
		list := []resilience.Server{{Name: "default", URL: urls[0]}}
		for _, url := range urls[1:] {
			list = append(list, resilience.Server{Name: url, URL: url})
		}
		return list
	}
	for name, s := range map[string]serverCase{
		"the server of the document": {
			servers: with("https://a.test/api/v1", "/v2", "v2", "../v3", "/"),
			used:    []string{"", "/v2", "v2", "../v3", "/"},
			want: "https://a.test/api/v1/items https://a.test/v2/items https://a.test/api/v2/items " +
				"https://a.test/v3/items https://a.test/items",
		},
		"the base URL": {
			servers: with("https://a.test/api/v1", "/v2", "v2", "./v%2F3"), used: []string{"", "/v2", "v2", "./v%2F3"},
			opts: []resilience.Option{resilience.WithBaseURL("http://127.0.0.1:1/x/")},
			want: "http://127.0.0.1:1/x/items http://127.0.0.1:1/v2/items http://127.0.0.1:1/x/v2/items " +
				"http://127.0.0.1:1/x/v%2F3/items",
		},
		"a relative default server": {
			servers: with("/api", "/v2"), used: []string{"", "/v2"},
			opts: []resilience.Option{resilience.WithBaseURL("http://127.0.0.1:1")},
			want: "http://127.0.0.1:1/items http://127.0.0.1:1/v2/items",
		},
		"WithServer for the default": {
			servers: with("/api", "v2"), used: []string{"", "v2"},
			opts: []resilience.Option{resilience.WithServer("default", "http://127.0.0.1:1/x/y")},
			want: "http://127.0.0.1:1/x/y/items http://127.0.0.1:1/x/v2/items",
		},
		"WithServer": {
			servers: with("https://a.test", "/v2"), used: []string{"/v2"},
			opts: []resilience.Option{resilience.WithServer("/v2", "http://127.0.0.1:1/x")},
			want: "http://127.0.0.1:1/x/items",
		},
		"nothing absolute": {
			servers: with("/api", "/v2"), used: []string{"/v2"},
			want: `items: server /v2: want an absolute http or https URL, got "/v2"; pass WithBaseURL or WithServer`,
		},
		"a server that no operation uses": {
			servers: with("/", "https://a.test/v2", "/unused"), used: []string{"https://a.test/v2"},
			want: "https://a.test/v2/items",
		},
	} {
		s.check(t, name)
	}
}
