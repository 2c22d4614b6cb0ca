package resilience_test

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/resgen/resgen/resilience"
	"github.com/resgen/resgen/resilience/faults"
	"github.com/resgen/resgen/resilience/policy"
	"github.com/resgen/resgen/resilience/wire"
)

// setting returns middleware that sets a header or the host of each request.
func setting(name, value string) resilience.Option {
	return through(func(r *http.Request, next http.RoundTripper) (*http.Response, error) {
		if name == "Host" {
			r.Host = value
		} else {
			r.Header[name] = []string{value}
		}
		return next.RoundTrip(r)
	})
}

// A request with a header that cannot be sent is refused before it is sent, and says nothing about
// the server: neither the circuit nor the rate limit counts it.
func TestHeaders_Invalid(t *testing.T) {
	header := func(name string) func(op *resilience.Operation) {
		return func(op *resilience.Operation) { op.Params = []wire.Param{{Name: name, In: wire.Header}} }
	}
	for _, c := range []struct {
		name   string
		change func(op *resilience.Operation)
		input  wire.Input
		key    string
		opts   []resilience.Option
		call   []resilience.CallOption
		text   string
	}{
		{name: "User-Agent", opts: []resilience.Option{resilience.WithUserAgent("a\r\nB: c")},
			text: "header User-Agent: the value contains the control character 0x0d; remove it"},
		{name: "value of an option", call: []resilience.CallOption{resilience.WithHeader("A", "b\x00")},
			text: "header A: the value contains the control character 0x00; remove it"},
		{name: "name of an option", call: []resilience.CallOption{resilience.WithHeader("A\n", "b")},
			text: `header "A\n": invalid header name`},
		{name: "host of an option", call: []resilience.CallOption{resilience.WithHeader("Host", "b c")},
			text: `header Host: the value contains the character ' '; remove it`},
		{name: "value of a parameter", change: header("A"), input: wire.Args("b\nc"),
			text: `header parameter "A" contains the control character 0x0a, which is not allowed in a header; remove it`},
		{name: "name of a parameter", change: header("A B"), input: wire.Args("c"),
			text: `header "A B": invalid header name`},
		{name: "name of a header of the policy", change: func(op *resilience.Operation) {
			op.Policy.Retry.AttemptHeader = "A\rB"
		}, text: `header "A\rB": invalid header name`},
		{name: "media type", change: func(op *resilience.Operation) { op.Accept = "a/b\x7f" },
			text: "header Accept: the value contains the control character 0x7f; remove it"},
		{name: "credential", key: "s3cret\r\nvalue", text: "header X-One: the value contains the control character " +
			"0x0d; remove it"},
		{name: "middleware", opts: []resilience.Option{setting("A", "b\x1f")},
			text: "header A: the value contains the control character 0x1f; remove it"},
		{name: "middleware in place", opts: []resilience.Option{
			through(func(r *http.Request, next http.RoundTripper) (*http.Response, error) {
				r.Header["Accept"][0] = "b\x1f"
				return next.RoundTrip(r)
			}),
		}, text: "header Accept: the value contains the control character 0x1f; remove it"},
		{name: "name from middleware", opts: []resilience.Option{setting("", "b")},
			text: `header "": invalid header name`},
		{name: "host from middleware", opts: []resilience.Option{setting("Host", "a/b")},
			text: `header Host: the value contains the character '/'; remove it`},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := memory(t, faults.OK(good))
			op := operation("POST", policy.Unsafe)
			if c.change != nil {
				c.change(op)
			}
			p := quick()
			p.Breaker.Consecutive, p.Rate.PerSecond, p.Rate.Burst = 1, 1e-9, 5
			opts := c.opts
			if c.key != "" {
				op.Security = []resilience.Requirement{{{Scheme: "one"}}}
				opts = append(opts, resilience.WithCredential(placed(func(r *http.Request) {
					r.Header.Set("X-One", c.key)
				})))
			}
			_, err := resilience.Call[*item](t.Context(), b.client(t, p, op, opts...), op, c.input, c.call...)
			e := failed(t, err)
			if !errors.Is(err, resilience.ErrInvalidRequest) || e.MayHaveApplied || b.Count() != 0 ||
				!strings.HasSuffix(err.Error(), ": "+c.text) || strings.Contains(everything(err), "s3cret") {
				t.Errorf("%d requests; got  %v\nwant %s", b.Count(), err, c.text)
			}
			for _, a := range e.Attempts {
				if a.Writes != 0 {
					t.Errorf("got %+v, want nothing written", a)
				}
			}
			gate := b.runtime.Snapshot().Gates
			if len(gate) == 0 {
				return
			}
			if s := gate[0].Circuits[0]; s.State != resilience.CircuitClosed || s.Failures+s.Successes != 0 {
				t.Errorf("the circuit counted: %+v", s)
			}
			if s := gate[len(gate)-1].Buckets[0]; s.Granted != 0 && s.Tokens < float64(s.Burst)-1 {
				t.Errorf("a permit is lost: %+v", s)
			}
		})
	}
}

// All characters that HTTP allows in names and values are sent.
func TestHeaders_Valid(t *testing.T) {
	b := memory(t, faults.OK(good))
	op := operation("GET", policy.Safe)
	const name, value = "X!#$%&'*+-.^_`|~09azAZ", "a\tb c!~\u00e9"
	if _, err := get(t, b.client(t, quick(), op), op, resilience.WithHeader(name, value),
		resilience.WithHeader("Host", "[::1]:80")); err != nil {
		t.Fatal(err)
	}
	if got := b.Records()[0].Header; got.Get(name) != value {
		t.Errorf("got %q", got)
	}
}

func TestWithQuery(t *testing.T) {
	for _, c := range []struct {
		name string
		opts []resilience.CallOption
		want string
	}{
		{"another name", []resilience.CallOption{resilience.WithQuery("x", "1")}, "a=0&b%5B%5D=0&x=1"},
		{"the same name", []resilience.CallOption{resilience.WithQuery("a", "1")}, "b%5B%5D=0&a=1"},
		{"an escaped name", []resilience.CallOption{resilience.WithQuery("b[]", "1")}, "a=0&b%5B%5D=1"},
		{"several values", []resilience.CallOption{resilience.WithQuery("a", "1"), resilience.WithQuery("c", "2"),
			resilience.WithQuery("a", "3")}, "b%5B%5D=0&a=1&c=2&a=3"},
		{"escaped", []resilience.CallOption{resilience.WithQuery("é", "a b&c=d+e~")},
			"a=0&b%5B%5D=0&%C3%A9=a%20b%26c%3Dd%2Be~"},
		{"empty value", []resilience.CallOption{resilience.WithQuery("x", "")}, "a=0&b%5B%5D=0&x="},
	} {
		b := memory(t, faults.OK(good))
		op := operation("GET", policy.Safe)
		op.Params = []wire.Param{{Name: "a", In: wire.Query}, {Name: "b[]", In: wire.Query}}
		if _, err := resilience.Call[*item](t.Context(), b.client(t, quick(), op), op, wire.Args("0", "0"),
			c.opts...); err != nil {
			t.Fatal(err)
		}
		if got := b.Records()[0].Query; got != c.want {
			t.Errorf("%s: got %s, want %s", c.name, got, c.want)
		}
	}
	b := memory(t, faults.OK(good))
	op := operation("GET", policy.Safe)
	_, err := get(t, b.client(t, quick(), op), op, resilience.WithQuery("", "1"))
	if !errors.Is(err, resilience.ErrInvalidRequest) || b.Count() != 0 ||
		!strings.HasSuffix(err.Error(), "WithQuery: the name is empty") {
		t.Errorf("%d requests; got %v", b.Count(), err)
	}
	if _, err = get(t, b.client(t, quick(), op), op, resilience.WithQuery("x", "1")); err != nil ||
		b.Records()[0].Query != "x=1" {
		t.Errorf("got %v, %+v", err, b.Records())
	}
}

func TestWithBody(t *testing.T) {
	b := memory(t, faults.Status(503), faults.OK(good))
	op := operation("PUT", policy.Idempotent)
	op.Body = &wire.Body{Media: "application/json", Format: wire.JSON, Required: true}
	c := b.client(t, quick(), op)
	call := func(in wire.Input, opts ...resilience.CallOption) error {
		_, err := resilience.Call[*item](t.Context(), c, op, in, opts...)
		return err
	}
	data := []byte("<a/>")
	if err := call(wire.Args().With(item{"x"}), resilience.WithBody("application/xml", data)); err != nil {
		t.Fatal(err)
	}
	if err := call(wire.Args().With(nil), resilience.WithBody("text/plain; charset=utf-8", nil)); err != nil {
		t.Fatal(err)
	}
	if err := call(wire.Args().With(item{"x"})); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, r := range b.Records() {
		got = append(got, r.Header.Get("Content-Type")+" "+string(r.Body))
	}
	want := []string{"application/xml <a/>", "application/xml <a/>", "text/plain; charset=utf-8 ",
		`application/json {"name":"x"}`}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	sent := b.Count()
	err := call(wire.Args().With(item{"x"}), resilience.WithBody("", data))
	const missing = "WithBody: the media type is empty"
	if !errors.Is(err, resilience.ErrInvalidRequest) || !strings.HasSuffix(err.Error(), missing) {
		t.Errorf("got %v", err)
	}
	err = call(wire.Args().With(item{"x"}), resilience.WithBody("a/b\r\nX: y", data))
	if !errors.Is(err, resilience.ErrInvalidRequest) {
		t.Errorf("got %v", err)
	}
	op.Body = nil
	err = call(wire.Args(), resilience.WithBody("application/xml", data))
	if !errors.Is(err, resilience.ErrInvalidRequest) ||
		!strings.HasSuffix(err.Error(), "WithBody: the operation has no body") {
		t.Errorf("got %v", err)
	}
	if b.Count() != sent {
		t.Errorf("%d requests, want %d", b.Count(), sent)
	}
}

// A document that allows a range of media types leaves the choice to the file or to the header of
// the call.
func TestWithHeader_MediaTypeOfTheBody(t *testing.T) {
	b := memory(t, faults.OK(good))
	op := operation("PUT", policy.Idempotent)
	op.Body = &wire.Body{Media: "image/*", Format: wire.Binary, Required: true}
	c := b.client(t, quick(), op)
	for _, tt := range []struct{ file, header, want string }{
		{"", "image/png", "image/png"}, {"image/gif", "", "image/gif"}, {"image/gif", "image/png", "image/png"},
		{"", "", ""},
	} {
		var opts []resilience.CallOption
		if tt.header != "" {
			opts = append(opts, resilience.WithHeader("content-type", tt.header))
		}
		sent := b.Count()
		in := wire.Args().With(wire.File{ContentType: tt.file, Content: strings.NewReader("x")})
		_, err := resilience.Call[*item](t.Context(), c, op, in, opts...)
		if tt.want == "" {
			if !errors.Is(err, resilience.ErrInvalidRequest) || b.Count() != sent {
				t.Errorf("%+v: got %v and %d requests", tt, err, b.Count()-sent)
			}
			continue
		}
		if err != nil || b.Count() != sent+1 || b.Records()[sent].Header.Get("Content-Type") != tt.want {
			t.Errorf("%+v: got %v, %+v", tt, err, b.Records())
		}
	}
}

// Middleware of the runtime can add a wrong header as well.
func TestHeaders_OfRuntimeMiddleware(t *testing.T) {
	b := memory(t, faults.OK(good))
	wrong := func(next http.RoundTripper) http.RoundTripper {
		return resilience.RoundTripperFunc(func(r *http.Request) (*http.Response, error) {
			r.Header.Set("A", "b\x1f")
			return next.RoundTrip(r)
		})
	}
	runtime := resilience.NewRuntime(resilience.WithRuntimeMiddleware(wrong))
	defer runtime.Close()
	op := operation("GET", policy.Safe)
	_, err := get(t, b.client(t, quick(), op, resilience.WithRuntime(runtime)), op)
	if e := failed(t, err); e.Kind != resilience.KindInvalidRequest || b.Count() != 0 {
		t.Errorf("got %v after %d requests", err, b.Count())
	}
}
