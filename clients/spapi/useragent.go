package spapi

import (
	"errors"
	"fmt"
	"runtime"
	"strings"
)

// longestUserAgent is the API's limit in bytes; longer ones are rejected.
const longestUserAgent = 500

// UserAgent returns the User-Agent header that Amazon requires for each request: the application's
// name and version, the language, and attributes of the form "name=value". Runs of white space
// become one space, and special characters are escaped. It returns an error for an empty name or
// version, an attribute without "=" or with an empty name, bytes that are not printable ASCII, and
// a result of more than 500 bytes.
func UserAgent(application, version string, attributes ...string) (string, error) {
	language := "Language=Go/" + strings.TrimPrefix(strings.Fields(runtime.Version())[0], "go")
	name, version := escape(application, "/"), escape(version, "(")
	if name == "" || version == "" {
		return "", errors.New("User-Agent: the application's name and version must not be empty")
	}
	var list []string
	for _, a := range append([]string{language}, attributes...) {
		key, value, ok := strings.Cut(a, "=")
		if key = escape(key, "="); !ok || key == "" {
			return "", fmt.Errorf("User-Agent: attribute %q is not name=value", a)
		}
		list = append(list, key+"="+escape(value, ");"))
	}
	agent := fmt.Sprintf("%s/%s (%s)", name, version, strings.Join(list, "; "))
	if i := strings.IndexFunc(agent, func(c rune) bool { return c < ' ' || c > '~' }); i >= 0 {
		return "", fmt.Errorf("User-Agent: byte %d is not printable ASCII", i)
	}
	if len(agent) > longestUserAgent {
		return "", fmt.Errorf(
			"User-Agent: %d bytes, and the API rejects more than %d; shorten the attributes",
			len(agent),
			longestUserAgent,
		)
	}
	return agent, nil
}

// escape puts a backslash before each of the special characters and replaces runs of white space by
// one space.
func escape(s, special string) string {
	var b strings.Builder
	for _, c := range strings.Join(strings.Fields(s), " ") {
		if c == '\\' || strings.ContainsRune(special, c) {
			b.WriteByte('\\')
		}
		b.WriteRune(c)
	}
	return b.String()
}
