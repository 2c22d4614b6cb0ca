package resilience

// This file expands the variables in the URL of a server. A value must not move the URL to another
// host or path: see variablePlace.

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// A variablePlace is the part of a server's URL that has a variable. It decides which values are
// allowed.
type variablePlace uint8

const (
	placeURL     variablePlace = iota // the beginning of the URL: the value is checked with the whole URL
	placeScheme                       // the scheme, or a part of it
	placeHost                         // the whole host
	placeLabel                        // a part of the host
	placePort                         // the port
	placeSegment                      // a segment of the path, or a part of one
	placePath                         // the path, as its default shows
)

// expand expands the variables in a server's URL. The values of the document may be anything; those
// of the caller must fit their places.
func expand(s Server, values map[string]string) (string, error) {
	var b strings.Builder
	chosen := false
	for rest := s.URL; rest != ""; {
		from := strings.IndexByte(rest, '{')
		size := strings.IndexByte(rest[max(from, 0):], '}')
		if from < 0 || size < 0 {
			b.WriteString(rest)
			break
		}
		name := rest[from+1 : from+size]
		v, known := s.Variables[name]
		value, ok := values[name]
		if !known {
			b.WriteString(rest[:from+1])
			rest = rest[from+1:]
			continue
		}
		if !ok {
			value = v.Default
		} else if fitted, err := v.fit(value, s.URL, len(s.URL)-len(rest)+from, size+1); err != nil {
			return "", fmt.Errorf("WithServerVariable: %s %w", name, err)
		} else {
			value, chosen = fitted, true
		}
		b.WriteString(rest[:from] + value)
		rest = rest[from+size+1:]
	}
	if !chosen {
		return b.String(), nil
	}
	return b.String(), checkHost(b.String())
}

// fit returns a value in the form for a place in a template, or an error if it does not fit.
func (v Variable) fit(value, template string, from, size int) (string, error) {
	switch {
	case len(v.Enum) > 0 && !slices.Contains(v.Enum, value):
		return "", fmt.Errorf("must be one of %s", strings.Join(v.Enum, ", "))
	case len(v.Enum) > 0, value == v.Default:
		return value, nil
	}
	return placeOf(template, from, from+size, v).fit(value)
}

// placeOf returns the place of the variable at template[from:to].
func placeOf(template string, from, to int, v Variable) variablePlace {
	authority := strings.Index(template, "://")
	switch {
	case authority < 0:
		return placeURL
	case from < authority:
		return placeScheme
	}
	host := template[authority+len("://"):]
	host, _, _ = strings.Cut(host, "/")
	end := authority + len("://") + len(host)
	after := template[to:]
	switch {
	case from >= end && strings.Contains(strings.Trim(v.Default, "/"), "/"), strings.HasPrefix(v.Default, "/"):
		return placePath
	case from >= end:
		return placeSegment
	case template[from-1] == ':':
		return placePort
	case template[from-1] == '/' && (after == "" || after[0] == '/' || after[0] == ':'):
		return placeHost
	}
	return placeLabel
}

// labelChars are the characters of a label of a host, with those of names that are not host names.
const labelChars = alphanumeric + "-_"

// fit returns a value in the form for the place.
func (p variablePlace) fit(value string) (string, error) {
	switch p {
	case placeScheme:
		if strings.Trim(value, alphanumeric) != "" {
			return "", errors.New("must be http or https")
		}
	case placeHost:
		name, port, ok := strings.Cut(value, ":")
		if _, err := strconv.ParseUint(port, 10, 16); ok && err != nil || strings.Trim(name, labelChars+".") != "" {
			return "", errors.New("must be the name of a host")
		}
	case placeLabel:
		if strings.Trim(value, labelChars) != "" {
			return "", errors.New("must have letters, digits and hyphens only, because it is a part of the host")
		}
	case placePort:
		if _, err := strconv.ParseUint(value, 10, 16); err != nil {
			return "", errors.New("must be the number of a port")
		}
	case placeSegment, placePath:
		return p.fitPath(value)
	}
	return value, nil
}

// fitPath returns a value in a path, escaped.
func (p variablePlace) fitPath(value string) (string, error) {
	segments := []string{value}
	if p == placePath {
		segments = strings.Split(value, "/")
	}
	for i, s := range segments {
		if s == "." || s == ".." || strings.ContainsAny(s, `/\`) {
			return "", errors.New("must be a segment of the path, not . or .. and without slashes")
		}
		segments[i] = url.PathEscape(s)
	}
	return strings.Join(segments, "/"), nil
}

// checkHost returns an error if the host of an expanded URL has an empty label, as after an empty
// value.
func checkHost(text string) error {
	u, err := url.Parse(text)
	if err != nil || u.Host == "" {
		return nil // reported with the URL
	}
	for label := range strings.SplitSeq(strings.TrimSuffix(u.Hostname(), "."), ".") {
		if label == "" || label[0] == '-' || label[len(label)-1] == '-' || len(label) > 63 {
			return fmt.Errorf("the host %q is not valid; set its variables with WithServerVariable", u.Hostname())
		}
	}
	return nil
}
