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

func TestText_ShortSecrets(t *testing.T) {
	for in, want := range map[string]string{"by 1234567 8": "by 1234567 8", "by 12345678": "by [redacted]"} {
		if got := Text(in, []string{"1234567", "12345678", ""}); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
	if got := Secrets("/a?b 12345678", []string{"12345678"}); got != "/a?b [redacted]" {
		t.Errorf("got %s", got)
	}
}

func TestLine(t *testing.T) {
	for in, want := range map[string]string{
		"":                         "",
		"plain ünï 世界":             "plain ünï 世界",
		"a\nb\r\tc\x00\x1b[1m":     `a\nb\r\tc\x00\x1b[1m`,
		"c1 \u0085 \u009b":         `c1 \u0085 \u009b`,
		"bidi \u202e\u2066":        `bidi \u202e\u2066`,
		"lines \u2028\u2029\u00a0": `lines \u2028\u2029\u00a0`,
		"zero\u200bwidth\ufeff":    `zero\u200bwidth\ufeff`,
		"bad \xff\xfe utf":         `bad \xff\xfe utf`,
		"\ufffd":                   `\xef\xbf\xbd`,
		"\U000e0041":               `\U000e0041`,
		`back\slash`:               `back\slash`,
	} {
		if got := Line(in); got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
		if got := Text(in, nil); got != want {
			t.Errorf("Text: got  %s\nwant %s", got, want)
		}
	}
	if got := Snippet([]byte("a\u2028b\u202ec\n\u00a0d\ufffd"), nil); got != "a b c d" {
		t.Errorf("got %q", got)
	}
}

func TestSensitive(t *testing.T) {
	for name, want := range map[string]bool{
		"Authorization": true, "proxy-authorization": true, "Cookie": true, "Set-Cookie": true, "X-Auth": true,
		"X-Auth-Token": true, "x-amz-access-token": true, "api_key": true, "apiKey": true, "X-API-Key": true,
		"accessKey": true, "private_key": true, "client_secret": true, "password": true, "passwd": true, "sid": true,
		"sessionId": true, "key": true, "otp": true, "signature": true, "jwt": true, "AuthenticityToken": true,
		"author": false, "Accept": false, "sku": false, "sellerId": false, "Idempotency-Key": false, "keyword": false,
		"side": false, "monkey": false, "User-Agent": false, "options": false,
	} {
		if got := Sensitive(name); got != want {
			t.Errorf("%s: got %v", name, got)
		}
	}
}

func TestCode(t *testing.T) {
	for in, want := range map[string]string{
		"": "", "InvalidInput": "InvalidInput", "a.b-c_d": "a.b-c_d", "T0psecret1": "[redacted]",
		"AVeryLongNameOfAnException.OfTheServer": "AVeryLongNameOfAnException.OfTheServer",
		"AVeryLongNameOfAnException2OfTheServer": "[redacted]", "a b\n": "a b", "topsecretword": "[redacted]",
		"abcdefghijabcdefghijabcdefghijabcdefghijabcdefghij":  "abcdefghijabcdefghijabcdefghijabcdefghijabcdefghij",
		"a bcdefghi jabcdefghi jabcdefghi jabcdefghi jabcdef": "a bcdefghi jabcdefghi jabcdefghi jabcdefghi jabcde",
	} {
		if got := Code(in, []string{"T0psecret1", "topsecretword"}, 50); got != want {
			t.Errorf("%s: got %s, want %s", in, got, want)
		}
	}
}
