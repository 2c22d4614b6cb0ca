package otelresilience

import (
	"net/url"
	"strings"
	"testing"
)

func TestFullURL(t *testing.T) {
	for in, want := range map[string]string{
		"https://a.test/x%2Fy":                     "https://a.test/x%2Fy",
		"https://a.test:8443/":                     "https://a.test:8443/",
		"https://a.test?q=s3cret":                  "https://a.test?q=REDACTED",
		"https://a.test/?a=s3cret&b=&a=s3cret#f":   "https://a.test/?a=REDACTED&b=REDACTED&a=REDACTED",
		"https://a.test/?s3cret":                   "https://a.test/?REDACTED",
		"https://a.test/?a=s3cret;b=s3cret=s3cret": "https://a.test/?a=REDACTED;b=REDACTED",
		"https://a.test/?&a=s3cret&":               "https://a.test/?&a=REDACTED&",
		"https://s3cret@a.test/":                   "https://REDACTED@a.test/",
		"https://me:s3cret@a.test/":                "https://REDACTED:REDACTED@a.test/",
		"https://a.test/#s3cret":                   "https://a.test/",
		"//a.test/b":                               "//a.test/b",
	} {
		u, err := url.Parse(in)
		if err != nil {
			t.Fatal(err)
		}
		if got := fullURL(u); got != want || strings.Contains(got, "s3cret") {
			t.Errorf("%s: got %s, want %s", in, got, want)
		}
	}
}
