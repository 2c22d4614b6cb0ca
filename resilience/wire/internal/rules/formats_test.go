package rules

import (
	"strings"
	"testing"
)

func TestFormats(t *testing.T) {
	label := strings.Repeat("a", 63)
	for name, c := range map[string]struct{ valid, invalid []string }{
		"date": {[]string{"2024-02-29"}, []string{"2023-02-29", "2024-2-1", "2024-02-29T00:00:00Z", ""}},
		"date-time": {
			[]string{
				"2026-02-03T04:05:06Z", "2026-02-03t04:05:06.123456789z", "2026-02-03T04:05:06+01:30",
				"1998-12-31T23:59:60Z", "1999-01-01T00:59:60+01:00",
			},
			[]string{
				"2026-02-03", "2026-02-03 04:05:06Z", "2026-02-30T04:05:06Z", "2026-02-03T04:05:06",
				"2026-02-03T24:05:06Z", "2026-02-03T22:59:60Z", "2026-02-03T04:05:06+24:00",
			},
		},
		"time": {
			[]string{"04:05:06Z", "23:59:59.5-08:00", "23:59:60Z"},
			[]string{"04:05", "04:60:00Z", "04:05:61Z", "23:58:60Z"},
		},
		"duration": {
			[]string{"P1Y2M3DT4H5M6S", "P4W", "PT0S", "P1D", "PT36H", "P1YT1S"},
			[]string{"", "P", "PT", "P1", "P1Y3D", "1Y", "P1WT1S", "PT1H1S"},
		},
		"email": {
			[]string{"a@example.com", "a.b+c@x-y.co", `"a b"@example.com`, "a@[192.0.2.1]", "a@[IPv6:2001:db8::1]"},
			[]string{
				"a", "@example.com", "a@", ".a@example.com", "a..b@example.com", "a b@example.com", "a@-x.com",
				"a@[300.1.1.1]", strings.Repeat("a", 65) + "@example.com", "a@" + strings.Repeat(label+".", 3) + label,
			},
		},
		"hostname": {
			[]string{"example.com", "a", "x-1.y", label + ".com"},
			[]string{"", "-a", "a-", "a_b", "a..b", "a.", label + "a", strings.Repeat(label+".", 4) + "a"},
		},
		"ipv4": {[]string{"192.0.2.1"}, []string{"192.0.2", "192.0.2.300", "::1", "192.0.02.1"}},
		"ipv6": {
			[]string{"::1", "2001:db8::ff00:42:8329", "::ffff:192.0.2.1"},
			[]string{"192.0.2.1", "1::2::3", "fe80::1%eth0", ":"},
		},
		"uri": {
			[]string{"https://example.com/a?b=c#d", "urn:isbn:1", "https://example.com/ä"},
			[]string{"/a", "example.com", "https://example.com/a b", "https://example.com/{a}", "", ":"},
		},
		"uri-reference": {[]string{"/a", "", "?q", "https://example.com", "a/b"}, []string{"a b", `\a`, "%zz", "<a>"}},
		"uuid": {
			[]string{"01234567-89AB-cdef-0123-456789abcdef"},
			[]string{
				"0123456789abcdef0123456789abcdef", "01234567-89ab-cdef-0123-456789abcdeg",
				"{01234567-89ab-cdef-0123-456789abcdef}",
			},
		},
		"json-pointer": {[]string{"", "/a/b", "/a~1b/~0", "/"}, []string{"a", "/a~", "/~2"}},
		"byte":         {[]string{"", "aGVsbG8=", "a-_/+w==", "abc"}, []string{"a b", "a===", "=a"}},
	} {
		f := formats[name]
		for _, s := range c.valid {
			if !f(s) {
				t.Errorf("%s: %q is not valid", name, s)
			}
		}
		for _, s := range c.invalid {
			if f(s) {
				t.Errorf("%s: %q is valid", name, s)
			}
		}
		delete(untested, name)
	}
	if len(untested) > 0 {
		t.Errorf("no test of %v", untested)
	}
}

// untested has the formats without a test.
var untested = func() map[string]bool {
	all := map[string]bool{}
	for name := range formats {
		all[name] = true
	}
	return all
}()
