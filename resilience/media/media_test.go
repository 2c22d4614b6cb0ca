package media_test

import (
	"testing"

	"github.com/resgen/resgen/resilience/media"
)

func TestBase(t *testing.T) {
	for text, want := range map[string]string{
		"":                                 "",
		"application/json":                 "application/json",
		" Application/JSON ; charset=utf8": "application/json",
		"text/plain;":                      "text/plain",
		";charset=utf-8":                   "",
	} {
		if got := media.Base(text); got != want {
			t.Errorf("Base(%q) = %q, want %q", text, got, want)
		}
	}
}

func TestParam(t *testing.T) {
	for _, c := range []struct{ text, name, want string }{
		{"text/plain; charset=iso-8859-1", "charset", "iso-8859-1"},
		{`text/plain; Charset="UTF-8"`, "charset", "UTF-8"},
		{"text/plain", "charset", ""},
		{"text/plain; charset", "charset", ""},
		{"", "charset", ""},
	} {
		if got := media.Param(c.text, c.name); got != c.want {
			t.Errorf("Param(%q, %q) = %q, want %q", c.text, c.name, got, c.want)
		}
	}
}

func TestKinds(t *testing.T) {
	for _, c := range []struct {
		text               string
		json, xml, isRange bool
	}{
		{text: ""},
		{text: "application/json", json: true},
		{text: "text/json", json: true},
		{text: "APPLICATION/JSON; charset=utf-8", json: true},
		{text: "application/problem+json", json: true},
		{text: "application/json+hal", json: true},
		{text: "application/jsonp"},
		{text: "application/x-ndjson"},
		{text: "application/json-patch"},
		{text: "application/xml", xml: true},
		{text: "text/xml; charset=utf-8", xml: true},
		{text: "image/svg+xml", xml: true},
		{text: "application/xmlish"},
		{text: "*/*", isRange: true},
		{text: "*", isRange: true},
		{text: "text/*; q=0.5", isRange: true},
		{text: "text/plain"},
	} {
		if got := media.IsJSON(c.text); got != c.json {
			t.Errorf("IsJSON(%q) = %v", c.text, got)
		}
		if got := media.IsXML(c.text); got != c.xml {
			t.Errorf("IsXML(%q) = %v", c.text, got)
		}
		if got := media.IsRange(c.text); got != c.isRange {
			t.Errorf("IsRange(%q) = %v", c.text, got)
		}
	}
}

func TestMatch(t *testing.T) {
	for _, c := range []struct {
		declared, received string
		want               media.Fit
	}{
		{"", "text/plain", media.Any},
		{"*/*", "text/plain", media.Any},
		{"*", "", media.Any},
		{"application/json", "application/json; charset=utf-8", media.Same},
		{"Application/JSON", "application/json", media.Same},
		{"text/*", "text/plain", media.Family},
		{"text/*", "textual/plain", media.None},
		{"application/json", "application/problem+json", media.Kind},
		{"application/vnd.a+json", "application/vnd.b+json", media.Kind},
		{"application/xml", "text/xml", media.None},
		{"application/json", "text/html", media.None},
		{"application/json", "", media.None},
	} {
		if got := media.Match(c.declared, c.received); got != c.want {
			t.Errorf("Match(%q, %q) = %v, want %v", c.declared, c.received, got, c.want)
		}
	}
}

func TestLooksLikeHTML(t *testing.T) {
	for body, want := range map[string]bool{
		"":                                false,
		"  \n":                            false,
		"{}":                              false,
		"<!DOCTYPE html><p>":              true,
		"\xef\xbb\xbf \r\n<HTML lang=en>": true,
		"<!-- moved --><a>":               true,
		"<center>502</center>":            true,
		"<?xml version='1.0'?><html/>":    true,
		"<?xml version='1.0'?><items/>":   false,
		"<items><html/></items>":          false,
	} {
		if got := media.LooksLikeHTML([]byte(body)); got != want {
			t.Errorf("LooksLikeHTML(%q) = %v", body, got)
		}
	}
}

func TestHTMLBody(t *testing.T) {
	for _, c := range []struct {
		declared, received, body string
		want                     bool
	}{
		{"application/json", "application/json", `{"a":1}`, false},
		{"application/json", "application/json", `<html>`, true},
		{"application/json", "text/html", `{"a":1}`, false},
		{"application/json", "text/html", ` [1]`, false},
		{"application/json", "text/html", `Service Unavailable`, true},
		{"application/json", "text/html", ``, false},
		{"application/json", "text/plain", `Service Unavailable`, false},
		{"text/csv", "text/html", `a,b`, true},
		{"text/csv", "text/csv", `<html>`, false},
		{"text/html", "text/html", `<html>`, false},
		{"", "text/html", `<html>`, false},
		{"text/*", "text/html", `<html>`, false},
	} {
		if got := media.HTMLBody(c.declared, c.received, []byte(c.body)); got != c.want {
			t.Errorf("HTMLBody(%q, %q, %q) = %v", c.declared, c.received, c.body, got)
		}
	}
}

func TestTrimStart(t *testing.T) {
	for data, want := range map[string]string{
		"": "", "a": "a", " ": "", "\r\n\t a ": "a ", "\xef\xbb\xbf{}": "{}", "\xef\xbb\xbf \n1": "1",
		"\xef\xbb":       "\xef\xbb",
		" \xef\xbb\xbfa": "\xef\xbb\xbfa", "\x00a": "\x00a", "\x80a": "\x80a", "!a": "!a", "\x7f a": "\x7f a",
	} {
		if got := string(media.TrimStart([]byte(data))); got != want {
			t.Errorf("%q: got %q, want %q", data, got, want)
		}
	}
}
