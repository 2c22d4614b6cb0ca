package redact

import (
	"strings"
	"testing"
)

func TestText(t *testing.T) {
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
		if got := Text(want.in, []string{"t0psecret", "abc"}); got != want.out {
			t.Errorf("got  %s\nwant %s", got, want.out)
		}
	}
}

func TestSnippet(t *testing.T) {
	for _, want := range []struct{ in, out string }{
		{"<html><head><title>Sign in</title><script>var t='x'</script></head><body>Please\n sign in</body>",
			"Sign in Please sign in"},
		{`{"token":"abc","why":"x"}`, `{"token":"[redacted]","why":"x"}`},
		{"password = hunter2, sorry", "password = [redacted], sorry"},
		{"id 0123456789abcdef0123456789abcdef end", "id [redacted] end"},
		{"a\x00b\x7fc", "a b c"},
		{"", ""},
		{"<unclosed", ""},
	} {
		if got := Snippet([]byte(want.in), nil); got != want.out {
			t.Errorf("got  %q\nwant %q", got, want.out)
		}
	}
	if n := len(Snippet([]byte(strings.Repeat("word ", 1000)), nil)); n > snippetLength {
		t.Errorf("%d bytes, want at most %d", n, snippetLength)
	}
}

func TestPrintable(t *testing.T) {
	for in, want := range map[string]string{"": "", "a-1": "a-1", " a b\n": "ab", "\x1b[1mx\u00e9~": "[1mx~"} {
		if got := Printable(in); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}
