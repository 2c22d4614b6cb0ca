package resilience

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strings"
	"testing"
)

func TestRedact(t *testing.T) {
	for _, want := range []struct{ in, out string }{
		{"plain words stay", "plain words stay"},
		{`Get "https://a.test/x?key=s3cret": EOF`, `Get "https://a.test/x": EOF`},
		{"see https://user:pw@a.test/x#frag now", "see https://a.test/x now"},
		{"path /items?token=abc and more", "path /items and more"},
		{"Authorization: Bearer abc.def", "Authorization: [redacted]"},
		{"set-cookie: sid=1; Path=/", "set-cookie: [redacted]"},
		{"x-amz-access-token=Atza|abc", "x-amz-access-token=[redacted]"},
		{"the value t0psecret came back", "the value [redacted] came back"},
		{"is it 5 ms? yes", "is it 5 ms? yes"},
		{"http://%zz/", "[redacted]"},
	} {
		if got := redact(want.in, []string{"t0psecret", "abc"}); got != want.out {
			t.Errorf("got  %s\nwant %s", got, want.out)
		}
	}
}

// An opaqueError has a text and wraps something.
type opaqueError struct {
	text  string
	inner []error
}

func (o opaqueError) Error() string   { return o.text }
func (o opaqueError) Unwrap() []error { return o.inner }

func TestScrub(t *testing.T) {
	clean := fmt.Errorf("read: %w", io.ErrUnexpectedEOF)
	if got := scrub(clean, []string{"t0psecret"}); got != clean {
		t.Errorf("a clean error was changed: %v", got)
	}
	if scrub(nil, nil) != nil {
		t.Error("nil became an error")
	}
	dirty := fmt.Errorf("call: %w", &url.Error{Op: "Get", URL: "https://a.test/?k=t0psecret", Err: context.DeadlineExceeded})
	got := scrub(dirty, nil)
	if !errors.Is(got, context.DeadlineExceeded) {
		t.Error("the cause is lost")
	}
	var u *url.Error
	if errors.As(got, &u) {
		t.Error("the error that prints its URL is still there")
	}
	list := opaqueError{"all t0psecret", []error{errors.New("deep t0psecret"), io.EOF}}
	got = scrub(list, []string{"t0psecret"})
	if !errors.Is(got, io.EOF) {
		t.Error("a clean part is lost")
	}
	for _, e := range tree(got) {
		if strings.Contains(e.Error(), "t0psecret") {
			t.Errorf("%T: %v", e, e)
		}
	}
}

// tree returns an error and all it wraps.
func tree(err error) []error {
	all := []error{err}
	for _, e := range unwrapped(err) {
		all = append(all, tree(e)...)
	}
	return all
}

func TestSnippet(t *testing.T) {
	for _, want := range []struct{ in, out string }{
		{"<html><head><title>Sign in</title><script>var t='x'</script></head><body>Please\n sign in</body>", "Sign in Please sign in"},
		{`{"token":"abc","why":"x"}`, `{"token":"[redacted]","why":"x"}`},
		{"password = hunter2, sorry", "password = [redacted], sorry"},
		{"id 0123456789abcdef0123456789abcdef end", "id [redacted] end"},
		{"a\x00b\x7fc", "a b c"},
		{"", ""},
		{"<unclosed", ""},
	} {
		if got := snippet([]byte(want.in), nil); got != want.out {
			t.Errorf("got  %q\nwant %q", got, want.out)
		}
	}
	if n := len(snippet([]byte(strings.Repeat("word ", 1000)), nil)); n > snippetLength {
		t.Errorf("%d bytes, want at most %d", n, snippetLength)
	}
}
