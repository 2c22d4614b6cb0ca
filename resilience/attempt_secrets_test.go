package resilience_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/resgen/resgen/resilience"
	"github.com/resgen/resgen/resilience/faults"
	"github.com/resgen/resgen/resilience/policy"
)

// A placed credential signs with the given function.
type placed func(r *http.Request)

func (placed) Account() string { return "me" }

func (p placed) Sign(_ context.Context, r *http.Request, _ resilience.Scheme) error {
	p(r)
	return nil
}

// Only secrets are removed from texts: what credentials added, session cookies, and what the caller
// passed under the name of a secret, from 8 bytes on.
func TestRedact_SecretsOnly(t *testing.T) {
	sign := func(f placed) []resilience.Option { return []resilience.Option{resilience.WithCredential(f)} }
	for _, c := range []struct {
		name string
		opts []resilience.Option
		call []resilience.CallOption
		page string // what the server shows
		want string
	}{
		{name: "header", opts: sign(func(r *http.Request) { r.Header.Set("X-Key", "12345678") }),
			page: "1234567 12345678", want: "1234567 [redacted]"},
		{name: "short", opts: sign(func(r *http.Request) { r.Header.Set("X-Key", "reset it") }),
			page: "reset by peer, do not reset it", want: "reset by peer, do not [redacted]"},
		{name: "seven bytes", opts: sign(func(r *http.Request) { r.Header.Set("X-Key", "1234567") }),
			page: "1234567", want: "1234567"},
		{name: "scheme and token", opts: sign(func(r *http.Request) { r.Header.Set("X-Key", "Wonderful 12345678") }),
			page: "Wonderful 12345678", want: "[redacted]"},
		{name: "scheme alone", opts: sign(func(r *http.Request) { r.Header.Set("X-Key", "Wonderful 12345678") }),
			page: "Wonderful day 12345678", want: "Wonderful day [redacted]"},
		{name: "query", opts: sign(func(r *http.Request) { r.URL.RawQuery += "&k=12345678" }),
			page: "12345678 items", want: "[redacted] items"},
		{name: "replaced value", opts: sign(func(r *http.Request) { r.Header.Set("Accept", "12345678") }),
			page: "application/json 12345678", want: "application/json [redacted]"},
		{name: "middleware", opts: append(sign(func(r *http.Request) { r.Header.Set("X-Key", "12345678") }),
			setting("X-Env", "production")), page: "production 12345678", want: "production [redacted]"},
		{name: "words of the client", opts: sign(func(r *http.Request) {}),
			page: "application/json", want: "application/json"},
		{name: "caller's credential", call: []resilience.CallOption{
			resilience.WithHeader("Authorization", "Bearer 12345678")}, page: "12345678", want: "[redacted]"},
		{name: "caller's word", call: []resilience.CallOption{resilience.WithHeader("X-Env", "production"),
			resilience.WithQuery("env", "unlimited")}, page: "production unlimited", want: "production unlimited"},
		{name: "caller's query", call: []resilience.CallOption{resilience.WithQuery("api_key", "12345678")},
			page: "12345678", want: "[redacted]"},
		{name: "caller's cookie", call: []resilience.CallOption{resilience.WithHeader("Cookie", "lang=everyone; "+
			"session=12345678")}, page: "12345678 everyone", want: "[redacted] everyone"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := memory(t, faults.HTML(200).WithBody("<p>"+c.page+"</p>"))
			op := operation("GET", policy.Unsafe)
			opts := append([]resilience.Option{resilience.WithoutCredential()}, c.opts...)
			op.Security = []resilience.Requirement{{{Scheme: "one"}}, {}}
			_, err := get(t, b.client(t, quick(), op, opts...), op, c.call...)
			if !strings.Contains(failed(t, err).Error(), "application/json: "+c.want+";") {
				t.Errorf("got %v, want %s", err, c.want)
			}
		})
	}
}

// The cookies of a session are secrets.
func TestRedact_CookiesOfTheJar(t *testing.T) {
	b := memory(t, faults.OK(good).With("Set-Cookie", "sid=12345678"), faults.HTML(200).WithBody("you are 12345678"))
	op := operation("GET", policy.Unsafe)
	c := b.client(t, quick(), op, resilience.WithCookies())
	if _, err := get(t, c, op); err != nil {
		t.Fatal(err)
	}
	if _, err := get(t, c, op); !strings.Contains(failed(t, err).Error(), "you are [redacted]") {
		t.Errorf("got %v", err)
	}
}
