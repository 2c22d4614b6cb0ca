package spapi_test

import (
	"runtime"
	"strings"
	"testing"

	"github.com/resgen/resgen/clients/spapi"
)

func TestUserAgent_Format(t *testing.T) {
	language := "Language=Go/" + strings.TrimPrefix(strings.Fields(runtime.Version())[0], "go")
	for _, c := range []struct {
		name, version string
		attributes    []string
		want          string
	}{
		{"My Selling Tool", "2.0", nil, "My Selling Tool/2.0 (" + language + ")"},
		{"A/B\\C", "1(b)/2", nil, `A\/B\\C/1\(b)/2 (` + language + ")"},
		{
			"Tool", "1", []string{"Platform=Linux/6", "a b=c;d)=e\\"},
			"Tool/1 (" + language + `; Platform=Linux/6; a b=c\;d\)=e\\)`,
		},
		{
			" Tool \t One ", "\n1 ", []string{"Host= jane.example.com "},
			"Tool One/1 (" + language + "; Host=jane.example.com)",
		},
	} {
		got, err := spapi.UserAgent(c.name, c.version, c.attributes...)
		if err != nil || got != c.want {
			t.Errorf("%q %q %q: %q and error %v, want %q", c.name, c.version, c.attributes, got, err, c.want)
		}
	}
}

func TestUserAgent_Refuses(t *testing.T) {
	for _, c := range []struct {
		name, version, attribute, want string
	}{
		{"", "1", "a=b", "must not be empty"},
		{"Tool", " ", "a=b", "must not be empty"},
		{"Tool", "1", "nothing", `"nothing" is not name=value`},
		{"Tool", "1", "=b", "is not name=value"},
		{"Tööl", "1", "a=b", "not printable ASCII"},
		{"Tool", "1", "a=\x00", "not printable ASCII"},
		{"Tool", "1", "a=" + strings.Repeat("x", 500), "rejects more than 500"},
	} {
		if got, err := spapi.UserAgent(c.name, c.version, c.attribute); err == nil || got != "" ||
			!strings.Contains(err.Error(), c.want) {
			t.Errorf("%q %q %q: %q and error %v, want %q", c.name, c.version, c.attribute, got, err, c.want)
		}
	}
}

func TestUserAgent_LongestIs500(t *testing.T) {
	short, err := spapi.UserAgent("Tool", "1", "a=")
	if err != nil {
		t.Fatal(err)
	}
	for fill, ok := range map[int]bool{500 - len(short): true, 501 - len(short): false} {
		agent, err := spapi.UserAgent("Tool", "1", "a="+strings.Repeat("x", fill))
		if (err == nil) != ok || ok && len(agent) != 500 {
			t.Errorf("filled with %d: %d bytes and error %v", fill, len(agent), err)
		}
	}
}
